"""Who may read and write the files of a book (DESIGN.md section 5, modes; STORAGE.md section 4.4)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec

from storage.errors import UnsafeFolder
from storage.system_calls import SystemCalls

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
SHARED_FILE = 0o660
SHARED_FOLDER = 0o2770


class Modes(msgspec.Struct, frozen=True):
    """What the files and folders of one book are given, on the descriptor, whatever the umask."""

    file: int
    folder: int
    gid: int | None
    """The group of a shared folder; None leaves the group alone."""

    def give_file(self, calls: SystemCalls, fd: int) -> None:
        """Give a file that was just made its mode and group."""
        self._give(calls, fd, self.file)

    def give_folder(self, calls: SystemCalls, fd: int) -> None:
        """Give a folder that was just made its mode and group."""
        self._give(calls, fd, self.folder)

    def _give(self, calls: SystemCalls, fd: int, mode: int) -> None:
        if self.gid is not None and calls.fstat(fd).st_gid != self.gid:
            calls.chown_group(fd, self.gid)
        calls.chmod(fd, mode)


def modes_for_new(folder: os.stat_result) -> Modes:
    """Private, or shared with the folder's group when the folder is setgid and open to it."""
    shared = bool(folder.st_mode & stat.S_ISGID) and bool(folder.st_mode & stat.S_IWGRP)
    if shared:
        return Modes(SHARED_FILE, SHARED_FOLDER, folder.st_gid)
    return Modes(PRIVATE_FILE, PRIVATE_FOLDER, None)


def modes_of(book: os.stat_result, folder: os.stat_result) -> Modes:
    """The modes that an existing book's other files follow."""
    file = stat.S_IMODE(book.st_mode) & 0o666
    group_writes = bool(file & stat.S_IWGRP)
    return Modes(file, SHARED_FOLDER if group_writes else PRIVATE_FOLDER, book.st_gid if group_writes else None)


def warnings(path: Path, book: os.stat_result, folder: os.stat_result) -> tuple[str, ...]:
    """One sentence, with the command that mends it, for each way in which others can get at the book."""
    right = modes_for_new(folder)
    found = []
    wide = stat.S_IMODE(book.st_mode) & ~right.file & 0o777
    if wide:
        found.append(f"Others on this machine can read {path.name}: chmod {right.file:o} {path}")
    if folder.st_mode & stat.S_IWOTH:
        found.append(f"Everybody on this machine can write in {path.parent}: chmod o-rwx {path.parent}")
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
    """Make a folder and those above it that are missing, private to this user; never in a world-writable place but as
    a folder of its own."""
    missing = []
    here = folder
    while not here.exists():
        missing.append(here)
        here = here.parent
    for step in reversed(missing):
        calls.mkdir(step, PRIVATE_FOLDER)
        fd = calls.open(step, os.O_RDONLY | os.O_DIRECTORY)
        try:
            modes_for_new(calls.stat(step.parent)).give_folder(calls, fd)
        finally:
            calls.close(fd)
