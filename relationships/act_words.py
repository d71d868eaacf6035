"""Acts in the words that a trainer reads: which records they changed, and each field before and after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import msgspec

from relationships.changes import STAMPS, Act, Change, changed_fields
from relationships.field_words import FieldChange, Find, field_change, field_names, record_words
from relationships.records import Record

_QUIET: Final = frozenset({"owner"})
"""Fields that say nothing of a record that is new."""


class RecordChange(msgspec.Struct, frozen=True):
    """What an act did to one record."""

    record: str
    """The record in a few words."""
    verb: str
    """"added", "changed", "moved to the trash" ..."""
    fields: tuple[FieldChange, ...]

    def lines(self) -> Iterator[tuple[str, str]]:
        """Each field and what became of it, in a line: ("phone", "111 → 222")."""
        for field in self.fields:
            if self.verb == "added":
                yield field.name, field.after
            elif self.verb == "taken out of the book":
                yield field.name, field.before
            else:
                yield field.name, f"{field.before or '(empty)'} → {field.after or '(empty)'}"


def changes_in_words(act: Act, find: Find, today: date) -> tuple[RecordChange, ...]:
    """All that an act did, record by record. Records that are gone from the book are found in the act itself."""
    own = {(change.table, change.id): change.record for change in act.changes}

    def finding(table: str, record_id: str) -> Record | None:
        return find(table, record_id) or own.get((table, record_id))

    return tuple(_change_in_words(change, finding, today) for change in act.changes)


def _change_in_words(change: Change, find: Find, today: date) -> RecordChange:
    before, after, record = change.before, change.after, change.record
    if before is not None and after is not None:
        names = [name for name in changed_fields(before, after) if name != "trashed_at"]
    else:
        names = [name for name, value in _defaults(type(record)) if getattr(record, name) != value]
    fields = (
        field_change(name, getattr(before, name, None), getattr(after, name, None), find, today) for name in names
    )
    told = tuple(field for field in fields if field.before != field.after)
    return RecordChange(record_words(record, find, today), verb_of(change), told)


def _defaults(kind: type[Record]) -> Iterator[tuple[str, Any]]:
    """The fields that tell something of a record that came or went, and what stands in them to begin with."""
    for field in msgspec.structs.fields(kind):
        if field.name not in STAMPS | _QUIET:
            yield field.name, field.default


def verb_of(change: Change) -> str:
    """What a change did to its record."""
    before, after = change.before, change.after
    if before is None:
        return "added"
    if after is None:
        return "taken out of the book"
    if (before.trashed_at is None) != (after.trashed_at is None):
        return "moved to the trash" if after.trashed_at is not None else "brought back from the trash"
    return "changed"


def act_in_brief(act: Act) -> str:
    """What an act changed, for a column: "phone, email", or "touch added, follow-up: state, day"."""
    parts = []
    for change in act.changes:
        before, after, verb = change.before, change.after, verb_of(change)
        noun = change.record.noun
        if verb == "changed" and before is not None and after is not None:
            names = field_names(changed_fields(before, after)) or "nothing"
            parts.append(f"{noun}: {names}" if len(act.changes) > 1 else names)
        else:
            parts.append(f"{noun} {verb}" if len(act.changes) > 1 else verb)
    return "; ".join(parts)
