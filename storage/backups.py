"""The backups of a book, `book.json.backups/`: each is one file that opens as a book of its own (DESIGN.md section 5).

A backup is written beside its name, synced and then named, and never takes the place of another. Files of a damaged
book are kept as they are, in a folder of their own. What has no name of ours is never touched.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Final

from storage.errors import NotBackedUp
from storage.failures import FORBIDDEN, FULL
from storage.modes import Modes, refuse_world_writable
from storage.plain_files import NEW_FILE, pieces_of, write_file
from storage.rotation import DAILY, Backup, daily_is_due, newest_first, to_drop
from storage.system_calls import SystemCalls, stands, sync_folder, write_whole

__all__ = ["DAILY", "Backup", "Backups"]

_NAME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d{6}Z)-([a-z]+)(?:-\d+)?(\.json)?(\.new)?")
_MOMENT: Final = "%Y-%m-%dT%H%M%SZ"
_NEW: Final = ".new"
_STALE_DAYS: Final = 1
"""What is still in the making after that long was left by a crash."""


class Backups:
    """The backups of one book."""

    def __init__(self, calls: SystemCalls, book: Path, modes: Modes) -> None:
        self.folder = book.with_name(book.name + ".backups")
        self._calls = calls
        self._book = book
        self._modes = modes

    def list(self) -> tuple[Backup, ...]:
        """Every backup, newest first; each is a file that opens as a book.

        Raises:
            OSError: the folder cannot be read.
        """
        return self._found(kept_as_is=False)

    def kept(self) -> tuple[Backup, ...]:
        """The folders in which files were kept as they were, newest first.

        Raises:
            OSError: the folder cannot be read.
        """
        return self._found(kept_as_is=True)

    def newest(self) -> Backup | None:
        """The last backup that was made.

        Raises:
            OSError: the folder cannot be read.
        """
        return next(iter(self.list()), None)

    def daily_is_due(self, today: date) -> bool:
        """Whether today has no daily backup yet.

        Raises:
            OSError: the folder cannot be read.
        """
        return daily_is_due(self.list(), today)

    def make(self, blocks: Iterable[bytes], moment: datetime, reason: str) -> Backup:
        """Write the bytes of a whole book as a new backup. Needs no lock.

        Raises:
            NotBackedUp, UnsafeFolder: it could not be written; nothing is left of it.
        """
        try:
            self._make_folder()
            with self._reserved(moment, reason) as (path, fd):
                for block in blocks:
                    write_whole(self._calls, fd, block)
                self._calls.sync(fd)
                self._calls.rename(_in_the_making(path), path)
                sync_folder(self._calls, self.folder)
                size = self._calls.fstat(fd).st_size
        except OSError as error:
            raise _in_words(error) from error
        return Backup(path, _to_the_second(moment), reason, size)

    def keep_as_is(self, paths: Iterable[Path], moment: datetime, reason: str) -> Path:
        """Keep files byte for byte in a new folder, whatever they hold, under their own names; missing ones are left
        out. The caller holds the folder's lock if they may be written meanwhile.

        Raises:
            NotBackedUp, UnsafeFolder: they could not be kept; nothing is left of the try.
        """
        try:
            self._make_folder()
            return self._keep(paths, moment, reason)
        except OSError as error:
            raise _in_words(error) from error

    def rotate(self, today: date, *, sparing: Backup | None = None) -> tuple[Backup, ...]:
        """Remove the backups that are kept no longer, and what crashes left; returns those that were removed.

        The one to spare stays, whatever the clock said when it was made.

        Raises:
            OSError: not all of them are gone.
        """
        dropped = tuple(backup for backup in to_drop(self.list(), today) if backup != sparing)
        for backup in dropped:
            with suppress(FileNotFoundError):
                self._calls.unlink(backup.path)
        if self._sweep(today) or dropped:
            sync_folder(self._calls, self.folder)
        return dropped

    def _found(self, *, kept_as_is: bool) -> tuple[Backup, ...]:
        found = []
        for name in self._names():
            read = _NAME.fullmatch(name)
            moment = _moment(read[1]) if read is not None else None
            if read is None or moment is None or read[4] or kept_as_is == bool(read[3]):
                continue
            with suppress(FileNotFoundError):
                standing = self._calls.stat(self.folder / name)
                if stat.S_ISDIR(standing.st_mode) if kept_as_is else stat.S_ISREG(standing.st_mode):
                    found.append(Backup(self.folder / name, moment, read[2], standing.st_size))
        return newest_first(found)

    def _names(self) -> Iterable[str]:
        try:
            return self._calls.listdir(self.folder)
        except FileNotFoundError:
            return ()

    def _sweep(self, today: date) -> bool:
        """Remove what is in the making since so long that a crash left it; whether there was any."""
        found = False
        for name in self._names():
            read = _NAME.fullmatch(name)
            moment = _moment(read[1]) if read is not None and read[4] else None
            if read is None or moment is None or (today - moment.date()).days <= _STALE_DAYS:
                continue
            with suppress(FileNotFoundError):
                if read[3]:
                    self._calls.unlink(self.folder / name)
                else:
                    self._remove_folder(self.folder / name)
            found = True
        return found

    def _make_folder(self) -> None:
        """Make the folder where it is missing; its mode follows the book, even where a crash or chmod came between."""
        refuse_world_writable(self._book, self._calls.stat(self.folder.parent))
        with suppress(FileExistsError):
            self._calls.mkdir(self.folder, 0o700)
            sync_folder(self._calls, self.folder.parent)
        with self._opened(self.folder) as fd:
            found = self._calls.fstat(fd)
            refuse_world_writable(self.folder / self._book.name, found)
            if stat.S_IMODE(found.st_mode) != self._modes.folder:
                with suppress(PermissionError):
                    self._modes.give_folder(self._calls, fd)

    @contextmanager
    def _opened(self, folder: Path) -> Iterator[int]:
        fd = self._calls.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield fd
        finally:
            self._calls.close(fd)

    def _free_names(self, moment: datetime, reason: str, ending: str) -> Iterator[Path]:
        """Names for a new backup that nothing stands under, each with a name beside it for the making of it."""
        stem = f"{_to_the_second(moment):{_MOMENT}}-{reason}"
        for number in count(1):
            path = self.folder / f"{stem}{'' if number == 1 else f'-{number}'}{ending}"
            if not stands(self._calls, path):
                yield path

    @contextmanager
    def _reserved(self, moment: datetime, reason: str) -> Iterator[tuple[Path, int]]:
        """A free name, and a new file in the making for it, which does not outlive a failure. Whoever makes the one in
        the making has the name, for it is made exclusively."""
        path, fd = self._reserve(moment, reason)
        try:
            self._modes.give_file(self._calls, fd)
            yield path, fd
        except BaseException:
            with suppress(OSError):
                self._calls.unlink(_in_the_making(path))
            raise
        finally:
            self._calls.close(fd)

    def _reserve(self, moment: datetime, reason: str) -> tuple[Path, int]:
        names = self._free_names(moment, reason, ".json")
        while True:
            path = next(names)
            try:
                fd = self._calls.open(_in_the_making(path), NEW_FILE)
            except FileExistsError:
                continue
            taken = True
            try:
                taken = stands(self._calls, path)
            finally:
                if taken:
                    self._calls.close(fd)
                    self._calls.unlink(_in_the_making(path))
            if not taken:
                return path, fd

    def _keep(self, paths: Iterable[Path], moment: datetime, reason: str) -> Path:
        names = self._free_names(moment, reason, "")
        while True:
            path = next(names)
            new = _in_the_making(path)
            with suppress(FileExistsError):
                self._calls.mkdir(new, 0o700)
                break
        try:
            for each in paths:
                self._copy(each, new / each.name)
            with self._opened(new) as fd:
                self._modes.give_folder(self._calls, fd)
                self._calls.sync(fd)
            self._calls.rename(new, path)
            sync_folder(self._calls, self.folder)
        except BaseException:
            with suppress(OSError):
                self._remove_folder(new)
            raise
        return path

    def _copy(self, source: Path, target: Path) -> None:
        try:
            fd = self._calls.open(source, os.O_RDONLY | os.O_NONBLOCK)
        except FileNotFoundError:
            return
        try:
            if stat.S_ISREG(self._calls.fstat(fd).st_mode):
                write_file(self._calls, target, pieces_of(self._calls, fd), self._modes)
        finally:
            self._calls.close(fd)

    def _remove_folder(self, folder: Path) -> None:
        for name in self._calls.listdir(folder):
            self._calls.unlink(folder / name)
        self._calls.rmdir(folder)


def moment_of(path: Path) -> datetime | None:
    """When a backup was made, as its name says; None when that is no name of ours."""
    read = _NAME.fullmatch(path.name)
    return _moment(read[1]) if read is not None else None


def _in_words(error: OSError) -> NotBackedUp:
    reason = error.strerror or str(error)
    if error.errno in FULL:
        return NotBackedUp(
            f"There is no room for a copy of the book ({reason}).", next_step="Make some room, then try again."
        )
    if error.errno in FORBIDDEN:
        return NotBackedUp(f"You may not write in the folder of the backups ({reason}).")
    return NotBackedUp(f"The backup could not be written ({reason}).")


def _in_the_making(path: Path) -> Path:
    return path.with_name(path.name + _NEW)


def _to_the_second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
