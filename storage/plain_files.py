"""Files copied and written as plain bytes, whatever they hold."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from storage.modes import Modes
from storage.system_calls import SystemCalls, sync_folder, write_whole

NEW_FILE: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
"""How a file is made that must not be there yet: exclusively, and never through a planted link."""
_PIECE: Final = 1 << 20


def pieces_of(calls: SystemCalls, fd: int) -> Iterator[bytes]:
    """A file from its beginning, a piece at a time."""
    place = 0
    while piece := calls.read(fd, _PIECE, place):
        yield piece
        place += len(piece)


def write_file(calls: SystemCalls, path: Path, content: Iterable[bytes], modes: Modes) -> None:
    """A new file with its content on the disk; its name is not confirmed.

    Raises:
        OSError: it is not.
    """
    fd = calls.open(path, NEW_FILE)
    try:
        modes.give_file(calls, fd)
        for piece in content:
            write_whole(calls, fd, piece)
        calls.sync(fd)
    finally:
        calls.close(fd)


def replace_file(calls: SystemCalls, path: Path, content: bytes, modes: Modes) -> None:
    """Put a file with this content in the place of another, or where there is none.

    Raises:
        OSError: the old one still stands, or the new one's name is not confirmed.
    """
    new = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        calls.unlink(new)
    try:
        write_file(calls, new, (content,), modes)
        calls.rename(new, path)
    except BaseException:
        with suppress(OSError):
            calls.unlink(new)
        raise
    sync_folder(calls, path.parent)
