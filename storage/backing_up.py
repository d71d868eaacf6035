"""A backup of an open book, made while everybody goes on saving (DESIGN.md section 5, `book.json.backups/`)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from storage.backups import Backups
from storage.errors import BookError, Busy, NotBackedUp
from storage.failures import unreadable
from storage.modes import modes_for_new, modes_of
from storage.rotation import DAILY, Backup, daily_is_due
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from storage.book_store import BookStore

ASKED: Final = "asked"


def backups_beside(calls: SystemCalls, book: Path) -> Backups:
    """The backups of the book at a path without symbolic links, whether or not the book can be read.

    Raises:
        OSError: its folder cannot be read.
    """
    folder = calls.stat(book.parent)
    try:
        modes = modes_of(calls.stat(book))
    except FileNotFoundError:
        modes = modes_for_new(folder, folder.st_uid)
    return Backups(calls, book, modes)


def list_backups(calls: SystemCalls, book: Path) -> tuple[Backup, ...]:
    """Every backup of the book, newest first.

    Raises:
        BookError: the folder cannot be read.
    """
    try:
        return backups_beside(calls, book).list()
    except OSError as error:
        raise unreadable(error, book) from None


def list_kept(calls: SystemCalls, book: Path) -> tuple[Backup, ...]:
    """The folders in which files of a damaged book were kept as they were, newest first.

    Raises:
        BookError: the folder cannot be read.
    """
    try:
        return backups_beside(calls, book).kept()
    except OSError as error:
        raise unreadable(error, book) from None


def back_up(store: BookStore, calls: SystemCalls, reason: str = ASKED) -> Backup:
    """Write every record as of now as a new backup, then drop those that are kept no longer.

    The folder's lock is held only while the records are noted down.

    Raises:
        NotBackedUp: it could not be written; nothing is left of it.
        BookError: the book cannot be read, as for `BookStore.refresh`.
    """
    try:
        with store.holding() as (files, _):
            if files.read_only is not None:
                raise _refused(files.read_only)
            file = files.file
            alterations = file.meta.alterations
            blocks = file.blocks(files.arrivals.records(), files.journal.sequence)
    except Busy as busy:
        raise NotBackedUp(busy.happened, next_step="Wait a moment, then try again.") from None
    except OSError as error:
        raise unreadable(error, store.path) from error
    clock = store.author.clock
    backups = Backups(calls, store.path, file.modes)
    made = backups.make(blocks, clock.now(), reason)
    _refuse_what_was_erased(store, calls, made, alterations)
    with suppress(OSError):
        backups.rotate(clock.today(), sparing=made)
    return made


def _refuse_what_was_erased(store: BookStore, calls: SystemCalls, made: Backup, alterations: int) -> None:
    """A backup that was begun before somebody erased a record holds it still."""
    try:
        with store.holding() as (files, _):
            if files.file.meta.alterations == alterations:
                return
            calls.unlink(made.path)
    except OSError as error:
        raise unreadable(error, store.path) from error
    raise NotBackedUp("The book was written anew meanwhile.", next_step="Try again.")


def _refused(read_only: BookError) -> NotBackedUp:
    return NotBackedUp(f"Nothing can be written: {read_only.happened}", next_step=read_only.next_step)


def back_up_daily(store: BookStore) -> Backup | None:
    """Make today's backup if there is none yet: one look into the folder when there is.

    Raises:
        BookError: as for `back_up`.
    """
    if store.read_only is None and daily_is_due(store.backups(), store.author.clock.today()):
        return store.back_up(DAILY)
    return None
