"""One open book: load, commit, refresh, undo, fold (DESIGN.md section 5, the contract).

Committing, refreshing and folding touch the disk and belong in a worker thread. They never change `book`: what arrived
waits until `apply_arrived` takes it in, which is quick and belongs on the thread that shows the book.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from relationships.book import Book
from relationships.changes import Act, Author, Clock
from relationships.records import Record
from storage import errors, failures
from storage.loading import TERMS, Terms
from storage.lock import FolderLock
from storage.open_files import OpenFiles
from storage.system_calls import SystemCalls
from storage.undo import redo_last, take_back, undo_last

if TYPE_CHECKING:
    from storage.rotation import Backup

PATIENCE = 5.0
"""Seconds that a commit waits for another session to finish saving."""


def random_id() -> str:
    """A record or act id: 16 hexadecimal digits."""
    return os.urandom(8).hex()


class BookStore:
    """An open book. `open` or `create` makes one; close it when done."""

    def __init__(self, path: Path, author: Author, calls: SystemCalls, terms: Terms = TERMS) -> None:
        """Load the book at a path without symbolic links; `open` puts failures into words."""
        self.path, self.author = path, author
        self._calls = calls
        self._turn = threading.RLock()
        self._lock = FolderLock(calls, path.parent, PATIENCE)
        self._unconfirmed: Act | None = None
        self._files = OpenFiles(calls, path, self._lock, author.clock, terms)

    @property
    def book(self) -> Book:
        """The records as of the last `apply_arrived`. A reload puts another book here: do not keep it."""
        return self._files.arrivals.book

    @property
    def book_id(self) -> str:
        """What tells this book from others, wherever it is moved."""
        return self._files.file.meta.book_id

    @property
    def waiting(self) -> bool:
        """Whether a commit stands in the queue behind another session."""
        return self._lock.waiting

    @property
    def read_only(self) -> errors.BookError | None:
        """Why nothing can be saved; None when it can. A commit looks again whether the cause is gone."""
        return self._files.read_only

    @property
    def schema(self) -> int:
        """The schema that the book file is written in."""
        return self._files.file.meta.schema

    @property
    def warnings(self) -> tuple[str, ...]:
        """Which modes let others in or keep the group out, with the command that mends it."""
        return self._files.warnings

    @property
    def altered(self) -> frozenset[str]:
        """The ids of records that the last `apply_arrived` found changed by no act: another program wrote the book."""
        return self._files.arrivals.altered

    @property
    def unfolded(self) -> bool:
        """Whether the journal holds acts that the book file does not."""
        return self._files.journal.sequence > self._files.file.meta.sequence

    @property
    def fold_pause(self) -> float:
        """Seconds to wait after the last act before folding: 2 up to 20,000 records, then more, 30 from 300,000 on."""
        return min(2.0 + max(sum(map(len, self.book.tables.values())) - 20_000, 0) / 10_000, 30.0)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        user: str,
        clock: Clock,
        new_id: Callable[[], str] = random_id,
        calls: SystemCalls | None = None,
        allow_network_files: bool = False,
        to_read: bool = False,
        salvage: bool = False,
    ) -> BookStore:
        """Open the book at a path; symbolic links are followed once. One of an older schema is migrated, unless
        somebody only wants `to_read`; a damaged one is refused, unless they want to `salvage` what can be read.

        Raises:
            BookMissing, BookIsFolder, BookDamaged, BookNewer, NoPermission: it cannot be read; nothing was touched.
        """
        calls = calls or SystemCalls()
        try:
            terms = Terms(allow_network_files=allow_network_files, to_read=to_read, salvage=salvage)
            return cls(calls.resolve(path), Author(user, clock, new_id), calls, terms)
        except OSError as error:
            raise failures.unreadable(error, path) from None

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        user: str,
        clock: Clock,
        new_id: Callable[[], str] = random_id,
        calls: SystemCalls | None = None,
        tables: Mapping[str, Mapping[str, Record]] | None = None,
    ) -> BookStore:
        """Make a new book, on an explicit wish only, and open it. A missing folder is made private.

        Raises:
            BookExists: something stands there.
            UnsafeFolder: everybody on the machine can write in the folder.
            NoPermission, NotSaved: it cannot be made.
        """
        from storage.new_book import create_book

        real = create_book(calls or SystemCalls(), path, new_id(), tables or {}, PATIENCE)
        return cls.open(real, user=user, clock=clock, new_id=new_id, calls=calls)

    def close(self, *, fold: bool = True) -> None:
        """Fold what is not folded yet, unless told otherwise, then let go of the files.

        Raises:
            BookError: the fold failed, as for `fold`; the files are let go of all the same.
        """
        try:
            if fold:
                self.fold()
        finally:
            with self._turn:
                self._files.close()
                self._lock.close()

    def commit(self, act: Act) -> Act:
        """Save an act: when this returns, it is on the disk. It is in `book` after `apply_arrived`.

        Raises:
            Conflict: a record changed underneath; nothing was written.
            NotSaved, BookVanished, BookDamaged, ReadOnlyBook: nothing was written.
            NotConfirmed: it was written, but the disk did not confirm it; saving the same act again is safe.
        """
        with self._turn:
            try:
                while True:
                    self._refuse_read_only()
                    with self._lock:
                        self._files.catch_up()
                        if self._files.read_only is None and self._lock.guards(self._files.file.stamp):
                            return self._save(act)
                    self._lock.close()
            except OSError as error:
                raise self._told_of(act, failures.in_words(error)) from error
            except errors.BookError as error:
                raise self._told_of(act, error) from None

    def _told_of(self, act: Act, error: errors.BookError) -> errors.BookError:
        """Of an act that was written, nobody is told that it was not, unless it was looked for."""
        doubtful = self._unconfirmed is not None and act.id == self._unconfirmed.id
        known = isinstance(error, errors.Conflict | errors.NotConfirmed)
        return errors.NotConfirmed(error.happened) if doubtful and not known else error

    def _refuse_read_only(self) -> None:
        if self._files.read_only is not None:
            self._files.reload()
        if self._files.read_only is not None:
            raise errors.ReadOnlyBook(
                f"Nothing can be saved: {self._files.read_only.happened}", next_step=self._files.read_only.next_step
            )

    def _save(self, act: Act) -> Act:
        if self._unconfirmed is not None and act.id == self._unconfirmed.id:
            saved = next((known for known in self.history() if known.id == act.id), None)
            if saved is not None:
                self._files.journal.confirm()
                self._unconfirmed = None
                return saved
        if clashes := self._files.arrivals.clashes(act):
            raise failures.conflict(clashes)
        try:
            saved = self._files.journal.append(act)
        except errors.NotConfirmed:
            self._unconfirmed = act
            raise
        self._files.arrivals.arrive([saved])
        return saved

    def undo(self) -> Act:
        """Take back this user's last act that stands, and save that.

        Raises:
            NothingToUndo: there is none.
            CannotUndo: a record in it has moved on since.
            NotSaved, BookVanished, BookDamaged, ReadOnlyBook, NotConfirmed: as for `commit`.
        """
        return undo_last(self, self._unconfirmed)

    def redo(self) -> Act:
        """Do again what this user's last undo took back, and save that.

        Raises:
            NothingToUndo: there is none, or a new act came after it.
            CannotUndo, NotSaved, BookVanished, BookDamaged, ReadOnlyBook, NotConfirmed: as for `undo`.
        """
        return redo_last(self, self._unconfirmed)

    def take_back(self, act: Act) -> Act:
        """Take back an act of the history, whoever did it, and save that.

        Raises:
            CannotUndo: a record in it has moved on since, or was erased.
            NotSaved, BookVanished, BookDamaged, ReadOnlyBook, NotConfirmed: as for `commit`.
        """
        return take_back(self, act)

    @contextmanager
    def holding(self) -> Iterator[tuple[OpenFiles, int]]:
        """The folder's lock, the files as they stand and a descriptor of the folder, for moments or something rare.

        Raises:
            Busy: another session did not let go of the lock.
            BookError, OSError: the files cannot be read.
        """
        with self._turn, self._lock as folder_fd:
            self._files.catch_up()
            yield self._files, folder_fd

    def history(self, record_id: str | None = None) -> Iterator[Act]:
        """Every act, newest first; with an id, those that changed that record.

        Raises:
            BookError: the files cannot be read, as for `refresh`.
        """
        from storage.history import story

        return story(self._files, self._turn, self._calls, record_id)

    def news(self) -> bool:
        """Whether another session or program changed the files: three short looks, nothing more."""
        try:
            return self._files.changed()
        except OSError:
            return True

    def refresh(self) -> bool:
        """Read what others wrote. True when `apply_arrived` has something to take in.

        Raises:
            BookVanished: the book is gone.
            BookError: the files can no longer be read; what was loaded stays.
        """
        with self._turn:
            self._files.catch_up()
        return self._files.arrivals.waiting

    def apply_arrived(self) -> tuple[Act, ...]:
        """Take into `book` what was committed here or arrived from others, in order."""
        return self._files.arrivals.take_in()

    def fold(self) -> bool:
        """Write the book file anew with every act in it, and move the folded lines to the history.

        The writing holds no lock; only the change of names does. False when there was nothing to do, when another
        session is folding, or when the book was written by another program meanwhile.

        Raises:
            NotFolded: it failed; book and journal still load to the same records.
            BookVanished, BookDamaged: as for `refresh`.
        """
        from storage.folding import fold

        return self.read_only is None and fold(self._files, self._turn, self._lock, self._calls)

    def erase(self, records: Iterable[tuple[str, str]], words: str) -> Act:
        """Erase records, by table and id, from every file for good; `storage.erasing.erase` says how it fails."""
        from storage.erasing import erase

        return erase(self, self._calls, records, words)

    def back_up(self, reason: str = "asked") -> Backup:
        """Write every record as a new backup; raises `NotBackedUp` or another `BookError` and leaves nothing then."""
        from storage.backing_up import back_up

        return back_up(self, self._calls, reason)

    def backups(self) -> tuple[Backup, ...]:
        """Every backup of this book, newest first; raises a `BookError` when they cannot be read."""
        from storage.backing_up import list_backups

        return list_backups(self._calls, self.path)

    def restore(self, backup: Path) -> Act | None:
        """Save the act that makes the book hold what a backup holds; `storage.restoring.restore` says how it fails."""
        from storage.restoring import restore

        return restore(self, self._calls, backup)
