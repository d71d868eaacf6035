"""The sections and cards of the Today screen (DOMAIN.md section 4, SCREENS.md)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.book import Book
from relationships.dates import DateStyle
from relationships.parts import Snooze
from relationships.records import FollowUp, Practice, Practitioner, Record, Touch
from relationships.today import Card, Section, due_sections, gap_sections, horizon, sections
from relationships.vocabulary import Discipline, FollowUpState, TouchKind

R = TypeVar("R", bound=Record)
TODAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)
STYLE = DateStyle()


def made(kind: type[R], id: str, /, **fields: Any) -> R:
    stamp: dict[str, Any] = {"created_at": MORNING, "created_by": "sam", "updated_at": MORNING, "updated_by": "sam"}
    return kind(id=id, **{**stamp, **fields})


def book_of(*records: Record) -> Book:
    tables: dict[str, dict[str, Record]] = {}
    for record in records:
        tables.setdefault(record.table, {})[record.id] = record
    return Book(tables)


def person(id: str = "p1", **fields: Any) -> Practitioner:
    return made(Practitioner, id, **{"name": f"Name {id}", "discipline": Discipline.PHYSIOTHERAPIST, **fields})


def day(ahead: int) -> date:
    return TODAY + timedelta(days=ahead)


def done(at: int, id: str = "t1", **fields: Any) -> Touch:
    return made(Touch, id, **{"kind": TouchKind.VISIT, "practitioners": ("p1",), "done_on": day(at), **fields})


def planned(at: int, id: str = "t9", **fields: Any) -> Touch:
    return done(at, id, **{"done_on": None, "planned_for": day(at), **fields})


def follow_up(at: int, id: str = "f1", **fields: Any) -> FollowUp:
    return made(FollowUp, id, **{"practitioner": "p1", "due": day(at), "what": "ring her", **fields})


def shown(book: Book) -> dict[str, list[str]]:
    """The ids of the cards of each section that has any."""
    found = {section.key: [card.id for card in section.cards] for section in sections(book, TODAY, STYLE)}
    return {key: ids for key, ids in found.items() if ids}


def only_card(*records: Record) -> Card:
    (card,) = (card for section in sections(book_of(*records), TODAY, STYLE, user="sam") for card in section.cards)
    return card


def test_an_empty_book_has_four_empty_sections() -> None:
    found = sections(Book(), TODAY, STYLE)
    assert [section.title for section in found] == ["NOW", "THIS WEEK", "NO NEXT STEP", "NEVER VISITED"]
    assert all(section.cards == () and section.more == 0 for section in found)


def test_open_steps_stand_by_day_then_time() -> None:
    book = book_of(
        person(),
        follow_up(-2, "late"),
        follow_up(-400, "very late"),
        planned(-3, "missed"),
        follow_up(0, "now"),
        follow_up(0, "now at 9", due_time=time(9)),
        planned(0, "now at 8", planned_time=time(8)),
        follow_up(1, "soon"),
        follow_up(6, "sunday"),
        follow_up(7, "next week"),
        follow_up(-5, "kept", state=FollowUpState.DONE),
        follow_up(-5, "let go", state=FollowUpState.DROPPED),
        follow_up(-5, "trashed", trashed_at=MORNING),
        planned(-5, "cancelled", cancelled_on=day(-6)),
    )
    due = due_sections(book, TODAY, STYLE, every=True)
    assert [[card.id for card in section.cards] for section in due] == [
        ["very late", "missed", "late", "now at 8", "now at 9", "now"],
        ["soon", "sunday"],
    ]


@pytest.mark.parametrize(
    ("today", "week_start", "last"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 29)),
        (date(2026, 11, 27), 0, date(2026, 11, 29)),
        (date(2026, 11, 28), 0, date(2026, 12, 4)),
        (date(2026, 11, 29), 0, date(2026, 12, 5)),
        (date(2026, 11, 29), 6, date(2026, 12, 5)),
        (date(2026, 11, 26), 6, date(2026, 11, 28)),
        (date(2026, 11, 27), 6, date(2026, 12, 3)),
    ],
)
def test_this_week_ends_with_the_week_but_never_tomorrow(today: date, week_start: int, last: date) -> None:
    assert horizon(today, DateStyle(week_start=week_start)) == last


def test_the_card_of_a_follow_up() -> None:
    record = follow_up(-2, what="about K-009's shoulder", kind=TouchKind.PHONE_CALL, from_touch="t1")
    card = only_card(person(name="Priya Patel", practices=("x1",)), done(-21, note="her knee hurts"), record)
    assert card == Card(
        id="f1",
        practitioner_id="p1",
        practice_id=None,
        who="Priya Patel, physio",
        what="call: about K-009's shoulder",
        when="2 days late",
        due=day(-2),
        tone="due",
        why="You set this on 2 Nov after a visit; it was due Sat 21 Nov.",
        record=record,
        key="x",
        does="follow_up",
        kind=TouchKind.PHONE_CALL,
        weight=2 / 19,
        people=frozenset({"p1"}),
    )


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"due": day(0)}, "You set this on 2 Nov; it is due today."),
        ({"due": day(3)}, "You set this on 2 Nov; it is due Thu 26 Nov."),
        ({"due": day(0), "created_by": "lee"}, "lee set this on 2 Nov; it is due today."),
        ({"due": day(0), "created_by": ""}, "Somebody set this on 2 Nov; it is due today."),
        ({"due": day(0), "why": "she asked twice"}, "You set this on 2 Nov; it is due today. she asked twice."),
        (
            {"due": day(-3), "limit": day(-1)},
            "You set this on 2 Nov; it was due Fri 20 Nov, and Sun 22 Nov was the limit.",
        ),
        (
            {"due": day(0), "rule": "thank", "why": "A referral is acknowledged within 1 day; K-014 came on 20 Nov."},
            "A referral is acknowledged within 1 day; K-014 came on 20 Nov. It is due today.",
        ),
        ({"due": day(0), "rule": "thank"}, "The rule thank asks for this; it is due today."),
        (
            {"due": day(0), "snoozes": (Snooze(on=day(-3), until=day(0), reason="she is away"),)},
            "You set this on 2 Nov; it is due today. Put off once: she is away.",
        ),
        (
            {"due": day(0), "snoozes": (Snooze(on=day(-3), until=day(0), reason=""),) * 2},
            "You set this on 2 Nov; it is due today. Put off 2 times.",
        ),
        ({"due": day(0), "from_touch": "gone"}, "You set this on 2 Nov; it is due today."),
    ],
)
def test_a_follow_up_says_why_it_is_there(fields: dict[str, Any], why: str) -> None:
    assert only_card(person(), follow_up(0, **fields)).why == why


@pytest.mark.parametrize(
    ("kind", "words"),
    [(TouchKind.EMAIL, "an email"), (TouchKind.EVENT, "an event"), (TouchKind.OTHER, "a touch")],
)
def test_a_follow_up_names_the_touch_that_it_comes_from(kind: TouchKind, words: str) -> None:
    assert f"after {words};" in only_card(person(), done(-9, kind=kind), follow_up(0, from_touch="t1")).why


def test_a_follow_up_says_nothing_of_a_trashed_touch() -> None:
    assert "after" not in only_card(person(), done(-9, trashed_at=MORNING), follow_up(0, from_touch="t1")).why


def test_the_card_of_a_planned_touch_is_logged() -> None:
    card = only_card(person(), planned(-2, note="bring the list"))
    assert (card.what, card.key, card.tone, card.due) == ("visit: bring the list", "l", "due", day(-2))
    assert card.why == "You planned this on 2 Nov for Sat 21 Nov; say how it went, or choose another day."
    assert only_card(person(), planned(3)).why == "You planned this on 2 Nov for Thu 26 Nov."


@pytest.mark.parametrize(
    ("record", "when", "tone"),
    [
        (follow_up(0), "today", "normal"),
        (follow_up(0, due_time=time(14, 30)), "today 14:30", "normal"),
        (planned(1, planned_time=time(9)), "tomorrow 09:00", "normal"),
        (follow_up(3), "Thu", "normal"),
        (follow_up(-1, due_time=time(14, 30)), "1 day late", "due"),
        (follow_up(-3, limit=day(-1)), "3 days late", "late"),
        (follow_up(-3, limit=day(0)), "3 days late", "due"),
    ],
)
def test_when_and_tone(record: Record, when: str, tone: str) -> None:
    card = only_card(person(), record)
    assert (card.when, card.tone) == (when, tone)


def test_who_is_named() -> None:
    place = made(Practice, "x1", name="Quay Physio")
    assert only_card(person(discipline=Discipline.OTHER), follow_up(0)).who == "Name p1"
    assert only_card(follow_up(0, practitioner=None)).who == "A note to yourself"
    of_place = only_card(place, follow_up(0, practitioner=None, practice="x1"))
    assert (of_place.who, of_place.practitioner_id, of_place.practice_id) == ("Quay Physio", None, "x1")
    several = planned(0, practitioners=("p1", "p2", "p3"), practice="x1")
    card = only_card(person(), person("p2"), person("p3", trashed_at=MORNING), place, several)
    assert (card.who, card.practitioner_id, card.practice_id) == ("Name p1, physio, and 1 more", "p1", "x1")


@pytest.mark.parametrize(
    "records",
    [
        (person(trashed_at=MORNING), follow_up(-1)),
        (person(trashed_at=MORNING), planned(-1)),
        (follow_up(-1),),
        (made(Practice, "x1", name="Quay", trashed_at=MORNING), follow_up(-1, practitioner=None, practice="x1")),
    ],
)
def test_steps_with_those_in_the_trash_wait_there(records: tuple[Record, ...]) -> None:
    assert shown(book_of(*records)) == {}


def test_the_two_halves_make_the_whole() -> None:
    book = book_of(person(), person("p2"), follow_up(-1), planned(0, practitioners=("p2",)))
    due = due_sections(book, TODAY, STYLE)
    halves: tuple[Section, ...] = (*due, *gap_sections(book, TODAY, due))
    assert halves == sections(book, TODAY, STYLE)


near = st.integers(-12, 12)
who = st.sampled_from(["p1", "p2", "p3"])
any_record = st.one_of(
    st.builds(lambda at, one, two_way: done(at, practitioners=(one,), two_way=two_way), near, who, st.booleans()),
    st.builds(lambda at, one: planned(at, practitioners=(one,)), near, who),
    st.builds(
        lambda at, one, state: follow_up(at, practitioner=one, state=state), near, who, st.sampled_from(FollowUpState)
    ),
)


@given(st.lists(any_record, max_size=10), st.integers(0, 6))
def test_overdue_never_drops_off_and_nobody_is_asked_for_twice(records: list[Record], week_start: int) -> None:
    numbered = [made(type(record), f"i{n}", **fields_of(record)) for n, record in enumerate(records)]
    book = book_of(person(), person("p2"), person("p3"), *numbered)
    style = DateStyle(week_start=week_start)
    found = {section.key: section.cards for section in sections(book, TODAY, style, every=True)}
    cards = [card for section in found.values() for card in section]
    assert len({card.id for card in cards}) == len(cards)
    open_steps: list[FollowUp | Touch] = [*book.open_follow_ups(), *book.planned_touches()]
    overdue = {step.id for step in open_steps if (step.due if isinstance(step, FollowUp) else step.day) < TODAY}
    late = (card for card in found["now"] if card.due is not None and card.due < TODAY)
    assert {card.id for card in late if not card.raised_by} == overdue
    asked = {card.practitioner_id for card in (*found["now"], *found["this_week"])}
    proposed = [card.practitioner_id for card in (*found["no_next_step"], *found["never_visited"])]
    assert asked.isdisjoint(proposed)
    assert len(set(proposed)) == len(proposed)


def fields_of(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__ if name != "id"}
