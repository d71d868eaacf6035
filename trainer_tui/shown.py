"""One record as `show` prints it: every field that says something, and the timeline of a practitioner or a practice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from relationships.book import Book
from relationships.cadence import next_step
from relationships.dates import lateness
from relationships.parts import Part
from relationships.records import Practice, Practitioner, Record, Touch
from relationships.stages import activity, last_touch, stage
from relationships.timeline import Entry, timeline_of_practice, timeline_of_practitioner
from relationships.vocabulary import Term
from trainer_tui.listing import one_line, table

_BOOKKEEPING: Final = frozenset(
    {"id", "created_at", "created_by", "updated_at", "updated_by", "version", "unknown", "name", "post_nominals"}
)
_REFERENCES: Final[Mapping[str, str]] = {
    "practitioner": "practitioners",
    "practitioners": "practitioners",
    "practice": "practices",
    "practices": "practices",
    "from_touch": "touches",
    "done_touch": "touches",
    "attributed_touch": "touches",
}
"""Fields that hold ids, and the table they point into."""


def shown(book: Book, record: Record, today: date) -> str:
    """The record as plain text: a headline, its fields, and its timeline if it has one."""
    facts = [*_derived(book, record, today), *_fields(book, record), ("id", record.id), ("entered", _entered(record))]
    width = max(len(label) for label, _ in facts)
    lines = [one_line(headline(record)), ""]
    lines += [f"{label:<{width}}  {one_line(said)}" for label, said in facts]
    return "\n".join(lines) + "\n" + _timeline_text(timeline(book, record, today))


def timeline(book: Book, record: Record, today: date) -> tuple[Entry, ...]:
    """The timeline of a practitioner or a practice; nothing for any other record."""
    if isinstance(record, Practitioner):
        return timeline_of_practitioner(book, record.id, today)
    return timeline_of_practice(book, record.id, today) if isinstance(record, Practice) else ()


def headline(record: Record) -> str:
    """What the record is called: a name with its letters, else its noun and day."""
    if isinstance(record, Practitioner):
        return " ".join(filter(None, (record.name, record.post_nominals)))
    return record.name if isinstance(record, Practice) else record.noun


def state_of(entry: Entry) -> str:
    """Whether an entry of a timeline is still ahead: "overdue", "planned" or nothing."""
    return "overdue" if entry.overdue else "planned" if entry.ahead else ""


def _timeline_text(entries: tuple[Entry, ...]) -> str:
    if not entries:
        return ""
    rows = [(entry.day.isoformat(), state_of(entry), entry.kind_words, entry.by, entry.text) for entry in entries]
    return "\n" + table(("DAY", "AHEAD", "KIND", "BY", "TEXT"), rows)


def _entered(record: Record) -> str:
    words = f"{record.created_at:%Y-%m-%d} by {record.created_by}"
    if record.version > 1:
        words += f", changed {record.updated_at:%Y-%m-%d} by {record.updated_by}"
    return words + (", in the trash" if record.trashed_at is not None else "")


def _derived(book: Book, record: Record, today: date) -> Iterator[tuple[str, str]]:
    if isinstance(record, Practitioner):
        yield "stage", stage(book, record, today).words
        yield "referrals", activity(book, record.id, today).words
        last = last_touch(book, record.id, today)
        if last is not None:
            yield "last touch", f"{last.day.isoformat()} {last.kind.words}"
        step = next_step(book, record.id)
        if step is not None:
            yield "next step", f"{step.day.isoformat()} ({lateness(step.day, today)}) {step.words}"
    if isinstance(record, Practice):
        people = ", ".join(each.name for each in book.practitioners_at(record.id))
        if people:
            yield "practitioners", people


def _fields(book: Book, record: Record) -> Iterator[tuple[str, str]]:
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if name in _BOOKKEEPING or value is None or value in ("", ()) or value is False:
            continue
        said = _said(book, _REFERENCES.get(name, ""), value)
        if said:
            yield name.replace("_", " "), said
    for name, value in (record.unknown or {}).items():
        yield name, str(value)


def _said(book: Book, points_into: str, value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_said(book, points_into, each) for each in value)
    if isinstance(value, Part):
        known = {name: getattr(value, name) for name in value.__struct_fields__ if name != "unknown"}
        parts = (known | (value.unknown or {})).items()
        return "; ".join(f"{name} {_said(book, '', each)}" for name, each in parts if each not in (None, "", ()))
    if points_into:
        return _pointed_at(book.find(points_into, value), value)
    if isinstance(value, Term):
        return value.words
    if value is True:
        return "yes"
    return str(msgspec.to_builtins(value))


def _pointed_at(record: Record | None, record_id: str) -> str:
    if isinstance(record, Practitioner | Practice):
        return record.name
    return f"{record.kind.words} {record.day.isoformat()}" if isinstance(record, Touch) else record_id
