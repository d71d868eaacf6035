"""A sound book turned back into what a backup holds, in one act: it is in the history, and can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from relationships.changes import Act, Change
from relationships.records import Record
from storage.backups import moment_of
from storage.book_file import load_book_file
from storage.book_format import SCHEMA, Snapshot
from storage.errors import BackupElsewhere, BackupUnusable, BookError, Conflict, NotConfirmed, unreadable
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from storage.book_store import BookStore

RESTORE: Final = "restore"
"""The reason of the backup that is made before."""
_TRIES: Final = 5
"""How often the difference is looked for anew when somebody saves in between."""


class Difference(msgspec.Struct, frozen=True):
    """What has to change for a book to hold what a backup holds."""

    changes: tuple[Change, ...]

    @property
    def added(self) -> int:
        """Records that are in the backup only."""
        return sum(change.before is None for change in self.changes)

    @property
    def removed(self) -> int:
        """Records that were added since."""
        return sum(change.after is None for change in self.changes)

    @property
    def changed(self) -> int:
        """Records that are otherwise in the backup."""
        return len(self.changes) - self.added - self.removed


def difference(present: Mapping[str, Iterable[Record]], wanted: Mapping[str, Mapping[str, Record]]) -> Difference:
    """The changes from one set of tables to another; a record that is equal in both is in none of them."""
    changes = []
    for table, records in present.items():
        left = dict(wanted.get(table, {}))
        for record in records:
            after = left.pop(record.id, None)
            if after != record:
                changes.append(Change(before=record, after=after))
        changes += [Change(before=None, after=record) for record in left.values()]
    return Difference(tuple(changes))


def read_backup(calls: SystemCalls, path: Path) -> Snapshot:
    """What a backup holds.

    Raises:
        BackupUnusable: it is no backup that can be read; the text names the file and says why.
    """
    try:
        file, snapshot = load_book_file(calls, path)
        file.close()
    except OSError as error:
        raise BackupUnusable(unreadable(error, path).happened) from None
    except BookError as error:
        raise BackupUnusable(error.happened) from None
    if snapshot.meta.schema > SCHEMA:
        raise BackupUnusable(f"{path} has schema {snapshot.meta.schema}; this program writes schema {SCHEMA}.")
    return snapshot


def refuse_another_book(snapshot: Snapshot, book_id: str, path: Path) -> None:
    """A backup goes back only to the book that it was made of.

    Raises:
        BackupElsewhere: it was made of another one.
    """
    if snapshot.meta.book_id != book_id:
        raise BackupElsewhere(f"{path} was made of the book {snapshot.meta.book_id}; this one is {book_id}.")


def would_change(store: BookStore, calls: SystemCalls, path: Path) -> Difference:
    """What restoring a backup would change just now.

    Raises:
        BackupUnusable: it cannot be read, or was made of another book.
        BookError: the book cannot be read, as for `BookStore.refresh`.
    """
    return _difference(store, read_backup(calls, path), path)


def _difference(store: BookStore, snapshot: Snapshot, path: Path) -> Difference:
    try:
        with store.holding() as (files, _):
            refuse_another_book(snapshot, files.file.meta.book_id, path)
            present = files.arrivals.records()
    except OSError as error:
        raise unreadable(error, store.path) from error
    return difference(present, snapshot.tables)


def restore(store: BookStore, calls: SystemCalls, path: Path) -> Act | None:
    """Make the book hold what a backup holds, after a backup of what it holds now; None when that is the same.

    Raises:
        BackupUnusable: it cannot be read, or was made of another book.
        NotBackedUp: there is no backup of the present, so nothing was changed.
        NotSaved, ReadOnlyBook, BookVanished, BookDamaged, NotConfirmed: as for `BookStore.commit`.
    """
    snapshot = read_backup(calls, path)
    found = _difference(store, snapshot, path)
    if not found.changes:
        return None
    store.back_up(RESTORE)
    for _ in range(_TRIES - 1):
        try:
            return _commit(store, found, path)
        except Conflict:
            found = _difference(store, snapshot, path)
    return _commit(store, found, path)


def _commit(store: BookStore, found: Difference, path: Path) -> Act:
    """Save it; once more when the disk did not confirm it, which never saves it twice."""
    act = store.author.act(f"restore {_title(path)}", *found.changes)
    try:
        return store.commit(act)
    except NotConfirmed:
        return store.commit(act)


def _title(path: Path) -> str:
    moment = moment_of(path)
    return path.name if moment is None else f"backup of {moment.astimezone():%d %b %Y %H:%M}".replace(" 0", " ")
