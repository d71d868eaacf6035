"""The schemas of a book, and the step that leads from each to the next (DESIGN.md section 5).

A step works on plain documents. What it makes of a record it makes of the same record in the lines of the history, so
that old acts are read, shown and undone as if they had been written today.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Document = dict[str, Any]
"""A record as it stands in the file."""
Tables = dict[str, dict[str, Document]]
"""The tables of a book file but for `_meta`: documents by TinyDB's number."""


def _as_it_is(_: str, document: Document) -> Document:
    return document


class Step(NamedTuple):
    """What changes from one schema to the next. Both functions may change what they are given."""

    record: Callable[[str, Document], Document] = _as_it_is
    """A record of a table, in the book as in the lines of the history."""
    book: Callable[[Tables], Tables] | None = None
    """What concerns the book as a whole, after its records; the history knows nothing of it."""


STEPS: Mapping[int, Step] = {
    1: Step(),
}
"""The step from each schema to the next.

1 to 2: the journal's first line names the schema of its lines, `_meta` keeps where each schema began, and keys that are
not known may stand in the parts of a record. No record changes.
"""

SCHEMA = max(STEPS) + 1
"""The schema that this version writes."""


def newest(steps: Mapping[int, Step]) -> int:
    """The schema that the last step leads to."""
    return max(steps) + 1


def alike(steps: Mapping[int, Step], schema: int) -> bool:
    """Whether the records of a schema are those of the newest one: no step between them changes any."""
    return all(steps.get(number) == Step() for number in range(schema, newest(steps)))


def schema_at(sequence: int, schema: int, upgrades: Mapping[int, int]) -> int:
    """The schema of the act with this number, in a book of that schema and with these beginnings of schemas."""
    return min((later - 1 for later, first in upgrades.items() if sequence < first), default=schema)


def lifted(steps: Mapping[int, Step], schema: int, table: str, document: Document) -> Document:
    """A record of a schema, in the newest one.

    Raises:
        KeyError, TypeError, ValueError: a step cannot make anything of it.
    """
    for number in range(schema, newest(steps)):
        document = steps[number].record(table, document)
    return document


def lifted_book(steps: Mapping[int, Step], schema: int, tables: Tables) -> Tables:
    """The tables of a schema, in the newest one, a step after the other.

    Raises:
        KeyError, TypeError, ValueError: a step cannot make anything of them.
    """
    for number in range(schema, newest(steps)):
        step = steps[number]
        tables = {
            table: {key: step.record(table, document) for key, document in documents.items()}
            for table, documents in tables.items()
        }
        if step.book is not None:
            tables = step.book(tables)
    return tables


class Lift:
    """Brings the records in the lines of a journal or a history up to the newest schema."""

    def __init__(self, steps: Mapping[int, Step], schema: int, upgrades: Mapping[int, int]) -> None:
        self._steps = steps
        self._schema = schema
        self._upgrades = upgrades

    def __call__(self, sequence: int, table: str, document: Document) -> Document:
        """A record in the line with this number.

        Raises:
            KeyError, TypeError, ValueError: a step cannot make anything of it.
        """
        return lifted(self._steps, schema_at(sequence, self._schema, self._upgrades), table, document)


def lift_for(steps: Mapping[int, Step], schema: int, upgrades: Mapping[int, int]) -> Lift | None:
    """How to read the lines of a book of this schema; None when they all are as in the newest one."""
    oldest = min((schema, *(later - 1 for later in upgrades)))
    return None if alike(steps, oldest) else Lift(steps, schema, upgrades)
