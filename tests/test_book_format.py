"""The book file as other programs see it: stock TinyDB reads it, edits it, and nothing that it holds gets lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB, where

from relationships.records import KIND_OF_TABLE, FollowUp, Offer, Practice, Practitioner, Referral, Touch
from relationships.vocabulary import ReferralDirection, TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.tinydb_view import BookView
from trainer_tui.clock import SystemClock

ROOT = Path(__file__).resolve().parent.parent
TODAY = SystemClock().today()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio" / "book.json"


def open_book(path: Path) -> BookStore:
    return BookStore.open(path, user="sam", clock=SystemClock())


def touches_for_tinydb(path: Path) -> int:
    with TinyDB(path) as db:
        return len(db.table("touches"))


@pytest.fixture
def store(path: Path) -> BookStore:
    """An open book with some records of every kind, not folded yet."""
    opened = BookStore.create(path, user="sam", clock=SystemClock())
    new, add = opened.author.new, opened.author.add
    patel, place = new(Practitioner, name="Priya Patel [DPT]"), new(Practice, name='"Zoë" & Söhne')
    records = (
        patel,
        place,
        *(new(Touch, kind=TouchKind.VISIT, practitioners=(patel.id,), note=f"note {n}\n李") for n in range(7)),
        new(FollowUp, practitioner=patel.id, due=TODAY, what="call"),
        new(Offer, practitioner=patel.id, what="a session"),
        new(Referral, practitioner=patel.id, direction=ReferralDirection.RECEIVED),
    )
    opened.commit(opened.author.act("begin", *map(add, records)))
    opened.apply_arrived()
    return opened


def edit(store: BookStore, note: str) -> None:
    touch = next(iter(store.book.touches.values()))
    changed = type(touch)(**{name: getattr(touch, name) for name in touch.__struct_fields__} | {"note": note})
    store.commit(store.author.act("edit", store.author.edit(touch, changed)))
    store.apply_arrived()


def test_stock_tinydb_finds_every_record_of_a_folded_book(path: Path, store: BookStore) -> None:
    store.close()
    with TinyDB(path) as db:
        assert db.tables() == {"_meta", *KIND_OF_TABLE}
        for table, records in store.book.tables.items():
            found = db.table(table).all()
            assert [document["id"] for document in found] == list(records)
            assert [document.doc_id for document in found] == [*range(1, len(records) + 1)]
        assert len(db.table("touches")) == 7
        assert db.table("touches").count(where("note") == "note 3\n李") == 1
        (patel,) = db.table("practitioners").search(where("name") == "Priya Patel [DPT]")
        assert patel["created_by"] == "sam"
        (meta,) = db.table("_meta").all()
    assert (meta["format"], meta["schema"], meta["sequence"]) == ("trainer-tui book", 2, 1)


def test_every_record_stands_on_a_line_of_its_own(path: Path, store: BookStore) -> None:
    store.close()
    lines = path.read_text().splitlines()
    assert lines[0].startswith('{"_meta":{"1":{"format":"trainer-tui book"')
    assert sum('"created_at"' in line for line in lines) == 12
    assert path.read_text().endswith("}\n")


def test_a_large_book_is_written_in_several_blocks(path: Path) -> None:
    records = {
        f"t{n}": Touch(
            id=f"t{n}",
            created_at=SystemClock().now(),
            created_by="sam",
            updated_at=SystemClock().now(),
            updated_by="sam",
            kind=TouchKind.EMAIL,
        )
        for n in range(1_101)
    }
    store = BookStore.create(path, user="sam", clock=SystemClock(), tables={"touches": records})
    assert dict(store.book.touches) == records
    assert touches_for_tinydb(path) == 1_101


def test_unknown_keys_and_tables_survive_a_load_an_edit_and_a_fold(path: Path, store: BookStore) -> None:
    store.close()
    document = json.loads(path.read_bytes())
    document["dreams"] = {"1": {"of": ["flying", {"high": 1.5}]}, "7": {}}
    document["_meta"]["1"]["painted"] = "blue"
    for number, record in document["touches"].items():
        record["mood"] = {"n": int(number)}
    path.write_text(json.dumps(document, indent=1))
    again = open_book(path)
    edit(again, "edited")
    again.close()
    after = json.loads(path.read_bytes())
    assert after["dreams"] == document["dreams"]
    assert after["_meta"]["1"]["painted"] == "blue"
    assert [record["mood"] for record in after["touches"].values()] == [{"n": n} for n in range(1, 8)]
    assert after["touches"]["1"]["note"] == "edited"
    assert next(act.changes[0].record.unknown for act in open_book(path).history()) == {"mood": {"n": 1}}


def test_unknown_keys_in_the_parts_of_a_record_survive_a_load_an_edit_and_a_fold(path: Path, store: BookStore) -> None:
    store.close()
    document = json.loads(path.read_bytes())
    document["touches"]["1"]["promised"] = [{"by": "us", "text": "a list", "until": ["Monday", {"at": 9}]}]
    path.write_text(json.dumps(document))
    again = open_book(path)
    edit(again, "edited")
    again.close()
    after = json.loads(path.read_bytes())["touches"]["1"]
    assert after["promised"] == document["touches"]["1"]["promised"]
    assert after["note"] == "edited"
    shown = subprocess.run(
        [sys.executable, "-m", "trainer_tui", "--book", str(path), "show", after["id"], "--json"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert json.loads(shown.stdout)["record"]["promised"] == after["promised"]


def test_what_stock_tinydb_writes_while_the_book_is_open_is_taken_in_and_kept(path: Path, store: BookStore) -> None:
    store.fold()
    elsewhere = open_book(path)
    with TinyDB(path) as db:
        db.table("touches").update({"note": "by a script"}, doc_ids=[2])
    assert store.news()
    assert store.refresh()
    assert store.apply_arrived() == ()
    assert [touch.note for touch in store.book.touches.values()][1] == "by a script"
    edit(store, "by hand")
    store.close()
    elsewhere.refresh()
    elsewhere.apply_arrived()
    for opened in (elsewhere, open_book(path)):
        assert [touch.note for touch in opened.book.touches.values()][:3] == ["by hand", "by a script", "note 2\n李"]


def test_a_fresh_session_that_folds_an_altered_book_tells_those_that_looked_away(path: Path, store: BookStore) -> None:
    store.fold()
    with TinyDB(path) as db:
        db.table("touches").remove(doc_ids=[7])
    fresh = open_book(path)
    edit(fresh, "fresh")
    fresh.close()
    store.refresh()
    store.apply_arrived()
    assert len(store.book.touches) == 6
    edit(store, "again")
    store.close()
    assert touches_for_tinydb(path) == 6


def test_an_alteration_after_somebody_elses_fold_is_told_too(path: Path, store: BookStore) -> None:
    other = open_book(path)
    edit(store, "one")
    other.refresh()
    store.fold()
    with TinyDB(path) as db:
        db.table("touches").remove(doc_ids=[7])
    other.refresh()
    other.apply_arrived()
    edit(other, "two")
    other.fold()
    store.refresh()
    store.apply_arrived()
    assert len(store.book.touches) == 6


def test_two_sessions_settle_down_after_an_altered_book(path: Path, store: BookStore) -> None:
    store.fold()
    other = open_book(path)
    with TinyDB(path) as db:
        db.table("touches").remove(doc_ids=[7])
    for _ in range(3):
        for one, another in ((store, other), (other, store)):
            one.refresh()
            one.apply_arrived()
            edit(one, "turn")
            one.fold()
            another.refresh()
            another.apply_arrived()
    kept = store.book
    edit(other, "last")
    other.fold()
    store.refresh()
    store.apply_arrived()
    assert store.book is kept
    assert len(store.book.touches) == 6


def test_the_view_shows_book_and_journal_together(path: Path, store: BookStore) -> None:
    assert touches_for_tinydb(path) == 0
    view = TinyDB(path, storage=BookView)
    assert len(view.table("touches")) == 7
    edit(store, "not folded yet")
    assert view.table("touches").count(where("note") == "not folded yet") == 1
    seen = view.storage.read()
    assert seen is not None
    store.close()
    assert {**json.loads(path.read_bytes()), "_meta": seen["_meta"]} == seen == view.storage.read()


def test_the_view_writes_nothing(path: Path, store: BookStore) -> None:
    before = {found.name: found.read_bytes() for found in path.parent.iterdir()}
    with pytest.raises(errors.ReadOnlyBook):
        TinyDB(path, storage=BookView).table("touches").insert({"id": "x"})
    assert {found.name: found.read_bytes() for found in path.parent.iterdir()} == before


def test_the_view_refuses_what_cannot_be_read(path: Path, store: BookStore) -> None:
    view: Any = BookView(path)
    journal = path.with_name("book.json.journal")
    journal.write_bytes(journal.read_bytes().rstrip(b" ") + b"junk\n")
    with pytest.raises(errors.JournalDamaged):
        view.read()
    path.unlink()
    with pytest.raises(errors.BookMissing):
        view.read()


def test_only_the_view_needs_tinydb() -> None:
    script = "import sys, storage.book_store; sys.exit('tinydb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
