"""A model of a disk that loses its power: what is not synced may be absent, torn, or zeros; names too may be lost.

The calls of a scenario are recorded, and for each moment the folders are built that could be found afterwards:

- content that was not synced: nothing of it, all of it, any 512-byte sector of it without its neighbours, and where the
  file had grown, zeros of the full length;
- names (made, renamed, removed) that no sync of their folder followed: any of them without the others.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from itertools import chain, combinations, pairwise, product
from pathlib import Path
from typing import Any

import msgspec

from tests.fault_calls import WatchedCalls

SECTOR = 512
LOOKS = frozenset(
    (
        "chmod chown set_time flock close read seek name_of resolve listdir stat fstat may_write mount_table free_bytes"
    ).split()
)
"""Calls that change neither content nor names; modes are not what this model is about."""

Names = dict[str, int]
"""Which file stands under which path; 0 is a folder."""


class Wrote(msgspec.Struct, frozen=True):
    """Content that went into a file."""

    file: int
    place: int
    content: bytes


class Cut(msgspec.Struct, frozen=True):
    """A file that was cut, or made longer by zeros."""

    file: int
    size: int


class Synced(msgspec.Struct, frozen=True):
    """A file whose content is on the disk."""

    file: int


class FolderSynced(msgspec.Struct, frozen=True):
    """A folder whose names are on the disk."""

    folder: str


class Named(msgspec.Struct, frozen=True):
    """Names that came and went in one step: `gone` goes, `came` stands for `file` from now on."""

    file: int
    came: str = ""
    gone: str = ""

    @property
    def folder(self) -> str:
        return os.path.dirname(self.came or self.gone)


Step = Wrote | Cut | Synced | FolderSynced | Named


class Disk:
    """What was done to it since it was last known to be at rest."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self.steps: list[Step] = []
        self.contents: dict[int, bytes] = {}
        """Of each file, at the start."""
        self.start: Names = {}
        for folder, _, names in os.walk(root):
            self.start[folder] = 0
            for name in names:
                path = os.path.join(folder, name)
                self.start[path] = file = self._new_file()
                self.contents[file] = Path(path).read_bytes()
        self.names = dict(self.start)
        """As they stand just now."""

    def _new_file(self) -> int:
        self.contents[len(self.contents) + 1] = b""
        return len(self.contents)

    def name_file(self, path: str) -> int:
        """A file that was just made there."""
        file = self._new_file()
        self.name(Named(file, came=path))
        return file

    def name(self, step: Named) -> None:
        self.steps.append(step)
        apply_name(self.names, step)


def apply_name(names: Names, step: Named) -> None:
    if step.gone and names.get(step.gone) == step.file:
        del names[step.gone]
    if step.came:
        names[step.came] = step.file


class RecordingCalls(WatchedCalls):
    """Real calls, written down. A call that this model does not know is an error: it must be taught what it does."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self._open: dict[int, int | str] = {}
        self._places: dict[int, int | None] = {}

    def make(self, name: str, call: Callable[..., Any], *arguments: Any) -> Any:
        if name in LOOKS:
            result = call(*arguments)
            if name == "seek":
                self._places[arguments[0]] = arguments[1]
            elif name == "close":
                self._open.pop(arguments[0], None)
            return result
        recorder: Callable[..., Any] = getattr(self, f"record_{name}")
        return recorder(call, *arguments)

    def record_open(self, call: Callable[..., Any], path: str | Path, flags: int, mode: int = 0o600) -> int:
        there = str(path) in self.disk.names
        fd: int = call(path, flags, mode)
        if flags & os.O_DIRECTORY:
            self._open[fd] = str(path)
        else:
            assert not flags & os.O_TRUNC, "this model does not know files that are cut as they are opened"
            self._open[fd] = self.disk.names[str(path)] if there else self.disk.name_file(str(path))
            self._places[fd] = None if flags & os.O_APPEND else 0
        return fd

    def record_write(self, call: Callable[..., Any], fd: int, content: bytes) -> int:
        place = self._places[fd]
        begin = os.fstat(fd).st_size if place is None else place
        written: int = call(fd, content)
        self.disk.steps.append(Wrote(self._file(fd), begin, content[:written]))
        if place is not None:
            self._places[fd] = place + written
        return written

    def record_truncate(self, call: Callable[..., Any], fd: int, size: int) -> None:
        call(fd, size)
        self.disk.steps.append(Cut(self._file(fd), size))

    def record_sync(self, call: Callable[..., Any], fd: int) -> None:
        call(fd)
        what = self._open[fd]
        self.disk.steps.append(FolderSynced(what) if isinstance(what, str) else Synced(what))

    record_sync_content = record_sync

    def record_rename(self, call: Callable[..., Any], source: Path, target: Path) -> None:
        call(source, target)
        assert source.parent == target.parent, "this model knows renames within one folder"
        moved = {path: file for path, file in self.disk.names.items() if Path(path).is_relative_to(source)}
        for path, file in moved.items():
            there = str(target / Path(path).relative_to(source))
            self.disk.name(Named(file, came=there, gone=path))

    def record_unlink(self, call: Callable[..., Any], path: Path) -> None:
        call(path)
        self.disk.name(Named(self.disk.names[str(path)], gone=str(path)))

    record_rmdir = record_unlink

    def record_mkdir(self, call: Callable[..., Any], path: Path, mode: int) -> None:
        call(path, mode)
        self.disk.name(Named(0, came=str(path)))

    def _file(self, fd: int) -> int:
        file = self._open[fd]
        assert isinstance(file, int)
        return file


class Lost(msgspec.Struct, frozen=True):
    """What is found after the power was lost: each file by its path, and each folder without a content."""

    files: tuple[tuple[str, bytes | None], ...]

    def build(self, root: str, folder: Path) -> None:
        """Make it for real."""
        for path, content in self.files:
            place = folder / os.path.relpath(path, root)
            if content is None:
                place.mkdir(mode=0o700, exist_ok=True)
            else:
                place.touch(0o600)
                place.write_bytes(content)


class Moment:
    """The disk after so many steps: what is surely on it, and what may be."""

    def __init__(self, disk: Disk, steps: int) -> None:
        self._sure = dict(disk.contents)
        self._names = dict(disk.start)
        self._pending: dict[int, list[Wrote | Cut]] = {}
        self._named: list[Named] = []
        for step in disk.steps[:steps]:
            self._take(step)

    def _take(self, step: Step) -> None:
        if isinstance(step, Named):
            self._named.append(step)
        elif isinstance(step, FolderSynced):
            for named in self._named:
                if named.folder == step.folder:
                    apply_name(self._names, named)
            self._named = [named for named in self._named if named.folder != step.folder]
        elif isinstance(step, Synced):
            for pending in self._pending.pop(step.file, []):
                self._sure[step.file] = changed(self._sure[step.file], pending)
        else:
            self._pending.setdefault(step.file, []).append(step)

    def losses(self, chance: random.Random, limit: int) -> Iterator[Lost]:
        """All that may be found, or so many of them, those among them in which nothing and everything came."""
        found = [lost for names in self._name_choices() for lost in self._with(names, chance, limit)]
        if len(found) > limit:
            found = [found[0], found[-1], *chance.sample(found[1:-1], limit - 2)]
        yield from dict.fromkeys(found)

    def _name_choices(self) -> Iterator[Names]:
        """Any of the names that may have come, without the others."""
        count = len(self._named)
        sizes = range(count + 1) if count <= 6 else (0, 1, count - 1, count)
        for chosen in chain.from_iterable(combinations(self._named, size) for size in sizes):
            names = dict(self._names)
            for step in chosen:
                apply_name(names, step)
            yield {path: file for path, file in names.items() if self._reached(path, names)}

    @staticmethod
    def _reached(path: str, names: Names) -> bool:
        """Whether the folders that lead there are there themselves."""
        above = os.path.dirname(path)
        known = [name for name, file in names.items() if file == 0]
        top = min(known, key=len, default=path)
        return len(path) <= len(top) or names.get(above) == 0

    def _with(self, names: Names, chance: random.Random, limit: int) -> Iterator[Lost]:
        """Each choice of contents under these names."""
        files = sorted({file for file in names.values() if file})
        choices = [[*contents(self._sure[file], self._pending.get(file, []), chance)] for file in files]
        total = 1
        for each in choices:
            total *= len(each)
        if total <= limit:
            picks = [*product(*choices)]
        else:
            picks = [tuple(each[end] for each in choices) for end in (0, -1)]
            picks += [tuple(map(chance.choice, choices)) for _ in range(limit)]
        for pick in picks:
            there = dict(zip(files, pick, strict=True))
            yield Lost(tuple((path, there.get(file)) for path, file in sorted(names.items())))


def changed(content: bytes, step: Wrote | Cut) -> bytes:
    """What a file holds after a step."""
    if isinstance(step, Cut):
        return content[: step.size].ljust(step.size, b"\0")
    content = content.ljust(step.place, b"\0")
    return content[: step.place] + step.content + content[step.place + len(step.content) :]


def contents(sure: bytes, pending: list[Wrote | Cut], chance: random.Random) -> Iterator[bytes]:
    """What may be found in a file: first nothing of what is pending, last all of it."""
    if not pending:
        yield sure
        return
    stages = [sure]
    for step in pending:
        stages.append(changed(stages[-1], step))
    found = dict.fromkeys([sure])
    for before, after in pairwise(stages):
        found.update(dict.fromkeys(torn(before, after, len(sure), chance)))
    found.pop(stages[-1], None)
    yield from found
    yield stages[-1]


def torn(before: bytes, after: bytes, sure: int, chance: random.Random) -> Iterator[bytes]:
    """One step that came in part. Where the file had grown beyond what is sure, what did not come is zeros."""
    yield before
    if len(after) < len(before):
        yield after
        return
    grown = before.ljust(len(after), b"\0")
    zeros = after[:sure].ljust(len(after), b"\0")
    borders = [place for place in range(0, len(after), SECTOR) if after[place:][:SECTOR] != grown[place:][:SECTOR]]
    yield zeros
    yield grown
    for place in borders:
        yield after[:place] + before[place:]
        yield after[:place] + grown[place:]
        yield grown[:place] + after[place:]
        yield grown[:place] + after[place : place + SECTOR] + grown[place + SECTOR :]
        yield after[:place] + grown[place : place + SECTOR] + after[place + SECTOR :]
    for _ in range(min(len(borders), 6)):
        mixed = bytearray(grown)
        for place in chance.sample(borders, len(borders) // 2):
            mixed[place : place + SECTOR] = after[place : place + SECTOR]
        yield bytes(mixed)
