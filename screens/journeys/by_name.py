"""Journeys by the names that drafts know them by, and beginning one again where an earlier session broke off."""

from __future__ import annotations

from typing import Final

from relationships.book import Book
from relationships.records import Record
from screens.drafting import Walk
from screens.journeys.follow_ups import edit_follow_up, keep_follow_up, set_follow_up, snooze
from screens.journeys.moving_on import move_on
from screens.journeys.offers import edit_offer, make_offer, note_referral
from screens.journeys.practitioners import add_practice, add_practitioner, edit_practice, edit_practitioner
from screens.journeys.putting_off import put_off
from screens.journeys.touches import edit_touch, log_touch
from storage.drafts import Draft, Ref

_ALL: Final[tuple[Walk, ...]] = (
    add_practice,
    add_practitioner,
    edit_follow_up,
    edit_offer,
    edit_practice,
    edit_practitioner,
    edit_touch,
    keep_follow_up,
    log_touch,
    make_offer,
    move_on,
    note_referral,
    put_off,
    set_follow_up,
    snooze,
)
JOURNEYS: Final[dict[str, Walk]] = {journey.__name__: journey for journey in _ALL}
"""Those with something to type. Drafts of earlier versions hold the names: one is never given to another journey."""


def way_on(draft: Draft, book: Book) -> tuple[Walk, tuple[Record | str | None, ...]] | None:
    """The journey of a draft and what it is about, as the book has it now; None when one of the two is no more."""
    journey = JOURNEYS.get(draft.journey)
    found: list[Record | str | None] = []
    for subject in draft.subjects:
        if not isinstance(subject, Ref):
            found.append(subject)
            continue
        record = book.find(subject.table, subject.id)
        if record is None or record.trashed_at is not None:
            return None
        found.append(record)
    return None if journey is None else (journey, tuple(found))
