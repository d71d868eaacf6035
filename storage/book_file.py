"""The book file on the disk: loaded whole, replaced whole by a fold, never written in place (DESIGN.md section 5)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path

import msgspec

from relationships.records import KINDS, Record
from storage.book_format import Meta, Snapshot, book_blocks, read_book, read_meta
from storage.errors import BookExists
from storage.modes import Modes, modes_for_new, modes_of
from storage.system_calls import SystemCalls, read_whole, write_whole

_HEAD = 4096
Stamp = tuple[int, int, int, int]
"""What tells one version of the file from another: device, inode, size, time of change in nanoseconds."""


class Standing(Enum):
    """What became of the file since it was loaded."""

    SAME = "same"
    FOLDED = "folded"
    """Another session folded acts into it that the journal had."""
    REPLACED = "replaced"
    """Somebody else wrote it: it must be loaded again."""


class NewBook(msgspec.Struct, frozen=True):
    """A book that was written and synced beside the old one, still without its name."""

    fd: int
    path: Path
    meta: Meta


class BookFile:
    """One book file. The version that was loaded stays open, so that a replaced file is told for certain."""

    def __init__(self, calls: SystemCalls, path: Path) -> None:
        self.path = path
        self._calls = calls
        self._fd = -1
        self._stamp: Stamp = (0, 0, 0, 0)
        self.modes: Modes
        self.meta: Meta
        self._foreign: Mapping[str, msgspec.Raw] = {}

    def close(self) -> None:
        """Give the descriptor back."""
        if self._fd >= 0:
            self._calls.close(self._fd)
            self._fd = -1

    def load(self) -> Snapshot:
        """Read the file.

        Raises:
            OSError: it cannot be opened or read.
            BookDamaged, BookNewer: what it holds cannot be read.
        """
        fd = self._calls.open(self.path, os.O_RDONLY)
        try:
            found = self._calls.fstat(fd)
            snapshot = read_book(read_whole(self._calls, fd), self.path)
        except BaseException:
            self._calls.close(fd)
            raise
        self.modes = modes_of(found, self._calls.stat(self.path.parent))
        self._foreign = snapshot.foreign
        self._take(fd, _stamp(found), snapshot.meta)
        return snapshot

    def _take(self, fd: int, stamp: Stamp, meta: Meta) -> None:
        self.close()
        self._fd, self._stamp, self.meta = fd, stamp, meta

    def stamp(self) -> Stamp:
        """The version that stands at the path now.

        Raises:
            FileNotFoundError: none does.
        """
        return _stamp(self._calls.stat(self.path))

    def standing(self) -> Standing:
        """Compare what stands at the path with what was loaded; a fold by another session is taken as loaded.

        Raises:
            FileNotFoundError: nothing stands there.
        """
        if self.stamp() == self._stamp:
            return Standing.SAME
        fd = self._calls.open(self.path, os.O_RDONLY)
        stamp = _stamp(self._calls.fstat(fd))
        meta = read_meta(self._calls.read(fd, _HEAD, 0))
        if meta is None or meta.book_id != self.meta.book_id or meta.sequence <= self.meta.sequence:
            self._calls.close(fd)
            return Standing.REPLACED
        self._take(fd, stamp, meta)
        return Standing.FOLDED

    def write_new(self, tables: Mapping[str, Iterable[Record]], sequence: int) -> NewBook | None:
        """Write these records beside the book and sync them; None when another session is doing so.

        Raises:
            OSError: it could not be written.
        """
        path = self.path.with_name(self.path.name + ".new")
        fd = self._calls.open(path, os.O_RDWR | os.O_CREAT)
        try:
            if not self._locked(fd, path):
                self._calls.close(fd)
                return None
            self.modes.give_file(self._calls, fd)
            self._calls.truncate(fd, 0)
            meta = Meta(book_id=self.meta.book_id, sequence=sequence)
            for block in book_blocks(meta, tables, self._foreign):
                write_whole(self._calls, fd, block)
            self._calls.sync(fd)
        except OSError:
            self._calls.close(fd)
            raise
        return NewBook(fd, path, meta)

    def _locked(self, fd: int, path: Path) -> bool:
        try:
            self._calls.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        here, there = self._calls.fstat(fd), self._calls.stat(path)
        return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)

    def put_in_place(self, new: NewBook, folder_fd: int) -> None:
        """Give a written book its name. The caller holds the folder's lock.

        Raises:
            OSError: the old book still stands.
        """
        self._calls.rename(new.path, self.path)
        self._calls.sync(folder_fd)
        self._calls.flock(new.fd, fcntl.LOCK_UN)
        self._take(new.fd, _stamp(self._calls.fstat(new.fd)), new.meta)

    def drop(self, new: NewBook) -> None:
        """Forget a written book that is not wanted any more."""
        self._calls.close(new.fd)


def create_book(calls: SystemCalls, path: Path, book_id: str, tables: Mapping[str, Mapping[str, Record]]) -> None:
    """Make a new book file in a folder that is there already. The caller holds the folder's lock.

    Raises:
        BookExists: something stands at the path.
        OSError: it could not be made.
    """
    if path.exists() or path.is_symlink():
        raise BookExists(f"There is something at {path} already.")
    folder = calls.stat(path.parent)
    new = path.with_name(path.name + ".new")
    fd = calls.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    try:
        modes_for_new(folder).give_file(calls, fd)
        records = {kind.table: tables.get(kind.table, {}).values() for kind in KINDS}
        for block in book_blocks(Meta(book_id=book_id, sequence=0), records, {}):
            write_whole(calls, fd, block)
        calls.sync(fd)
    finally:
        calls.close(fd)
    calls.rename(new, path)
    folder_fd = calls.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        calls.sync(folder_fd)
    finally:
        calls.close(folder_fd)


def _stamp(found: os.stat_result) -> Stamp:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
