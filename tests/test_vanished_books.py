"""Files and folders that vanish or are replaced while the book is open: nothing is saved into nowhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from relationships.changes import Act
from relationships.records import Practitioner, Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from trainer_tui.clock import SystemClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio" / "book.json"


def open_book(path: Path, user: str = "sam") -> BookStore:
    return BookStore.open(path, user=user, clock=SystemClock())


@pytest.fixture
def store(path: Path) -> BookStore:
    return BookStore.create(path, user="sam", clock=SystemClock())


def add(store: BookStore, name: str = "Patel") -> Practitioner:
    person = store.author.new(Practitioner, name=name)
    store.commit(store.author.act("add a practitioner", store.author.add(person), subject=name))
    store.apply_arrived()
    return person


def visit(store: BookStore) -> Act:
    return store.author.act("log a visit", store.author.add(store.author.new(Touch, kind=TouchKind.VISIT)))


def gone(path: Path) -> None:
    path.rename(path.with_name("away.json"))


def folder_gone(path: Path) -> None:
    path.parent.rename(path.parent.with_name("away"))


def folder_now_a_file(path: Path) -> None:
    folder_gone(path)
    path.parent.write_text("a note")


@pytest.mark.parametrize("vanish", [gone, folder_gone, folder_now_a_file])
def test_a_book_that_vanished_keeps_what_is_loaded_and_saves_nothing(
    path: Path, store: BookStore, vanish: Callable[[Path], None]
) -> None:
    person = add(store)
    vanish(path)
    assert store.news()
    for do in (store.refresh, lambda: store.commit(visit(store)), store.fold, store.undo):
        with pytest.raises(errors.BookVanished) as caught:
            do()
        assert caught.value.title == "The book is gone"
    assert person.id in store.book.practitioners
    assert not path.exists()
    with pytest.raises(errors.BookVanished):
        store.close()


def test_saving_works_again_once_the_book_is_back(path: Path, store: BookStore) -> None:
    add(store)
    folder_gone(path)
    with pytest.raises(errors.BookVanished):
        store.commit(visit(store))
    path.parent.with_name("away").rename(path.parent)
    store.commit(visit(store))
    assert len(open_book(path).book.touches) == 1


def test_a_book_that_became_a_folder(path: Path, store: BookStore) -> None:
    gone(path)
    path.mkdir()
    with pytest.raises(errors.BookIsFolder):
        store.commit(visit(store))


def test_a_folder_put_in_the_place_of_the_old_one_is_locked_and_read(path: Path, store: BookStore) -> None:
    add(store)
    store.fold()
    folder_gone(path)
    shutil.copytree(path.parent.with_name("away"), path.parent)
    other = open_book(path, "kim")
    for _ in range(3):
        store.commit(visit(store))
        other.commit(visit(other))
    again = open_book(path)
    assert again.read_only is None
    assert len(again.book.touches) == 6
    assert {act.sequence for act in again.history()} == {1, 2, 3, 4, 5, 6, 7}


def test_another_book_in_its_place_is_loaded(path: Path, store: BookStore, tmp_path: Path) -> None:
    add(store, "Patel")
    another = BookStore.create(tmp_path / "another" / "book.json", user="sam", clock=SystemClock())
    add(another, "Lee")
    another.close()
    path.with_name("book.json.journal").unlink()
    (tmp_path / "another" / "book.json").replace(path)
    assert store.refresh()
    store.apply_arrived()
    assert [person.name for person in store.book.practitioners.values()] == ["Lee"]
    add(store, "Ng")
    assert len(open_book(path).book.practitioners) == 2


def test_a_book_that_cannot_be_read_again_leaves_what_is_loaded(path: Path, store: BookStore) -> None:
    person = add(store)
    sound = path.read_bytes()
    path.write_bytes(sound[:-30])
    for _ in range(2):
        with pytest.raises(errors.BookDamaged):
            store.refresh()
        with pytest.raises(errors.BookDamaged):
            store.commit(visit(store))
    assert path.with_name("book.json.journal").read_bytes().count(b"\n") == 2
    path.write_bytes(sound)
    store.commit(visit(store))
    assert (len(open_book(path).book.touches), len(open_book(path).book.practitioners)) == (1, 1)
    assert person.id in store.book.practitioners


def test_a_newer_copy_put_there_without_its_journal_is_loaded(path: Path, store: BookStore, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(path.parent, tmp_path / "copy")) / path.name
    other = open_book(copy)
    add(other, "Lee")
    other.close()
    shutil.copy(copy, path)
    assert store.refresh()
    store.apply_arrived()
    assert [person.name for person in store.book.practitioners.values()] == ["Lee"]
    add(store, "Ng")
    assert len(open_book(path).book.practitioners) == 2


@pytest.mark.parametrize("meta", [b"{", b'{"1":2}', b"\xff"])
def test_a_book_that_only_begins_like_one_is_not_taken_for_a_fold(path: Path, store: BookStore, meta: bytes) -> None:
    add(store)
    sound = path.read_bytes()
    path.write_bytes(b'{"_meta":{"1":' + meta + b"},\n" + sound)
    with pytest.raises(errors.BookDamaged):
        store.refresh()
    path.write_bytes(sound)
    store.refresh()
    store.apply_arrived()
    assert len(store.book.practitioners) == 1
