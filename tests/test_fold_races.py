"""What happens while a book is folded or opened: nothing is lost, and nobody's writing is stepped over."""

from __future__ import annotations

import os
from collections.abc import Callable
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


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio" / "book.json"


@pytest.fixture
def store(path: Path) -> BookStore:
    return BookStore.create(path, user="sam", clock=SystemClock())


def open_book(path: Path, user: str = "sam", calls: SystemCalls | None = None) -> BookStore:
    return BookStore.open(path, user=user, clock=SystemClock(), calls=calls)


def visit(store: BookStore, note: str = "") -> Act:
    touch = store.author.new(Touch, kind=TouchKind.VISIT, note=note)
    return store.author.act("log a visit", store.author.add(touch))


def notes_for_tinydb(path: Path) -> list[str]:
    with TinyDB(path) as db:
        return [document.get("note", "") for document in db.table("touches")]


def notes(store: BookStore) -> list[str]:
    store.refresh()
    store.apply_arrived()
    return [touch.note for touch in store.book.touches.values()]


class Meanwhile(SystemCalls):
    """Real calls; once, when a new book file has been written and synced, something else happens."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._happens: list[Callable[[], object]] = [happens]
        self._new = -1

    def open(self, path: str | Path, flags: int, mode: int = 0o600) -> int:
        fd = super().open(path, flags, mode)
        if Path(path).name == "book.json.new":
            self._new = fd
        return fd

    def sync(self, fd: int) -> None:
        super().sync(fd)
        if self._happens and fd == self._new:
            self._happens.pop()()


def test_an_act_saved_while_the_book_is_written_stays_in_the_journal(path: Path, store: BookStore) -> None:
    other = open_book(path, "kim")
    calls = Meanwhile(lambda: other.commit(visit(other, "meanwhile")))
    folding = open_book(path, calls=calls)
    folding.commit(visit(folding, "before"))
    assert folding.fold()
    assert notes_for_tinydb(path) == ["before"]
    assert notes(open_book(path)) == notes(folding) == notes(other) == ["before", "meanwhile"]
    assert folding.unfolded
    (month,) = path.with_name("book.json.history").iterdir()
    assert month.read_bytes().count(b"\n") == 1
    folding.close()
    assert notes_for_tinydb(path) == ["before", "meanwhile"]


def test_a_second_fold_at_the_same_time_steps_back(path: Path, store: BookStore) -> None:
    other = open_book(path, "kim")
    answers = []
    folding = open_book(path, calls=Meanwhile(lambda: answers.append(other.fold())))
    folding.commit(visit(folding, "one"))
    assert folding.fold()
    assert answers == [False]
    assert notes_for_tinydb(path) == ["one"]


class BeforeTheJournal(SystemCalls):
    """Real calls; each time that the book has been read, something happens before the journal is."""

    def __init__(self, happens: Callable[[], object], times: int) -> None:
        self._happens = [happens] * times
        self._read = False

    def read(self, fd: int, size: int, offset: int) -> bytes:
        self._read = True
        return super().read(fd, size, offset)

    def mount_table(self) -> str:
        if self._read and self._happens:
            self._read = False
            self._happens.pop()()
        return super().mount_table()


@pytest.mark.parametrize("folds", [1, 3])
def test_folds_while_a_book_is_opened_do_no_harm(path: Path, store: BookStore, folds: int) -> None:
    def fold() -> None:
        store.commit(visit(store, "meanwhile"))
        store.fold()

    opened = open_book(path, "kim", BeforeTheJournal(fold, folds))
    assert opened.read_only is None
    assert [touch.note for touch in opened.book.touches.values()] == ["meanwhile"] * folds


def test_a_book_that_changes_all_the_time_is_read_only_until_it_rests(path: Path, store: BookStore) -> None:
    def fold() -> None:
        store.commit(visit(store, "meanwhile"))
        store.fold()

    opened = open_book(path, "kim", BeforeTheJournal(fold, 12))
    assert isinstance(opened.read_only, errors.JournalApart)
    assert notes(opened) == ["meanwhile"] * 12
    opened.commit(visit(opened, "at last"))
    assert notes(store)[-1] == "at last"


def test_a_book_deleted_while_it_is_opened_is_missing(path: Path, store: BookStore) -> None:
    def fold_and_delete() -> None:
        store.commit(visit(store))
        store.fold()
        path.unlink()

    with pytest.raises(errors.BookMissing):
        open_book(path, "kim", BeforeTheJournal(fold_and_delete, 1))


def test_what_a_script_writes_during_a_fold_is_not_stepped_over(path: Path, store: BookStore) -> None:
    store.commit(visit(store, "old"))
    store.fold()

    def script() -> None:
        with TinyDB(path) as db:
            db.table("touches").update({"note": "by a script"})

    folding = open_book(path, calls=Meanwhile(script))
    folding.commit(visit(folding, "new"))
    assert not folding.fold()
    assert notes_for_tinydb(path) == ["by a script"]
    assert notes(folding) == ["by a script", "new"]
    assert not path.with_name("book.json.new").exists()
    folding.close()
    assert notes_for_tinydb(path) == ["by a script", "new"]


def test_a_book_deleted_during_a_fold_stays_deleted(path: Path, store: BookStore) -> None:
    folding = open_book(path, calls=Meanwhile(path.unlink))
    folding.commit(visit(folding, "one"))
    with pytest.raises(errors.BookVanished):
        folding.fold()
    assert os.listdir(path.parent) == ["book.json.journal"]


def test_a_new_file_that_was_taken_away_is_a_failed_fold(path: Path, store: BookStore) -> None:
    new = path.with_name("book.json.new")

    def replaced() -> None:
        new.unlink()
        new.write_bytes(b"something else")

    folding = open_book(path, calls=Meanwhile(replaced))
    folding.commit(visit(folding, "one"))
    with pytest.raises(errors.NotFolded, match="was replaced"):
        folding.fold()
    assert notes(open_book(path)) == ["one"]
    assert folding.fold()
