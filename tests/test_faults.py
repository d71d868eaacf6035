"""The system fails or stops at any call: an act is whole or absent, and what was acknowledged stays."""

from __future__ import annotations

import errno
import os
import shutil
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from tinydb import TinyDB

from relationships.changes import Act
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock


class PowerCut(BaseException):
    """The machine stopped."""


class FaultyCalls(SystemCalls):
    """Real calls until the one numbered `at`, counted over those that change something; there it fails or stops."""

    def __init__(self, at: int = 0, error: int | None = None, times: int = 1) -> None:
        self.at = at
        self.made = 0
        self._error = error
        self._times = times
        self._stopped = False

    def _step(self) -> None:
        if self._stopped:
            raise PowerCut
        self.made += 1
        if self.at and self.at <= self.made < self.at + self._times:
            if self._error is not None:
                raise OSError(self._error, os.strerror(self._error))
            self._stopped = True
            raise PowerCut

    def open(self, path: str | Path, flags: int, mode: int = 0o600) -> int:
        if flags & os.O_CREAT:
            self._step()
        return super().open(path, flags, mode)

    def write(self, fd: int, content: bytes) -> int:
        try:
            self._step()
        except (PowerCut, OSError):
            super().write(fd, content[: len(content) // 2])
            raise
        return super().write(fd, content)

    def truncate(self, fd: int, size: int) -> None:
        self._step()
        super().truncate(fd, size)

    def sync(self, fd: int) -> None:
        self._step()
        super().sync(fd)

    def sync_content(self, fd: int) -> None:
        self._step()
        super().sync_content(fd)

    def rename(self, source: Path, target: Path) -> None:
        self._step()
        super().rename(source, target)

    def unlink(self, path: Path) -> None:
        self._step()
        super().unlink(path)

    def mkdir(self, path: Path, mode: int) -> None:
        self._step()
        super().mkdir(path, mode)

    def chmod(self, fd: int, mode: int) -> None:
        self._step()
        super().chmod(fd, mode)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio" / "book.json"


def open_book(path: Path, calls: SystemCalls | None = None) -> BookStore:
    return BookStore.open(path, user="sam", clock=SystemClock(), calls=calls)


def visit(store: BookStore, note: str) -> Act:
    touch = store.author.new(Touch, kind=TouchKind.VISIT, note=note)
    return store.author.act("log a visit", store.author.add(touch))


def notes(path: Path) -> list[str]:
    """What a fresh session finds, after a look that it may write."""
    store = open_book(path)
    found = sorted(touch.note for touch in store.book.touches.values())
    assert store.read_only is None
    assert [act.sequence for act in store.history()] == [*range(len(found), 0, -1)]
    store.close(fold=False)
    return found


class Day:
    """Acts and folds of a day, as far as the system let them come."""

    def __init__(self, path: Path, calls: SystemCalls) -> None:
        self.saved: list[str] = []
        self.tried: list[str] = []
        self._store = open_book(path, calls)

    def live(self) -> None:
        for hour in range(3):
            self.save(f"{hour} first")
            self.save(f"{hour} second")
            self._store.apply_arrived()
            self._store.fold()
        self.save("9 last")

    def save(self, note: str) -> None:
        self.tried.append(note)
        self._store.commit(visit(self._store, note))
        self.saved.append(note)

    def end(self) -> None:
        """What the kernel does for a process that is no more."""
        self._store.close(fold=False)


def test_after_a_stop_at_any_call_every_saved_act_is_there(path: Path, tmp_path: Path) -> None:
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    counting = FaultyCalls()
    start = shutil.copytree(path.parent, tmp_path / "start")
    whole = Day(path, counting)
    whole.live()
    whole.end()
    assert counting.made > 60
    for at in range(1, counting.made + 1):
        shutil.rmtree(path.parent)
        shutil.copytree(start, path.parent)
        day = Day(path, FaultyCalls(at))
        with pytest.raises(PowerCut):
            day.live()
        day.end()
        found = notes(path)
        assert set(day.saved) <= set(found) <= set(day.tried), f"stopped at call {at}"
        after = open_book(path)
        after.commit(visit(after, "after"))
        after.close()
        assert notes(path) == sorted([*found, "after"]), f"stopped at call {at}"
        assert sorted(os.listdir(path.parent)) == ["book.json", "book.json.history", "book.json.journal"]
        with TinyDB(path) as db:
            assert len(db.table("touches")) == len(found) + 1
        assert lines_of_history(path).most_common(1)[0][1] == 1


def lines_of_history(path: Path) -> Counter[str]:
    files = path.with_name("book.json.history").iterdir()
    return Counter(line for file in files for line in file.read_text().splitlines())


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
@pytest.mark.parametrize("times", [1, 3])
def test_after_a_failure_of_any_call_nothing_is_lost_and_the_next_act_is_saved(
    path: Path, tmp_path: Path, error: int, times: int
) -> None:
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    start = shutil.copytree(path.parent, tmp_path / "start")
    at, reached = 0, True
    while reached:
        at += 1
        shutil.rmtree(path.parent)
        shutil.copytree(start, path.parent)
        calls = FaultyCalls(at, error, times)
        store = open_book(path, calls)
        saved = []
        for note in "012":
            if kept(store, note):
                saved.append(note)
            if times == 1:
                assert not [name for name in os.listdir(path.parent) if name.endswith(".new")]
        reached = calls.made >= at
        calls.at = 0
        store.commit(visit(store, "after"))
        store.close()
        assert notes(path) == [*saved, "after"], f"failed at call {at}"
        assert sorted(os.listdir(path.parent)) == ["book.json", "book.json.history", "book.json.journal"]
        assert lines_of_history(path).most_common(1)[0][1] == 1
    assert at > 40


def kept(store: BookStore, note: str) -> bool:
    """Save a touch and fold; whether it is kept, as the store says."""
    try:
        store.commit(visit(store, note))
    except errors.NotConfirmed:
        found = True
    except errors.NotSaved:
        found = False
    else:
        found = True
    with suppress(errors.NotFolded):
        store.fold()
    return found


def test_a_failed_creation_leaves_nothing_behind(tmp_path: Path) -> None:
    counting = FaultyCalls()
    BookStore.create(tmp_path / "book.json", user="sam", clock=SystemClock(), calls=counting).close()
    assert counting.made > 5
    for at in range(1, counting.made + 1):
        folder = tmp_path / str(at)
        folder.mkdir()
        calls = FaultyCalls(at, errno.ENOSPC)
        with pytest.raises(errors.BookError):
            BookStore.create(folder / "book.json", user="sam", clock=SystemClock(), calls=calls)
        assert os.listdir(folder) == ["book.json"] * (at == counting.made)
