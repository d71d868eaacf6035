"""The records of each kind as `list` prints them: cells in columns, facts that follow from the book, text to search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from relationships.book import Book
from relationships.cadence import next_due
from relationships.records import FollowUp, Offer, Practice, Practitioner, Record, Referral, Touch
from relationships.search import searchable, text_of
from relationships.stages import activity, last_touch, stage
from relationships.timeline import touch_words
from relationships.vocabulary import FollowUpState


class Listed(msgspec.Struct, frozen=True):
    """One record in a list."""

    record: Record
    cells: tuple[str, ...]
    derived: Mapping[str, Any]
    """Facts by name that are not stored in the record, for programs."""


class Listing(msgspec.Struct, frozen=True):
    """How the records of one kind are listed."""

    headings: tuple[str, ...]
    lines: Callable[[Book, date], Iterator[Listed]]


def matching(book: Book, lines: Iterable[Listed], query: str) -> list[Listed]:
    """The lines in which every word of the query stands, anywhere, whatever its case and accents."""
    words = searchable(query).split()
    if not words:
        return list(lines)
    return [line for line in lines if _all_in(words, _searched(book, line))]


def _searched(book: Book, line: Listed) -> str:
    return searchable(" ".join((*line.cells, text_of(book, line.record))))


def _all_in(words: Iterable[str], text: str) -> bool:
    return all(word in text for word in words)


def names(book: Book, table: str, ids: Iterable[str]) -> list[str]:
    """The names of practitioners or practices; of one that is gone, its id."""
    return [getattr(book.find(table, each), "name", each) for each in ids]


def whom(book: Book, practitioners: Iterable[str], practice: str | None) -> str:
    """The people a record is about, else the practice."""
    found = names(book, Practitioner.table, practitioners)
    return ", ".join(found or names(book, Practice.table, (practice,) if practice else ()))


def _iso(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _practitioners(book: Book, today: date) -> Iterator[Listed]:
    for record in book.all_practitioners():
        yield listed_practitioner(book, record, today)


def listed_practitioner(book: Book, record: Practitioner, today: date) -> Listed:
    """A practitioner with what the book says about the relationship today."""
    places = names(book, Practice.table, record.practices)
    touch, due, reached = last_touch(book, record.id, today), next_due(book, record, today), stage(book, record, today)
    last = touch.day if touch is not None else None
    derived = {
        "practice_names": places,
        "stage": reached,
        "activity": activity(book, record.id, today),
        "last_touch": last,
        "next_due": due,
    }
    cells = (
        " ".join(filter(None, (record.name, record.post_nominals))),
        record.discipline.short,
        ", ".join(places),
        record.tier.value if record.tier is not None else "",
        reached.words,
        _iso(last),
        _iso(due),
    )
    return Listed(record, cells, derived)


def _practices(book: Book, today: date) -> Iterator[Listed]:
    for record in book.all_practices():
        people = [each.name for each in book.practitioners_at(record.id)]
        derived = {"practitioner_names": people}
        cells = (record.name, record.kind.words, record.city, record.phone, ", ".join(people))
        yield Listed(record, cells, derived)


def _touches(book: Book, today: date) -> Iterator[Listed]:
    for record in book.all_touches():
        state = "done" if record.done_on else "cancelled" if record.cancelled_on else "planned"
        derived = {"day": record.day, "state": state, **_about(book, record.practitioners, record.practice)}
        said = touch_words(record)
        who = whom(book, record.practitioners, record.practice)
        cells = (_iso(record.day), state, record.kind.short, who, said)
        yield Listed(record, cells, derived)


def _about(book: Book, practitioners: Iterable[str], practice: str | None) -> dict[str, Any]:
    return {
        "practitioner_names": names(book, Practitioner.table, practitioners),
        "practice_names": names(book, Practice.table, (practice,) if practice else ()),
    }


def _follow_ups(book: Book, today: date) -> Iterator[Listed]:
    """The open ones by day, then what is done or dropped, latest first."""
    ended = [
        each for each in book.follow_ups.values() if each.trashed_at is None and each.state is not FollowUpState.OPEN
    ]
    ended.sort(key=lambda each: (each.due, each.id), reverse=True)
    for record in (*book.open_follow_ups(), *ended):
        people = (record.practitioner,) if record.practitioner else ()
        kind = record.kind.short if record.kind is not None else ""
        cells = (_iso(record.due), record.state.words, kind, whom(book, people, record.practice), record.what)
        yield Listed(record, cells, _about(book, people, record.practice))


def _offers(book: Book, today: date) -> Iterator[Listed]:
    for record in book.all_offers():
        who = names(book, Practitioner.table, (record.practitioner,))
        cells = (_iso(record.made_on), record.state.words, record.kind.words, who[0], record.what)
        yield Listed(record, cells, {"practitioner_names": who})


def _referrals(book: Book, today: date) -> Iterator[Listed]:
    for record in book.all_referrals():
        who = names(book, Practitioner.table, (record.practitioner,))
        cells = (
            _iso(record.day),
            record.direction.words,
            record.state.words,
            who[0],
            record.client_code,
            record.reason or ", ".join(record.conditions),
        )
        derived = {"day": record.day, "practitioner_names": who}
        yield Listed(record, cells, derived)


LISTINGS: Final[Mapping[str, Listing]] = {
    Practitioner.table: Listing(
        ("NAME", "DISCIPLINE", "PRACTICE", "TIER", "STAGE", "LAST TOUCH", "NEXT DUE"), _practitioners
    ),
    Practice.table: Listing(("NAME", "KIND", "CITY", "PHONE", "PRACTITIONERS"), _practices),
    Touch.table: Listing(("DAY", "STATE", "KIND", "WHO", "WHAT"), _touches),
    FollowUp.table: Listing(("DUE", "STATE", "KIND", "WHO", "WHAT"), _follow_ups),
    Offer.table: Listing(("MADE", "STATE", "KIND", "WHO", "WHAT"), _offers),
    Referral.table: Listing(("DAY", "DIRECTION", "STATE", "WHO", "CLIENT", "REASON"), _referrals),
}
"""By table of the book."""

KIND_WORDS: Final[Mapping[str, str]] = {
    "practitioners": Practitioner.table,
    "contacts": Practitioner.table,
    "practices": Practice.table,
    "touches": Touch.table,
    "visits": Touch.table,
    "follow-ups": FollowUp.table,
    "offers": Offer.table,
    "referrals": Referral.table,
}
"""What `list` takes, and the table it means. `visits` is the name of the screen that lists every touch."""
