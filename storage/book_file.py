"""The book file on the disk: loaded whole, replaced whole by a fold, never written in place (DESIGN.md section 5)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path

import msgspec

from relationships.records import Record
from storage.book_format import META_HEAD, Meta, Snapshot, book_blocks, read_book, read_meta, upgraded
from storage.errors import BookIsFolder
from storage.migrations import STEPS, Lift, Step, lift_for, newest
from storage.modes import modes_of
from storage.new_book import NewBook
from storage.system_calls import SystemCalls, read_whole

Stamp = tuple[int, int, int, int, int, int]
"""What tells one version of the file from another: device, inode, size, time of change in nanoseconds, mode, group."""

_USUAL_HEAD = 4096
"""Bytes that hold `_meta` unless a later version put a lot into it."""


class Standing(Enum):
    """What became of the file since it was loaded."""

    SAME = "same"
    FOLDED = "folded"
    """Another session folded acts into it that the journal had."""
    REPLACED = "replaced"
    """Somebody else wrote it: it must be loaded again."""


class BookFile:
    """A book file that was loaded. That version stays open, so that a replaced file is told for certain."""

    def __init__(
        self,
        calls: SystemCalls,
        path: Path,
        fd: int,
        snapshot: Snapshot,
        previous: BookFile | None,
        steps: Mapping[int, Step],
    ) -> None:
        found = calls.fstat(fd)
        self.path = path
        self._name = str(path)
        self.stamp = _stamp(found)
        """The version that was loaded, or one that was folded from it since."""
        self.meta = snapshot.meta
        self.modes = modes_of(found)
        self._calls = calls
        self._fd = fd
        self._foreign = snapshot.foreign
        self.steps = steps
        """What leads from its schema to the newest."""
        self.next_alterations = _alterations(snapshot, previous, ours=_ours(snapshot, self.stamp))
        """What the next fold writes as its count of alterations."""

    def close(self) -> None:
        """Give the descriptor back."""
        if self._fd >= 0:
            self._calls.close(self._fd)
            self._fd = -1

    def changed(self) -> bool:
        """Whether another version stands at the path: one `stat`.

        Raises:
            FileNotFoundError: none does.
        """
        return _stamp(self._calls.stat(self._name)) != self.stamp

    def standing(self) -> Standing:
        """Compare what stands at the path with what was loaded; a fold by another session is taken as loaded.

        Raises:
            FileNotFoundError: nothing stands there.
            BookIsFolder: something else than a file does.
        """
        if not self.changed():
            return Standing.SAME
        fd = _open_regular(self._calls, self.path)
        try:
            stamp = _stamp(self._calls.fstat(fd))
            meta = read_meta(self._calls.read(fd, _USUAL_HEAD, 0)) or read_meta(self._calls.read(fd, META_HEAD, 0))
            if meta is None or not self._leads_to(meta, stamp):
                return Standing.REPLACED
            self._take(fd, stamp, meta)
            fd = -1
        finally:
            if fd >= 0:
                self._calls.close(fd)
        return Standing.FOLDED

    def _leads_to(self, meta: Meta, stamp: Stamp) -> bool:
        """Whether acts alone lead from what was loaded to that version."""
        return (
            meta.book_id == self.meta.book_id
            and meta.schema == self.meta.schema
            and meta.sequence > self.meta.sequence
            and meta.alterations == self.meta.alterations
            and meta.written in (0, stamp[3])
            and stamp[-2:] == self.stamp[-2:]
        )

    def _take(self, fd: int, stamp: Stamp, meta: Meta) -> None:
        self.close()
        self._fd, self.stamp, self.meta = fd, stamp, meta

    def content(self) -> bytes:
        """The bytes of the version that was loaded."""
        return read_whole(self._calls, self._fd)

    def blocks(self, tables: Mapping[str, Iterable[Record]], sequence: int, written: int = 0) -> Iterator[bytes]:
        """The bytes of a new version that holds these records; `written` is that of the `NewBook` they go to."""
        return book_blocks(self._next_meta(sequence, written), tables, self._foreign)

    def _next_meta(self, sequence: int, written: int) -> Meta:
        meta = msgspec.structs.replace(self.meta, sequence=sequence, alterations=self.next_alterations, written=written)
        return upgraded(meta, newest(self.steps))

    @property
    def lift(self) -> Lift | None:
        """How to read the lines of the history; None when they all are in the newest schema."""
        return lift_for(self.steps, self.meta.schema, self.meta.upgrades)

    def replace(self, new: NewBook, sequence: int, folder_fd: int) -> None:
        """Put a new version, written with `blocks`, in the place of this one. The caller holds the folder's lock.

        Raises:
            OSError: the old one still stands, or the new one's name is not confirmed.
        """
        meta = self._next_meta(sequence, new.written)
        stamp = _stamp(new.found())
        new.put_in_place(folder_fd)
        self._take(new.release(), stamp, meta)


def load_book_file(
    calls: SystemCalls, path: Path, previous: BookFile | None = None, steps: Mapping[int, Step] = STEPS
) -> tuple[BookFile, Snapshot]:
    """A book file and what it holds; `previous` is what this session had loaded before.

    Raises:
        OSError: it cannot be opened or read.
        BookIsFolder, BookDamaged, BookNewer: what stands there is no book that can be read.
    """
    fd = _open_regular(calls, path)
    try:
        snapshot = read_book(read_whole(calls, fd), path, steps)
        return BookFile(calls, path, fd, snapshot, previous, steps), snapshot
    except BaseException:
        calls.close(fd)
        raise


def _open_regular(calls: SystemCalls, path: Path) -> int:
    fd = calls.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        mode = calls.fstat(fd).st_mode
        if not stat.S_ISREG(mode):
            raise BookIsFolder(f"{path} is {'a folder' if stat.S_ISDIR(mode) else 'no regular file'}.")
    except BaseException:
        calls.close(fd)
        raise
    return fd


def _alterations(snapshot: Snapshot, previous: BookFile | None, *, ours: bool) -> int:
    """One more than there were when another program wrote this version, so that no session, however long it looked
    away, takes the next fold for one of acts alone."""
    meta = snapshot.meta
    if previous is None or meta.book_id != previous.meta.book_id:
        return meta.alterations + (not ours)
    known = previous.meta
    if not ours or (meta.alterations, meta.sequence) <= (known.alterations, known.sequence):
        return max(meta.alterations, known.alterations) + 1
    return meta.alterations


def _ours(snapshot: Snapshot, stamp: Stamp) -> bool:
    return snapshot.ours and snapshot.meta.written in (0, stamp[3])


def _stamp(found: os.stat_result) -> Stamp:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode, found.st_gid)
