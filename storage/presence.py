"""Who else has a book open: one small file for each session, in a folder beside the book.

A session keeps its file locked. The kernel frees the lock when the session dies, so a file that nobody holds is left of
a dead one, and whoever looks next removes it. All this is a courtesy: what fails here fails in silence, never keeps a
book from opening, and never touches the lock of the book's folder.
"""

from __future__ import annotations

import fcntl
import os
import re
import threading
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from relationships.changes import Clock
from storage.modes import Modes, modes_of
from storage.mounts import network_kind
from storage.system_calls import SystemCalls, write_whole

_NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_LOOK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_LONGEST = 4096
"""Bytes of a session's file that are read: a name and a moment."""
_NAME = re.compile("[0-9a-f]{16}")
_TRIES = 5
"""Who looks or leaves may take away the file or the folder that another session has just made; not this often."""

_Stamp = tuple[int, int, int] | None


class Present(msgspec.Struct, frozen=True):
    """Somebody who has the book open."""

    user: Annotated[str, msgspec.Meta(min_length=1)]
    since: Annotated[datetime, msgspec.Meta(tz=True)]
    """UTC."""


_decoder = msgspec.json.Decoder(Present)


def sessions_folder(book: Path) -> Path:
    """Where the files of the sessions of a book stand."""
    return book.with_name(book.name + ".sessions")


def who_is_here(calls: SystemCalls, book: Path) -> tuple[Present, ...]:
    """Who has the book open in the app, the longest first. For commands that only read: nothing is removed."""
    if network_kind(calls.mount_table(), book.parent) is not None:
        return ()
    folder = sessions_folder(book)
    return _in_order(_look(calls, folder / name, remove=False) for name in _names(calls, folder))


class Presence:
    """The presence of one session of the app. Any thread may call it; all but `changed` belong in one that may wait."""

    def __init__(self, calls: SystemCalls, book: Path, user: str, clock: Clock) -> None:
        self._calls = calls
        self._book = book
        self._folder = sessions_folder(book)
        self._me = Present(user, clock.now())
        self._turn = threading.Lock()
        self._fd = -1
        self._name = ""
        self._welcome = False
        """Between entering and leaving."""
        self._left = False
        self._seen: _Stamp = None
        self._unsure = True
        """The folder was in another state at the last look than at the one before: file systems stamp so coarsely that
        what came right after the look may not show."""

    def enter(self) -> None:
        """Be seen by the others, where that is possible: not on a network disk, whose locks cannot be trusted."""
        with self._turn, suppress(OSError):
            if not self._left and network_kind(self._calls.mount_table(), self._folder.parent) is None:
                self._welcome = True
                self._come_in()

    def leave(self) -> None:
        """Be seen no more, for good. The last one to leave removes the folder."""
        with self._turn:
            self._left = True
            if self._welcome:
                self._welcome = False
                self._let_go()
                with suppress(OSError):
                    self._calls.rmdir(self._folder)

    def changed(self) -> bool:
        """Whether somebody came or went since the last look: one `stat`. A death is seen by looking only."""
        return self._welcome and (self._unsure or self._stamp() != self._seen)

    def others(self) -> tuple[Present, ...]:
        """The other sessions that have the book open, the longest first. What dead ones left is removed.

        Where the file of this session was taken away, it is made again. Who cannot be seen sees nobody.
        """
        with self._turn:
            if not self._welcome:
                return ()
            stamp = self._stamp()
            self._unsure, self._seen = stamp != self._seen, stamp
            names = _names(self._calls, self._folder)
            if self._name not in names:
                with suppress(OSError):
                    self._come_in()
            if not self._name:
                return ()
            return _in_order(_look(self._calls, self._folder / name) for name in names if name != self._name)

    def _stamp(self) -> _Stamp:
        try:
            found = self._calls.stat(self._folder)
        except OSError:
            return None
        return (found.st_dev, found.st_ino, found.st_mtime_ns)

    def _come_in(self) -> None:
        """Make this session's file, written before it is locked and locked before it is believed in.

        Raises:
            OSError: it could not be made.
        """
        self._let_go()
        modes = modes_of(self._calls.stat(self._book))
        for _ in range(_TRIES):
            self._make_folder(modes)
            name = os.urandom(8).hex()
            try:
                fd = self._calls.open(self._folder / name, _NEW_FILE)
            except FileNotFoundError:
                continue
            self._fd, self._name = fd, name
            try:
                modes.give_file(self._calls, fd)
                write_whole(self._calls, fd, msgspec.json.encode(self._me))
                self._calls.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._calls.fstat(fd).st_nlink:
                    return
            except BlockingIOError:
                pass
            except BaseException:
                self._let_go()
                raise
            self._let_go()

    def _let_go(self) -> None:
        """Remove this session's file while it is still locked, so that nobody takes it for one that a dead one left."""
        if self._fd < 0:
            return
        fd, name, self._fd, self._name = self._fd, self._name, -1, ""
        with suppress(OSError):
            self._calls.unlink(self._folder / name)
        with suppress(OSError):
            self._calls.close(fd)

    def _make_folder(self, modes: Modes) -> None:
        try:
            self._calls.mkdir(self._folder, 0o700)
        except FileExistsError:
            return
        fd = self._calls.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            modes.give_folder(self._calls, fd)
        finally:
            self._calls.close(fd)


def _names(calls: SystemCalls, folder: Path) -> list[str]:
    try:
        return [name for name in calls.listdir(folder) if _NAME.fullmatch(name)]
    except OSError:
        return []


def _look(calls: SystemCalls, path: Path, *, remove: bool = True) -> Present | None:
    """The session that keeps this file locked. A file that nobody holds is removed while no session can lock it: one
    that has just made it then sees that it is gone, and makes another."""
    with suppress(OSError):
        fd = calls.open(path, _LOOK)
        try:
            calls.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
            if remove:
                calls.unlink(path)
        except BlockingIOError:
            return _read(calls.read(fd, _LONGEST, 0))
        finally:
            calls.close(fd)
    return None


def _read(content: bytes) -> Present | None:
    try:
        return _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _in_order(found: Iterable[Present | None]) -> tuple[Present, ...]:
    return tuple(sorted((each for each in found if each is not None), key=lambda each: (each.since, each.user)))
