"""A book file in the making: written and synced beside its place, then put there in one step (DESIGN.md section 5)."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path

from relationships.records import KINDS, Record
from storage.book_format import Meta, book_blocks
from storage.errors import BookExists, NoPermission
from storage.failures import in_words
from storage.lock import FolderLock
from storage.modes import Modes, make_folders, modes_for_new, refuse_world_writable
from storage.system_calls import SystemCalls, stands, write_whole

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class NewBook:
    """A file `book.json.new`. Its writer keeps a lock on it: one in the making is told from one that a crash left."""

    def __init__(self, calls: SystemCalls, path: Path, modes: Modes | None) -> None:
        """Make it. The caller holds the folder's lock.

        Raises:
            BlockingIOError: another session is writing it.
            OSError: it could not be made.
        """
        self._calls = calls
        self._path = path
        self._temporary = path.with_name(path.name + ".new")
        self._clear()
        self._fd = calls.open(self._temporary, _FLAGS)
        try:
            calls.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            (modes or self._own_modes()).give_file(calls, self._fd)
            self.written = calls.fstat(self._fd).st_mtime_ns
            """The time of change that it will have, as the disk itself tells time."""
        except BaseException:
            self.drop()
            raise

    def _own_modes(self) -> Modes:
        return modes_for_new(self._calls.stat(self._path.parent), self._calls.fstat(self._fd).st_uid)

    def _clear(self) -> None:
        try:
            fd = self._calls.open(self._temporary, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return
        except OSError:
            self._calls.unlink(self._temporary)
            return
        try:
            self._calls.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._calls.unlink(self._temporary)
        finally:
            self._calls.close(fd)

    def write(self, blocks: Iterable[bytes]) -> None:
        """Write it and wait until it is on the disk; needs no lock.

        Raises:
            OSError: it is not.
        """
        for block in blocks:
            write_whole(self._calls, self._fd, block)
        self._calls.set_time(self._fd, self.written)
        self._calls.sync(self._fd)

    def found(self) -> os.stat_result:
        """What the file is, once it has been written: a change of its name does not change that.

        Raises:
            OSError: it cannot be told.
        """
        return self._calls.fstat(self._fd)

    def put_in_place(self, folder_fd: int) -> None:
        """Give it the book's name. The caller holds the folder's lock.

        Raises:
            OSError: the old book still stands, or the name is not confirmed.
        """
        if not self._stands():
            raise OSError(errno.ESTALE, f"{self._temporary} was replaced")
        self._calls.rename(self._temporary, self._path)
        self._calls.sync(folder_fd)
        self._calls.flock(self._fd, fcntl.LOCK_UN)

    def release(self) -> int:
        """The descriptor, from now on the caller's."""
        fd, self._fd = self._fd, -1
        return fd

    def drop(self) -> None:
        """Remove it unless it has its place, and give the descriptor back unless the caller has it."""
        if self._fd < 0:
            return
        try:
            with suppress(OSError):
                if self._stands():
                    self._calls.unlink(self._temporary)
        finally:
            self._calls.close(self.release())

    def _stands(self) -> bool:
        here, there = self._calls.fstat(self._fd), self._calls.stat(self._temporary)
        return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)


def create_book(
    calls: SystemCalls, path: Path, book_id: str, tables: Mapping[str, Mapping[str, Record]], patience: float
) -> Path:
    """Make a new book file; a missing folder is made private. Returns its path without symbolic links.

    Raises:
        BookExists: something stands at the path, or the other files of an earlier book beside it.
        UnsafeFolder: everybody on the machine can write in the folder.
        NoPermission, NotSaved: it cannot be made.
    """
    try:
        real = calls.resolve(path)
        make_folders(calls, real.parent)
        refuse_world_writable(real, calls.stat(real.parent))
        with closing(FolderLock(calls, real.parent, patience)) as lock, lock as folder_fd:
            _refuse_what_stands(calls, real)
            _write(NewBook(calls, real, None), book_id, tables, folder_fd)
    except PermissionError as error:
        raise NoPermission(f"You may not make a book at {path} ({error.strerror}).") from None
    except OSError as error:
        raise in_words(error) from error
    return real


def _write(new: NewBook, book_id: str, tables: Mapping[str, Mapping[str, Record]], folder_fd: int) -> None:
    try:
        records = {kind.table: tables.get(kind.table, {}).values() for kind in KINDS}
        new.write(book_blocks(Meta(book_id=book_id, sequence=0, written=new.written), records, {}))
        new.put_in_place(folder_fd)
    finally:
        new.drop()


def _refuse_what_stands(calls: SystemCalls, path: Path) -> None:
    if stands(calls, path):
        raise BookExists(f"There is something at {path} already.")
    for suffix in (".journal", ".history"):
        beside = path.with_name(path.name + suffix)
        if stands(calls, beside):
            raise BookExists(
                f"{beside} is left of an earlier book.",
                next_step=f"Put the earlier book back to {path}, move what is left of it away, or choose another path.",
            )
