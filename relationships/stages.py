"""How far a relationship has come, and whether referrals flow: derived, never stored (DOMAIN.md sections 3 to 5).

Only what is done counts, dated on or before today, and never what lies in the trash. Every answer follows from the days
of all records, so that a late entry moves nothing back.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Final

import msgspec

from relationships.book import Book
from relationships.records import Practitioner, Referral, Touch
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

QUIET_DAYS: Final = 90
"""Days without a referral after which the flow has lapsed (DOMAIN.md section 4: lapsed alert)."""

_MONTH: Final = 30
_OWN_MONTHS: Final = 3

_GATHERINGS: Final = frozenset(
    {
        TouchKind.VISIT,
        TouchKind.LUNCH_AND_LEARN,
        TouchKind.STUDIO_TOUR,
        TouchKind.WORKOUT_SESSION,
        TouchKind.OWN_TREATMENT,
        TouchKind.JOINT_APPOINTMENT,
        TouchKind.CASE_DISCUSSION,
        TouchKind.PLACEMENT_SHIFT,
        TouchKind.EVENT,
    }
)
_CALLS: Final = frozenset({TouchKind.PHONE_CALL, TouchKind.VIDEO_CALL})
_SPOKEN_CHANNELS: Final = frozenset({Channel.IN_PERSON, Channel.PHONE, Channel.VIDEO})
_SHARED_PURPOSES: Final = frozenset({Purpose.ASK_INPUT, Purpose.REPORT})
_NEVER_MEANT: Final = frozenset({ReasonClosed.DUPLICATE, ReasonClosed.ERROR})


class Balance(msgspec.Struct, frozen=True):
    """Counts of referrals given and received, side by side; never a target (DOMAIN.md section 5: reciprocity)."""

    given: int
    received: int

    @property
    def difference(self) -> int:
        """Given less received."""
        return self.given - self.received


def done_by(touch: Touch, today: date) -> bool:
    """It took place, on or before today."""
    return touch.done_on is not None and touch.done_on <= today


def spoken(touch: Touch) -> bool:
    """Both sides talked: a two-way visit, call, treatment or the like. An answered letter or email is not one."""
    if not touch.two_way:
        return False
    kind = touch.kind
    return kind in _GATHERINGS or kind in _CALLS or (kind is TouchKind.OTHER and touch.channel in _SPOKEN_CHANNELS)


def in_person(touch: Touch) -> bool:
    """Both sides were in one place and talked."""
    return touch.two_way and touch.channel is Channel.IN_PERSON and touch.kind not in _CALLS and spoken(touch)


def counts(referral: Referral) -> bool:
    """A referral that went out or came in, and was no duplicate or slip."""
    return referral.reason_closed not in _NEVER_MEANT and referral.state is not ReferralState.DRAFT


def _received_by(referral: Referral, today: date) -> bool:
    return (
        referral.direction is ReferralDirection.RECEIVED
        and counts(referral)
        and (referral.received_on is None or referral.received_on <= today)
    )


def stage(book: Book, practitioner: Practitioner, today: date) -> Stage:
    """The stage of a practitioner: the one set by hand, else the furthest that their records show.

    Introduced by any outbound touch but a card drop, which never advances a stage (DOMAIN.md section 1, row 26); met by
    a two-way visit, call or treatment; collaborating by an answered question, an acknowledged report or a joint
    appointment; referring by a referral received that was no duplicate or error.
    """
    if practitioner.stage_override is not None:
        return practitioner.stage_override.stage
    for referral in book.referrals_with(practitioner.id):
        if _received_by(referral, today):
            return Stage.REFERRING
    reached = Stage.PROSPECT
    for touch in book.touches_with(practitioner.id):
        if touch.done_on is None or touch.done_on > today:
            continue
        kind = touch.kind
        if kind is TouchKind.JOINT_APPOINTMENT:
            return Stage.COLLABORATING
        if touch.two_way and (kind is TouchKind.REPORT_SENT or (touch.purpose and _shared_work(touch))):
            return Stage.COLLABORATING
        if reached is Stage.MET:
            continue
        if spoken(touch):
            reached = Stage.MET
        elif touch.direction is Direction.OUT and kind is not TouchKind.CARD_DROP:
            reached = Stage.INTRODUCED
    return reached


def _shared_work(touch: Touch) -> bool:
    """Its purpose was a question about a shared client, or a report."""
    return not _SHARED_PURPOSES.isdisjoint(touch.purpose)


def activity(book: Book, practitioner_id: str, today: date) -> Activity:
    """Whether referrals come from a practitioner now (DOMAIN.md sections 3 to 5).

    Lapsed: none in 90 days. Slowing: the last 30 days hold at most 60% of the monthly mean of the 90 days before them,
    and that mean is at least 1. Reactivated: one in the last 90 days came more than 90 days after the one before it.
    Somebody who came back and slows again is slowing: that is what there is to act on.
    """
    ages = [_age(r, today) for r in book.referrals_with(practitioner_id) if _received_by(r, today)]
    if not ages:
        return Activity.NEVER
    if ages[0] > QUIET_DAYS:
        return Activity.LAPSED
    lately = sum(age < _MONTH for age in ages)
    before = sum(_MONTH <= age < _MONTH * (1 + _OWN_MONTHS) for age in ages)
    if before >= _OWN_MONTHS and lately * _OWN_MONTHS * 10 <= before * 6:
        return Activity.SLOWING
    for newer, older in pairwise(ages):
        if newer <= QUIET_DAYS and older - newer > QUIET_DAYS:
            return Activity.REACTIVATED
    return Activity.ACTIVE


def _age(referral: Referral, today: date) -> int:
    """Days since it came; an undated one entered just now in a time zone ahead of ours came today."""
    return max((today - referral.day).days, 0)


def last_touch(book: Book, practitioner_id: str, today: date | None = None) -> Touch | None:
    """The done touch with the latest day, whatever the order of entry; up to and with `today` when that is given."""
    for touch in book.touches_with(practitioner_id):
        if touch.done_on is not None and (today is None or touch.done_on <= today):
            return touch
    return None


def last_two_way(book: Book, practitioner_id: str, today: date | None = None) -> Touch | None:
    """The done two-way touch with the latest day; only such a one restarts the clock (DESIGN.md section 4)."""
    for touch in book.touches_with(practitioner_id):
        if touch.two_way and touch.done_on is not None and (today is None or touch.done_on <= today):
            return touch
    return None


def balance(book: Book, practitioner_id: str) -> Balance:
    """How many referrals went each way; drafts, duplicates and errors are none."""
    given = received = 0
    for referral in book.referrals_with(practitioner_id):
        if not counts(referral):
            continue
        if referral.direction is ReferralDirection.GIVEN:
            given += 1
        else:
            received += 1
    return Balance(given, received)
