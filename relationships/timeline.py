"""The relationship timeline: touches, offers, referrals and follow-ups of a practitioner or a practice, merged by date.

What is still ahead stands first, the furthest day on top, so that overdue things come just above the line of today;
below it the past, newest first. Equal days stand in the order of entry, the latest on top.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final

import msgspec

from relationships.book import Book
from relationships.records import FollowUp, Offer, Referral, Touch
from relationships.vocabulary import (
    Direction,
    FollowUpState,
    OfferKind,
    OfferState,
    PromisedBy,
    ReferralDirection,
    ReferralState,
    Term,
    TouchKind,
)


class Mark(Term):
    """The sign in front of an entry (SCREENS.md)."""

    DONE = "done"
    PLANNED = "planned"
    OUT = "out"
    IN = "in"
    DUE = "due"
    PRIVATE = "private"

    @property
    def symbol(self) -> str:
        """The sign, one column wide."""
        return _SIGNS[self.value][0]

    @property
    def ascii(self) -> str:
        """The sign for a plain terminal."""
        return _SIGNS[self.value][1]


_SIGNS: Final[Mapping[str, str]] = {
    "done": "●*",
    "planned": "◇o",
    "out": "→>",
    "in": "←<",
    "due": "!!",
    "private": "⊘x",
}

_KIND_WORDS: Final[Mapping[TouchKind, str]] = {kind: kind.short for kind in TouchKind}

_OFFER_BEGINNINGS: Final = (OfferState.DRAFT, OfferState.MADE, OfferState.INVITED)
_OFFER_MARKS: Final[Mapping[str, Mark]] = {
    OfferState.DRAFT: Mark.PLANNED,
    OfferState.MADE: Mark.OUT,
    OfferState.INVITED: Mark.OUT,
    OfferState.ACCEPTED: Mark.IN,
    OfferState.DECLINED: Mark.IN,
}

_REFERRAL_BEGINNINGS: Final = (ReferralState.DRAFT, ReferralState.RECEIVED, ReferralState.SENT)
_REFERRAL_MARKS: Final[Mapping[str, Mark]] = {
    ReferralState.DRAFT: Mark.PLANNED,
    ReferralState.RECEIVED: Mark.IN,
    ReferralState.ACKNOWLEDGED: Mark.OUT,
    ReferralState.SENT: Mark.OUT,
    ReferralState.ACCEPTED: Mark.IN,
    ReferralState.DECLINED: Mark.IN,
    ReferralState.REPORTED_BACK: Mark.IN,
    ReferralState.RETURNED: Mark.IN,
}
"""What went to the practitioner and what came from them; the other states are our own notes."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One line of a timeline."""

    key: str
    """Unique in its timeline: the record's id, with a suffix for each move of a state."""
    day: date
    ahead: bool
    """Open or planned, whatever its day."""
    overdue: bool
    """Ahead, and its day is past."""
    mark: Mark
    kind_words: str
    """What it is, for a narrow column: "visit", "report", "referral", "offer"."""
    text: str
    """What is to be read, as it was typed; it may have several lines."""
    by: str
    """The user who entered it."""
    record: Touch | FollowUp | Offer | Referral


Placed = tuple[date, datetime, int, Entry]
"""An entry with what orders it: day, moment of entry, place among the moves of its record."""


def timeline_of_practitioner(book: Book, practitioner_id: str, today: date) -> tuple[Entry, ...]:
    """Everything between this practitioner and us, in the order of the screen."""
    touches = {touch.id: touch for touch in book.touches_with(practitioner_id)}
    follow_ups = {follow_up.id: follow_up for follow_up in book.follow_ups_of(practitioner_id)}
    return _merged(touches, follow_ups, book.offers_to(practitioner_id), book.referrals_with(practitioner_id), today)


def timeline_of_practice(book: Book, practice_id: str, today: date) -> tuple[Entry, ...]:
    """Everything between us and a practice or anybody who works there, each thing once."""
    touches = {touch.id: touch for touch in book.touches_at(practice_id)}
    follow_ups = {follow_up.id: follow_up for follow_up in book.follow_ups_of(practice_id)}
    offers: list[Offer] = []
    referrals: list[Referral] = []
    for person in {practitioner.id for practitioner in book.practitioners_at(practice_id)}:
        touches.update((touch.id, touch) for touch in book.touches_with(person))
        follow_ups.update((follow_up.id, follow_up) for follow_up in book.follow_ups_of(person))
        offers.extend(book.offers_to(person))
        referrals.extend(book.referrals_with(person))
    return _merged(touches, follow_ups, offers, referrals, today)


def of_kind(entries: Iterable[Entry], kinds: Container[str]) -> tuple[Entry, ...]:
    """The entries of some kinds, in the same order.

    A kind is what a trainer reads ("visit", "call") or a record's noun ("touch", "follow-up", "offer", "referral").
    """
    return tuple(entry for entry in entries if entry.kind_words in kinds or entry.record.noun in kinds)


def _merged(
    touches: Mapping[str, Touch],
    follow_ups: Mapping[str, FollowUp],
    offers: Iterable[Offer],
    referrals: Iterable[Referral],
    today: date,
) -> tuple[Entry, ...]:
    placed: list[Placed] = [_of_touch(touch, today) for touch in touches.values()]
    for follow_up in follow_ups.values():
        if follow_up.state is not FollowUpState.DONE or follow_up.done_touch not in touches:
            placed.append(_of_follow_up(follow_up, today))
    for offer in offers:
        placed.extend(_of_offer(offer))
    for referral in referrals:
        placed.extend(_of_referral(referral))
    placed.sort(key=_order, reverse=True)
    entries = [entry for *_, entry in placed]
    return (*(e for e in entries if e.ahead), *(e for e in entries if not e.ahead))


def _order(placed: Placed) -> tuple[date, datetime, int, str]:
    day, entered, place, entry = placed
    return (day, entered, place, entry.key)


def _of_touch(touch: Touch, today: date) -> Placed:
    day, mark, words = touch.day, touch_mark(touch, today), touch_words(touch)
    kind = _KIND_WORDS[touch.kind]
    entry = Entry(touch.id, day, touch.planned, mark is Mark.DUE, mark, kind, words, touch.created_by, touch)
    return (day, touch.created_at, 0, entry)


def touch_mark(touch: Touch, today: date) -> Mark:
    """How a touch stands: due, planned, done with an answer, or one way."""
    if touch.done_on is None:
        return Mark.DUE if touch.planned and touch.day < today else Mark.PLANNED
    if touch.two_way:
        return Mark.DONE
    return Mark.OUT if touch.direction is Direction.OUT else Mark.IN


def touch_words(touch: Touch) -> str:
    """All that was written about a touch: the note, what was learned, how it ended, what is still owed.

    With nothing written, its purposes.
    """
    cancelled = touch.cancelled_on is not None and touch.done_on is None
    if not (cancelled or touch.learned or touch.outcome or touch.ask_outcome or touch.promised):
        return touch.note or (", ".join(purpose.words for purpose in touch.purpose) if touch.purpose else "")
    parts = [_after("Cancelled", touch.cancel_reason)] if cancelled else []
    parts.append(touch.note)
    labelled = (("Learned", touch.learned), ("Outcome", touch.outcome), ("Asked", touch.ask_outcome))
    parts.extend(f"{label}: {said}" for label, said in labelled if said)
    for promise in touch.promised:
        if promise.kept_on is None:
            parts.append(f"{'Owe' if promise.by is PromisedBy.US else 'They owe'}: {promise.text}")
    return _sentences(parts)


def _of_follow_up(follow_up: FollowUp, today: date) -> Placed:
    words = follow_up.what or follow_up.note or ("get in touch" if follow_up.kind is None else "")
    ahead, by = follow_up.state is FollowUpState.OPEN, follow_up.created_by
    day, entered = follow_up.due, follow_up.created_at
    mark = Mark.PLANNED
    if ahead and day < today:
        mark = Mark.DUE
    elif not ahead:
        day, entered, by = follow_up.done_on or follow_up.updated_at.date(), follow_up.updated_at, follow_up.updated_by
        if follow_up.state is FollowUpState.DONE:
            mark = Mark.DONE
        else:
            words = _sentences([words, _after("Dropped", follow_up.drop_reason)])
    kind_words = _KIND_WORDS[follow_up.kind] if follow_up.kind is not None else follow_up.noun
    entry = Entry(follow_up.id, day, ahead, mark is Mark.DUE, mark, kind_words, words, by, follow_up)
    return (day, entered, 0, entry)


def _of_offer(offer: Offer) -> Iterator[Placed]:
    """One entry for each move; the making itself, when no move tells of it."""
    kind_words = "invitation" if offer.kind is OfferKind.INVITATION else "offer"
    said = _sentences([offer.what, _after("Terms", offer.terms) if offer.terms else ""])
    if not any(move.state in _OFFER_BEGINNINGS for move in offer.moves):
        state = OfferState.INVITED if offer.kind is OfferKind.INVITATION else OfferState.MADE
        if offer.state is OfferState.DRAFT and offer.made_on is None:
            state = OfferState.DRAFT
        day = offer.made_on or offer.created_at.date()
        text, by = _after(state.words, said), offer.created_by
        yield _placed(offer, -1, Entry(offer.id, day, False, False, _OFFER_MARKS[state], kind_words, text, by, offer))
    for place, move in enumerate(offer.moves):
        text = _after(_words(move.state), said if move.state in _OFFER_BEGINNINGS else offer.what)
        yield _of_move(offer, place, kind_words, _sentences([text, move.why]), _OFFER_MARKS)


def _of_referral(referral: Referral) -> Iterator[Placed]:
    """One entry for each move; the coming or going itself, when no move tells of it."""
    given = referral.direction is ReferralDirection.GIVEN
    if not any(move.state in _REFERRAL_BEGINNINGS for move in referral.moves):
        state = ReferralState.SENT if given else ReferralState.RECEIVED
        if given and referral.state is ReferralState.DRAFT:
            state = ReferralState.DRAFT
        day, text, by = referral.day, _referral_words(referral, state), referral.created_by
        mark = _REFERRAL_MARKS[state]
        yield _placed(referral, -1, Entry(referral.id, day, False, False, mark, "referral", text, by, referral))
    for place, move in enumerate(referral.moves):
        text = _sentences([_referral_words(referral, move.state), move.why])
        yield _of_move(referral, place, "referral", text, _REFERRAL_MARKS)


def _referral_words(referral: Referral, state: str) -> str:
    """Whom and what it is about where it begins, later the client's code and what became of it."""
    if state in _REFERRAL_BEGINNINGS:
        about = (referral.client_code, referral.reason or ", ".join(referral.conditions), referral.restrictions)
        said = ", ".join(part for part in about if part)
        return _after("draft", said) if state == ReferralState.DRAFT else said
    closed_for = referral.reason_closed if state == ReferralState.CLOSED else None
    words = _after(_words(state), closed_for.words if closed_for is not None else "")
    return _after(referral.client_code, words) if referral.client_code else words


def _of_move(record: Offer | Referral, place: int, kind_words: str, text: str, marks: Mapping[str, Mark]) -> Placed:
    move = record.moves[place]
    mark, by = marks.get(move.state, Mark.DONE), move.by or record.created_by
    return _placed(
        record, place, Entry(f"{record.id}:{place}", move.on, False, False, mark, kind_words, text, by, record)
    )


def _placed(record: Offer | Referral, place: int, entry: Entry) -> Placed:
    return (entry.day, record.created_at, place, entry)


def _words(state: str) -> str:
    """A move keeps its state as the file spells it, so that one from a later version can be told too."""
    return state.replace("_", " ")


def _after(label: str, said: str) -> str:
    return f"{label}: {said}" if said else label


def _sentences(parts: Iterable[str]) -> str:
    """What was written in several places, as sentences after one another."""
    *before, last = [part.rstrip() for part in parts if part.strip()] or [""]
    return " ".join([*(part if part[-1] in ".!?…:" else f"{part}." for part in before), last])
