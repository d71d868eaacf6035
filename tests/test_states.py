"""Every legal and every illegal move of offers, invitations and referrals, as DOMAIN.md section 3 writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest

from relationships.parts import Move
from relationships.records import Offer, Referral
from relationships.states import (
    FIRST_OFFER_STATES,
    FIRST_REFERRAL_STATES,
    IllegalMove,
    move_offer,
    move_referral,
    next_offer_states,
    next_referral_states,
    offer_open,
    referral_open,
)
from relationships.vocabulary import OfferKind, OfferState, ReasonClosed, ReferralDirection, ReferralState

MONDAY = date(2026, 11, 23)
STAMP: Mapping[str, Any] = {
    "id": "r1",
    "created_at": datetime(2026, 11, 2, 9, tzinfo=UTC),
    "created_by": "sam",
    "updated_at": datetime(2026, 11, 2, 9, tzinfo=UTC),
    "updated_by": "sam",
}


def legal(rules: str) -> set[tuple[str, str]]:
    """The pairs of "a > b > c | d ; b > e", where the last step of a chain may fork."""
    pairs: set[tuple[str, str]] = set()
    for chain in rules.split(";"):
        steps = [tuple(name.strip() for name in step.split("|")) for step in chain.split(">")]
        for before, after in pairwise(steps):
            pairs.update((one, other) for one in before for other in after)
    return pairs


OFFERS = {
    OfferKind.CROSS_REFERRAL: legal("draft > made > accepted > active > ended ; made > declined | no_reply"),
    OfferKind.INVITATION: legal(
        "invited > accepted > done ; invited > declined | no_reply ; accepted > postponed > accepted | cancelled"
    ),
}
REFERRALS = {
    ReferralDirection.RECEIVED: legal(
        "received > acknowledged > contacted > booked > started > completed ; booked > no_show > contacted ;"
        "received | acknowledged | contacted | booked | no_show > closed ; started > paused > started | ended_early ;"
        "started > ended_early"
    ),
    ReferralDirection.GIVEN: legal(
        "draft > sent > accepted > seen > reported_back > returned ; sent > declined | no_reply ;"
        "accepted > did_not_attend"
    ),
}


def offer(kind: OfferKind, state: OfferState) -> Offer:
    return Offer(kind=kind, state=state, practitioner="p1", **STAMP)


def referral(direction: ReferralDirection, state: ReferralState) -> Referral:
    return Referral(direction=direction, state=state, practitioner="p1", **STAMP)


@pytest.mark.parametrize("kind", OfferKind)
@pytest.mark.parametrize("state", OfferState)
def test_an_offer_makes_the_legal_moves_and_no_other(kind: OfferKind, state: OfferState) -> None:
    before = offer(kind, state)
    assert {(state, after) for after in next_offer_states(before)} == {
        pair for pair in OFFERS[kind] if pair[0] == state
    }
    for after in OfferState:
        if (state, after) in OFFERS[kind]:
            moved = move_offer(before, after, MONDAY, by="sam", why="said so")
            assert moved.state is after
            assert moved.moves == (Move(state=after, on=MONDAY, by="sam", why="said so"),)
        else:
            with pytest.raises(IllegalMove, match=f"{state.words} cannot become {after.words}"):
                move_offer(before, after, MONDAY)
    assert before == offer(kind, state)


@pytest.mark.parametrize("direction", ReferralDirection)
@pytest.mark.parametrize("state", ReferralState)
def test_a_referral_makes_the_legal_moves_and_no_other(direction: ReferralDirection, state: ReferralState) -> None:
    before = referral(direction, state)
    legal_here = {pair for pair in REFERRALS[direction] if pair[0] == state}
    assert {(state, after) for after in next_referral_states(before)} == legal_here
    for after in ReferralState:
        if (state, after) in legal_here:
            moved = move_referral(before, after, MONDAY, by="sam", why="rang", reason_closed=ReasonClosed.COST)
            assert moved.state is after
            assert moved.moves == (Move(state=after, on=MONDAY, by="sam", why="rang"),)
        else:
            with pytest.raises(IllegalMove, match=f"{state.words} cannot become {after.words}"):
                move_referral(before, after, MONDAY, reason_closed=ReasonClosed.COST)
    assert before == referral(direction, state)


def test_open_is_what_still_has_a_move() -> None:
    assert offer_open(offer(OfferKind.CROSS_REFERRAL, OfferState.MADE))
    assert not offer_open(offer(OfferKind.CROSS_REFERRAL, OfferState.NO_REPLY))
    assert offer_open(offer(OfferKind.INVITATION, OfferState.POSTPONED))
    assert not offer_open(offer(OfferKind.INVITATION, OfferState.DONE))
    assert referral_open(referral(ReferralDirection.RECEIVED, ReferralState.PAUSED))
    assert not referral_open(referral(ReferralDirection.RECEIVED, ReferralState.COMPLETED))
    assert not referral_open(referral(ReferralDirection.GIVEN, ReferralState.RETURNED))


@pytest.mark.parametrize("kind", OfferKind)
def test_an_offer_begins_in_a_state_that_leads_on(kind: OfferKind) -> None:
    assert FIRST_OFFER_STATES[kind]
    assert all(offer_open(offer(kind, state)) for state in FIRST_OFFER_STATES[kind])


@pytest.mark.parametrize("direction", ReferralDirection)
def test_a_referral_begins_in_a_state_that_leads_on(direction: ReferralDirection) -> None:
    assert FIRST_REFERRAL_STATES[direction]
    assert all(referral_open(referral(direction, state)) for state in FIRST_REFERRAL_STATES[direction])


def test_an_offer_keeps_the_days_of_its_moves() -> None:
    made = move_offer(offer(OfferKind.CROSS_REFERRAL, OfferState.DRAFT), OfferState.MADE, date(2026, 10, 1))
    accepted = move_offer(made, OfferState.ACCEPTED, date(2026, 10, 9))
    active = move_offer(accepted, OfferState.ACTIVE, date(2026, 10, 20))
    ended = move_offer(active, OfferState.ENDED, MONDAY)
    assert (ended.made_on, ended.replied_on, ended.ended_on) == (date(2026, 10, 1), date(2026, 10, 9), MONDAY)
    assert [move.state for move in ended.moves] == ["made", "accepted", "active", "ended"]


def test_silence_is_no_reply() -> None:
    silent = move_offer(offer(OfferKind.CROSS_REFERRAL, OfferState.MADE), OfferState.NO_REPLY, MONDAY)
    assert silent.replied_on is None


def test_a_postponed_invitation_keeps_the_first_reply() -> None:
    accepted = move_offer(offer(OfferKind.INVITATION, OfferState.INVITED), OfferState.ACCEPTED, date(2026, 10, 1))
    again = move_offer(move_offer(accepted, OfferState.POSTPONED, date(2026, 10, 8)), OfferState.ACCEPTED, MONDAY)
    assert again.replied_on == date(2026, 10, 1)
    assert move_offer(again, OfferState.DONE, MONDAY).ended_on == MONDAY


def test_closing_a_referral_needs_a_reason() -> None:
    booked = referral(ReferralDirection.RECEIVED, ReferralState.BOOKED)
    with pytest.raises(IllegalMove, match="needs a reason"):
        move_referral(booked, ReferralState.CLOSED, MONDAY)
    closed = move_referral(booked, ReferralState.CLOSED, MONDAY, reason_closed=ReasonClosed.DISTANCE)
    assert closed.reason_closed is ReasonClosed.DISTANCE


def test_the_loop_keeps_the_day_of_acknowledgement_and_the_first_start() -> None:
    came = referral(ReferralDirection.RECEIVED, ReferralState.RECEIVED)
    days = [date(2026, 10, day) for day in range(1, 8)]
    steps = ["acknowledged", "contacted", "booked", "started", "paused", "started", "completed"]
    for state, day in zip(steps, days, strict=True):
        came = move_referral(came, ReferralState(state), day)
    assert (came.loop.ack, came.loop.start) == (days[0], days[3])
    assert came.sent_on is None


def test_sending_a_draft_dates_it() -> None:
    sent = move_referral(referral(ReferralDirection.GIVEN, ReferralState.DRAFT), ReferralState.SENT, MONDAY)
    assert sent.sent_on == MONDAY
    assert move_referral(sent, ReferralState.ACCEPTED, date(2026, 11, 30)).sent_on == MONDAY
