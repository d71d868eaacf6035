"""The acts that are folded into the book, kept by month: who changed what and when (DESIGN.md section 5)."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from relationships.changes import Act
from storage.codec import Unreadable, decode_act, moment_of
from storage.failures import unreadable
from storage.migrations import Lift
from storage.modes import Modes
from storage.plain_files import replace_file
from storage.system_calls import SystemCalls, read_part, read_whole, sync_folder, write_whole

_FIRST_BLOCK, _LARGEST_BLOCK = 4_096, 262_144
"""Bytes of a file that are read at once, from its end backwards: twice as many each time."""

if TYPE_CHECKING:
    from storage.open_files import OpenFiles


class History:
    """Files of journal lines in a folder beside the book, `2026-11.jsonl` and so on: one long text, in order.

    A line goes into the file of its month, or into the newest one if the clock went back: file after file, the lines
    stand in the order in which they were saved.
    """

    def __init__(self, calls: SystemCalls, book: Path, modes: Modes, lift: Lift | None = None) -> None:
        """`lift` reads the lines that were written in older schemas."""
        self.folder = book.with_name(book.name + ".history")
        self._calls = calls
        self._modes = modes
        self._lift = lift

    def append(self, lines: list[bytes]) -> None:
        """Add folded lines. Those that stand at the end already, because a fold was cut short, are left out; what came
        of it in another order, because the power was lost, is cut off first.

        The caller holds the folder's lock.

        Raises:
            OSError: not all of them are on the disk.
        """
        kept = self._keep_in_order(lines)
        month = next((path.stem for path in self.files()), "")
        by_month: dict[str, list[bytes]] = {}
        for line in lines[kept:]:
            month = max(month, f"{moment_of(line):%Y-%m}")
            by_month.setdefault(month, []).append(line + b"\n")
        if by_month:
            self._make_folder()
        for month, found in by_month.items():
            self._append_to(self.folder / f"{month}.jsonl", b"".join(found))

    def acts_backwards(self) -> Iterator[Act]:
        """Every folded act, newest first. A torn or altered line is passed over.

        Raises:
            OSError: it cannot be read.
        """
        for path in self.files():
            for line in self._lines_backwards(path):
                with suppress(Unreadable):
                    yield decode_act(line, self._lift)

    def rewrite(self, altered: Callable[[bytes], bytes | None]) -> None:
        """Put what `altered` makes of each line in its place; of what has no end, too. None takes it out.

        The caller holds the folder's lock.

        Raises:
            OSError: not every file is written; each is as it was or as it shall be.
        """
        for path in self.files():
            fd = self._calls.open(path, os.O_RDONLY)
            try:
                before = read_whole(self._calls, fd)
            finally:
                self._calls.close(fd)
            *lines, rest = before.split(b"\n")
            content = b"".join(line + b"\n" for line in map(altered, lines) if line is not None)
            content += altered(rest) or b""
            if content != before:
                replace_file(self._calls, path, content, self._modes)

    def files(self) -> list[Path]:
        """The newest first."""
        try:
            names = self._calls.listdir(self.folder)
        except FileNotFoundError:
            return []
        return [self.folder / name for name in sorted(names, reverse=True) if name.endswith(".jsonl")]

    def _keep_in_order(self, lines: list[bytes]) -> int:
        """How many of the lines stand at the end already, from the first one on. What follows them in another order is
        cut off: it is among the lines too, and the next to be read would be passed over."""
        size = sum(len(line) + 1 for line in lines)
        there = set(lines)
        kept = 0
        for path in reversed(self._at_the_end(size)):
            found = self._lines(path, size)
            sound = 0
            for number, line in enumerate(found, start=1):
                if kept < len(lines) and line == lines[kept]:
                    kept, sound = kept + 1, number
                elif line in there:
                    self._cut(path, sum(len(cut) + 1 for cut in found[sound or number - 1 :]))
                    break
        return kept

    def _at_the_end(self, size: int) -> list[Path]:
        """The files, newest first, that the last `size` bytes of all of them together stand in."""
        paths = []
        for path in self.files():
            if size <= 0:
                break
            paths.append(path)
            size -= sum(len(line) + 1 for line in self._lines(path, size))
        return paths

    def _cut(self, path: Path, size: int) -> None:
        """Cut off so many bytes before the end of the last whole line, and what follows it."""
        fd = self._calls.open(path, os.O_RDWR)
        try:
            whole = read_whole(self._calls, fd).rfind(b"\n") + 1
            self._calls.truncate(fd, whole - size)
        finally:
            self._calls.close(fd)

    def _lines(self, path: Path, size: int) -> list[bytes]:
        """The whole lines in the last `size` bytes of a file."""
        fd = self._calls.open(path, os.O_RDONLY)
        try:
            start = max(self._calls.fstat(fd).st_size - size, 0)
            return read_whole(self._calls, fd, start).split(b"\n")[:-1]
        finally:
            self._calls.close(fd)

    def _lines_backwards(self, path: Path) -> Iterator[bytes]:
        """The whole lines of a file, the last one first, read in blocks: who wants the newest reads no more."""
        fd = self._calls.open(path, os.O_RDONLY)
        try:
            at, block, rest, torn = self._calls.fstat(fd).st_size, _FIRST_BLOCK, b"", True
            while at > 0:
                size = min(block, at)
                at, block = at - size, min(block * 2, _LARGEST_BLOCK)
                rest, *lines = (read_part(self._calls, fd, size, at) + rest).split(b"\n")
                if lines and torn:
                    lines.pop()
                    torn = False
                yield from reversed(lines)
            if not torn:
                yield rest
        finally:
            self._calls.close(fd)

    def _make_folder(self) -> None:
        """Make the folder where it is missing, and give it its mode where a crash came in between."""
        with suppress(FileExistsError):
            self._calls.mkdir(self.folder, 0o700)
            sync_folder(self._calls, self.folder.parent)
        fd = self._calls.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if stat.S_IMODE(self._calls.fstat(fd).st_mode) != self._modes.folder:
                with suppress(PermissionError):
                    self._modes.give_folder(self._calls, fd)
        finally:
            self._calls.close(fd)

    def _append_to(self, path: Path, content: bytes) -> None:
        fd = self._calls.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        try:
            size = self._calls.fstat(fd).st_size
            if size == 0:
                self._modes.give_file(self._calls, fd)
            elif self._calls.read(fd, 1, size - 1) != b"\n":
                self._calls.truncate(fd, read_whole(self._calls, fd).rfind(b"\n") + 1)
            write_whole(self._calls, fd, content)
            self._calls.sync(fd)
        finally:
            self._calls.close(fd)
        sync_folder(self._calls, self.folder)


def story(
    files: OpenFiles, turn: AbstractContextManager[object], calls: SystemCalls, record_id: str | None
) -> Iterator[Act]:
    """Every act of a book, newest first; with an id, those that changed that record.

    Raises:
        BookError: the files cannot be read.
    """
    path = files.file.path
    try:
        with turn:
            files.catch_up()
            file = files.file
            recent = [*files.journal.acts_backwards()]
            last = files.journal.sequence
        folded = History(calls, file.path, file.modes, file.lift).acts_backwards()
        for act in one_story(recent, folded, last):
            if record_id is None or any(change.id == record_id for change in act.changes):
                yield act
    except OSError as error:
        raise unreadable(error, path) from None


def one_story(recent: Iterable[Act], folded: Iterable[Act], last: int) -> Iterator[Act]:
    """The acts of the journal and then those of the history, newest first from number `last` on, each once.

    The history may hold acts of the journal already. Where an older book was put back, it also holds acts that this
    book never knew: they are passed over.
    """
    oldest = last + 1
    for act in chain(recent, folded):
        if act.sequence < oldest:
            oldest = act.sequence
            yield act
