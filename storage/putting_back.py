"""A backup put in the place of a book that cannot be read, and kept files put back as they were.

What stood there is kept as it is first, so that this too can be taken back. The journal gets its new state before the
book gets its name: at any instant a crash leaves the new book, or one that cannot be used, as before.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from relationships.changes import Act
from storage.backups import Backups, moment_of
from storage.book_format import META_HEAD, Meta, read_meta
from storage.errors import BackupUnusable, BookDamaged, Busy, JournalDamaged, JournalNewer, NotRestored
from storage.history import History
from storage.journal import Journal
from storage.later_acts import JournalFound, acts_since, apply_while_fitting, read_journal
from storage.limits import why_read_only
from storage.loading import Loaded, Terms, load
from storage.lock import FolderLock
from storage.migrations import SCHEMA, STEPS
from storage.modes import Modes, modes_for_new, modes_of, refuse_world_writable
from storage.new_book import NewBook
from storage.plain_files import pieces_of, write_file
from storage.restoring import JOURNAL, RESTORE, opened_backup, refuse_another_book
from storage.system_calls import SystemCalls, stands, sync_folder

PATIENCE = 5.0
"""Seconds to wait for a session that is saving."""
DAMAGED = "damaged"


class PutBack(msgspec.Struct, frozen=True):
    """What was done."""

    kept: Path | None
    """The folder with the files that stood there; None when there were none."""
    later: int = 0
    """Acts since the backup that were found in history and journal, and are in the book again."""


def restore_over_damaged(
    calls: SystemCalls,
    path: Path,
    backup: Path,
    moment: datetime,
    *,
    later_acts: bool = False,
    allow_network_files: bool = False,
    patience: float = PATIENCE,
) -> PutBack:
    """Put a backup in the place of a book that cannot be read or saved in because book or journal are damaged.

    With `later_acts`, what was done since the backup comes back too, as far as history and journal tell it for certain.

    Raises:
        BackupUnusable: the backup cannot be read, or was made of another book; nothing was changed.
        NotRestored: it could not be done, or the book is not damaged.
        BookError: the book may not be written, or a later version wrote it; nothing was changed.
    """
    with _in_words():
        book = calls.resolve(path)
    with _in_words(), opened_backup(calls, backup) as found, _locked(calls, book, patience) as folder_fd:
        _refuse_what_is_sound(calls, book)
        _refuse_what_may_not_be_written(calls, book, allow_network_files)
        return _Restoration(calls, book, found, backup).carry_out(moment, folder_fd, later_acts=later_acts)


class _Restoration:
    """One backup on its way into the place of one book. The folder is locked."""

    def __init__(self, calls: SystemCalls, book: Path, backup: Loaded, path: Path) -> None:
        self._calls = calls
        self._book = book
        self._journal = book.with_name(book.name + JOURNAL)
        self._backup = backup
        self._head = _head(calls, book)
        if self._head is not None:
            refuse_another_book(backup, self._head.book_id, path)
        self._modes = _modes(calls, book)
        self._made = moment_of(path)

    def carry_out(self, moment: datetime, folder_fd: int, *, later_acts: bool) -> PutBack:
        calls, file, records = self._calls, self._backup.file, self._backup.book
        kept = _keep(calls, self._book, self._modes, moment, DAMAGED)
        journal = read_journal(calls, self._journal, file.meta, self._modes)
        since = self._acts_since(journal)
        later = apply_while_fitting(records, since or ()) if later_acts else 0
        known = 0 if self._head is None else self._head.alterations
        file.next_alterations = max(known, file.next_alterations) + 1
        new = NewBook(calls, self._book, self._modes)
        try:
            tables = {table: found.values() for table, found in records.tables.items()}
            new.write(file.blocks(tables, records.sequence, new.written))
            self._start_journal(journal if since is not None else None, records.sequence)
            new.put_in_place(folder_fd)
        finally:
            new.drop()
        return PutBack(kept, later)

    def _acts_since(self, journal: JournalFound | None) -> list[Act] | None:
        """What the files beside the book tell of the time since the backup; None when they do not go on from it."""
        meta = self._backup.file.meta
        if self._made is None or (self._head is not None and meta.alterations < self._head.alterations):
            return None
        history = History(self._calls, self._book, self._modes)
        return acts_since(journal, history, self._backup.book.sequence, self._made)

    def _start_journal(self, found: JournalFound | None, sequence: int) -> None:
        """Give the journal the state that goes with a book up to this number; its lines up to there stay."""
        after, lines = sequence, list[bytes]()
        if found is not None and found.after <= sequence <= found.last:
            after, lines = found.after, [*found.lines[: sequence - found.after]]
            if found.sound and sequence == found.last:
                return
        if lines or stands(self._calls, self._journal):
            meta = msgspec.structs.replace(self._backup.file.meta, sequence=sequence, schema=SCHEMA)
            journal = Journal(self._calls, self._journal, meta, self._modes, STEPS)
            journal.start(after, lines)
            journal.close()


def put_back_kept(
    calls: SystemCalls,
    path: Path,
    folder: Path,
    moment: datetime,
    *,
    allow_network_files: bool = False,
    patience: float = PATIENCE,
) -> PutBack:
    """Put files that were kept as they are back in their place, byte for byte, though the book in them cannot be read.

    Raises:
        BackupUnusable: the folder holds no file of the book; nothing was changed.
        NotRestored: it could not be done.
        BookError: the book may not be written; nothing was changed.
    """
    with _in_words():
        book = calls.resolve(path)
    with _in_words(), _locked(calls, book, patience) as folder_fd:
        _refuse_what_may_not_be_written(calls, book, allow_network_files)
        modes = _modes(calls, book)
        if not stands(calls, folder / book.name):
            raise BackupUnusable(f"In {folder} there is no {book.name}.")
        new = NewBook(calls, book, modes)
        try:
            new.write(_content(calls, folder / book.name))
            kept = _keep(calls, book, modes, moment, RESTORE)
            new.put_in_place(folder_fd)
        finally:
            new.drop()
        _put_back_journal(calls, folder, book.with_name(book.name + JOURNAL), modes)
    return PutBack(kept)


def _put_back_journal(calls: SystemCalls, folder: Path, journal: Path, modes: Modes) -> None:
    if stands(calls, folder / journal.name):
        new = journal.with_name(journal.name + ".new")
        with suppress(FileNotFoundError):
            calls.unlink(new)
        write_file(calls, new, _content(calls, folder / journal.name), modes)
        calls.rename(new, journal)
    else:
        with suppress(FileNotFoundError):
            calls.unlink(journal)
    sync_folder(calls, journal.parent)


def _content(calls: SystemCalls, path: Path) -> Iterator[bytes]:
    fd = calls.open(path, os.O_RDONLY)
    try:
        yield from pieces_of(calls, fd)
    finally:
        calls.close(fd)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except Busy as busy:
        raise NotRestored(busy.happened, next_step="Wait a moment, then try again.") from None
    except BlockingIOError:
        raise NotRestored("Another session is folding just now.", next_step="Wait a moment, then try again.") from None
    except OSError as error:
        raise NotRestored(f"The system refused ({error.strerror or error}).") from error


@contextmanager
def _locked(calls: SystemCalls, book: Path, patience: float) -> Iterator[int]:
    with closing(FolderLock(calls, book.parent, patience)) as lock, lock as folder_fd:
        yield folder_fd


def _refuse_what_is_sound(calls: SystemCalls, book: Path) -> None:
    """Only what is damaged or gone is written over; a sound book is changed by an act, which can be undone."""
    try:
        found = load(calls, book, Terms(allow_network_files=True))
    except (FileNotFoundError, BookDamaged):
        return
    found.close()
    reason = found.read_only
    if isinstance(reason, JournalNewer) or (reason is not None and not isinstance(reason, JournalDamaged)):
        raise reason
    if reason is None:
        raise NotRestored(f"{book} is not damaged.", next_step="Run `trainer-tui restore` again.")


def _refuse_what_may_not_be_written(calls: SystemCalls, book: Path, allow_network_files: bool) -> None:
    refuse_world_writable(book, calls.stat(book.parent))
    if stands(calls, book):
        journal = book.with_name(book.name + JOURNAL)
        reason = why_read_only(calls, book, journal, SCHEMA, SCHEMA, allow_network_files=allow_network_files)
        if reason is not None:
            raise reason


def _head(calls: SystemCalls, book: Path) -> Meta | None:
    """What a damaged book still says of itself."""
    try:
        fd = calls.open(book, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    try:
        return read_meta(calls.read(fd, META_HEAD, 0))
    finally:
        calls.close(fd)


def _modes(calls: SystemCalls, book: Path) -> Modes:
    try:
        return modes_of(calls.stat(book))
    except FileNotFoundError:
        folder = calls.stat(book.parent)
        return modes_for_new(folder, folder.st_uid)


def _keep(calls: SystemCalls, book: Path, modes: Modes, moment: datetime, reason: str) -> Path | None:
    there = [path for path in (book, book.with_name(book.name + JOURNAL)) if stands(calls, path)]
    return Backups(calls, book, modes).keep_as_is(there, moment, reason) if there else None
