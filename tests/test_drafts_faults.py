"""Drafts when calls of the system fail, and the order in which they are made."""

from __future__ import annotations

import errno
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from storage.drafts import Draft, DraftFile, DraftFolder, Page
from storage.system_calls import SystemCalls

BOOK = "b00c"


def draft(text: str = "visit patel") -> Draft:
    page = Page(dialog="LogLine", words="a visit", day=date(2026, 11, 23), values={"line": text}, before={"line": ""})
    at = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
    return Draft(book_id=BOOK, at=at, journey="log_touch", subjects=("",), pages=(page,))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "state" / "trainer-tui" / "drafts"


@pytest.fixture
def folder(place: Path) -> DraftFolder:
    return DraftFolder(SystemCalls(), place)


def left_texts(folder: DraftFolder) -> list[str]:
    """What is offered, and let go of again."""
    files = folder.left(BOOK)
    texts = [file.draft.pages[0].values["line"] for file in files if file.draft is not None]
    for file in files:
        file.leave()
    return texts


def abandoned(folder: DraftFolder, session: str, written: Draft) -> DraftFile:
    """A draft whose session has died."""
    file = folder.new(BOOK, session)
    file.keep(written)
    file.leave()
    return file


class Failing(SystemCalls):
    """The real calls; the one with this number fails."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def _next(self) -> None:
        self.count += 1
        if self.count == self.at:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def open(self, path: str | Path, flags: int, mode: int = 0o600) -> int:
        self._next()
        return super().open(path, flags, mode)

    def write(self, fd: int, content: bytes) -> int:
        self._next()
        return super().write(fd, content)

    def sync(self, fd: int) -> None:
        self._next()
        super().sync(fd)

    def rename(self, source: Path, target: Path) -> None:
        self._next()
        super().rename(source, target)

    def unlink(self, path: Path) -> None:
        self._next()
        super().unlink(path)

    def flock(self, fd: int, operation: int) -> None:
        self._next()
        super().flock(fd, operation)

    def chmod(self, fd: int, mode: int) -> None:
        self._next()
        super().chmod(fd, mode)

    def fstat(self, fd: int) -> os.stat_result:
        self._next()
        return super().fstat(fd)


def test_whatever_fails_the_draft_is_the_new_one_or_the_one_before(folder: DraftFolder, place: Path) -> None:
    failed, at = 0, 1
    while True:
        file = abandoned(folder, "s1", draft("before"))
        calls = Failing(at)
        taken = DraftFile(calls, file.path, os.open(file.path, os.O_RDWR), draft("before"))
        open_before = len(os.listdir("/proc/self/fd"))
        try:
            taken.keep(draft("after"))
        except OSError:
            failed += 1
        fine = calls.count < calls.at
        assert len(os.listdir("/proc/self/fd")) == open_before
        taken.leave()
        assert left_texts(folder) in (["after"], ["before"][: 0 if fine else 1])
        assert [path.name for path in place.iterdir()] == [f"{BOOK}-s1.json"]
        if fine:
            break
        at += 1
    assert failed == at - 1 >= 10


class Noting(SystemCalls):
    """The real calls, by name, in their order."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def write(self, fd: int, content: bytes) -> int:
        self.made.append("write")
        return super().write(fd, content)

    def sync(self, fd: int) -> None:
        self.made.append("sync folder" if os.path.isdir(self.name_of(fd)) else "sync file")
        super().sync(fd)

    def rename(self, source: Path, target: Path) -> None:
        self.made.append("rename")
        super().rename(source, target)


def test_a_draft_has_its_name_only_once_it_is_on_the_disk(folder: DraftFolder, place: Path) -> None:
    abandoned(folder, "s1", draft())
    calls = Noting()
    DraftFolder(calls, place).new(BOOK, "s2").keep(draft())
    assert calls.made == ["write", "sync file", "rename", "sync folder"]


def test_a_folder_of_somebody_else_is_not_written_in(place: Path) -> None:
    class Foreign(SystemCalls):
        """The real calls; folders are somebody else's."""

        def fstat(self, fd: int) -> os.stat_result:
            found = super().fstat(fd)
            if os.path.isdir(self.name_of(fd)):
                values = list(found)
                values[4] += 1
                return os.stat_result(values)
            return found

    file = DraftFolder(Foreign(), place).new(BOOK, "s1")
    with pytest.raises(PermissionError):
        file.keep(draft())
    assert list(place.iterdir()) == []


def test_a_folder_that_cannot_be_looked_through_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError):
        DraftFolder(SystemCalls(), tmp_path / "file").left(BOOK)
