"""The fields that a filter can ask for, and what each reads from a record (DESIGN.md section 6: find).

A record about people (a touch, a follow-up, an offer, a referral) is also asked through them: `tier:a` finds the
touches with people of tier A.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from relationships.book import Book
from relationships.cadence import Lateness, lateness_of, next_due, next_step, resting, step_lateness
from relationships.records import FollowUp, Offer, Practice, Practitioner, Record, Referral, Touch
from relationships.stages import balance, in_person, last_touch, stage
from relationships.vocabulary import FollowUpState, PromisedBy, Term

Value = str | int | date
Read = Callable[[Book, Record, date], Iterable[Value | None]]
Sort = Literal["text", "digits", "number", "past", "ahead", "flag"]
"""`past` days are compared by how long ago they are, `ahead` ones by how far off."""

_DIGITS: Final = re.compile(r"\D+")


class Field(msgspec.Struct, frozen=True):
    """Something that a filter can ask for."""

    name: str
    sort: Sort
    read: Read
    words: str
    """What it is, for the help and the completion."""
    values: tuple[str, ...] = ()
    """What it may be, where that is a closed list."""


def people(book: Book, record: Record) -> tuple[Practitioner, ...]:
    """The practitioners whom a record is, or is about."""
    if isinstance(record, Practitioner):
        return (record,)
    if isinstance(record, Practice):
        return tuple(book.practitioners_at(record.id))
    if isinstance(record, Touch):
        return tuple(book.practitioners[p] for p in record.practitioners if p in book.practitioners)
    if isinstance(record, FollowUp | Offer | Referral) and record.practitioner in book.practitioners:
        return (book.practitioners[record.practitioner or ""],)
    return ()


def practices(book: Book, record: Record) -> tuple[Practice, ...]:
    """The practices that a record is, names, or whose people it is about."""
    if isinstance(record, Practice):
        return (record,)
    own = getattr(record, "practice", None)
    ids = ([own] if own else []) + [practice for person in people(book, record) for practice in person.practices]
    return tuple(book.practices[practice] for practice in dict.fromkeys(ids) if practice in book.practices)


def own_day(record: Record) -> date | None:
    """The day that a record stands under."""
    if isinstance(record, FollowUp):
        return record.due
    if isinstance(record, Touch | Referral):
        return record.day
    return record.made_on if isinstance(record, Offer) else None


def digits(text: str) -> str:
    """The digits of a phone number, without what stands between them."""
    return _DIGITS.sub("", text)


def _attribute(name: str) -> Read:
    def read(book: Book, record: Record, today: date) -> Iterable[Value | None]:
        value = getattr(record, name, None)
        return value if isinstance(value, tuple) else (_plain(value),)

    return read


def _of_people(name: str) -> Read:
    def read(book: Book, record: Record, today: date) -> Iterable[Value | None]:
        for person in people(book, record):
            value = getattr(person, name)
            yield from value if isinstance(value, tuple) else (_plain(value),)

    return read


def _plain(value: object) -> Value | None:
    if isinstance(value, Term):
        return f"{value.words} {getattr(value, 'short', '')}".strip()
    return value if isinstance(value, str | int | date) else None


def _names(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    yield from (person.name for person in people(book, record))
    if isinstance(record, Touch):
        yield from record.people_met
    if isinstance(record, Practice):
        yield record.name
        yield from (keeper.name for keeper in record.gatekeepers)


def _practice(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    return (practice.name for practice in practices(book, record))


def _city(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    return (practice.city for practice in practices(book, record))


def _tags(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    own = getattr(record, "tags", None)
    return own if isinstance(own, tuple) else (tag for person in people(book, record) for tag in person.tags)


def _kind(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    return ("referral",) if isinstance(record, Referral) else (_plain(getattr(record, "kind", None)),)


def _stage(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    return (stage(book, person, today).words for person in people(book, record))


def _phone(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    yield from (person.phone for person in people(book, record))
    yield from (practice.phone for practice in practices(book, record))


def _notes(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    """What was written: for a person also in the touches with them."""
    for name in ("note", "notes", "learned", "outcome", "what", "reason", "why"):
        yield _plain(getattr(record, name, None))
    if isinstance(record, Practitioner):
        for touch in book.touches_with(record.id):
            yield from (touch.note, touch.learned, touch.outcome)


def _last(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    for person in people(book, record):
        touch = last_touch(book, person.id, today)
        yield touch.day if touch is not None else None


def _due(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    if isinstance(record, FollowUp):
        return (record.due if record.state is FollowUpState.OPEN else None,)
    return (next_due(book, person, today) for person in people(book, record))


def _on(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    return (own_day(record),)


def _given(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    return (balance(book, person.id).given for person in people(book, record))


def _received(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    return (balance(book, person.id).received for person in people(book, record))


def _touches(book: Book, record: Record, today: date) -> Iterable[Value | None]:
    return (sum(t.done_on is not None for t in book.touches_with(person.id)) for person in people(book, record))


def _late(book: Book, record: Record, today: date) -> bool:
    if isinstance(record, FollowUp):
        return record.state is FollowUpState.OPEN and step_lateness(record, today) is not Lateness.ON_TIME
    if isinstance(record, Touch):
        return record.planned and record.day < today
    return any(lateness_of(book, person, today) is not Lateness.ON_TIME for person in people(book, record))


def _visited(book: Book, record: Record, today: date) -> bool:
    found = (touch for person in people(book, record) for touch in book.touches_with(person.id))
    return any(in_person(touch) and touch.done_on is not None for touch in found)


FLAGS: Final[Mapping[str, Callable[[Book, Record, date], bool]]] = MappingProxyType(
    {
        "archived": lambda book, record, today: record.archived_at is not None,
        "planned": lambda book, record, today: isinstance(record, Touch) and record.planned,
        "done": lambda book, record, today: getattr(record, "done_on", None) is not None,
        "open": lambda book, record, today: getattr(record, "state", None) is FollowUpState.OPEN,
        "late": _late,
        "visited": _visited,
        "unanswered": lambda book, record, today: (
            isinstance(record, Touch) and record.done_on is not None and not record.two_way
        ),
        "resting": lambda book, record, today: any(map(resting, people(book, record))),
        "owed": lambda book, record, today: (
            isinstance(record, Touch)
            and any(promise.by is PromisedBy.US and promise.kept_on is None for promise in record.promised)
        ),
    }
)
"""What `is:` asks."""

GAPS: Final[Mapping[str, Callable[[Book, Record, date], bool]]] = MappingProxyType(
    {
        "phone": lambda book, record, today: not any(_phone(book, record, today)),
        "email": lambda book, record, today: not any(_attribute("email")(book, record, today)),
        "practice": lambda book, record, today: not practices(book, record),
        "discipline": lambda book, record, today: all(
            person.discipline.value == "other" for person in people(book, record)
        ),
        "tier": lambda book, record, today: all(person.tier is None for person in people(book, record)),
        "tag": lambda book, record, today: not any(_tags(book, record, today)),
        "step": lambda book, record, today: all(next_step(book, person.id) is None for person in people(book, record)),
        "touch": lambda book, record, today: not any(_last(book, record, today)),
        "note": lambda book, record, today: not any(_notes(book, record, today)),
    }
)
"""What `no:` asks: records that lack it."""

FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {
        field.name: field
        for field in (
            Field("name", "text", _names, "somebody's name"),
            Field("discipline", "text", _of_people("discipline"), "what they practise"),
            Field("practice", "text", _practice, "where they work"),
            Field("city", "text", _city, "the place of the practice"),
            Field("tag", "text", _tags, "a tag"),
            Field("tier", "text", _of_people("tier"), "importance", ("a", "b", "c", "parked")),
            Field(
                "stage",
                "text",
                _stage,
                "how far it has come",
                ("prospect", "introduced", "met", "collaborating", "referring", "parked", "declined"),
            ),
            Field("kind", "text", _kind, "the kind of touch or offer"),
            Field("channel", "text", _attribute("channel"), "by what way"),
            Field("direction", "text", _attribute("direction"), "who began it, or which way it went"),
            Field("state", "text", _attribute("state"), "where it stands"),
            Field("by", "text", _attribute("created_by"), "who entered it"),
            Field("owner", "text", _of_people("owner"), "whose contact it is"),
            Field("note", "text", _notes, "what was written"),
            Field("email", "text", _of_people("email"), "an email address"),
            Field("phone", "digits", _phone, "a phone number, by its digits"),
            Field("last", "past", _last, "the last touch: last>60d"),
            Field("due", "ahead", _due, "the next due day: due<7d"),
            Field("on", "past", _on, "its own day: on>2w, on:yesterday"),
            Field("given", "number", _given, "referrals given: given>2"),
            Field("received", "number", _received, "referrals received: received=0"),
            Field("touches", "number", _touches, "how many touches: touches>5"),
            Field("minutes", "number", _attribute("minutes"), "how long it took: minutes>20"),
            Field("is", "flag", _on, "a state of things", tuple(FLAGS)),
            Field("no", "flag", _on, "something that is missing", tuple(GAPS)),
        )
    }
)
"""Every field by its name."""
