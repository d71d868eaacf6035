"""Which moves are legal for offers, invitations and referrals (DOMAIN.md section 3, states)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import msgspec

from relationships.parts import Move
from relationships.records import Offer, Referral
from relationships.vocabulary import OfferKind, OfferState, ReasonClosed, ReferralDirection, ReferralState

OFFER_MOVES: Final[Mapping[OfferKind, Mapping[OfferState, tuple[OfferState, ...]]]] = {
    OfferKind.CROSS_REFERRAL: {
        OfferState.DRAFT: (OfferState.MADE,),
        OfferState.MADE: (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.NO_REPLY),
        OfferState.ACCEPTED: (OfferState.ACTIVE,),
        OfferState.ACTIVE: (OfferState.ENDED,),
    },
    OfferKind.INVITATION: {
        OfferState.INVITED: (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.NO_REPLY),
        OfferState.ACCEPTED: (OfferState.DONE, OfferState.POSTPONED),
        OfferState.POSTPONED: (OfferState.ACCEPTED, OfferState.CANCELLED),
    },
}

_CLOSED = (ReferralState.CLOSED,)

REFERRAL_MOVES: Final[Mapping[ReferralDirection, Mapping[ReferralState, tuple[ReferralState, ...]]]] = {
    ReferralDirection.RECEIVED: {
        ReferralState.RECEIVED: (ReferralState.ACKNOWLEDGED, *_CLOSED),
        ReferralState.ACKNOWLEDGED: (ReferralState.CONTACTED, *_CLOSED),
        ReferralState.CONTACTED: (ReferralState.BOOKED, *_CLOSED),
        ReferralState.BOOKED: (ReferralState.STARTED, ReferralState.NO_SHOW, *_CLOSED),
        ReferralState.NO_SHOW: (ReferralState.CONTACTED, *_CLOSED),
        ReferralState.STARTED: (ReferralState.COMPLETED, ReferralState.PAUSED, ReferralState.ENDED_EARLY),
        ReferralState.PAUSED: (ReferralState.STARTED, ReferralState.ENDED_EARLY),
    },
    ReferralDirection.GIVEN: {
        ReferralState.DRAFT: (ReferralState.SENT,),
        ReferralState.SENT: (ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.NO_REPLY),
        ReferralState.ACCEPTED: (ReferralState.SEEN, ReferralState.DID_NOT_ATTEND),
        ReferralState.SEEN: (ReferralState.REPORTED_BACK,),
        ReferralState.REPORTED_BACK: (ReferralState.RETURNED,),
    },
}

FIRST_OFFER_STATES: Final[Mapping[OfferKind, tuple[OfferState, ...]]] = {
    OfferKind.CROSS_REFERRAL: (OfferState.MADE, OfferState.DRAFT),
    OfferKind.INVITATION: (OfferState.INVITED,),
}
FIRST_REFERRAL_STATES: Final[Mapping[ReferralDirection, tuple[ReferralState, ...]]] = {
    ReferralDirection.RECEIVED: (ReferralState.RECEIVED,),
    ReferralDirection.GIVEN: (ReferralState.SENT, ReferralState.DRAFT),
}


class IllegalMove(ValueError):
    """A state cannot follow the one that a record is in."""


def next_offer_states(offer: Offer) -> tuple[OfferState, ...]:
    """The states that may follow, in the order to offer them; none when it has ended."""
    return OFFER_MOVES[offer.kind].get(offer.state, ())


def next_referral_states(referral: Referral) -> tuple[ReferralState, ...]:
    """The states that may follow, in the order to offer them; none when it has ended."""
    return REFERRAL_MOVES[referral.direction].get(referral.state, ())


def offer_open(offer: Offer) -> bool:
    """Something may still come of it."""
    return bool(next_offer_states(offer))


def referral_open(referral: Referral) -> bool:
    """Something may still come of it."""
    return bool(next_referral_states(referral))


def move_offer(offer: Offer, state: OfferState, on: date, *, by: str = "", why: str = "") -> Offer:
    """The offer in its next state, with the move noted.

    Raises:
        IllegalMove: `state` cannot follow the present one.
    """
    if state not in next_offer_states(offer):
        raise IllegalMove(f"An offer that is {offer.state.words} cannot become {state.words}.")
    moved = msgspec.structs.replace(
        offer, state=state, moves=(*offer.moves, Move(state=state.value, on=on, by=by, why=why))
    )
    if state is OfferState.MADE:
        return msgspec.structs.replace(moved, made_on=on)
    if state in (OfferState.ENDED, OfferState.DONE, OfferState.CANCELLED):
        return msgspec.structs.replace(moved, ended_on=on)
    if state is not OfferState.NO_REPLY and offer.replied_on is None:
        return msgspec.structs.replace(moved, replied_on=on)
    return moved


def move_referral(
    referral: Referral,
    state: ReferralState,
    on: date,
    *,
    by: str = "",
    why: str = "",
    reason_closed: ReasonClosed | None = None,
) -> Referral:
    """The referral in its next state, with the move noted and the loop's day kept.

    Raises:
        IllegalMove: `state` cannot follow the present one, or it is closed without a reason.
    """
    if state not in next_referral_states(referral):
        raise IllegalMove(f"A referral that is {referral.state.words} cannot become {state.words}.")
    if state is ReferralState.CLOSED and reason_closed is None:
        raise IllegalMove("Closing a referral needs a reason.")
    loop = referral.loop
    if state is ReferralState.ACKNOWLEDGED:
        loop = msgspec.structs.replace(loop, ack=on)
    elif state is ReferralState.STARTED and loop.start is None:
        loop = msgspec.structs.replace(loop, start=on)
    return msgspec.structs.replace(
        referral,
        state=state,
        loop=loop,
        reason_closed=reason_closed or referral.reason_closed,
        sent_on=on if state is ReferralState.SENT else referral.sent_on,
        moves=(*referral.moves, Move(state=state.value, on=on, by=by, why=why)),
    )
