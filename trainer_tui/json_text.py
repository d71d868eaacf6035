"""JSON for programs: the records as the book file spells them, every field there, and facts that follow from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from relationships.changes import Act
from relationships.parts import Part
from relationships.records import Record
from relationships.timeline import Entry


def json_text(document: Mapping[str, Any]) -> str:
    """The document as text in plain ASCII, which every terminal, pipe and locale passes on unharmed."""
    return json.dumps(msgspec.to_builtins(document), indent=2) + "\n"


def record_document(record: Record, derived: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A record with its table, all its fields, empty ones too, and the derived facts."""
    fields = {name: _plain(getattr(record, name)) for name in record.__struct_fields__ if name != "unknown"}
    return {**(record.unknown or {}), "table": record.table, **fields, **(derived or {})}


def _plain(value: Any) -> Any:
    """The parts of a record as the book file spells them."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if not isinstance(value, Part):
        return value
    from storage.unknown_keys import put_back

    return put_back(value)


def entry_document(entry: Entry) -> dict[str, Any]:
    """One entry of a timeline, with the table and id of its record."""
    return {
        "key": entry.key,
        "day": entry.day,
        "ahead": entry.ahead,
        "overdue": entry.overdue,
        "mark": entry.mark,
        "kind": entry.kind_words,
        "text": entry.text,
        "by": entry.by,
        "table": entry.record.table,
        "id": entry.record.id,
    }


def act_document(act: Act) -> dict[str, Any]:
    """An act with the records before and after it."""
    changes = [
        {
            "table": change.table,
            "id": change.id,
            "before": None if change.before is None else record_document(change.before),
            "after": None if change.after is None else record_document(change.after),
        }
        for change in act.changes
    ]
    return {
        "sequence": act.sequence,
        "id": act.id,
        "at": act.at,
        "by": act.by,
        "name": act.name,
        "subject": act.subject,
        "undoes": act.undoes,
        "redoes": act.redoes,
        "erased": act.erased,
        "changes": changes,
    }
