"""Half-typed text, kept in the user's own state folder until it is saved or dropped (STORAGE.md section 6).

One file for each dialog that is being filled in. Whoever fills it in keeps a lock on it, so that no other session takes
it for left over; when the session dies, however it dies, the kernel frees the lock. Nothing of this lies beside the
book: what somebody has not said yet is nobody else's to read.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import threading
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Final

import msgspec

from storage.legible import legible
from storage.modes import PRIVATE_FILE, make_folders
from storage.system_calls import SystemCalls, read_whole, sync_folder, write_whole

FORMAT: Final = 1
MOST_BYTES: Final = 4_000_000
"""More than anybody types; a larger file is no draft, and a larger draft is not written."""

_PRIVATE_FOLDER: Final = 0o700
_ENDING: Final = ".json"
_UNFINISHED: Final = ".new"


class Ref(msgspec.Struct, frozen=True):
    """A record that a journey is about."""

    table: str
    id: str


Subject = Ref | str | None


class Page(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One dialog of a journey with what stands in it."""

    dialog: str
    """Its class."""
    words: str
    """What a trainer calls it: "a visit with Priya Patel"."""
    day: date
    """The local day on which it was filled in."""
    values: dict[str, str]
    before: dict[str, str]
    """What stood in the fields before anything was typed."""
    chosen: dict[str, str] = msgspec.field(default_factory=dict)
    """Who was picked where a name fits several: folded name to id."""
    answer: str = ""
    """What it was left with, when another dialog of the journey came after it."""

    @property
    def typed(self) -> bool:
        """Whether anything in it is the trainer's own."""
        return self.values != self.before


class Draft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A journey that has not come to its end, with all that was typed on the way."""

    book_id: str
    at: datetime
    journey: str
    subjects: tuple[Subject, ...]
    pages: tuple[Page, ...]
    """The dialogs that were answered, then the one that was being filled in."""
    act: str = ""
    """The id of the act that was being saved; once the book has it, there is nothing left to offer."""
    format: int = FORMAT


class DraftFile:
    """The file of one journey. Several threads may use it."""

    def __init__(self, calls: SystemCalls, path: Path, fd: int = -1, draft: Draft | None = None) -> None:
        self.path = path
        self.draft = draft
        """What it holds; None before anything was kept."""
        self._calls = calls
        self._fd = fd
        self._turn = threading.Lock()

    @property
    def held(self) -> bool:
        """Whether a file is there, and this session's."""
        return self._fd >= 0

    def keep(self, draft: Draft) -> None:
        """Put a draft there in the place of the one before; when this returns, it is on the disk.

        Raises:
            OSError: it is not; the one before still is.
        """
        content = msgspec.json.encode(legible(draft))
        if len(content) > MOST_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(self.path))
        with self._turn:
            uid = _own_folder(self._calls, self.path.parent)
            fd = self._written(content, uid)
            self._let_go()
            self._fd, self.draft = fd, draft
            sync_folder(self._calls, self.path.parent)

    def _written(self, content: bytes, uid: int) -> int:
        """The new file, which bears the name and the lock from its first moment on."""
        unfinished = self.path.with_name(self.path.name + _UNFINISHED)
        with suppress(FileNotFoundError):
            self._calls.unlink(unfinished)
        fd = self._calls.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW)
        try:
            self._calls.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._calls.fstat(fd).st_uid != uid:
                raise PermissionError(errno.EPERM, "the folder is somebody else's", str(self.path.parent))
            self._calls.chmod(fd, PRIVATE_FILE)
            write_whole(self._calls, fd, content)
            self._calls.sync(fd)
            self._calls.rename(unfinished, self.path)
        except BaseException:
            try:
                with suppress(OSError):
                    self._calls.unlink(unfinished)
            finally:
                self._calls.close(fd)
            raise
        return fd

    def drop(self) -> None:
        """Remove it: the text is in the book, or not wanted.

        Raises:
            OSError: it is still there.
        """
        with self._turn:
            if self.held:
                with suppress(FileNotFoundError):
                    self._calls.unlink(self.path)
                self._let_go()
                self.draft = None

    def leave(self) -> None:
        """Let go of it: the next session may take it up."""
        with self._turn:
            self._let_go()

    def _let_go(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            self._calls.close(fd)


class DraftFolder:
    """Where one user's drafts lie."""

    def __init__(self, calls: SystemCalls, folder: Path) -> None:
        self._calls = calls
        self._folder = folder

    def new(self, book_id: str, session: str) -> DraftFile:
        """A draft to be; nothing is written yet."""
        return DraftFile(self._calls, self._folder / f"{_beginning(book_id)}{session}{_ENDING}")

    def left(self, book_id: str) -> list[DraftFile]:
        """What dead sessions over this book left, newest first. They are this session's now: `drop` or `leave` each.

        What cannot be read is passed over and stays where it is.

        Raises:
            OSError: the folder cannot be looked through.
        """
        try:
            names = self._calls.listdir(self._folder)
        except FileNotFoundError:
            return []
        found: list[tuple[datetime, DraftFile]] = []
        for name in sorted(names):
            path = self._folder / name
            if name.startswith(_beginning(book_id)) and name.endswith(_UNFINISHED):
                self._sweep(path)
            elif name.startswith(_beginning(book_id)) and name.endswith(_ENDING):
                file = self._taken(path, book_id)
                if file is not None and file.draft is not None:
                    found.append((file.draft.at, file))
        return [file for _, file in sorted(found, key=lambda dated: dated[0], reverse=True)]

    def _taken(self, path: Path, book_id: str) -> DraftFile | None:
        try:
            fd = self._calls.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        draft = None
        try:
            draft = self._read(fd, path, book_id)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            draft = None
        finally:
            if draft is None:
                self._calls.close(fd)
        return None if draft is None else DraftFile(self._calls, path, fd, draft)

    def _read(self, fd: int, path: Path, book_id: str) -> Draft | None:
        found = self._calls.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
            return None
        self._calls.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        there = self._calls.stat(path)
        if (there.st_dev, there.st_ino) != (found.st_dev, found.st_ino):
            return None
        draft = msgspec.json.decode(read_whole(self._calls, fd), type=Draft)
        sound = draft.format == FORMAT and draft.book_id == book_id and draft.pages and draft.at.tzinfo is not None
        return draft if sound else None

    def _sweep(self, path: Path) -> None:
        """Remove what was begun and never finished, unless its writer is at it."""
        with suppress(OSError):
            fd = self._calls.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                self._calls.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._calls.unlink(path)
            finally:
                self._calls.close(fd)


def _beginning(book_id: str) -> str:
    """The book's part of the name: a book that came from elsewhere may call itself anything."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in book_id[:64]) + "-"


def _own_folder(calls: SystemCalls, folder: Path) -> int:
    """See to it that the folder is there and closed to others; the number of the user whose it is."""
    make_folders(calls, folder)
    fd = calls.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        found = calls.fstat(fd)
        if stat.S_IMODE(found.st_mode) != _PRIVATE_FOLDER:
            calls.chmod(fd, _PRIVATE_FOLDER)
        return found.st_uid
    finally:
        calls.close(fd)
