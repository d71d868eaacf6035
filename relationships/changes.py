"""Acts: one thing that a user did, the unit of saving, undo and history (DESIGN.md sections 3 and 5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

import msgspec

from relationships.records import Record

R = TypeVar("R", bound=Record)


class Clock(Protocol):
    """Where days and moments come from."""

    def now(self) -> datetime:
        """This moment, UTC."""
        ...

    def today(self) -> date:
        """This local calendar day."""
        ...


class Change(msgspec.Struct, frozen=True):
    """One record before and after: no `before` adds it, no `after` takes it away."""

    before: Record | None
    after: Record | None

    @property
    def record(self) -> Record:
        """The record as it is after, or as it was when it was taken away."""
        record = self.after if self.after is not None else self.before
        if record is None:
            raise ValueError("a change needs a record before or after")
        return record

    @property
    def table(self) -> str:
        """The table of the book file that it belongs to."""
        after = self.after
        return after.table if after is not None else self.record.table

    @property
    def id(self) -> str:
        """The id of the record."""
        after = self.after
        return after.id if after is not None else self.record.id

    def inverse(self) -> Change:
        """What takes this change back."""
        return Change(before=self.after, after=self.before)


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a user did."""

    id: str
    """Its own, so that an act which may have been saved is never saved twice."""
    name: str
    """What was done, in a trainer's words: "log a visit"."""
    changes: tuple[Change, ...]
    at: datetime
    by: str
    subject: str = ""
    """Whom or what it was about, for the undo message and the history."""
    sequence: int = 0
    """Its place in the book, from 1; 0 until it is saved."""
    undoes: str | None = None
    """The id of the act that this one takes back."""
    redoes: str | None = None
    """The id of the undo that this one takes back."""

    @property
    def words(self) -> str:
        """The act in a line: "log a visit: Priya Patel"."""
        return f"{self.name}: {self.subject}" if self.subject else self.name


class Author:
    """Writes acts in the name of one user, with the clock and the ids that it was given."""

    def __init__(self, user: str, clock: Clock, new_id: Callable[[], str]) -> None:
        self.user = user
        self.clock = clock
        self._new_id = new_id

    def new(self, kind: type[R], /, **fields: Any) -> R:
        """A fresh record of a kind, stamped; it is in no book until an act adds it."""
        now = self.clock.now()
        return kind(
            id=self._new_id(), created_at=now, created_by=self.user, updated_at=now, updated_by=self.user, **fields
        )

    def add(self, record: Record) -> Change:
        """The adding of a new record."""
        return Change(before=None, after=record)

    def edit(self, before: R, after: R) -> Change:
        """The edit of a record, stamped and counted."""
        return Change(
            before=before,
            after=msgspec.structs.replace(
                after, updated_at=self.clock.now(), updated_by=self.user, version=before.version + 1
            ),
        )

    def trash(self, record: Record) -> Change:
        """The move of a record into the trash."""
        return self.edit(record, msgspec.structs.replace(record, trashed_at=self.clock.now()))

    def restore(self, record: Record) -> Change:
        """The way back out of the trash."""
        return self.edit(record, msgspec.structs.replace(record, trashed_at=None))

    def act(self, name: str, *changes: Change, subject: str = "") -> Act:
        """One act of all these changes."""
        return Act(id=self._new_id(), name=name, changes=changes, at=self.clock.now(), by=self.user, subject=subject)

    def undo(self, act: Act) -> Act:
        """The act that takes another one back."""
        inverse = tuple(change.inverse() for change in reversed(act.changes))
        return msgspec.structs.replace(
            self.act(f"undo {act.name.removeprefix('redo ')}", *inverse, subject=act.subject), undoes=act.id
        )

    def redo(self, undo: Act) -> Act:
        """The act that takes an undo back."""
        inverse = tuple(change.inverse() for change in reversed(undo.changes))
        name = f"redo {undo.name.removeprefix('undo ')}"
        return msgspec.structs.replace(self.act(name, *inverse, subject=undo.subject), redoes=undo.id)


def merged(before: R, mine: R, theirs: R) -> tuple[R, tuple[str, ...]]:
    """Their version with what I changed, and the names of the fields that both of us changed: there mine stands."""
    changed: dict[str, Any] = {}
    both = []
    for field in msgspec.structs.fields(type(before)):
        name = field.name
        was, is_mine, is_theirs = getattr(before, name), getattr(mine, name), getattr(theirs, name)
        if is_mine == was or name in _STAMPS:
            continue
        changed[name] = is_mine
        if is_theirs not in (was, is_mine):
            both.append(name)
    return msgspec.structs.replace(theirs, **changed), tuple(both)


_STAMPS = frozenset({"updated_at", "updated_by", "version"})
