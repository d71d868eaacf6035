"""Folding: the book file holds every act, other sessions go on undisturbed, and nothing is left over."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
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


def test_a_fold_moves_every_act_into_the_book(path: Path, store: BookStore) -> None:
    for note in ("one", "two"):
        store.commit(visit(store, note))
    waiting = store.unfolded
    assert waiting
    assert notes_for_tinydb(path) == []
    assert store.fold()
    assert not store.unfolded
    assert notes_for_tinydb(path) == ["one", "two"]
    assert path.with_name("book.json.journal").read_bytes().count(b"\n") == 1
    assert not store.news()
    assert not store.fold()
    assert sorted(os.listdir(path.parent)) == ["book.json", "book.json.history", "book.json.journal"]


def test_closing_folds_unless_told_otherwise(path: Path, store: BookStore) -> None:
    store.commit(visit(store, "one"))
    store.close(fold=False)
    assert notes_for_tinydb(path) == []
    again = open_book(path)
    again.close()
    again.close()
    assert notes_for_tinydb(path) == ["one"]


def test_nothing_new_is_no_new_file(path: Path, store: BookStore) -> None:
    before = path.stat()
    store.close()
    assert path.stat().st_ino == before.st_ino
    assert os.listdir(path.parent) == ["book.json"]


def test_a_fold_by_another_session_is_no_reload(path: Path, store: BookStore) -> None:
    other = open_book(path, "kim")
    store.commit(visit(store, "one"))
    assert notes(other) == ["one"]
    known = other.book
    for note in ("two", "three"):
        store.commit(visit(store, note))
        store.fold()
        other.refresh()
        assert [act.changes[0].record for act in other.apply_arrived()] == [[*known.touches.values()][-1]]
    assert other.book is known
    assert notes(other) == ["one", "two", "three"]
    assert not other.unfolded
    other.commit(visit(other, "four"))
    other.fold()
    assert notes(store) == ["one", "two", "three", "four"]


def test_a_session_that_missed_acts_and_their_fold_loads_again(path: Path, store: BookStore) -> None:
    other = open_book(path, "kim")
    for note in ("one", "two"):
        store.commit(visit(store, note))
        store.fold()
    other.commit(visit(other, "three"))
    assert notes(other) == notes(store) == ["one", "two", "three"]


class Recorded(SystemCalls):
    """Real calls; notes those whose order decides what a power cut leaves, with the name of the file."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self._names: dict[int, str] = {}

    def open(self, path: str | Path, flags: int, mode: int = 0o600) -> int:
        fd = super().open(path, flags, mode)
        self._names[fd] = Path(path).name
        return fd

    def write(self, fd: int, content: bytes) -> int:
        if self.made[-1:] != [f"write {self._names[fd]}"]:
            self.made.append(f"write {self._names[fd]}")
        return super().write(fd, content)

    def sync(self, fd: int) -> None:
        self.made.append(f"sync {self._names[fd]}")
        super().sync(fd)

    def rename(self, source: Path, target: Path) -> None:
        self.made.append(f"rename {source.name} {target.name}")
        super().rename(source, target)


NEW_JOURNAL = [
    "write book.json.journal.new",
    "sync book.json.journal.new",
    "rename book.json.journal.new book.json.journal",
    "sync studio",
]
NEW_BOOK = ["write book.json.new", "sync book.json.new", "rename book.json.new book.json", "sync studio"]


def test_each_file_is_on_the_disk_before_its_name_and_each_name_before_the_next_step(path: Path) -> None:
    month = f"{SystemClock().now():%Y-%m}.jsonl"
    calls = Recorded()
    store = BookStore.create(path, user="sam", clock=SystemClock(), calls=calls)
    assert calls.made == [f"sync {path.parent.parent.name}", *NEW_BOOK]
    calls.made.clear()
    store.commit(visit(store))
    assert calls.made == [*NEW_JOURNAL, "write book.json.journal.new"]
    calls.made.clear()
    store.fold()
    history = ["sync studio", f"write {month}", f"sync {month}", "sync book.json.history"]
    assert calls.made == [*NEW_BOOK, *history, *NEW_JOURNAL]


def leftover(path: Path) -> None:
    path.write_bytes(b"half a book")


def leftover_link(path: Path) -> None:
    path.with_name("precious").write_bytes(b"precious")
    path.symlink_to(path.with_name("precious"))


@pytest.mark.parametrize("leave", [leftover, leftover_link])
@pytest.mark.parametrize("name", ["book.json.new", "book.json.journal.new"])
def test_what_a_crash_or_somebody_left_beside_the_book_is_no_hindrance(
    path: Path, store: BookStore, name: str, leave: Callable[[Path], None]
) -> None:
    leave(path.with_name(name))
    store.commit(visit(store, "one"))
    assert store.fold()
    assert notes_for_tinydb(path) == ["one"]
    assert not path.with_name(name).is_symlink()
    assert not path.with_name(name).exists()
    if path.with_name("precious").exists():
        assert path.with_name("precious").read_bytes() == b"precious"


def test_a_read_only_book_is_not_folded(path: Path, store: BookStore) -> None:
    class NoRight(SystemCalls):
        def may_write(self, path: Path) -> bool:
            return False

    store.commit(visit(store, "one"))
    reader = open_book(path, calls=NoRight())
    assert not reader.fold()
    reader.close()
    assert notes_for_tinydb(path) == []


def test_no_descriptor_is_left_open(path: Path, store: BookStore) -> None:
    def descriptors() -> Iterable[str]:
        return sorted(os.listdir("/dev/fd"))

    store.close()
    before = descriptors()
    for note in map(str, range(5)):
        BookStore.create(path.with_name(f"{note}.json"), user="sam", clock=SystemClock()).close()
        with pytest.raises(errors.BookExists):
            BookStore.create(path, user="sam", clock=SystemClock())
        session, other = open_book(path), open_book(path)
        session.commit(visit(session, note))
        other.refresh()
        session.fold()
        other.commit(visit(other, note))
        with TinyDB(path) as db:
            db.table("touches").update({"outcome": note})
        session.refresh()
        [*session.history()]
        session.close()
        other.close()
    path.write_bytes(b"{")
    for _ in range(5):
        with pytest.raises(errors.BookDamaged):
            open_book(path)
    assert descriptors() == before
