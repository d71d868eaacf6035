"""A step changes the records of the book and of the history alike; shown with steps that no version has."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB

from relationships.changes import Act, Author
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore, random_id
from storage.loading import Terms
from storage.migrations import STEPS, Document, Step, Tables, alike, lift_for, lifted, schema_at
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock

OLD = Path(__file__).parent / "books" / "schema_1"


def said(table: str, document: Document) -> Document:
    """What was a remark is a note."""
    if table == "touches" and "remark" in document:
        document["note"] = document.pop("remark")
    return document


def louder(table: str, document: Document) -> Document:
    """A note ends with a mark."""
    if table == "touches" and "note" in document:
        document["note"] += "!"
    return document


def with_a_count(tables: Tables) -> Tables:
    """A table for other programs that counts the touches."""
    return tables | {"counts": {"1": {"touches": len(tables.get("touches", {}))}}}


TO_THREE = {**STEPS, 2: Step(louder, with_a_count)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio" / "book.json"


def open_book(path: Path, steps: dict[int, Step] | None = None, *, to_read: bool = False) -> BookStore:
    author = Author("sam", SystemClock(), random_id)
    return BookStore(path, author, SystemCalls(), Terms(to_read=to_read, steps=steps or STEPS))


def log(store: BookStore, note: str) -> Act:
    touch = store.author.new(Touch, kind=TouchKind.VISIT, note=note)
    saved = store.commit(store.author.act(f"log {note}", store.author.add(touch)))
    store.apply_arrived()
    return saved


def change(store: BookStore, note: str) -> Act:
    touch = [*store.book.touches.values()][-1]
    fields = {name: getattr(touch, name) for name in touch.__struct_fields__} | {"note": note}
    return store.commit(store.author.act(f"edit to {note}", store.author.edit(touch, Touch(**fields))))


def notes(store: BookStore) -> list[str]:
    store.refresh()
    store.apply_arrived()
    return [touch.note for touch in store.book.touches.values()]


@pytest.fixture
def at_two(path: Path) -> Path:
    """A book of schema 2 with one act in the history and two in the journal."""
    store = BookStore.create(path, user="sam", clock=SystemClock())
    log(store, "folded")
    store.fold()
    log(store, "waiting")
    change(store, "edited")
    store.close(fold=False)
    return path


def test_records_and_history_are_of_the_new_schema(at_two: Path) -> None:
    store = open_book(at_two, TO_THREE)
    assert store.schema == 3
    assert notes(store) == ["folded!", "edited!"]
    told = [(act.name, getattr(act.changes[0].after, "note", "")) for act in store.history()]
    assert told == [("edit to edited", "edited!"), ("log waiting", "waiting!"), ("log folded", "folded!")]
    log(store, "new")
    assert notes(store)[-1] == "new"
    store.close()
    again = open_book(at_two, TO_THREE)
    assert notes(again) == ["folded!", "edited!", "new"]
    assert next(again.history()).changes[0].after == again.book.touches[next(again.history()).changes[0].id]
    with TinyDB(at_two) as db:
        assert db.table("counts").all() == [{"touches": 2}]


def test_acts_from_before_are_undone_and_done_again(at_two: Path) -> None:
    store = open_book(at_two, TO_THREE)
    undone = store.undo()
    assert notes(store) == ["folded!", "waiting!"]
    store.redo()
    assert notes(store) == ["folded!", "edited!"]
    store.fold()
    store.undo()
    store.undo()
    assert notes(store) == ["folded!"]
    assert undone.sequence == 4


def test_who_only_reads_sees_both_through_the_steps(at_two: Path) -> None:
    before = {file: file.read_bytes() for file in at_two.parent.rglob("*") if file.is_file()}
    reader = open_book(at_two, TO_THREE, to_read=True)
    assert notes(reader) == ["folded!", "edited!"]
    assert [getattr(act.changes[0].after, "note", "") for act in reader.history()] == ["edited!", "waiting!", "folded!"]
    writer = open_book(at_two)
    log(writer, "later")
    assert notes(reader) == ["folded!", "edited!", "later!"]
    writer.close(fold=False)
    reader.close()
    assert before.keys() == {file for file in at_two.parent.rglob("*") if file.is_file()}


def test_the_older_program_that_has_it_open_writes_no_more(at_two: Path) -> None:
    older = open_book(at_two)
    newer = open_book(at_two, TO_THREE)
    log(newer, "new")
    with pytest.raises(errors.ReadOnlyBook, match="The book has schema 3, and this program writes schema 2"):
        log(older, "too late")
    assert isinstance(older.read_only, errors.BookNewer)
    assert notes(older) == ["folded!", "edited!", "new"]
    assert not older.fold()
    newer.close()
    assert notes(open_book(at_two, TO_THREE)) == ["folded!", "edited!", "new"]


def test_several_steps_are_gone_one_after_the_other(path: Path) -> None:
    shutil.copytree(OLD, path.parent)
    store = open_book(path, {1: Step(lambda table, document: louder(table, said(table, document))), 2: Step(louder)})
    assert notes(store)[-1] == "in the journal!!"
    assert [getattr(act.changes[0].after, "note", "") for act in store.history()] == [
        "in the journal!!",
        "",
        "folded: café, “quotes”, [DPT]!!",
    ]
    assert _meta(path)["upgrades"] == {"2": 4, "3": 4}
    log(store, "new")
    store.close()
    last = open_book(path, {1: Step(louder), 2: Step(louder), 3: Step(louder)})
    assert notes(last)[-2:] == ["in the journal!!!", "new!"]
    assert [getattr(act.changes[0].after, "note", "") for act in last.history()][:2] == ["new!", "in the journal!!!"]
    assert _meta(path)["upgrades"] == {"2": 4, "3": 4, "4": 5}


def _meta(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_bytes())["_meta"]["1"]
    return found


def test_what_only_the_old_schema_could_hold_is_no_damage(at_two: Path) -> None:
    for file in (at_two, at_two.with_name("book.json.journal")):
        file.write_bytes(file.read_bytes().replace(b'"note":"folded"', b'"remark":["folded"]'))

    def plainer(table: str, document: Document) -> Document:
        if "remark" in document:
            document["note"] = document.pop("remark")[0]
        return document

    assert notes(open_book(at_two, {**STEPS, 2: Step(plainer)})) == ["folded", "edited"]


def test_tables_of_others_stay_and_a_key_that_stands_twice_is_still_found(at_two: Path) -> None:
    whole = json.loads(at_two.read_bytes())
    at_two.write_text(json.dumps(whole | {"dreams": {"1": {"of": "flying"}}, "odd": [1, 2]}))
    store = open_book(at_two, TO_THREE)
    assert notes(store) == ["folded!", "edited!"]
    after = json.loads(at_two.read_bytes())
    assert (after["dreams"], after["odd"]) == ({"1": {"of": "flying"}}, [1, 2])
    store.close()
    content = at_two.read_bytes()
    at_two.write_bytes(content.replace(b'"2":{"id"', b'"1":{"id"').replace(b'"schema":3', b'"schema":2'))
    with pytest.raises(errors.BookDamaged, match="the key '1' stands twice"):
        open_book(at_two, TO_THREE)


def test_a_step_that_fails_leaves_everything_as_it_is(at_two: Path) -> None:
    def broken(table: str, document: Document) -> Document:
        return {"id": document["nothing"]}

    before = {file: file.read_bytes() for file in at_two.parent.rglob("*") if file.is_file()}
    with pytest.raises(errors.BookDamaged, match=r"has schema 2 and cannot be brought to schema 3 \(KeyError"):
        open_book(at_two, {**STEPS, 2: Step(broken)})

    def only_old_acts(table: str, document: Document) -> Document:
        if document.get("note") == "waiting":
            raise ValueError("no such word")
        return document

    reader = open_book(at_two, {**STEPS, 2: Step(only_old_acts)})
    assert isinstance(reader.read_only, errors.JournalDamaged)
    assert "it cannot be read in today's schema: no such word" in reader.read_only.happened
    assert before == {file: file.read_bytes() for file in at_two.parent.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("sequence", "schema"), [(1, 1), (4, 1), (5, 2), (8, 2), (9, 4), (10, 4)], ids=lambda value: str(value)
)
def test_the_schema_of_an_act_follows_from_its_number(sequence: int, schema: int) -> None:
    assert schema_at(sequence, 4, {2: 5, 3: 9, 4: 9}) == schema


def test_a_book_that_was_made_in_its_schema_has_no_older_acts() -> None:
    assert schema_at(1, 2, {}) == 2
    assert lifted(STEPS, 1, "touches", {"note": "as it is"}) == {"note": "as it is"}


def test_an_old_journal_that_takes_records_away_is_folded_plainly(at_two: Path) -> None:
    older = open_book(at_two)
    older.undo()
    older.undo()
    older.close(fold=False)
    store = open_book(at_two, TO_THREE)
    assert (store.schema, notes(store)) == (3, ["folded!"])
    store.redo()
    assert notes(store) == ["folded!", "waiting!"]


def test_an_old_book_without_a_journal_is_migrated_too(at_two: Path) -> None:
    at_two.with_name("book.json.journal").unlink()
    at_two.with_name("book.json.new").mkdir()
    hindered = open_book(at_two, TO_THREE)
    assert isinstance(hindered.read_only, errors.NotMigrated)
    assert hindered.read_only.happened.startswith("The book could not be written in the new schema")
    at_two.with_name("book.json.new").rmdir()
    log(hindered, "new")
    assert (hindered.schema, notes(hindered)) == (3, ["folded!", "new"])
    assert len([*at_two.with_name("book.json.backups").iterdir()]) == 1


def test_who_must_wait_too_long_for_the_lock_reads_it_meanwhile(at_two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.book_store.PATIENCE", 0.05)
    with open_book(at_two).holding():
        waiting = open_book(at_two, TO_THREE)
        assert isinstance(waiting.read_only, errors.NotMigrated)
        assert str(waiting.read_only).startswith("Another session is saving and has not finished")
        assert notes(waiting) == ["folded!", "edited!"]
    log(waiting, "new")
    assert waiting.schema == 3


def test_what_would_fold_to_other_records_is_left_as_it_is(at_two: Path) -> None:
    """A step that remembers is no step: it makes something else of the same record the second time."""
    seen: set[str] = set()

    def forgetful(table: str, document: Document) -> Document:
        if document.get("note") == "folded":
            document["note"] = f"folded {len(seen)}"
            seen.add(document["note"])
        return document

    before = at_two.read_bytes()
    store = open_book(at_two, {**STEPS, 2: Step(forgetful)})
    assert isinstance(store.read_only, errors.NotMigrated)
    assert "would not have given the same records" in store.read_only.happened
    assert at_two.read_bytes() == before


def test_where_no_step_changes_a_record_nothing_is_taken_apart(path: Path) -> None:
    assert alike(STEPS, 1)
    assert lift_for(STEPS, 2, {2: 4}) is None
    assert not alike(TO_THREE, 1)
    assert lift_for(TO_THREE, 3, {}) is None
    assert lift_for(TO_THREE, 3, {3: 9}) is not None
    BookStore.create(path, user="sam", clock=SystemClock())
    path.write_bytes(path.read_bytes().replace(b'"schema":2', b'"schema":0'))
    with pytest.raises(errors.BookDamaged, match=r"has schema 0 and cannot be brought to schema 2 \(KeyError"):
        open_book(path)
