"""The relationship timeline of a practitioner and of a practice (DESIGN.md section 4, SCREENS.md)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.book import Book
from relationships.records import FollowUp, Offer, Practitioner, Record, Referral, Touch
from relationships.states import move_offer, move_referral
from relationships.timeline import Entry, Mark, of_kind, timeline_of_practice, timeline_of_practitioner
from relationships.vocabulary import (
    Direction,
    FollowUpState,
    OfferState,
    ReferralDirection,
    ReferralState,
    TouchKind,
)

R = TypeVar("R", bound=Record)
TODAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 1, 9, tzinfo=UTC)


def made(kind: type[R], id: str, /, **fields: Any) -> R:
    stamp: dict[str, Any] = {"created_at": MORNING, "created_by": "sam", "updated_at": MORNING, "updated_by": "lee"}
    return kind(id=id, **{**stamp, **fields})


def book_of(*records: Record) -> Book:
    tables: dict[str, dict[str, Record]] = {}
    for record in records:
        tables.setdefault(record.table, {})[record.id] = record
    return Book(tables)


def day(ahead: int) -> date:
    return TODAY + timedelta(days=ahead)


def done(at: int, id: str = "t1", **fields: Any) -> Touch:
    return made(Touch, id, **{"kind": TouchKind.VISIT, "practitioners": ("p1",), "done_on": day(at), **fields})


def planned(at: int, id: str = "t1", **fields: Any) -> Touch:
    return done(at, id, **{"done_on": None, "planned_for": day(at), **fields})


def follow_up(at: int, id: str = "f1", **fields: Any) -> FollowUp:
    return made(FollowUp, id, **{"practitioner": "p1", "due": day(at), "what": "ring her", **fields})


def offer(**fields: Any) -> Offer:
    return made(Offer, "o1", **{"practitioner": "p1", "what": "first session free", **fields})


def referral(direction: ReferralDirection = ReferralDirection.RECEIVED, id: str = "r1", **fields: Any) -> Referral:
    return made(Referral, id, **{"direction": direction, "practitioner": "p1", **fields})


def timeline(*records: Record) -> tuple[Entry, ...]:
    return timeline_of_practitioner(book_of(*records), "p1", TODAY)


def test_what_is_ahead_stands_above_the_past_with_overdue_things_lowest() -> None:
    entries = timeline(
        done(-1, "t1", note="yesterday"),
        done(-30, "t2", note="long ago"),
        planned(9, "t3", note="far"),
        planned(2, "t4", note="soon"),
        follow_up(-2, "f1", what="overdue"),
        follow_up(-40, "f2", what="long overdue"),
        follow_up(0, "f3", what="now"),
    )
    assert [entry.text for entry in entries] == [
        "far",
        "soon",
        "now",
        "overdue",
        "long overdue",
        "yesterday",
        "long ago",
    ]
    assert [entry.ahead for entry in entries] == [True] * 5 + [False] * 2
    assert [entry.overdue for entry in entries] == [False] * 3 + [True] * 2 + [False] * 2
    assert [entry.mark for entry in entries[:5]] == [Mark.PLANNED, Mark.PLANNED, Mark.PLANNED, Mark.DUE, Mark.DUE]


def test_equal_days_stand_latest_entered_first() -> None:
    entries = timeline(
        done(-1, "t1", created_at=MORNING + timedelta(hours=1)),
        done(-1, "t2", created_at=MORNING + timedelta(hours=3)),
        referral(id="r1", received_on=day(-1), created_at=MORNING + timedelta(hours=2)),
    )
    assert [entry.record.id for entry in entries] == ["t2", "r1", "t1"]


def test_things_entered_in_one_moment_have_an_order_of_their_own() -> None:
    kept = follow_up(-1, "b", state=FollowUpState.DONE, done_on=day(-1))
    assert [entry.record.id for entry in timeline(done(-1, "a"), done(-1, "c"), kept)] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("touch", "mark"),
    [
        (done(-1, two_way=True), Mark.DONE),
        (done(-1, two_way=True, direction=Direction.IN), Mark.DONE),
        (done(-1, kind=TouchKind.REPORT_SENT), Mark.OUT),
        (done(-1, kind=TouchKind.LETTER, direction=Direction.IN), Mark.IN),
        (planned(0), Mark.PLANNED),
        (planned(-1), Mark.DUE),
        (planned(-3, cancelled_on=day(-4)), Mark.PLANNED),
    ],
)
def test_the_mark_of_a_touch(touch: Touch, mark: Mark) -> None:
    (entry,) = timeline(touch)
    assert entry.mark is mark


def test_marks_have_a_sign_for_each_terminal() -> None:
    assert [(mark.symbol, mark.ascii) for mark in Mark] == [
        ("●", "*"),
        ("◇", "o"),
        ("→", ">"),
        ("←", "<"),
        ("!", "!"),
        ("⊘", "x"),
    ]


def test_a_cancelled_touch_stands_in_the_past_on_the_day_it_was_cancelled() -> None:
    (entry,) = timeline(planned(5, cancelled_on=day(-2)))
    assert (entry.day, entry.ahead, entry.overdue) == (day(-2), False, False)


def test_a_follow_up_done_by_a_touch_of_the_timeline_is_told_by_the_touch() -> None:
    kept = follow_up(-3, state=FollowUpState.DONE, done_on=day(-2), done_touch="t1")
    assert [entry.record.id for entry in timeline(done(-2), kept)] == ["t1"]
    (entry,) = timeline(done(-2, trashed_at=MORNING), kept)
    assert (entry.record, entry.day, entry.mark, entry.by) == (kept, day(-2), Mark.DONE, "lee")


def test_an_open_follow_up_stays_even_when_it_names_a_touch() -> None:
    assert len(timeline(done(-2), follow_up(3, done_touch="t1"))) == 2


def test_nothing_of_others_and_nothing_trashed_is_told() -> None:
    assert (
        timeline(
            done(-1, practitioners=("p2",)),
            done(-1, "t2", trashed_at=MORNING),
            follow_up(1, practitioner="p2"),
            follow_up(1, "f2", trashed_at=MORNING),
            offer(trashed_at=MORNING),
            referral(practitioner="p2"),
        )
        == ()
    )


def test_a_practice_tells_of_itself_and_of_all_its_people_each_thing_once() -> None:
    book = book_of(
        made(Practitioner, "p1", name="Priya", practices=("x1",)),
        made(Practitioner, "p2", name="Leo", practices=("x1", "x2")),
        made(Practitioner, "p3", name="Ruth", practices=("x2",)),
        done(-1, "both", practitioners=("p1", "p2"), practice="x1"),
        done(-2, "desk", practitioners=(), practice="x1"),
        done(-3, "leo", practitioners=("p2",)),
        done(-4, "ruth", practitioners=("p3",)),
        follow_up(5, "place", practitioner=None, practice="x1"),
        follow_up(4, "person", practitioner="p2"),
        offer(made_on=day(-5), state=OfferState.MADE),
        referral(received_on=day(-6)),
        follow_up(-3, "kept", practitioner="p2", state=FollowUpState.DONE, done_touch="both"),
    )
    entries = timeline_of_practice(book, "x1", TODAY)
    assert [entry.record.id for entry in entries] == ["place", "person", "both", "desk", "leo", "o1", "r1"]
    assert [entry.record.id for entry in timeline_of_practice(book, "x2", TODAY)] == ["person", "both", "leo", "ruth"]
    assert timeline_of_practice(book, "x9", TODAY) == ()


def test_a_filter_takes_what_a_trainer_reads_or_the_noun_of_a_record() -> None:
    entries = timeline(
        done(-1, "visit"),
        done(-2, "call", kind=TouchKind.PHONE_CALL),
        follow_up(3, "later", kind=TouchKind.PHONE_CALL),
        referral(id="came", received_on=day(-3)),
    )
    assert [entry.record.id for entry in of_kind(entries, {"call"})] == ["later", "call"]
    assert [entry.record.id for entry in of_kind(entries, {"touch", "referral"})] == ["visit", "call", "came"]
    assert of_kind(entries, ()) == ()


spread = st.integers(-5, 5)
anything = st.one_of(
    st.builds(done, spread),
    st.builds(planned, spread),
    st.builds(lambda at, state: follow_up(at, state=state), spread, st.sampled_from(FollowUpState)),
    st.builds(lambda at: move_offer(offer(), OfferState.MADE, day(at)), spread),
    st.builds(lambda at: move_referral(referral(received_on=day(at)), ReferralState.ACKNOWLEDGED, day(at)), spread),
)


@given(st.lists(anything, max_size=10), st.randoms(use_true_random=False))
def test_the_order_is_total_and_does_not_hang_on_how_the_book_was_read(records: list[Record], chance: Any) -> None:
    numbered = [made(type(record), f"i{n}", **fields_of(record)) for n, record in enumerate(records)]
    entries = timeline(*numbered)
    assert len({entry.key for entry in entries}) == len(entries)
    ahead = [entry.ahead for entry in entries]
    assert ahead == sorted(ahead, reverse=True)
    for part in (True, False):
        days = [entry.day for entry in entries if entry.ahead is part]
        assert days == sorted(days, reverse=True)
    assert all(entry.overdue == (entry.ahead and entry.day < TODAY) for entry in entries)
    chance.shuffle(numbered)
    assert timeline(*numbered) == entries


def fields_of(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__ if name != "id"}
