"""Who may read and write the files of a book (DESIGN.md section 5, modes; STORAGE.md section 4.4)."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

import msgspec

from storage.errors import UnsafeFolder
from storage.system_calls import SystemCalls, stands, sync_folder

PRIVATE_FILE = 0o600
SHARED_FILE = 0o660
_GROUP = 0o070


class Modes(msgspec.Struct, frozen=True):
    """What the files and folders of one book are given, on the descriptor, whatever the umask."""

    file: int
    gid: int
    """The group, where the mode gives it anything."""
    uid: int
    """The owner, kept where this process may: only root may, and shall not lock the owner out."""

    @property
    def folder(self) -> int:
        """The mode of a folder: who may read a file may enter, and a shared one hands its group on."""
        return self.file | (self.file & 0o444) >> 2 | (stat.S_ISGID if self.file & _GROUP else 0)

    def give_file(self, calls: SystemCalls, fd: int) -> None:
        """Give a file that was just made its mode, group and owner."""
        self._give(calls, fd, self.file)

    def give_folder(self, calls: SystemCalls, fd: int) -> None:
        """Give a folder that was just made its mode, group and owner."""
        self._give(calls, fd, self.folder)

    def _give(self, calls: SystemCalls, fd: int, mode: int) -> None:
        found = calls.fstat(fd)
        if mode & _GROUP and found.st_gid != self.gid:
            calls.chown(fd, -1, self.gid)
        if found.st_uid != self.uid:
            with suppress(PermissionError):
                calls.chown(fd, self.uid, -1)
        calls.chmod(fd, mode)


def file_mode_for_new(folder: os.stat_result) -> int:
    """Private, or shared with the folder's group when the folder is setgid and open to it."""
    shared = folder.st_mode & stat.S_ISGID and folder.st_mode & stat.S_IWGRP
    return SHARED_FILE if shared else PRIVATE_FILE


def modes_for_new(folder: os.stat_result, uid: int) -> Modes:
    """The modes of what this user makes anew in a folder."""
    return Modes(file_mode_for_new(folder), folder.st_gid, uid)


def modes_of(book: os.stat_result) -> Modes:
    """The modes that an existing book's other files follow. Nothing is ever made writable for everybody."""
    return Modes(stat.S_IMODE(book.st_mode) & 0o664, book.st_gid, book.st_uid)


def warnings(path: Path, book: os.stat_result, folder: os.stat_result) -> tuple[str, ...]:
    """One sentence, with the command that mends it, for each mode that lets others in or keeps the group out."""
    right = file_mode_for_new(folder)
    mode = stat.S_IMODE(book.st_mode)
    found = []
    if mode & ~right & 0o777:
        found.append(f"Others on this machine can read {path.name}: chmod {right:o} {path}")
    elif right & ~mode & _GROUP:
        found.append(f"The group of the folder may not write in {path.name}: chmod {right:o} {path}")
    if folder.st_mode & stat.S_IWOTH:
        found.append(f"Everybody on this machine can write in {path.parent}: chmod o-w {path.parent}")
    elif folder.st_mode & stat.S_ISVTX and folder.st_mode & stat.S_IWGRP:
        found.append(f"Only its owner can fold the journal into {path.name}: chmod -t {path.parent}")
    return tuple(found)


def refuse_world_writable(path: Path, folder: os.stat_result) -> None:
    """Nothing is ever created in a place that everybody can write to.

    Raises:
        UnsafeFolder: the folder of `path` is such a place.
    """
    if folder.st_mode & stat.S_IWOTH:
        better = path.parent / path.stem / path.name
        raise UnsafeFolder(
            f"{path.parent} is open to everybody on this machine, so no book is made there.",
            next_step=f"Use a folder of its own, for example {better}",
        )


def make_folders(calls: SystemCalls, folder: Path) -> None:
    """Make a folder and those above it that are missing, each private to this user, or shared as the one above it is.

    Raises:
        OSError: not all of them are there.
    """
    missing: list[Path] = []
    here = folder
    while not stands(calls, here):
        missing.append(here)
        here = here.parent
    for step in reversed(missing):
        calls.mkdir(step, 0o700)
        fd = calls.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            modes_for_new(calls.stat(step.parent), calls.fstat(fd).st_uid).give_folder(calls, fd)
        finally:
            calls.close(fd)
        sync_folder(calls, step.parent)
