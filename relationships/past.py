"""What the acts of a book tell of its past: who changed which field, and which acts no longer stand."""

from __future__ import annotations

from collections.abc import Iterable

from relationships.changes import Act, changed_fields
from relationships.records import Record


def changed_since(newest_first: Iterable[Act], record: Record) -> dict[str, Act]:
    """The last act that changed each field of a record since it stood as it is given here."""
    found: dict[str, Act] = {}
    for act in newest_first:
        for change in reversed(act.changes):
            if change.id != record.id or change.table != record.table:
                continue
            before, after = change.before, change.after
            names = changed_fields(before, after) if before is not None and after is not None else ("id",)
            for name in names:
                found.setdefault(name, act)
            if before == record:
                return found
    return found
