"""Acts: one thing that a user did, the unit of saving, undo and history (DESIGN.md sections 3 and 5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, Generic, Protocol, TypeVar

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
    erased: bool = False
    """Something that it changed was erased for good since, or it is the erasing: it cannot be taken back."""

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

    def anew(self, record: R) -> R:
        """A record that is gone from the book as a fresh one, with an id and stamps of its own."""
        fields = {name: getattr(record, name) for name in record.__struct_fields__ if name not in STAMPS}
        return self.new(type(record), **fields)

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


class Disputed(msgspec.Struct, frozen=True):
    """A field that two people changed, each in another way."""

    field: str
    theirs: Any
    mine: Any
    both: Any = None
    """What comes of both changes together; None where they exclude each other."""


class Merged(msgspec.Struct, Generic[R], frozen=True):
    """What came of my change to a record that somebody else changed meanwhile."""

    record: R
    """Their version with what I changed; mine stands in the fields in dispute."""
    disputed: tuple[Disputed, ...]
    """The fields that both of us changed."""
    from_them: tuple[str, ...]
    """The fields that only they changed."""

    def settled(self, chosen: Mapping[str, Any]) -> R:
        """The record with these values in the fields in dispute; mine where nothing was chosen."""
        return msgspec.structs.replace(self.record, **chosen)


def merged(before: R, mine: R, theirs: R) -> Merged[R]:
    """My change and theirs, both made to `before`, as one; where they exclude each other, a dispute."""
    changed: dict[str, Any] = {}
    disputed = []
    for name in changed_fields(before, mine):
        was, is_mine, is_theirs = getattr(before, name), getattr(mine, name), getattr(theirs, name)
        changed[name] = is_mine
        if is_theirs in (was, is_mine):
            continue
        both = _both(name, was, is_mine, is_theirs)
        if name in _LOGS:
            changed[name] = both
        else:
            disputed.append(Disputed(name, is_theirs, is_mine, both if both not in (is_mine, is_theirs) else None))
    from_them = tuple(name for name in changed_fields(before, theirs) if name not in changed or name in _LOGS)
    return Merged(msgspec.structs.replace(theirs, **changed), tuple(disputed), from_them)


def changed_fields(before: Record, after: Record) -> tuple[str, ...]:
    """The names of the fields in which two versions of a record differ, but for who saved it and when."""
    return tuple(
        name
        for name in before.__struct_fields__
        if name not in STAMPS and getattr(before, name) != getattr(after, name, None)
    )


def _both(name: str, was: Any, mine: Any, theirs: Any) -> Any:
    """Both changes of a list or a note, one after the other; None for what has room for one value only."""
    if isinstance(mine, tuple) and isinstance(theirs, tuple):
        kept = [each for each in theirs if each in mine or each not in was]
        return (*kept, *(each for each in mine if each not in was and each not in theirs))
    if name in _NOTES and mine and theirs:
        added = mine.removeprefix(was) if theirs.startswith(was) else mine
        return "\n".join(part for part in (theirs.rstrip("\n"), added.lstrip("\n")) if part)
    return None


STAMPS: Final = frozenset({"id", "created_at", "created_by", "updated_at", "updated_by", "version"})
"""The fields that saving itself writes."""
_LOGS: Final = frozenset({"moves", "snoozes"})
"""Fields that are only ever added to: both additions stand."""
_NOTES: Final = frozenset({"note", "notes", "learned"})
"""Texts that may hold what two people wrote, one below the other."""
