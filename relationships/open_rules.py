"""Rules about what is open between the two sides: offers, invitations, promises, first questions.

Each is a function of a case, which is one practitioner of a book on a day under the settings, and one record.
DOMAIN.md section 1 has them, row by row.
"""

from __future__ import annotations

from relationships.cadence import first_line
from relationships.case import Case, Raised, after
from relationships.date_words import counted, day_words
from relationships.parts import Accepts
from relationships.records import Offer, Referral, Touch
from relationships.vocabulary import OfferState, PromisedBy, Purpose, ReferralDirection, ReferralState, TouchKind

_FRESH_DAYS = 365


def offer_no_reply(case: Case, offer: Offer) -> Raised | None:
    """Offer with no reply: day 14, closed at 21 (section 1, row 28). A two-way touch restarts it from its own day."""
    if offer.state is not OfferState.MADE:
        return None
    made = offer.made_on or offer.created_at.date()
    window = case.window("offer_no_reply", case.two_way_since(made))
    if window is None:
        return None
    closing = window.limit is not None and case.today >= window.limit
    return case.raised(
        "offer_no_reply",
        window,
        "close the offer: no reply" if closing else "no reply to your offer: ask",
        lambda: (
            f"An offer is asked about after {counted(window.target, 'day')} and then closed; it was made on "
            f"{case.on(made)}."
        ),
        offer,
        does="offer",
    )


def invitation_no_reply(case: Case, offer: Offer) -> Raised | None:
    """Invitation to train with no reply: day 7 (section 1, row 19). A two-way touch restarts it from its own day."""
    if offer.state is not OfferState.INVITED:
        return None
    made = offer.made_on or offer.created_at.date()
    window = case.window("invitation_no_reply", case.two_way_since(made))
    if window is None:
        return None
    return case.raised(
        "invitation_no_reply",
        window,
        "no reply to your invitation: ask",
        lambda: f"An invitation is asked about after {counted(window.target, 'day')}; you sent it on {case.on(made)}.",
        offer,
        does="offer",
    )


def promise_owed(case: Case, touch: Touch) -> list[Raised]:
    """A promise of ours that is not kept, with its age (section 1, row 22; the days are our judgement)."""
    if touch.done_on is None or touch.done_on > case.today:
        return []
    window = case.window("promise_owed", touch.done_on, buys=False)
    if window is None:
        return []
    return [
        case.raised(
            "promise_owed",
            window,
            f"you owe them: {first_line(promise.text)}",
            lambda: (
                f"A promise is kept within {counted(window.target, 'day')}; you gave this one on {case.on(touch.day)} "
                f"({day_words(touch.day, case.today)})."
            ),
            touch,
            does="touch",
            part=part,
        )
        for part, promise in enumerate(touch.promised)
        if promise.by is PromisedBy.US and promise.kept_on is None
    ]


def practice_facts(case: Case, referral: Referral) -> Raised | None:
    """Practice never asked whom it takes: before the first given referral, refreshed yearly (section 1, row 25)."""
    practice = case.practice
    if referral.direction is not ReferralDirection.GIVEN or referral.state is not ReferralState.DRAFT:
        return None
    if practice is None or practice.accepts != Accepts():
        return None
    fresh = case.done_since(after(case.today, 1 - _FRESH_DAYS))
    if any(touch.two_way and Purpose.ASK_ABOUT_PRACTICE in touch.purpose for touch in fresh):
        return None
    window = case.window("practice_facts", referral.created_at.date(), buys=False)
    if window is None:
        return None
    return case.raised(
        "practice_facts",
        window,
        f"ask {practice.name} whom they take",
        lambda: (
            f"A practice is asked about itself before somebody is sent there; a referral has been in draft since "
            f"{case.on(referral.created_at.date())}."
        ),
        referral,
        kind=TouchKind.PHONE_CALL,
    )
