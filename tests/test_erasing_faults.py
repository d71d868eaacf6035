"""An erasing that fails or stops at any call: what is still in the book can be erased again, the rest is nowhere."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from tinydb import TinyDB

from relationships.records import Practitioner, Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.backups import Backups
from storage.book_store import BookStore
from storage.erasing import WORDS
from storage.modes import modes_of
from storage.system_calls import SystemCalls
from tests.fault_calls import Fault, FaultyCalls, How, Stop, changing
from tests.fault_runs import memory
from trainer_tui.clock import SystemClock

SECRET = "Ottilie Zwiebelfisch"
KEY = ("practitioners", "gone")


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """A folder with a book in which she is in the file, the journal, the history, a backup and a kept folder."""
    path = tmp_path / "start" / "book.json"
    ids = iter(["book", "gone", "act1", "act2", "stays", "act3", "visit", "act4"])
    store = BookStore.create(path, user="sam", clock=SystemClock(), new_id=ids.__next__)
    author = store.author
    her = author.new(Practitioner, name=SECRET)
    store.commit(author.act("begin", author.add(her), subject=SECRET))
    edited = author.edit(her, msgspec.structs.replace(her, notes=SECRET))
    store.commit(author.act("edit", edited, subject=SECRET))
    store.apply_arrived()
    store.fold()
    store.commit(author.act("add", author.add(author.new(Practitioner, name="Ruth Cohen"))))
    store.back_up()
    backups = Backups(SystemCalls(), path, modes_of(path.stat()))
    backups.keep_as_is([path], SystemClock().now(), "repair")
    store.commit(author.act("log", author.add(author.new(Touch, kind=TouchKind.VISIT, practitioners=("gone",)))))
    store.close(fold=False)
    return path.parent


@pytest.fixture
def path() -> Iterator[Path]:
    """A place for a book where a sync costs nothing: what fails here is made to fail."""
    with TemporaryDirectory(dir=memory()) as folder:
        yield Path(folder) / "studio" / "book.json"


def open_book(path: Path, calls: SystemCalls | None = None) -> BookStore:
    return BookStore.open(path, user="sam", clock=SystemClock(), calls=calls)


def afresh(start: Path, path: Path) -> None:
    shutil.rmtree(path.parent, ignore_errors=True)
    shutil.copytree(start, path.parent)


def secrets(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*"):
        if file.is_file() and SECRET.encode() in file.read_bytes():
            yield file.name


def look(path: Path, where: str) -> bool:
    """Whether she is still in the book. All the rest is as it should be, and if she is not, she is nowhere."""
    store = open_book(path)
    assert store.read_only is None, where
    assert "stays" in store.book.practitioners, where
    assert store.book.touches["visit"].practitioners == ("gone",), where
    story = [act.sequence for act in store.history()]
    assert story[-4:] == [4, 3, 2, 1], where
    there = "gone" in store.book.practitioners
    store.close(fold=False)
    if not there:
        assert [*secrets(path.parent)] == [], where
    return there


def erase_again(path: Path, where: str) -> None:
    store = open_book(path)
    store.erase([KEY], WORDS)
    store.apply_arrived()
    store.close()
    assert not look(path, where)
    assert not list(path.parent.rglob("*.new")), where
    with TinyDB(path) as db:
        assert [each["id"] for each in db.table("practitioners")] == ["stays"]
    again = open_book(path)
    assert next(again.history()).name == WORDS
    assert {act.erased for act in again.history() if act.sequence in (1, 2)} == {True}
    (backup,) = again.backups()
    assert [*open_book(backup.path).book.practitioners] == ["stays"]


def changing_calls(start: Path, path: Path) -> list[int]:
    """The numbers of the calls of an erasing that change something."""
    afresh(start, path)
    calls = FaultyCalls()
    store = open_book(path, calls)
    store.erase([KEY], WORDS)
    store.close(fold=False)
    assert not look(path, "without a fault")
    return changing(calls)


def test_after_a_stop_at_any_call_it_is_there_or_nowhere(start: Path, path: Path) -> None:
    ends = set()
    numbers = changing_calls(start, path)
    assert len(numbers) > 40
    for at in numbers:
        afresh(start, path)
        calls = FaultyCalls(Fault(at=at, how=How.BEFORE))
        with pytest.raises(Stop):
            open_book(path, calls).erase([KEY], WORDS)
        calls.bury()
        ends.add(look(path, f"stopped at call {at}"))
        erase_again(path, f"stopped at call {at}")
    assert ends == {True, False}


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
def test_after_a_failure_at_any_call_it_is_told_and_works_again(start: Path, path: Path, error: int) -> None:
    told = set()
    for at in changing_calls(start, path):
        afresh(start, path)
        store = open_book(path, FaultyCalls(Fault(at=at, how=How.FAIL, error=error)))
        problem_is: type[errors.NotErased] | None
        try:
            store.erase([KEY], WORDS)
        except errors.NotErased as problem:
            problem_is = type(problem)
        else:
            problem_is = None
        told.add(problem_is)
        assert look(path, f"failed at call {at}") == (problem_is is errors.NotErased)
        store.erase([KEY], WORDS)
        store.apply_arrived()
        assert "gone" not in store.book.practitioners
        store.close()
        assert not look(path, f"failed at call {at}")
        erase_again(path, f"failed at call {at}")
    assert told >= {errors.HalfErased, errors.NotErased}
