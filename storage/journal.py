"""The journal: the acts since the book was last folded, one line each, appended and synced (DESIGN.md section 5).

The first line names the book and the sequence number that the lines go on from. Sequence numbers decide what a reader
has already seen, so a journal that was replaced by a fold is read on from without a gap.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from relationships.changes import Act
from storage.codec import Unreadable, decode_act, encode_act
from storage.errors import JournalDamaged, NotConfirmed, not_saved
from storage.modes import Modes
from storage.system_calls import SystemCalls, read_whole, write_whole


class Header(msgspec.Struct, frozen=True, kw_only=True, rename={"after": "from"}):
    """The first line of a journal."""

    journal: int = 1
    """The version of the form of the lines."""
    book: str
    """The id of the book that it belongs to."""
    after: int
    """The sequence number that the first line follows."""


_header_decoder = msgspec.json.Decoder(Header)


class Gap(Exception):
    """The journal goes on from a later act than the last one known: the book must be loaded again."""


class Journal:
    """Reads and appends acts. The caller holds the folder's lock to append; reading needs none."""

    def __init__(self, calls: SystemCalls, path: Path, book: str, modes: Modes, sequence: int) -> None:
        self.path = path
        self.sequence = sequence
        """The sequence number of the last act read or written."""
        self.size = 0
        """Bytes of whole, sound lines."""
        self._calls = calls
        self._book = book
        self._modes = modes
        self._fd = -1
        self._identity = (0, 0)
        self._torn = False

    def close(self) -> None:
        """Give the descriptor back."""
        if self._fd >= 0:
            self._calls.close(self._fd)
            self._fd = -1

    def stamp(self) -> tuple[int, int, int]:
        """What tells one state of the file from another: device, inode, size; zeros when there is none."""
        try:
            found = self._calls.stat(self.path)
        except FileNotFoundError:
            return (0, 0, 0)
        return (found.st_dev, found.st_ino, found.st_size)

    @property
    def written(self) -> tuple[int, int, int]:
        """The stamp that the file has when nobody else wrote after this session."""
        return (*self._identity, self.size)

    def read_new(self) -> list[Act]:
        """The acts that were written since the last read, whoever wrote them.

        Raises:
            Gap: acts are missing in between.
            JournalDamaged: a line in it cannot be read, or it belongs to another book.
        """
        device, inode, size = self.stamp()
        if (device, inode) == self._identity and size == self.size:
            return []
        acts: list[Act] = []
        if (device, inode) != self._identity:
            if self._fd >= 0:
                acts = self._read_lines()
            self.close()
            self._identity = (0, 0)
            if inode == 0:
                self.size = 0
                return acts
            self._open()
        return acts + self._read_lines()

    def append(self, act: Act) -> None:
        """Write an act and wait until it is on the disk.

        Raises:
            NotSaved: nothing was kept of it.
            NotConfirmed: it is written, but the disk did not confirm it.
        """
        line = encode_act(act)
        try:
            if self._fd < 0:
                self.start(self.sequence, ())
            if self._torn:
                self._calls.truncate(self._fd, self.size)
                self._torn = False
            write_whole(self._calls, self._fd, line)
        except OSError as error:
            self._cut_off()
            raise not_saved(error) from error
        try:
            self._calls.sync_content(self._fd)
        except OSError as error:
            raise NotConfirmed(f"The disk reported: {error.strerror or error}.") from error
        self.size += len(line)
        self.sequence = act.sequence

    def _cut_off(self) -> None:
        """Take back what a failed write may have left."""
        if self._fd < 0:
            return
        try:
            self._calls.truncate(self._fd, self.size)
        except OSError:
            self._torn = True

    def confirm(self) -> None:
        """Sync what was written without confirmation.

        Raises:
            NotConfirmed: the disk still does not confirm it.
        """
        try:
            if self._fd >= 0:
                self._calls.sync_content(self._fd)
        except OSError as error:
            raise NotConfirmed(f"The disk reported: {error.strerror or error}.") from error

    def start(self, after: int, lines: tuple[bytes, ...]) -> None:
        """Put a new journal in the place of the old one, going on from `after` with these lines.

        Raises:
            OSError: the old one still stands.
        """
        header = msgspec.json.encode(Header(book=self._book, after=after)) + b"\n"
        content = b"".join((header, *lines))
        new = self.path.with_name(self.path.name + ".new")
        fd = self._calls.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        try:
            self._modes.give_file(self._calls, fd)
            write_whole(self._calls, fd, content)
            self._calls.sync(fd)
            self._calls.rename(new, self.path)
            folder = self._calls.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                self._calls.sync(folder)
            finally:
                self._calls.close(folder)
        except OSError:
            self._calls.close(fd)
            raise
        self.close()
        self._fd = fd
        self._remember(fd)
        self.size = len(content)
        self._torn = False

    def lines(self) -> list[bytes]:
        """Every whole act line that stands in the file now, oldest first."""
        if self._fd < 0:
            return []
        whole = read_whole(self._calls, self._fd)[: self.size]
        return whole.split(b"\n")[1:-1]

    def acts_backwards(self) -> Iterator[Act]:
        """The acts that stand in the file now, newest first."""
        return (decode_act(line) for line in reversed(self.lines()))

    def _remember(self, fd: int) -> None:
        found = self._calls.fstat(fd)
        self._identity = (found.st_dev, found.st_ino)

    def _open(self) -> None:
        try:
            fd = self._calls.open(self.path, os.O_RDWR | os.O_APPEND)
        except OSError:
            fd = self._calls.open(self.path, os.O_RDONLY)
        self._fd = fd
        self._remember(fd)
        content = read_whole(self._calls, fd)
        first, newline, _ = content.partition(b"\n")
        try:
            header = _header_decoder.decode(first)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise JournalDamaged(f"The first line of {self.path} cannot be read.") from None
        if not newline:
            raise JournalDamaged(f"The first line of {self.path} has no end.")
        if header.journal != 1:
            raise JournalDamaged(f"{self.path} was written by a later version of the program.")
        if header.book != self._book:
            raise JournalDamaged(f"{self.path} belongs to another book.")
        if header.after > self.sequence:
            raise Gap
        self.size = len(first) + 1

    def _read_lines(self) -> list[Act]:
        content = read_whole(self._calls, self._fd, self.size)
        whole = content.rfind(b"\n") + 1
        self._torn = whole < len(content)
        lines = content[:whole].split(b"\n")[:-1]
        acts: list[Act] = []
        for number, line in enumerate(lines):
            try:
                act = decode_act(line)
            except Unreadable as problem:
                if number == len(lines) - 1:
                    self._torn = True
                    break
                raise JournalDamaged(f"A line of {self.path} cannot be read ({problem}).", tuple(acts)) from None
            self.size += len(line) + 1
            if act.sequence <= self.sequence:
                continue
            if act.sequence != self.sequence + 1:
                raise JournalDamaged(f"{self.path} goes from act {self.sequence} to act {act.sequence}.", tuple(acts))
            self.sequence = act.sequence
            acts.append(act)
        return acts
