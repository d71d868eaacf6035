"""What the entries of a timeline say: touches, follow-ups, and each move of offers and referrals."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest

from relationships.book import Book
from relationships.parts import Move, Promise
from relationships.records import FollowUp, Offer, Record, Referral, Touch
from relationships.states import move_offer, move_referral
from relationships.timeline import Entry, Mark, timeline_of_practitioner, touch_words
from relationships.vocabulary import (
    FollowUpState,
    OfferKind,
    OfferState,
    PromisedBy,
    Purpose,
    ReasonClosed,
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


def follow_up(at: int, id: str = "f1", **fields: Any) -> FollowUp:
    return made(FollowUp, id, **{"practitioner": "p1", "due": day(at), "what": "ring her", **fields})


def offer(**fields: Any) -> Offer:
    return made(Offer, "o1", **{"practitioner": "p1", "what": "first session free", **fields})


def referral(direction: ReferralDirection = ReferralDirection.RECEIVED, id: str = "r1", **fields: Any) -> Referral:
    return made(Referral, id, **{"direction": direction, "practitioner": "p1", **fields})


def timeline(*records: Record) -> tuple[Entry, ...]:
    return timeline_of_practitioner(book_of(*records), "p1", TODAY)


def lines(entries: tuple[Entry, ...]) -> list[tuple[int, str, str]]:
    return [((entry.day - TODAY).days, entry.mark.symbol, entry.text) for entry in entries]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ""),
        ({"note": "Nice talk\nabout knees"}, "Nice talk\nabout knees"),
        ({"purpose": (Purpose.ASK_INPUT, Purpose.THANK)}, "ask input, thank"),
        ({"purpose": (Purpose.THANK,), "note": "gave a card"}, "gave a card"),
        (
            {"note": "Nice talk", "learned": "wants figures monthly", "outcome": "will refer!", "ask_outcome": "yes"},
            "Nice talk. Learned: wants figures monthly. Outcome: will refer! Asked: yes",
        ),
        (
            {
                "promised": (
                    Promise(by=PromisedBy.US, text="our equipment list"),
                    Promise(by=PromisedBy.THEM, text="a protocol"),
                    Promise(by=PromisedBy.US, text="a card", kept_on=TODAY),
                )
            },
            "Owe: our equipment list. They owe: a protocol",
        ),
        ({"done_on": None, "cancelled_on": TODAY}, "Cancelled"),
        (
            {"done_on": None, "cancelled_on": TODAY, "cancel_reason": "she was ill", "note": "bring list"},
            "Cancelled: she was ill. bring list",
        ),
    ],
)
def test_the_words_of_a_touch(fields: dict[str, Any], words: str) -> None:
    assert touch_words(done(-1, **fields)) == words


def test_a_dropped_follow_up_says_why() -> None:
    (entry,) = timeline(follow_up(3, state=FollowUpState.DROPPED, drop_reason="she moved away"))
    assert (entry.text, entry.mark, entry.ahead) == ("ring her. Dropped: she moved away", Mark.PLANNED, False)
    assert entry.day == MORNING.date()


@pytest.mark.parametrize(
    ("fields", "kind_words", "text"),
    [
        ({}, "follow-up", "ring her"),
        ({"kind": TouchKind.PHONE_CALL}, "call", "ring her"),
        ({"what": "", "note": "about her knee"}, "follow-up", "about her knee"),
    ],
)
def test_the_words_of_a_follow_up(fields: dict[str, Any], kind_words: str, text: str) -> None:
    (entry,) = timeline(follow_up(3, **fields))
    assert (entry.kind_words, entry.text) == (kind_words, text)


def test_an_offer_has_one_entry_for_each_move() -> None:
    moved = offer(terms="no fee, the client chooses")
    for state, at in ((OfferState.MADE, -20), (OfferState.ACCEPTED, -9), (OfferState.ACTIVE, -9)):
        moved = move_offer(moved, state, day(at), by="lee", why="by phone" if state is OfferState.ACCEPTED else "")
    entries = timeline(moved)
    assert lines(entries) == [
        (-9, "●", "active: first session free"),
        (-9, "←", "accepted: first session free. by phone"),
        (-20, "→", "made: first session free. Terms: no fee, the client chooses"),
    ]
    assert {(entry.kind_words, entry.by, entry.record) for entry in entries} == {("offer", "lee", moved)}
    assert len({entry.key for entry in entries}) == 3


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, [(-22, "◇", "draft: first session free")]),
        ({"state": OfferState.MADE, "made_on": day(-5)}, [(-5, "→", "made: first session free")]),
        ({"state": OfferState.MADE, "made_on": day(-5), "what": ""}, [(-5, "→", "made")]),
        (
            {
                "state": OfferState.DECLINED,
                "made_on": day(-5),
                "moves": (Move(state="declined", on=day(-1), why="too busy"),),
            },
            [(-1, "←", "declined: first session free. too busy"), (-5, "→", "made: first session free")],
        ),
        ({"moves": (Move(state="draft", on=day(-5)),)}, [(-5, "◇", "draft: first session free")]),
        (
            {"moves": (Move(state="made", on=day(-5)), Move(state="thought_over", on=day(-4)))},
            [(-4, "●", "thought over: first session free"), (-5, "→", "made: first session free")],
        ),
    ],
)
def test_an_offer_is_told_from_its_making_on(fields: dict[str, Any], expected: list[tuple[int, str, str]]) -> None:
    assert lines(timeline(offer(**fields))) == expected


def test_an_invitation_is_called_one() -> None:
    (entry,) = timeline(offer(kind=OfferKind.INVITATION, state=OfferState.INVITED, made_on=day(-5)))
    assert (entry.kind_words, entry.text, entry.mark) == ("invitation", "invited: first session free", Mark.OUT)


def test_a_referral_received_tells_its_coming_and_each_move() -> None:
    came = referral(received_on=day(-9), client_code="K-014", reason="low back", restrictions="no lifting over 10 kg")
    came = move_referral(came, ReferralState.ACKNOWLEDGED, day(-8), by="lee")
    came = move_referral(
        came, ReferralState.CLOSED, day(-2), why="told him so", reason_closed=ReasonClosed.STARTED_ELSEWHERE
    )
    entries = timeline(came)
    assert lines(entries) == [
        (-2, "●", "K-014: closed: started elsewhere. told him so"),
        (-8, "→", "K-014: acknowledged"),
        (-9, "←", "K-014, low back, no lifting over 10 kg"),
    ]
    assert [entry.by for entry in entries] == ["sam", "lee", "sam"]
    assert [entry.key for entry in entries] == ["r1:1", "r1:0", "r1"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"state": ReferralState.DRAFT}, [(-22, "◇", "draft: K-2, knee, hip")]),
        ({"state": ReferralState.SENT, "sent_on": day(-4)}, [(-4, "→", "K-2, knee, hip")]),
        (
            {"state": ReferralState.SEEN, "moves": (Move(state="sent", on=day(-4)), Move(state="seen", on=day(-1)))},
            [(-1, "●", "K-2: seen"), (-4, "→", "K-2, knee, hip")],
        ),
    ],
)
def test_a_referral_given_is_told_from_its_sending_on(
    fields: dict[str, Any], expected: list[tuple[int, str, str]]
) -> None:
    record = referral(ReferralDirection.GIVEN, client_code="K-2", conditions=("knee", "hip"), **fields)
    assert lines(timeline(record)) == expected


def test_a_move_without_a_client_code_stands_alone() -> None:
    moved = move_referral(referral(received_on=day(-9)), ReferralState.ACKNOWLEDGED, day(-8))
    assert lines(timeline(moved)) == [(-8, "→", "acknowledged"), (-9, "←", "")]
