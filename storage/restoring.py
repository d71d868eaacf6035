"""A sound book turned back into what a backup holds, in one act: it is in the history, and can be undone."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from relationships.changes import Act, Change
from relationships.records import Record
from storage.backups import moment_of
from storage.errors import BackupElsewhere, BackupUnusable, BookError, BookNewer, Conflict, NotConfirmed
from storage.failures import unreadable
from storage.loading import Loaded, Terms, load
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from storage.book_store import BookStore

RESTORE: Final = "restore"
"""The reason of the backup that is made before."""
JOURNAL: Final = ".journal"
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


@contextmanager
def opened_backup(calls: SystemCalls, path: Path) -> Iterator[Loaded]:
    """A backup, loaded: a file, or a folder in which a book and its journal were kept as they were.

    Of a journal that is damaged, what can be read is in it.

    Raises:
        BackupUnusable: it cannot be read; the text names the file and says why.
    """
    try:
        loaded = load(calls, _book_in(calls, path), Terms(allow_network_files=True))
    except OSError as error:
        raise BackupUnusable(f"There is no backup that can be read at {path} ({error.strerror or error}).") from None
    except BookError as error:
        raise BackupUnusable(error.happened) from None
    try:
        if isinstance(loaded.read_only, BookNewer):
            raise BackupUnusable(f"{path}: {loaded.read_only.happened}")
        yield loaded
    finally:
        loaded.close()


def _book_in(calls: SystemCalls, path: Path) -> Path:
    if not stat.S_ISDIR(calls.stat(path).st_mode):
        return path
    names = [name for name in calls.listdir(path) if not name.endswith(JOURNAL)]
    if len(names) != 1:
        raise BackupUnusable(f"The folder {path} does not hold one book.")
    return path / names[0]


def refuse_another_book(backup: Loaded, book_id: str, path: Path) -> None:
    """A backup goes back only to the book that it was made of.

    Raises:
        BackupElsewhere: it was made of another one.
    """
    made_of = backup.file.meta.book_id
    if made_of != book_id:
        raise BackupElsewhere(f"{path} was made of the book {made_of}; this one is {book_id}.")


def would_change(store: BookStore, calls: SystemCalls, path: Path) -> Difference:
    """What restoring a backup would change just now.

    Raises:
        BackupUnusable: it cannot be read, or was made of another book.
        BookError: the book cannot be read, as for `BookStore.refresh`.
    """
    with opened_backup(calls, path) as backup:
        return _difference(store, backup, path)


def _difference(store: BookStore, backup: Loaded, path: Path) -> Difference:
    try:
        with store.holding() as (files, _):
            refuse_another_book(backup, files.file.meta.book_id, path)
            present = files.arrivals.records()
    except OSError as error:
        raise unreadable(error, store.path) from error
    return difference(present, backup.book.tables)


def restore(store: BookStore, calls: SystemCalls, path: Path) -> Act | None:
    """Make the book hold what a backup holds, after a backup of what it holds now; None when that is the same.

    Raises:
        BackupUnusable: it cannot be read, or was made of another book.
        NotBackedUp: there is no backup of the present, so nothing was changed.
        NotSaved, ReadOnlyBook, BookVanished, BookDamaged, NotConfirmed: as for `BookStore.commit`.
    """
    with opened_backup(calls, path) as backup:
        found = _difference(store, backup, path)
        if not found.changes:
            return None
        store.back_up(RESTORE)
        for _ in range(_TRIES - 1):
            try:
                return _commit(store, found, path)
            except Conflict:
                found = _difference(store, backup, path)
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
    if moment is None:
        return path.name
    made = moment.astimezone()
    return f"backup of {made.day} {made:%b %Y %H:%M}"
