"""The files of a book as they stand at one moment, read so that they can be judged in peace."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from storage.errors import BookIsFolder
from storage.history import History
from storage.modes import modes_of
from storage.system_calls import SystemCalls, read_whole


class Standing(msgspec.Struct, frozen=True):
    """One file or folder beside the book."""

    path: Path
    found: os.stat_result


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """All that stands on the disk for one book."""

    path: Path
    book: bytes
    found: os.stat_result
    folder: os.stat_result
    journal: bytes | None
    """None when there is none."""
    history: tuple[tuple[Path, bytes], ...]
    """The files of the history with what they hold, the oldest first."""
    beside: tuple[Standing, ...]
    """Journal, history and backups, folders before what is in them."""
    leftovers: tuple[Path, ...]
    """Files in the making that nobody is making any more."""

    @property
    def journal_path(self) -> Path:
        """Where the journal stands, or would."""
        return self.path.with_name(self.path.name + ".journal")


def gather(calls: SystemCalls, path: Path) -> Evidence:
    """Read the files. The caller holds the folder's lock, so that they belong to one moment.

    Raises:
        OSError: one of them cannot be read.
        BookIsFolder: no file stands at the path.
    """
    found, book = _read(calls, path)
    history = History(calls, path, modes_of(found))
    try:
        journal: bytes | None = _read(calls, path.with_name(path.name + ".journal"))[1]
    except FileNotFoundError:
        journal = None
    return Evidence(
        path=path,
        book=book,
        found=found,
        folder=calls.stat(path.parent),
        journal=journal,
        history=tuple((file, _read(calls, file)[1]) for file in reversed(history.files())),
        beside=tuple(_beside(calls, path)),
        leftovers=tuple(_leftovers(calls, path)),
    )


def look_again(calls: SystemCalls, evidence: Evidence) -> Evidence:
    """The same with the modes that the files have now.

    Raises:
        OSError: one of them cannot be looked at.
    """
    beside = tuple(_beside(calls, evidence.path))
    return msgspec.structs.replace(evidence, found=calls.stat(evidence.path), beside=beside)


def _read(calls: SystemCalls, path: Path) -> tuple[os.stat_result, bytes]:
    fd = calls.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        found = calls.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            raise BookIsFolder(f"{path} is {'a folder' if stat.S_ISDIR(found.st_mode) else 'no regular file'}.")
        return found, read_whole(calls, fd)
    finally:
        calls.close(fd)


def _beside(calls: SystemCalls, path: Path) -> Iterator[Standing]:
    for ending in (".journal", ".history", ".backups"):
        yield from _standing(calls, path.with_name(path.name + ending))


def _standing(calls: SystemCalls, path: Path) -> Iterator[Standing]:
    try:
        found = calls.stat(path)
    except FileNotFoundError:
        return
    yield Standing(path, found)
    if stat.S_ISDIR(found.st_mode):
        with suppress(FileNotFoundError):
            for name in sorted(calls.listdir(path)):
                yield from _standing(calls, path / name)


def _leftovers(calls: SystemCalls, path: Path) -> Iterator[Path]:
    """Only the writer of a book works without the folder's lock, and it holds a lock on its file."""
    folder, history = path.parent, path.with_name(path.name + ".history")
    for name in sorted(calls.listdir(folder)):
        if name.startswith(path.name + ".") and name.endswith(".new") and _forsaken(calls, folder / name):
            yield folder / name
    try:
        names = calls.listdir(history)
    except FileNotFoundError:
        return
    yield from (history / name for name in sorted(names) if name.endswith(".new"))


def _forsaken(calls: SystemCalls, path: Path) -> bool:
    """Whether nobody holds a lock on a file in the making. What is no file is no leftover of ours."""
    try:
        fd = calls.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        if not stat.S_ISREG(calls.fstat(fd).st_mode):
            return False
        calls.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        calls.close(fd)
    return True
