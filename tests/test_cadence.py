"""The rhythm of a relationship, the next step and when it is due (DOMAIN.md section 4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.book import Book
from relationships.cadence import (
    Lateness,
    NextStep,
    Rhythm,
    first_line,
    lateness_of,
    next_due,
    next_step,
    next_steps,
    resting,
    rhythm,
    rhythm_due,
    step_lateness,
    step_words,
)
from relationships.parts import CadenceOverride, StageOverride
from relationships.records import FollowUp, Practitioner, Record, Touch
from relationships.vocabulary import Direction, FollowUpState, Purpose, Stage, Tier, TouchKind

R = TypeVar("R", bound=Record)
TODAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)


def made(kind: type[R], id: str, /, **fields: Any) -> R:
    stamp: dict[str, Any] = {"created_at": MORNING, "created_by": "sam", "updated_at": MORNING, "updated_by": "sam"}
    return kind(id=id, **{**stamp, **fields})


def book_of(*records: Record) -> Book:
    tables: dict[str, dict[str, Record]] = {}
    for record in records:
        tables.setdefault(record.table, {})[record.id] = record
    return Book(tables)


def person(**fields: Any) -> Practitioner:
    return made(Practitioner, "p1", **{"name": "Priya Patel", **fields})


def day(ahead: int) -> date:
    return TODAY + timedelta(days=ahead)


def done(at: int, id: str = "t1", **fields: Any) -> Touch:
    given_fields = {"kind": TouchKind.VISIT, "practitioners": ("p1",), "done_on": day(at), "two_way": True}
    return made(Touch, id, **{**given_fields, **fields})


def planned(at: int, id: str = "t9", **fields: Any) -> Touch:
    return done(at, id, **{"done_on": None, "planned_for": day(at), **fields})


def follow_up(at: int, id: str = "f1", **fields: Any) -> FollowUp:
    return made(FollowUp, id, **{"practitioner": "p1", "due": day(at), "what": "ring her", **fields})


OVERRIDE = CadenceOverride(target=10, limit=20)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"tier": Tier.A}, Rhythm(30, 45)),
        ({"tier": Tier.B}, Rhythm(60, 90)),
        ({"tier": Tier.C}, Rhythm(90, 120)),
        ({"tier": Tier.PARKED}, None),
        ({"tier": Tier.C, "cadence_override": OVERRIDE}, Rhythm(10, 20)),
        ({"tier": Tier.PARKED, "cadence_override": OVERRIDE}, Rhythm(10, 20)),
        ({"cadence_override": OVERRIDE}, Rhythm(10, 20)),
    ],
)
def test_the_rhythm_is_ones_own_else_that_of_the_tier(fields: dict[str, Any], expected: Rhythm | None) -> None:
    assert rhythm(person(**fields)) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, False),
        ({"stage_override": StageOverride(stage=Stage.MET, reason="met at the fair", on=TODAY)}, False),
        ({"stage_override": StageOverride(stage=Stage.PARKED, reason="on leave", on=TODAY)}, True),
        ({"stage_override": StageOverride(stage=Stage.DECLINED, reason="said no", on=TODAY)}, True),
        ({"tier": Tier.PARKED}, True),
        ({"tier": Tier.PARKED, "cadence_override": OVERRIDE}, False),
        ({"do_not_contact": True}, True),
        ({"archived_at": MORNING}, True),
        ({"trashed_at": MORNING}, True),
    ],
)
def test_who_rests(fields: dict[str, Any], expected: bool) -> None:
    assert resting(person(**fields)) is expected


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], None),
        ([done(-1)], None),
        ([planned(5)], "t9"),
        ([planned(-50)], "t9"),
        ([planned(5, cancelled_on=TODAY)], None),
        ([planned(5, trashed_at=MORNING)], None),
        ([follow_up(5), planned(4)], "t9"),
        ([follow_up(3), planned(4)], "f1"),
        ([follow_up(3, state=FollowUpState.DONE), planned(4)], "t9"),
        ([follow_up(3, state=FollowUpState.DROPPED)], None),
        ([follow_up(3, practitioner="p2"), planned(4, practitioners=("p2",))], None),
        ([follow_up(3, due_time=time(15)), planned(3, planned_time=time(9))], "t9"),
        ([follow_up(3), planned(3, planned_time=time(9))], "t9"),
    ],
)
def test_the_next_step_is_the_earliest_that_is_open(records: list[Record], expected: str | None) -> None:
    book = book_of(person(), *records)
    step = next_step(book, "p1")
    assert (step.record.id if step else None) == expected
    assert next_steps(book).get("p1") == step


def test_a_next_step_has_a_day_and_words() -> None:
    record = follow_up(3, kind=TouchKind.PHONE_CALL, what="about K-009's shoulder")
    assert next_step(book_of(record), "p1") == NextStep(day(3), "call: about K-009's shoulder", record)


days = st.integers(-9, 9)
steps = st.lists(
    st.builds(lambda at, who: planned(at, practitioners=who), days, st.sampled_from([("p1",), ("p1", "p2"), ("p2",)]))
    | st.builds(
        lambda at, state, who: follow_up(at, state=state, practitioner=who),
        days,
        st.sampled_from(FollowUpState),
        st.sampled_from(["p1", "p2", None]),
    )
    | st.builds(done, days),
    max_size=8,
)


@given(steps)
def test_all_next_steps_at_once_are_those_of_each(records: list[Touch | FollowUp]) -> None:
    numbered = [made(type(record), f"r{n}", **fields_of(record)) for n, record in enumerate(records)]
    book = book_of(*numbered)
    one_by_one = {who: step for who in ("p1", "p2") if (step := next_step(book, who)) is not None}
    assert next_steps(book) == one_by_one


def fields_of(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__ if name != "id"}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (follow_up(0, what="ring her"), "ring her"),
        (follow_up(0, what="  ring her \nabout her knee"), "ring her"),
        (follow_up(0, what=""), "get in touch"),
        (follow_up(0, what="", kind=TouchKind.VISIT), "visit"),
        (follow_up(0, what="bring the list", kind=TouchKind.VISIT), "visit: bring the list"),
        (follow_up(0, what="Call about the knee", kind=TouchKind.PHONE_CALL), "Call about the knee"),
        (follow_up(0, what="Phone call at 4", kind=TouchKind.PHONE_CALL), "Phone call at 4"),
        (planned(0), "visit"),
        (planned(0, note="bring the list\nand a card"), "visit: bring the list"),
        (planned(0, purpose=(Purpose.ASK_INPUT, Purpose.THANK)), "visit: ask input, thank"),
    ],
)
def test_the_words_of_a_step(record: FollowUp | Touch, expected: str) -> None:
    assert step_words(record) == expected


def test_the_first_line_that_says_something() -> None:
    assert first_line("\n\n  a \n b") == "a"
    assert first_line(" ") == ""


@pytest.mark.parametrize(
    ("fields", "records", "expected"),
    [
        ({"tier": Tier.A}, [done(-10)], day(20)),
        ({"tier": Tier.A}, [done(-10), done(-3, "t2", two_way=False)], day(20)),
        ({"tier": Tier.A}, [done(-10), follow_up(50)], day(50)),
        ({"tier": Tier.A}, [done(-10), planned(-2)], day(-2)),
        ({"tier": Tier.A}, [done(-40)], day(-10)),
        ({"tier": Tier.A}, [done(-40), done(-3, "t2", two_way=False)], day(4)),
        ({"tier": Tier.A}, [done(-40), done(-3, "t2", two_way=False, direction=Direction.IN)], day(-10)),
        ({"tier": Tier.A}, [done(-40), done(1, "t2")], day(-10)),
        ({"tier": Tier.A}, [], None),
        ({"tier": Tier.A, "created_at": MORNING - timedelta(days=100)}, [done(-2, two_way=False)], day(5)),
        ({}, [done(-10)], None),
        ({}, [], None),
        ({}, [follow_up(4)], day(4)),
        ({"tier": Tier.PARKED}, [done(-10)], None),
        ({"tier": Tier.A, "do_not_contact": True}, [done(-10)], None),
        ({"tier": Tier.A, "do_not_contact": True}, [done(-10), follow_up(4)], day(4)),
        ({"tier": Tier.A, "archived_at": MORNING}, [done(-10)], None),
        ({"cadence_override": OVERRIDE}, [done(-10)], TODAY),
    ],
)
def test_when_somebody_is_next_due(fields: dict[str, Any], records: list[Record], expected: date | None) -> None:
    one = person(**fields)
    assert next_due(book_of(one, *records), one, TODAY) == expected


def test_the_rhythm_is_there_beside_a_next_step() -> None:
    one = person(tier=Tier.B)
    assert rhythm_due(book_of(one, done(-10), follow_up(4)), one, TODAY) == day(50)


@given(st.lists(st.integers(-200, 0), min_size=1), st.integers(-200, 0))
def test_a_late_entry_never_moves_the_next_due_day_back(before: list[int], late: int) -> None:
    one = person(tier=Tier.B)
    touches = [done(at, f"t{n}") for n, at in enumerate(before)]
    was = next_due(book_of(one, *touches), one, TODAY)
    now = next_due(book_of(one, *touches, done(late, "late")), one, TODAY)
    assert was is not None
    assert now is not None
    assert now >= was


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (follow_up(0), Lateness.ON_TIME),
        (follow_up(-1), Lateness.PAST_TARGET),
        (follow_up(-90), Lateness.PAST_TARGET),
        (follow_up(-3, limit=day(0)), Lateness.PAST_TARGET),
        (follow_up(-3, limit=day(-1)), Lateness.PAST_LIMIT),
        (planned(-1), Lateness.PAST_TARGET),
        (planned(1), Lateness.ON_TIME),
    ],
)
def test_how_late_a_step_is(record: FollowUp | Touch, expected: Lateness) -> None:
    assert step_lateness(record, TODAY) is expected


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([done(-30)], Lateness.ON_TIME),
        ([done(-31)], Lateness.PAST_TARGET),
        ([done(-45)], Lateness.PAST_TARGET),
        ([done(-46)], Lateness.PAST_LIMIT),
        ([done(-46), follow_up(3)], Lateness.ON_TIME),
        ([done(-1), follow_up(-3)], Lateness.PAST_TARGET),
        ([done(-46), done(-2, "t2", two_way=False)], Lateness.ON_TIME),
    ],
)
def test_how_late_a_rhythm_of_30_and_45_days_is(records: list[Record], expected: Lateness) -> None:
    one = person(tier=Tier.A)
    assert lateness_of(book_of(one, *records), one, TODAY) is expected


def test_without_a_rhythm_nobody_is_late() -> None:
    assert lateness_of(book_of(done(-900)), person(), TODAY) is Lateness.ON_TIME
