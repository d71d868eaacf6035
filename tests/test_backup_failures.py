"""What hinders a backup is told, and nothing is left of the try."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relationships.changes import Act
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.backing_up import back_up_daily, list_backups, list_kept
from storage.book_store import BookStore
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from tests.stopping_calls import MakeCalls, PowerCut
    from tests.studio_book import FixedClock

pytest_plugins = ("tests.stopping_calls",)

MOMENT = datetime(2026, 11, 24, 10, 15, 0, 999, UTC)
UMASKS = (0o000, 0o022, 0o077)


def open_book(path: Path, clock: FixedClock, calls: SystemCalls | None = None) -> BookStore:
    return BookStore.open(path, user="sam", clock=clock, calls=calls)


def visit(store: BookStore, note: str) -> Act:
    return store.author.act("log", store.author.add(store.author.new(Touch, kind=TouchKind.VISIT, note=note)))


@pytest.fixture
def store(empty_book: Path, clock: FixedClock) -> Iterator[BookStore]:
    opened = open_book(empty_book, clock)
    opened.commit(visit(opened, "one"))
    yield opened
    opened.close(fold=False)


def notes(path: Path, clock: FixedClock) -> list[str]:
    opened = open_book(path, clock)
    assert opened.read_only is None
    found = sorted(touch.note for touch in opened.book.touches.values())
    opened.close(fold=False)
    return found


class Broken(SystemCalls):
    """Calls of which one fails for the folder of the backups."""

    def __init__(self, call: str, error: int) -> None:
        self.call = call
        self.error = error

    def _fail(self, call: str) -> None:
        if call == self.call:
            raise OSError(self.error, os.strerror(self.error))

    def mkdir(self, path: Path, mode: int) -> None:
        self._fail("mkdir")
        super().mkdir(path, mode)

    def write(self, fd: int, content: bytes) -> int:
        self._fail("write")
        return super().write(fd, content)

    def listdir(self, path: Path) -> list[str]:
        self._fail("listdir")
        return super().listdir(path)

    def flock(self, fd: int, operation: int) -> None:
        self._fail("flock")
        super().flock(fd, operation)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (
            "write",
            errno.ENOSPC,
            "There is no room for a copy of the book (No space left on device)."
            " The book is as it was, and nothing is left of the try. Make some room, then try again.",
        ),
        (
            "mkdir",
            errno.EACCES,
            "You may not write in the folder of the backups (Permission denied)."
            " The book is as it was, and nothing is left of the try. Mend the cause, then try again.",
        ),
        (
            "write",
            errno.EIO,
            "The backup could not be written (Input/output error)."
            " The book is as it was, and nothing is left of the try. Mend the cause, then try again.",
        ),
    ],
)
def test_what_hinders_a_backup_is_told(empty_book: Path, clock: FixedClock, call: str, error: int, says: str) -> None:
    before = empty_book.read_bytes()
    store = open_book(empty_book, clock, Broken(call, error))
    with pytest.raises(errors.NotBackedUp) as caught:
        store.back_up()
    assert caught.value.title == "No backup was made"
    assert str(caught.value) == says
    assert empty_book.read_bytes() == before
    assert store.backups() == ()
    assert not [*empty_book.parent.glob("book.json.backups/*")]


def test_the_backups_of_a_book_that_is_gone_are_found(store: BookStore) -> None:
    made = store.back_up()
    store.path.unlink()
    assert list_backups(SystemCalls(), store.path) == (made,)


def test_folders_that_cannot_be_read_are_told(empty_book: Path, clock: FixedClock) -> None:
    calls = Broken("listdir", errno.EIO)
    store = open_book(empty_book, clock, calls)
    with pytest.raises(errors.BookError, match="cannot be read"):
        store.backups()
    with pytest.raises(errors.BookError, match="cannot be read"):
        list_kept(calls, empty_book)
    assert store.back_up().path.exists()
    calls.call = "flock"
    with pytest.raises(errors.BookError, match="cannot be read"):
        store.back_up()


def test_a_book_that_cannot_be_written_has_no_backup(store: BookStore, clock: FixedClock) -> None:
    store.path.with_name("book.json.journal").write_bytes(b"rubbish\n")
    damaged = open_book(store.path, clock)
    with pytest.raises(errors.NotBackedUp, match="Nothing can be written: The first line of") as caught:
        damaged.back_up()
    assert caught.value.next_step == errors.JournalDamaged.next_step
    assert back_up_daily(damaged) is None
    assert not store.path.with_name("book.json.backups").exists()


def test_a_session_that_keeps_the_lock_is_told(store: BookStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy() -> None:
        raise errors.Busy("Another session is saving.")

    monkeypatch.setattr(store, "holding", busy)
    with pytest.raises(errors.NotBackedUp, match="Another session is saving"):
        store.back_up()


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC, None])
def test_a_backup_that_fails_or_stops_at_any_call(
    empty_book: Path, clock: FixedClock, stopping: MakeCalls, power_cut: type[PowerCut], error: int | None
) -> None:
    at, reached = 0, True
    while reached:
        at += 1
        for left in empty_book.parent.glob("book.json.backups/*"):
            left.unlink()
        calls = stopping(0, error)
        store = open_book(empty_book, clock, calls)
        store.commit(visit(store, f"{at}"))
        calls.at = calls.made + at
        made = None
        try:
            made = store.back_up()
        except (errors.NotBackedUp, power_cut):
            folder = empty_book.with_name("book.json.backups")
            names = os.listdir(folder) if folder.exists() else []
            assert error is None or len(names) <= 1
            assert error is None or not [name for name in names if name.endswith(".new")]
        reached = calls.made >= calls.at
        store.close(fold=False)
        session = open_book(empty_book, clock)
        assert len(session.book.touches) == 2 * at - 1
        if made is not None:
            assert len(notes(made.path, clock)) == 2 * at - 1
        for backup in session.backups():
            assert len(notes(backup.path, clock)) == 2 * at - 1
        session.commit(visit(session, "after"))
        again = session.back_up()
        assert len(notes(again.path, clock)) == 2 * at
        session.close()
    assert at > 6
