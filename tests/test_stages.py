"""Stage, activity, last touch and balance (DOMAIN.md sections 3 to 5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.book import Book
from relationships.parts import StageOverride
from relationships.records import Practitioner, Record, Referral, Touch
from relationships.stages import (
    Balance,
    activity,
    balance,
    in_person,
    last_touch,
    last_two_way,
    spoken,
    stage,
)
from relationships.vocabulary import (
    Activity,
    Channel,
    Direction,
    Purpose,
    ReasonClosed,
    ReferralDirection,
    ReferralState,
    Stage,
    TouchKind,
)

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


PRIYA = made(Practitioner, "p1", name="Priya Patel")


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def touch(kind: TouchKind = TouchKind.VISIT, ago: int = 1, id: str = "t1", **fields: Any) -> Touch:
    return made(Touch, id, **{"kind": kind, "practitioners": ("p1",), "done_on": days_ago(ago), **fields})


def received(ago: int, id: str = "", **fields: Any) -> Referral:
    given_fields = {"direction": ReferralDirection.RECEIVED, "practitioner": "p1", "received_on": days_ago(ago)}
    return made(Referral, id or f"r{ago}", **{**given_fields, **fields})


def given_one(id: str, **fields: Any) -> Referral:
    return made(
        Referral,
        id,
        **{"direction": ReferralDirection.GIVEN, "practitioner": "p1", "state": ReferralState.SENT, **fields},
    )


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], Stage.PROSPECT),
        ([touch(TouchKind.LETTER)], Stage.INTRODUCED),
        ([touch(TouchKind.EMAIL)], Stage.INTRODUCED),
        ([touch(TouchKind.VISIT)], Stage.INTRODUCED),
        ([touch(TouchKind.CARD_DROP)], Stage.PROSPECT),
        ([touch(TouchKind.CARD_DROP, two_way=True)], Stage.PROSPECT),
        ([touch(TouchKind.EMAIL, direction=Direction.IN)], Stage.PROSPECT),
        ([touch(TouchKind.LETTER, id=f"t{n}", two_way=True) for n in range(9)], Stage.INTRODUCED),
        ([touch(TouchKind.VISIT, two_way=True)], Stage.MET),
        ([touch(TouchKind.PHONE_CALL, two_way=True, channel=Channel.PHONE)], Stage.MET),
        ([touch(TouchKind.PHONE_CALL, two_way=True, channel=Channel.PHONE, direction=Direction.IN)], Stage.MET),
        ([touch(TouchKind.OWN_TREATMENT, two_way=True)], Stage.MET),
        ([touch(TouchKind.OTHER, two_way=True)], Stage.MET),
        ([touch(TouchKind.OTHER, two_way=True, channel=Channel.POST)], Stage.INTRODUCED),
        ([touch(TouchKind.LETTER, 1), touch(TouchKind.VISIT, 9, "t2", two_way=True)], Stage.MET),
        ([touch(TouchKind.REPORT_SENT)], Stage.INTRODUCED),
        ([touch(TouchKind.REPORT_SENT, two_way=True)], Stage.COLLABORATING),
        ([touch(TouchKind.EMAIL, two_way=True, purpose=(Purpose.ASK_INPUT,))], Stage.COLLABORATING),
        ([touch(TouchKind.EMAIL, purpose=(Purpose.ASK_INPUT,))], Stage.INTRODUCED),
        ([touch(TouchKind.EMAIL, two_way=True, purpose=(Purpose.THANK, Purpose.REPORT))], Stage.COLLABORATING),
        ([touch(TouchKind.VISIT, two_way=True, purpose=(Purpose.THANK,))], Stage.MET),
        ([touch(TouchKind.JOINT_APPOINTMENT)], Stage.COLLABORATING),
        ([touch(TouchKind.VISIT, two_way=True), touch(TouchKind.JOINT_APPOINTMENT, 90, "t2")], Stage.COLLABORATING),
        ([received(400)], Stage.REFERRING),
        ([received(400), touch(TouchKind.LETTER)], Stage.REFERRING),
        ([received(3, state=ReferralState.CLOSED, reason_closed=ReasonClosed.COST)], Stage.REFERRING),
        ([received(3, state=ReferralState.CLOSED, reason_closed=ReasonClosed.DUPLICATE)], Stage.PROSPECT),
        ([received(3, state=ReferralState.CLOSED, reason_closed=ReasonClosed.ERROR)], Stage.PROSPECT),
        ([received(3, received_on=None)], Stage.REFERRING),
        ([given_one("g1")], Stage.PROSPECT),
    ],
)
def test_the_stage_is_the_furthest_that_the_records_show(records: list[Record], expected: Stage) -> None:
    assert stage(book_of(PRIYA, *records), PRIYA, TODAY) is expected


@pytest.mark.parametrize(
    "record",
    [
        touch(two_way=True, done_on=None, planned_for=days_ago(3)),
        touch(two_way=True, done_on=None, planned_for=days_ago(3), cancelled_on=days_ago(2)),
        touch(two_way=True, done_on=TODAY + timedelta(days=1)),
        touch(two_way=True, practitioners=("p2",)),
        touch(two_way=True, trashed_at=MORNING),
        touch(TouchKind.JOINT_APPOINTMENT, done_on=TODAY + timedelta(days=1)),
        received(3, trashed_at=MORNING),
        received(-1),
        received(3, practitioner="p2"),
    ],
)
def test_what_is_not_done_or_not_theirs_or_trashed_moves_nothing(record: Record) -> None:
    book = book_of(PRIYA, record)
    assert stage(book, PRIYA, TODAY) is Stage.PROSPECT
    assert activity(book, "p1", TODAY) is Activity.NEVER
    assert last_touch(book, "p1", TODAY) is None
    assert last_two_way(book, "p1", TODAY) is None


@pytest.mark.parametrize("by_hand", [Stage.PARKED, Stage.DECLINED, Stage.MET])
def test_a_stage_set_by_hand_wins(by_hand: Stage) -> None:
    override = StageOverride(stage=by_hand, reason="moved abroad", on=TODAY)
    parked = made(Practitioner, "p1", name="Priya Patel", stage_override=override)
    assert stage(book_of(parked, received(3)), parked, TODAY) is by_hand


ORDER = [Stage.PROSPECT, Stage.INTRODUCED, Stage.MET, Stage.COLLABORATING, Stage.REFERRING]
touches = st.builds(
    touch,
    st.sampled_from(TouchKind),
    st.integers(0, 400),
    two_way=st.booleans(),
    direction=st.sampled_from(Direction),
    purpose=st.sampled_from([(), (Purpose.REPORT,), (Purpose.THANK,)]),
)


@given(st.lists(touches), touches)
def test_one_more_touch_never_moves_a_stage_or_a_last_touch_back(before: list[Touch], late: Touch) -> None:
    numbered = [touch_with_id(one, f"t{n}") for n, one in enumerate(before)]
    old, new = book_of(PRIYA, *numbered), book_of(PRIYA, *numbered, touch_with_id(late, "late"))
    assert ORDER.index(stage(new, PRIYA, TODAY)) >= ORDER.index(stage(old, PRIYA, TODAY))
    for last in (last_touch, last_two_way):
        was, now = last(old, "p1"), last(new, "p1")
        assert was is None or (now is not None and now.day >= was.day)


def touch_with_id(one: Touch, id: str) -> Touch:
    return touch(
        one.kind, id=id, done_on=one.done_on, two_way=one.two_way, direction=one.direction, purpose=one.purpose
    )


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([], Activity.NEVER),
        ([0], Activity.ACTIVE),
        ([90], Activity.ACTIVE),
        ([91], Activity.LAPSED),
        ([91, 300], Activity.LAPSED),
        ([10, 101], Activity.REACTIVATED),
        ([10, 100], Activity.ACTIVE),
        ([90, 181], Activity.REACTIVATED),
        ([5, 20, 111], Activity.REACTIVATED),
        ([91, 182], Activity.LAPSED),
        ([10, 50, 95, 200], Activity.ACTIVE),
        ([30, 60, 100], Activity.SLOWING),
        ([30, 60, 120], Activity.ACTIVE),
        ([29, 60, 90, 119], Activity.ACTIVE),
        ([29, 40, 60, 80, 100, 110], Activity.SLOWING),
        ([1, 2, 3, 4, 5, 6, *range(30, 60)], Activity.SLOWING),
        ([1, 2, 3, 4, 5, 6, 7, *range(30, 60)], Activity.ACTIVE),
        ([40, 50, 60, 200], Activity.SLOWING),
    ],
)
def test_activity_follows_the_ages_of_the_referrals_received(ages: list[int], expected: Activity) -> None:
    assert activity(book_of(PRIYA, *(received(age) for age in ages)), "p1", TODAY) is expected


def test_activity_counts_neither_duplicates_nor_referrals_given() -> None:
    book = book_of(
        received(200),
        received(3, reason_closed=ReasonClosed.DUPLICATE, state=ReferralState.CLOSED),
        given_one("g1", sent_on=days_ago(2)),
    )
    assert activity(book, "p1", TODAY) is Activity.LAPSED


def test_the_last_touch_is_by_day_not_by_entry() -> None:
    entered_today = touch(TouchKind.EMAIL, 30, "t1", two_way=True, created_at=MORNING)
    newer = touch(TouchKind.VISIT, 3, "t2", created_at=MORNING - timedelta(days=3))
    planned = touch(TouchKind.VISIT, id="t3", done_on=None, planned_for=TODAY + timedelta(days=3))
    cancelled = touch(TouchKind.VISIT, id="t4", done_on=None, cancelled_on=TODAY)
    book = book_of(entered_today, newer, planned, cancelled)
    assert last_touch(book, "p1") == newer
    assert last_two_way(book, "p1") == entered_today
    assert last_touch(book, "p2") is None
    assert last_two_way(book, "p2") is None


def test_a_touch_dated_ahead_of_today_is_last_only_when_no_day_is_asked() -> None:
    ahead, before = touch(id="t1", ago=-2, two_way=True), touch(id="t2", ago=4, two_way=True)
    book = book_of(ahead, before)
    assert (last_touch(book, "p1"), last_touch(book, "p1", TODAY)) == (ahead, before)
    assert (last_two_way(book, "p1"), last_two_way(book, "p1", TODAY)) == (ahead, before)


@pytest.mark.parametrize(
    ("one", "talked", "met"),
    [
        (touch(TouchKind.VISIT, two_way=True), True, True),
        (touch(TouchKind.VISIT), False, False),
        (touch(TouchKind.CASE_DISCUSSION, two_way=True, channel=Channel.PHONE), True, False),
        (touch(TouchKind.PHONE_CALL, two_way=True), True, False),
        (touch(TouchKind.LETTER, two_way=True), False, False),
        (touch(TouchKind.OTHER, two_way=True), True, True),
        (touch(TouchKind.OTHER, two_way=True, channel=Channel.VIDEO), True, False),
    ],
)
def test_talking_and_meeting_in_person(one: Touch, talked: bool, met: bool) -> None:
    assert (spoken(one), in_person(one)) == (talked, met)


def test_the_balance_leaves_out_drafts_duplicates_and_errors() -> None:
    book = book_of(
        received(3),
        received(5, state=ReferralState.CLOSED, reason_closed=ReasonClosed.COST),
        received(6, state=ReferralState.CLOSED, reason_closed=ReasonClosed.ERROR),
        given_one("g1"),
        given_one("g2", state=ReferralState.DRAFT),
        given_one("g3", trashed_at=MORNING),
        given_one("g4", practitioner="p2"),
    )
    assert balance(book, "p1") == Balance(given=1, received=2)
    assert balance(book, "p1").difference == -1
    assert balance(book, "nobody") == Balance(0, 0)
