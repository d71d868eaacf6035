"""One open book: load, commit, refresh, undo, fold (DESIGN.md section 5, the contract).

Committing and refreshing touch the disk and belong in a worker thread. They never change `book`: what arrived waits
until `apply_arrived` takes it in, which is quick and belongs on the thread that shows the book.
"""

from __future__ import annotations

import os
import secrets
import stat
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from relationships.book import Book
from relationships.changes import Act, Author, Clock
from relationships.records import Record
from storage import errors
from storage.arrivals import Arrivals
from storage.book_file import BookFile, Standing, create_book
from storage.book_format import Snapshot
from storage.history import History
from storage.journal import Gap, Journal
from storage.limits import why_read_only
from storage.lock import FolderLock
from storage.modes import make_folders, refuse_world_writable, warnings
from storage.system_calls import SystemCalls
from storage.undo import act_to_undo, undo_to_redo

PATIENCE = 5.0
"""Seconds that a commit waits for another session to finish saving."""
_LOAD_TRIES = 5


Stamps = tuple[object, object]
"""What tells one state of journal and book file from another."""


def random_id() -> str:
    """A record or act id: 16 hexadecimal digits."""
    return secrets.token_hex(8)


class BookStore:
    """An open book. `open` or `create` makes one; close it when done."""

    def __init__(self, path: Path, author: Author, calls: SystemCalls, *, allow_network_files: bool = False) -> None:
        self.path = path
        self.author = author
        self.read_only: errors.BookError | None = None
        """Why nothing can be saved; None when it can."""
        self.warnings: tuple[str, ...] = ()
        """What others on the machine can get at, with the command that mends it."""
        self._calls = calls
        self._allow_network_files = allow_network_files
        self._turn = threading.RLock()
        self._seen: Stamps = (None, None)
        self._unconfirmed: str | None = None
        self._confirmed: Act | None = None
        self._file = BookFile(calls, path)
        self._arrivals = Arrivals(self._load())
        self._lock = FolderLock(calls, path.parent, PATIENCE)

    @property
    def book(self) -> Book:
        """The records as of the last `apply_arrived`. A reload puts another book here: do not keep it."""
        return self._arrivals.book

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
    ) -> BookStore:
        """Open the book at a path; symbolic links are followed once.

        Raises:
            BookMissing, BookIsFolder, BookDamaged, BookNewer, NoPermission: it cannot be read; nothing was touched.
        """
        calls = calls or SystemCalls()
        real = Path(os.path.realpath(path))
        try:
            mode = calls.stat(real).st_mode
            if not stat.S_ISREG(mode):
                raise errors.BookIsFolder(f"{path} is {'a folder' if stat.S_ISDIR(mode) else 'no regular file'}.")
            return cls(real, Author(user, clock, new_id), calls, allow_network_files=allow_network_files)
        except (FileNotFoundError, NotADirectoryError):
            raise errors.BookMissing(f"There is no book at {path}.") from None
        except PermissionError as error:
            raise errors.NoPermission(f"You may not read {error.filename or path}.") from None
        except OSError as error:
            raise errors.BookError(f"{path} cannot be read ({error.strerror or error}).") from error

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
        calls = calls or SystemCalls()
        real = Path(os.path.realpath(path))
        try:
            make_folders(calls, real.parent)
            refuse_world_writable(real, calls.stat(real.parent))
            lock = FolderLock(calls, real.parent, PATIENCE)
            try:
                with lock.held():
                    create_book(calls, real, new_id(), tables or {})
            finally:
                lock.close()
        except PermissionError as error:
            raise errors.NoPermission(f"You may not make a book at {path} ({error.strerror}).") from None
        except OSError as error:
            raise errors.not_saved(error) from error
        return cls.open(real, user=user, clock=clock, new_id=new_id, calls=calls)

    def close(self) -> None:
        """Fold what is not folded yet, then let go of the files.

        Raises:
            NotSaved: the fold failed; the journal holds everything all the same.
        """
        try:
            self.fold()
        finally:
            with self._turn:
                self._journal.close()
                self._file.close()
                self._lock.close()

    def commit(self, act: Act) -> Act:
        """Save an act: when this returns, it is on the disk. It is in `book` after `apply_arrived`.

        Raises:
            Conflict: a record changed underneath; nothing was written.
            NotSaved, BookVanished, ReadOnly: nothing was written.
            NotConfirmed: it was written, but the disk did not confirm it; saving the same act again is safe.
        """
        with self._turn:
            if self.read_only is not None:
                raise errors.ReadOnly(f"Nothing can be saved: {self.read_only.happened}")
            with self._lock.held():
                self._catch_up()
                if act.id == self._unconfirmed and self._confirmed is not None:
                    self._journal.confirm()
                    return self._confirmed
                self._refuse_clashes(act)
                numbered = msgspec.structs.replace(act, sequence=self._journal.sequence + 1)
                try:
                    self._journal.append(numbered)
                except errors.NotConfirmed:
                    self._unconfirmed, self._confirmed = act.id, None
                    raise
                self._arrive([numbered])
                self._seen = (self._journal.written, self._seen[1])
        return numbered

    def undo(self) -> Act:
        """Take back this user's last act that stands, and save that.

        Raises:
            NothingToUndo: there is none.
            CannotUndo: a record in it has moved on since.
            NotSaved, BookVanished, ReadOnly, NotConfirmed: as for `commit`.
        """
        act = act_to_undo(self.history(), self.author.user)
        if act is None:
            raise errors.NothingToUndo("You have done nothing in this book that could be undone.")
        return self._commit_inverse(self.author.undo(act), act)

    def redo(self) -> Act:
        """Do again what this user's last undo took back, and save that.

        Raises:
            NothingToUndo: there is none, or a new act came after it.
            CannotUndo, NotSaved, BookVanished, ReadOnly, NotConfirmed: as for `undo`.
        """
        undo = undo_to_redo(self.history(), self.author.user)
        if undo is None:
            raise errors.NothingToUndo("You have undone nothing that could be done again.")
        return self._commit_inverse(self.author.redo(undo), undo)

    def _commit_inverse(self, inverse: Act, act: Act) -> Act:
        try:
            return self.commit(inverse)
        except errors.Conflict as conflict:
            current = conflict.clashes[0].theirs
            what = f"{current.updated_by} changed it since" if current is not None else "it is gone"
            raise errors.CannotUndo(f"“{act.words}” cannot be taken back: {what}.") from None

    def history(self, record_id: str | None = None) -> Iterator[Act]:
        """Every act, newest first; with an id, those that changed that record.

        Raises:
            BookVanished, BookDamaged: as for `refresh`.
        """
        self.refresh()
        with self._turn:
            recent = list(self._journal.acts_backwards())
        oldest = recent[-1].sequence if recent else None
        yield from (act for act in recent if _names(act, record_id))
        for act in History(self._calls, self._history_folder, self._file.modes).acts_backwards():
            if (oldest is None or act.sequence < oldest) and _names(act, record_id):
                oldest = act.sequence
                yield act

    def news(self) -> bool:
        """Whether another session or program changed the files: two `stat` calls, nothing more."""
        return self._stamps() != self._seen

    def refresh(self) -> bool:
        """Read what others wrote. True when `apply_arrived` has something to take in.

        Raises:
            BookVanished: the book is gone.
            BookDamaged: the files can no longer be read.
        """
        with self._turn:
            self._catch_up()
        return self._arrivals.waiting

    def apply_arrived(self) -> tuple[Act, ...]:
        """Take into `book` what was committed here or arrived from others, in order."""
        return self._arrivals.take_in()

    @property
    def unfolded(self) -> bool:
        """Whether the journal holds acts that the book file does not."""
        return self._journal.sequence > self._file.meta.sequence

    def fold(self) -> bool:
        """Write the book file anew with every act in it, and move the folded lines to the history.

        The writing holds no lock; only the change of names does. False when there was nothing to do, or another session
        is folding.

        Raises:
            NotSaved: it failed; book and journal still load to the same records.
        """
        if self.read_only is not None:
            return False
        try:
            with self._turn:
                self._catch_up()
                if not self.unfolded:
                    return False
                folded = self._file.meta.sequence
                sequence, tables = self._journal.sequence, self._arrivals.records()
            new = self._file.write_new(tables, sequence)
            if new is None:
                return False
            with self._turn, self._lock.held():
                self._catch_up()
                if self._file.meta.sequence != folded or self._journal.sequence < sequence:
                    self._file.drop(new)
                    return False
                self._file.put_in_place(new, self._lock.fd)
                self._move_to_history(sequence)
        except OSError as error:
            raise errors.not_saved(error) from error
        return True

    def _move_to_history(self, sequence: int) -> None:
        lines = self._journal.lines()
        kept = self._journal.sequence - sequence
        folded, left = lines[: len(lines) - kept], lines[len(lines) - kept :]
        History(self._calls, self._history_folder, self._file.modes).append(folded)
        self._journal.start(sequence, tuple(line + b"\n" for line in left))
        self._seen = self._stamps()

    @property
    def _history_folder(self) -> Path:
        return self.path.with_name(self.path.name + ".history")

    def _stamps(self) -> Stamps:
        try:
            return (self._journal.stamp(), self._file.stamp())
        except OSError:
            return (None, None)

    def _load(self) -> Book:
        for _ in range(_LOAD_TRIES):
            snapshot = self._file.load()
            self.read_only = why_read_only(
                self._calls, self.path, snapshot.meta.schema, allow_network_files=self._allow_network_files
            )
            self.warnings = warnings(self.path, self._calls.stat(self.path), self._calls.stat(self.path.parent))
            self._journal = Journal(
                self._calls,
                self.path.with_name(self.path.name + ".journal"),
                snapshot.meta.book_id,
                self._file.modes,
                snapshot.meta.sequence,
            )
            self._seen = self._stamps()
            try:
                acts: tuple[Act, ...] = tuple(self._journal.read_new())
            except Gap:
                self._journal.close()
                continue
            except errors.JournalDamaged as damage:
                self.read_only, acts = damage, damage.acts
            return _book_of(snapshot, acts)
        self.read_only = errors.JournalDamaged(
            f"The journal goes on from a later act than {self.path} holds: one of the two was put back alone."
        )
        return _book_of(snapshot, ())

    def _catch_up(self) -> None:
        try:
            stamps = (self._journal.stamp(), self._file.stamp())
            if stamps == self._seen:
                return
            standing = self._file.standing()
            acts = None if standing is Standing.REPLACED else self._journal.read_new()
        except FileNotFoundError:
            raise errors.BookVanished(f"{self.path} is not there any more.") from None
        except Gap:
            acts = None
        if acts is None:
            self._reload()
        else:
            self._arrive(acts)
            self._seen = stamps

    def _reload(self) -> None:
        """Load the book again, because it was replaced or acts are missing in between."""
        self._journal.close()
        self._arrivals.replace(self._load())

    def _arrive(self, acts: list[Act]) -> None:
        self._arrivals.arrive(acts)
        self._confirmed = next((act for act in acts if act.id == self._unconfirmed), self._confirmed)

    def _refuse_clashes(self, act: Act) -> None:
        clashes = self._arrivals.clashes(act)
        if clashes:
            first = clashes[0]
            who = first.theirs.updated_by if first.theirs is not None else "Somebody else"
            noun = next((r.noun for r in (first.before, first.mine) if r is not None), "record")
            raise errors.Conflict(f"{who} changed the {noun} meanwhile.", clashes)


def _book_of(snapshot: Snapshot, acts: tuple[Act, ...]) -> Book:
    book = Book(snapshot.tables, snapshot.meta.sequence)
    for act in acts:
        book.apply(act)
    return book


def _names(act: Act, record_id: str | None) -> bool:
    return record_id is None or any(change.id == record_id for change in act.changes)
