"""The acts that are folded into the book, kept by month: who changed what and when (DESIGN.md section 5)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from relationships.changes import Act
from storage.codec import Unreadable, decode_act
from storage.modes import Modes
from storage.system_calls import SystemCalls, read_whole, write_whole


class History:
    """Files of journal lines in a folder beside the book, `2026-11.jsonl` and so on."""

    def __init__(self, calls: SystemCalls, folder: Path, modes: Modes) -> None:
        self._calls = calls
        self._folder = folder
        self._modes = modes

    def append(self, lines: list[bytes]) -> None:
        """Add folded lines. Lines that a crash made stand there already are left out.

        Raises:
            OSError: not all of them are on the disk.
        """
        last = self._last_sequence()
        by_month: dict[str, list[bytes]] = {}
        for line in lines:
            act = decode_act(line)
            if act.sequence > last:
                by_month.setdefault(f"{act.at:%Y-%m}", []).append(line + b"\n")
        if by_month:
            self._make_folder()
        for month, found in by_month.items():
            self._append_to(self._folder / f"{month}.jsonl", b"".join(found))

    def acts_backwards(self) -> Iterator[Act]:
        """Every folded act, newest first. A torn or altered line is passed over."""
        for path in self._files():
            yield from self._acts_in(path)

    def _last_sequence(self) -> int:
        newest = (next((act for act in self._acts_in(path)), None) for path in self._files())
        return max((act.sequence for act in newest if act is not None), default=0)

    def _acts_in(self, path: Path) -> Iterator[Act]:
        for line in reversed(self._lines(path)):
            try:
                yield decode_act(line)
            except Unreadable:
                continue

    def _files(self) -> list[Path]:
        try:
            names = self._calls.listdir(self._folder)
        except FileNotFoundError:
            return []
        return [self._folder / name for name in sorted(names, reverse=True) if name.endswith(".jsonl")]

    def _lines(self, path: Path) -> list[bytes]:
        fd = self._calls.open(path, os.O_RDONLY)
        try:
            return read_whole(self._calls, fd).split(b"\n")[:-1]
        finally:
            self._calls.close(fd)

    def _make_folder(self) -> None:
        try:
            self._calls.mkdir(self._folder, 0o700)
        except FileExistsError:
            return
        fd = self._calls.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
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
                content = b"\n" + content
            write_whole(self._calls, fd, content)
            self._calls.sync(fd)
        finally:
            self._calls.close(fd)
        folder = self._calls.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._calls.sync(folder)
        finally:
            self._calls.close(folder)
