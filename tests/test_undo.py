"""Undo and redo: this user's acts, many levels, across restarts and folds; never over somebody else's work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.changes import Act
from relationships.records import Practitioner, Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.undo import act_to_undo, undo_to_redo
from trainer_tui.clock import SystemClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = tmp_path / "studio" / "book.json"
    BookStore.create(book, user="sam", clock=SystemClock()).close()
    return book


def open_book(path: Path, user: str = "sam") -> BookStore:
    return BookStore.open(path, user=user, clock=SystemClock())


@pytest.fixture
def store(path: Path) -> Iterator[BookStore]:
    opened = open_book(path)
    yield opened
    opened.close(fold=False)


def log(store: BookStore, note: str) -> None:
    touch = store.author.new(Touch, kind=TouchKind.VISIT, note=note)
    store.commit(store.author.act("log a visit", store.author.add(touch), subject=note))


def notes(store: BookStore) -> str:
    store.refresh()
    store.apply_arrived()
    return "".join(touch.note for touch in store.book.touches.values())


def test_many_levels_back_and_forth(store: BookStore) -> None:
    for note in "abc":
        log(store, note)
    for left in ("ab", "a", ""):
        store.undo()
        assert notes(store) == left
    with pytest.raises(errors.NothingToUndo) as caught:
        store.undo()
    assert str(caught.value) == "You have done nothing in this book that could be undone."
    for left in ("a", "ab", "abc"):
        store.redo()
        assert notes(store) == left
    with pytest.raises(errors.NothingToUndo, match="You have undone nothing that could be done again"):
        store.redo()
    store.undo()
    store.undo()
    store.redo()
    assert notes(store) == "ab"


def test_an_undo_restores_every_field_and_every_record_of_the_act(store: BookStore) -> None:
    author = store.author
    person = author.new(Practitioner, name="Patel", tags=("x",))
    store.commit(author.act("add", author.add(person)))
    store.apply_arrived()
    before = {table: dict(records) for table, records in store.book.tables.items()}
    touch = author.new(Touch, kind=TouchKind.VISIT, practitioners=(person.id,))
    edited = msgspec.structs.replace(person, phone="1", tags=())
    store.commit(author.act("log", author.add(touch), author.edit(person, edited), subject="Patel"))
    inverse = store.undo()
    store.apply_arrived()
    assert store.book.tables == before
    assert inverse.words == "undo log: Patel"
    assert store.redo().words == "redo log: Patel"


def test_across_restarts_and_folds(path: Path) -> None:
    for note in "abc":
        session = open_book(path)
        log(session, note)
        session.close()
    for left in ("ab", "a"):
        session = open_book(path)
        session.undo()
        assert notes(session) == left
        session.close()
    session = open_book(path)
    session.redo()
    session.fold()
    assert notes(session) == "ab"
    session.close()


def test_a_new_act_ends_what_could_be_done_again(store: BookStore) -> None:
    log(store, "a")
    store.undo()
    log(store, "b")
    with pytest.raises(errors.NothingToUndo):
        store.redo()
    store.undo()
    assert notes(store) == ""


def test_only_this_users_acts_are_taken_back(path: Path, store: BookStore) -> None:
    other = open_book(path, "kim")
    log(store, "a")
    log(other, "k")
    store.undo()
    assert notes(store) == notes(other) == "k"
    with pytest.raises(errors.NothingToUndo):
        store.undo()
    with pytest.raises(errors.NothingToUndo):
        other.redo()


def test_nothing_is_taken_back_that_somebody_changed_since(path: Path, store: BookStore) -> None:
    author = store.author
    person = author.new(Practitioner, name="Patel")
    store.commit(author.act("add a practitioner", author.add(person), subject="Patel"))
    other = open_book(path, "kim")
    changed = other.author.edit(person, msgspec.structs.replace(person, phone="1"))
    other.commit(other.author.act("edit", changed))
    before = path.with_name("book.json.journal").read_bytes()
    with pytest.raises(errors.CannotUndo) as caught:
        store.undo()
    assert caught.value.title == "That cannot be undone any more"
    assert str(caught.value) == (
        "“add a practitioner: Patel” cannot be taken back: kim changed it since. Nothing was changed."
    )
    assert path.with_name("book.json.journal").read_bytes() == before
    other.undo()
    store.undo()
    store.apply_arrived()
    assert not store.book.practitioners


def test_nothing_is_done_again_to_what_is_gone(path: Path, store: BookStore) -> None:
    other = open_book(path, "kim")
    author = other.author
    person = author.new(Practitioner, name="Patel")
    other.commit(author.act("add", author.add(person)))
    edited = store.author.edit(person, msgspec.structs.replace(person, phone="1"))
    store.commit(store.author.act("edit", edited, subject="Patel"))
    store.undo()
    other.undo()
    with pytest.raises(errors.CannotUndo, match="“undo edit: Patel” cannot be taken back: it is gone"):
        store.redo()


@given(st.lists(st.sampled_from(["act", "undo", "redo", "another's act"]), max_size=30))
def test_undo_and_redo_walk_a_line_of_acts(steps: list[str]) -> None:
    """Against the model that everybody knows: a list of what is done and a list of what was undone."""
    done: list[Act] = []
    undone: list[Act] = []
    saved: list[Act] = []

    def save(name: str, by: str = "sam", undoes: str | None = None, redoes: str | None = None) -> Act:
        number = len(saved) + 1
        act = Act(
            id=f"{number}",
            name=name,
            changes=(),
            at=SystemClock().now(),
            by=by,
            sequence=number,
            undoes=undoes,
            redoes=redoes,
        )
        saved.append(act)
        return act

    for step in steps:
        newest_first = saved[::-1]
        if step == "act":
            done.append(save("act"))
            undone.clear()
        elif step == "another's act":
            save("act", by="kim")
        elif step == "undo":
            target = act_to_undo(newest_first, "sam")
            assert (target.name if target else None) == (done[-1].name if done else None)
            if target is not None:
                save(target.name, undoes=target.id)
                undone.append(done.pop())
        else:
            undo = undo_to_redo(newest_first, "sam")
            assert (undo is None) == (not undone)
            if undo is not None:
                save(undo.name, redoes=undo.id)
                done.append(undone.pop())
