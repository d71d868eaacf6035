"""How a repair writes: beside the place, synced, then put there in one step; and nothing is ever overwritten unseen."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from storage.findings import Trouble
from storage.modes import Modes
from storage.plain_files import replace_file
from storage.system_calls import SystemCalls, read_whole, stands, sync_folder


def move_aside(calls: SystemCalls, path: Path, ending: str) -> Path:
    """Give a file another name, which nothing has yet; the name is on the disk when this returns.

    Raises:
        OSError: it still has its old one, or the new one is not confirmed.
    """
    target = _free(calls, path, ending)
    calls.rename(path, target)
    sync_folder(calls, path.parent)
    return target


def _free(calls: SystemCalls, path: Path, ending: str) -> Path:
    names = (f"{path.name}.{ending}{'' if number == 1 else f'-{number}'}" for number in count(1))
    return next(target for name in names if not stands(calls, target := path.with_name(name)))


def give_mode(calls: SystemCalls, path: Path, mode: int) -> bool:
    """Set the mode of a file or folder; False when it is another user's, who alone may.

    Raises:
        OSError: it cannot be done for another reason.
    """
    try:
        fd = calls.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except PermissionError:
        return False
    try:
        calls.chmod(fd, mode)
    except PermissionError:
        return False
    finally:
        calls.close(fd)
    return True


class SideFile:
    """`book.json.unreadable-<moment>.txt`: what a repair could not read, byte for byte, each piece under a line that
    says where it stood."""

    def __init__(self, calls: SystemCalls, book: Path, modes: Modes) -> None:
        self._calls = calls
        self._book = book
        self._modes = modes

    def write(self, troubles: Iterable[Trouble], moment: str) -> Path | None:
        """Write it; None when there is nothing to write. What another side file holds already is not written again.

        Raises:
            OSError: it is not on the disk.
        """
        content = b"".join(_piece(trouble) for trouble in troubles if trouble.content)
        if not content:
            return None
        for path, known in self._others():
            if known == content:
                return path
        path = next(
            target
            for number in count(1)
            if not stands(self._calls, target := self._named(f"{moment}{'' if number == 1 else f'-{number}'}"))
        )
        replace_file(self._calls, path, content, self._modes)
        return path

    def _named(self, moment: str) -> Path:
        return self._book.with_name(f"{self._book.name}.unreadable-{moment}.txt")

    def _others(self) -> Iterator[tuple[Path, bytes]]:
        for name in sorted(self._calls.listdir(self._book.parent)):
            if name.startswith(f"{self._book.name}.unreadable-") and name.endswith(".txt"):
                path = self._book.with_name(name)
                fd = self._calls.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
                try:
                    if stat.S_ISREG(self._calls.fstat(fd).st_mode):
                        yield path, read_whole(self._calls, fd)
                finally:
                    self._calls.close(fd)


def _piece(trouble: Trouble) -> bytes:
    where = " ".join(part for part in (trouble.table, trouble.record) if part)
    head = f"=== {trouble.file}, line {trouble.line}{f', {where}' if where else ''}: {trouble.what}"
    return head.encode() + b"\n" + trouble.content + b"\n\n"
