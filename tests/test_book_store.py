"""One open book: what is committed stays, what others did arrives, and nothing is overwritten unseen."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from relationships.changes import Act
from relationships.records import Practitioner, Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore, random_id
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio" / "book.json"


def open_book(path: Path, user: str = "sam", calls: SystemCalls | None = None) -> BookStore:
    return BookStore.open(path, user=user, clock=SystemClock(), calls=calls)


@pytest.fixture
def store(path: Path) -> BookStore:
    return BookStore.create(path, user="sam", clock=SystemClock())


def add(store: BookStore, name: str = "Patel") -> Practitioner:
    person = store.author.new(Practitioner, name=name)
    store.commit(store.author.act("add a practitioner", store.author.add(person), subject=name))
    store.apply_arrived()
    return person


def edit(store: BookStore, person: Practitioner, **fields: Any) -> Act:
    after = msgspec.structs.replace(person, **fields)
    return store.author.act("edit", store.author.edit(person, after), subject=person.name)


def visit(store: BookStore) -> Act:
    return store.author.act("log a visit", store.author.add(store.author.new(Touch, kind=TouchKind.VISIT)))


def test_a_commit_is_on_the_disk_and_shows_when_it_is_taken_in(path: Path, store: BookStore) -> None:
    act = visit(store)
    saved = store.commit(act)
    assert saved == msgspec.structs.replace(act, sequence=1)
    assert not store.book.touches
    assert store.apply_arrived() == (saved,)
    assert store.apply_arrived() == ()
    assert [*store.book.touches.values()] == [act.changes[0].after]
    assert store.book.sequence == 1
    assert open_book(path).book.touches == store.book.touches


def test_what_another_session_did_arrives_without_loading_again(path: Path, store: BookStore) -> None:
    other = open_book(path, "kim")
    assert not other.news()
    assert not other.refresh()
    saved = [store.commit(visit(store)) for _ in range(3)]
    assert other.news()
    book = other.book
    assert other.refresh()
    assert not other.news()
    assert not book.touches
    assert other.apply_arrived() == tuple(saved)
    assert other.book is book
    assert len(book.touches) == 3
    assert not store.news()


def test_an_edit_of_what_somebody_else_changed_is_refused_and_shows_both(path: Path, store: BookStore) -> None:
    person = add(store)
    other = open_book(path, "kim")
    other.commit(edit(other, person, phone="1"))
    before = path.with_name("book.json.journal").read_bytes()
    with pytest.raises(errors.Conflict) as caught:
        store.commit(edit(store, person, phone="2"))
    assert caught.value.title == "Not saved: somebody else changed it meanwhile"
    assert caught.value.happened == "kim changed the practitioner meanwhile."
    (clash,) = caught.value.clashes
    assert clash.before == person
    assert isinstance(clash.mine, Practitioner)
    assert isinstance(clash.theirs, Practitioner)
    assert (clash.mine.phone, clash.theirs.phone) == ("2", "1")
    assert path.with_name("book.json.journal").read_bytes() == before
    store.apply_arrived()
    current = store.book.practitioners[person.id]
    store.commit(edit(store, current, phone="2"))
    store.apply_arrived()
    assert store.book.practitioners[person.id].phone == "2"


def test_a_record_that_was_taken_away_meanwhile_is_a_conflict_too(path: Path, store: BookStore) -> None:
    person = add(store)
    other = open_book(path)
    other.undo()
    with pytest.raises(errors.Conflict, match=r"Somebody else changed the practitioner meanwhile\."):
        store.commit(edit(store, person, phone="2"))


def test_own_edits_one_after_the_other_need_not_be_taken_in_first(store: BookStore) -> None:
    person = add(store)
    first = store.commit(edit(store, person, phone="1"))
    current = first.changes[0].after
    assert isinstance(current, Practitioner)
    store.commit(edit(store, current, phone="2"))
    store.apply_arrived()
    assert store.book.practitioners[person.id].phone == "2"


def test_adding_never_conflicts(path: Path, store: BookStore) -> None:
    other = open_book(path, "kim")
    for _ in range(5):
        store.commit(visit(store))
        other.commit(visit(other))
    for session in (store, other):
        session.refresh()
        session.apply_arrived()
        assert len(session.book.touches) == 10
    assert [act.by for act in store.history()] == ["kim", "sam"] * 5


def test_one_act_may_change_a_record_twice(path: Path, store: BookStore) -> None:
    author = store.author
    person = author.new(Practitioner, name="Patel")
    later = author.edit(person, msgspec.structs.replace(person, phone="1"))
    store.commit(author.act("import", author.add(person), later))
    assert open_book(path).book.practitioners[person.id].phone == "1"
    store.undo()
    assert not open_book(path).book.practitioners


def test_the_same_act_twice_is_no_second_record(path: Path, store: BookStore) -> None:
    act = visit(store)
    store.commit(act)
    with pytest.raises(errors.Conflict):
        store.commit(act)
    assert len(open_book(path).book.touches) == 1


def test_an_act_that_could_not_be_read_again_is_refused(path: Path, store: BookStore) -> None:
    broken: Any = "ten"
    touch = store.author.new(Touch, kind=TouchKind.VISIT, minutes=broken)
    with pytest.raises(errors.NotSaved, match=r"It cannot be written so that it can be read again \(Expected `int"):
        store.commit(store.author.act("log", store.author.add(touch)))
    store.commit(visit(store))
    assert len(open_book(path).book.touches) == 1


def test_a_commit_costs_three_looks_one_write_one_sync_whatever_the_size_of_the_book(path: Path) -> None:
    class Counting(SystemCalls):
        """Notes the name of each call."""

        def __init__(self) -> None:
            self.made: list[str] = []

        def __getattribute__(self, name: str) -> Any:
            if not name.startswith("_") and name != "made":
                self.made.append(name)
            return super().__getattribute__(name)

    ids = map("t{}".format, count())
    for size in (1, 1_000):
        where = path.with_name(f"{size}.json")
        store = BookStore.create(where, user="sam", clock=SystemClock(), new_id=ids.__next__)
        store.commit(store.author.act("fill", *(visit(store).changes[0] for _ in range(size))))
        store.close()
        calls = Counting()
        store = open_book(where, calls=calls)
        for _ in range(3):
            store.commit(visit(store))
        calls.made.clear()
        store.commit(visit(store))
        assert calls.made == ["flock", "name_of", "read", "stat", "write", "sync_content", "flock"]


def test_a_symbolic_link_is_followed_once_and_stays(path: Path, store: BookStore, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "my-book"
    link.parent.mkdir()
    link.symlink_to(path)
    linked = open_book(link)
    assert linked.path == path
    linked.commit(visit(linked))
    linked.close()
    assert link.is_symlink()
    assert [found.name for found in link.parent.iterdir()] == ["my-book"]
    assert len(open_book(path).book.touches) == 1


def test_a_new_book_through_a_link_is_made_where_it_leads(tmp_path: Path) -> None:
    link, real = tmp_path / "link.json", tmp_path / "real" / "book.json"
    link.symlink_to(real)
    store = BookStore.create(link, user="sam", clock=SystemClock())
    assert store.path == real
    assert real.is_file()
    assert link.is_symlink()


def test_create_refuses_whatever_stands_there(path: Path, store: BookStore) -> None:
    store.commit(visit(store))
    store.close()
    before = path.read_bytes()
    with pytest.raises(errors.BookExists) as caught:
        BookStore.create(path, user="sam", clock=SystemClock())
    assert caught.value.happened == f"There is something at {path} already."
    assert path.read_bytes() == before
    path.unlink()
    for left in ("book.json.journal", "book.json.history"):
        with pytest.raises(errors.BookExists, match=f"{left} is left of an earlier book"):
            BookStore.create(path, user="sam", clock=SystemClock())
        path.with_name(left).rename(path.with_name("away." + left))
    assert not BookStore.create(path, user="sam", clock=SystemClock()).book.touches


def test_create_where_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("a note")
    with pytest.raises(errors.BookError):
        BookStore.create(tmp_path / "note.txt" / "book.json", user="sam", clock=SystemClock())


@pytest.mark.parametrize(("records", "seconds"), [(0, 2), (20_000, 2), (160_000, 16), (300_000, 30), (900_000, 30)])
def test_a_larger_book_is_folded_less_often(store: BookStore, records: int, seconds: float) -> None:
    person = store.author.new(Practitioner, name="Patel")
    store.book.tables["practitioners"] = dict.fromkeys(map(str, range(records)), person)
    assert store.fold_pause == seconds


def test_ids_are_random() -> None:
    assert len({random_id() for _ in range(100)}) == 100
    assert {len(random_id()) for _ in range(100)} == {16}
