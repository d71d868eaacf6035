"""What can be wrong around a book: who may read and write its files, leftovers, the disk and its room."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

import msgspec

from storage.evidence import Evidence, Standing
from storage.findings import Finding, note, warning
from storage.modes import Modes, file_mode_for_new, warnings
from storage.mounts import network_kind
from storage.system_calls import SystemCalls


class WrongMode(msgspec.Struct, frozen=True):
    """A file or folder whose mode is not what the contract wants."""

    standing: Standing
    mode: int

    @property
    def command(self) -> str:
        """What a person types to mend it."""
        return f"chmod {self.mode:o} {quote(str(self.standing.path))}"


def right_modes(evidence: Evidence) -> Modes:
    """What every file of this book should have: private, or shared with the group of its folder."""
    return Modes(file_mode_for_new(evidence.folder), evidence.folder.st_gid, evidence.found.st_uid)


def wrong_modes(evidence: Evidence) -> Iterator[WrongMode]:
    """The book, and what stands beside it, where others are let in or the group is kept out."""
    modes = right_modes(evidence)
    for standing in (Standing(evidence.path, evidence.found), *evidence.beside):
        is_folder = stat.S_ISDIR(standing.found.st_mode)
        right = modes.folder & 0o777 if is_folder else modes.file
        mode = stat.S_IMODE(standing.found.st_mode)
        if mode & ~right & 0o777 or right & ~mode & 0o070:
            yield WrongMode(standing, modes.folder if is_folder else right)


def modes(evidence: Evidence) -> Iterator[Finding]:
    """Each wrong mode, and what is wrong with the folder, which is never changed without being asked."""
    book = evidence.path
    told = [sentence for sentence in warnings(book, evidence.found, evidence.folder) if str(book.parent) in sentence]
    for sentence in told:
        said, _, command = sentence.rpartition(": ")
        if command.endswith(str(book.parent)):
            yield warning(book.parent.name, f"{said}.", f"By hand: {command}")
    for wrong in wrong_modes(evidence):
        path = wrong.standing.path
        name = str(path.relative_to(book.parent))
        wide = stat.S_IMODE(wrong.standing.found.st_mode) & ~wrong.mode & 0o777
        what = "Others on this machine are let in" if wide else "The group of the folder is kept out"
        yield warning(name, f"{what} (mode {stat.S_IMODE(wrong.standing.found.st_mode):04o}).", wrong.command)


def leftovers(evidence: Evidence) -> Iterator[Finding]:
    """Files in the making that a crash left."""
    for path in evidence.leftovers:
        yield warning(_name(evidence.path, path), "A crash left this file half made.", "It is removed.")


def disk(calls: SystemCalls, evidence: Evidence, *, allow_network_files: bool) -> Iterator[Finding]:
    """A network file system, and no room for the copies that saving and mending need."""
    folder = evidence.path.parent
    network = None if allow_network_files else network_kind(calls.mount_table(), folder)
    if network is not None:
        what = f"The folder is on a network file system ({network}), whose locks cannot be trusted."
        yield warning(folder.name, what, "Set allow_network_files in the config if one machine only uses it.")
    free, needed = calls.free_bytes(folder), 2 * len(evidence.book)
    if free < needed:
        what = f"The disk is nearly full: {free:,} bytes are free, and two copies of the book need {needed:,}."
        yield warning(folder.name, what, "Make some room.")
    if evidence.book.startswith(b"\xef\xbb\xbf"):
        yield note(evidence.path.name, "The file begins with a byte order mark; the next fold leaves it out.")


def _name(book: Path, path: Path) -> str:
    return str(path.relative_to(book.parent))
