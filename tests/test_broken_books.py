"""What stands at the path is no sound book: it is said in plain words, and every byte stays as it was."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB

from relationships.records import Practitioner, Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from trainer_tui.clock import SystemClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A sound, folded book with three touches and a practitioner."""
    book = tmp_path / "studio" / "book.json"
    store = BookStore.create(book, user="sam", clock=SystemClock(), new_id=map("id{}".format, range(99)).__next__)
    author = store.author
    touches = [author.add(author.new(Touch, kind=TouchKind.VISIT, note=note)) for note in ("one", "two", "three")]
    store.commit(author.act("begin", author.add(author.new(Practitioner, name="Priya Patel")), *touches))
    store.close()
    return book


def open_book(path: Path) -> BookStore:
    return BookStore.open(path, user="sam", clock=SystemClock())


def refused(path: Path) -> errors.BookError:
    """The error of opening, after a look that nothing beside or behind it was touched."""
    before = {found.name: found.read_bytes() for found in path.parent.iterdir() if found.is_file()}
    with pytest.raises(errors.BookError) as caught:
        open_book(path)
    assert {found.name: found.read_bytes() for found in path.parent.iterdir() if found.is_file()} == before
    return caught.value


def edited(path: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(path.read_bytes())
    edit(document)
    path.write_text(json.dumps(document))


DAMAGES = {
    "empty": (b"", "{} is empty. An empty file is never taken for a new book."),
    "blank": (b" \n\n", "{} is empty. An empty file is never taken for a new book."),
    "text": (b"Dear diary,\n", "{} is not JSON: line 1: JSON is malformed: invalid character."),
    "zeros": (bytes(4096), "{} is not JSON: line 1: JSON is malformed: invalid character."),
    "bad UTF-8": (b'{"_meta":{"1":{"book_id":"\xff"}}}', "{} is not JSON: line 1 is not UTF-8."),
    "nested": (b'{"dreams":' + b"[" * 9_999, "{} is not JSON: it is nested too deeply."),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_file_that_is_no_json_is_damaged(path: Path, name: str) -> None:
    content, happened = DAMAGES[name]
    path.write_bytes(content)
    error = refused(path)
    assert type(error) is errors.BookDamaged
    assert error.title == "The book is damaged"
    assert error.happened == happened.format(path)
    assert str(error) == (
        f"{error.happened} The file was left as it is."
        " `trainer-tui restore` brings back a backup; `trainer-tui doctor --repair` keeps what can be read."
    )


def test_a_book_cut_off_anywhere_says_at_which_line(path: Path) -> None:
    whole = path.read_bytes()
    for size in range(1, len(whole) - 2):
        path.write_bytes(whole[:size])
        lines = whole.count(b"\n", 0, size) + 1
        assert refused(path).happened.startswith(f"{path} is not JSON: it ends in the middle, at line {lines}")


def test_a_book_with_something_behind_it_is_damaged(path: Path) -> None:
    whole = path.read_bytes()
    for behind in (whole, b"}", b"\0" * 10, b'{"touches":{}}'):
        path.write_bytes(whole + behind)
        line = whole.count(b"\n") + 1
        assert refused(path).happened == f"{path} is not JSON: line {line}: JSON is malformed: trailing characters."


NOT_BOOKS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no meta": (lambda d: d.pop("_meta"), "{} holds JSON, but not a trainer-tui book: it has no _meta table."),
    "two metas": (
        lambda d: d["_meta"].update({"2": d["_meta"]["1"]}),
        "The _meta table of {} should hold one document and holds 2.",
    ),
    "another format": (
        lambda d: d["_meta"]["1"].update(format="shopping list"),
        "{} says that it is a 'shopping list', not a trainer-tui book.",
    ),
    "meta of another kind": (
        lambda d: d["_meta"]["1"].update(sequence="many"),
        "The _meta table of {} is not that of a trainer-tui book (Expected `int`, got `str` - at `$.sequence`).",
    ),
}


@pytest.mark.parametrize("name", NOT_BOOKS)
def test_sound_json_that_is_something_else(path: Path, name: str) -> None:
    edit, happened = NOT_BOOKS[name]
    edited(path, edit)
    error = refused(path)
    assert type(error) is errors.NotABook
    assert error.title == "That is not a trainer-tui book"
    assert error.happened == happened.format(path)


def test_a_list_is_not_a_book(path: Path) -> None:
    path.write_text('["touches"]')
    assert refused(path).happened == f"{path} holds JSON, but no TinyDB tables."


WRONG_TYPES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "record is a string": (
        lambda d: d["touches"].update({"2": "a visit"}),
        "record 2 in touches (Expected `object`, got `str`)",
    ),
    "table is a list": (lambda d: d.update(touches=[]), "the table touches (Expected `object`, got `array`)"),
    "document number is a word": (
        lambda d: d["touches"].update({"abc": d["touches"]["1"]}),
        "the table touches (Expected `int`, got `str` - at `key` in `$`)",
    ),
    "field of another type": (
        lambda d: d["touches"]["2"].update(minutes="ten"),
        "record 2 in touches (Expected `int | null`, got `str` - at `$.minutes`)",
    ),
    "a value nobody knows": (
        lambda d: d["touches"]["2"].update(kind="seance"),
        "record 2 in touches (Invalid enum value 'seance' - at `$.kind`)",
    ),
    "a field is missing": (
        lambda d: d["touches"]["3"].pop("created_at"),
        "record 3 in touches (Object missing required field `created_at`)",
    ),
}


@pytest.mark.parametrize("name", WRONG_TYPES)
def test_a_record_of_the_wrong_shape_is_named(path: Path, name: str) -> None:
    edit, what = WRONG_TYPES[name]
    edited(path, edit)
    error = refused(path)
    assert type(error) is errors.BookDamaged
    assert error.happened == f"In {path}, {what} cannot be read."


def test_two_records_with_one_id_are_refused(path: Path) -> None:
    edited(path, lambda d: d["touches"]["3"].update(id=d["touches"]["1"]["id"]))
    same = json.loads(path.read_bytes())["touches"]["1"]["id"]
    assert refused(path).happened == f"In {path}, two records in touches have the id {same}."


def test_a_key_that_stands_twice_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"2":', b'"1":'))
    assert refused(path).happened == f"In {path}, the key '1' stands twice in one place; one of the two would be lost."
    table = whole[whole.index(b'"touches"') : whole.index(b'"follow_ups"')]
    path.write_bytes(whole.replace(table, table + table))
    assert "the key 'touches' stands twice" in refused(path).happened


def test_a_foreign_table_may_look_like_ours(path: Path) -> None:
    edited(path, lambda d: d.update(dreams={"1": {"created_at": "long ago", "_": {"created_at": 1}}}))
    assert len(open_book(path).book.touches) == 3


def test_a_newer_schema_opens_read_only_when_it_can_be_read(path: Path) -> None:
    edited(path, lambda d: (d["_meta"]["1"].update(schema=3), d["touches"]["1"].update(mood="blue")))
    path.with_name("book.json.journal").write_bytes(b"in a form of the future")
    before = path.read_bytes()
    store = open_book(path)
    assert isinstance(store.read_only, errors.BookNewer)
    assert str(store.read_only) == (
        "The book has schema 3, and this program writes schema 2. The file was left as it is."
        " Update trainer-tui, then open it again."
    )
    assert len(store.book.touches) == 3
    with pytest.raises(errors.ReadOnlyBook) as caught:
        store.commit(store.author.act("nothing"))
    assert caught.value.title == "Read only"
    assert str(caught.value).startswith("Nothing can be saved: The book has schema 3")
    store.close()
    assert path.read_bytes() == before


def test_a_newer_schema_that_cannot_be_read_is_refused(path: Path) -> None:
    edited(path, lambda d: (d["_meta"]["1"].update(schema=3), d["touches"]["1"].update(kind=["visit"])))
    error = refused(path)
    assert type(error) is errors.BookNewer
    assert error.happened == f"{path} has schema 3; this program reads up to 2."


def test_a_byte_order_mark_is_passed_over_and_gone_after_the_next_fold(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + whole)
    store = open_book(path)
    assert len(store.book.touches) == 3
    assert path.read_bytes() == b"\xef\xbb\xbf" + whole
    store.commit(store.author.act("log", store.author.add(store.author.new(Touch, kind=TouchKind.VISIT))))
    store.close()
    with TinyDB(path) as db:
        assert len(db.table("touches")) == 4


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo], ids=["folder", "fifo"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], None]) -> None:
    place = tmp_path / "book.json"
    make(place)
    with pytest.raises(errors.BookIsFolder) as caught:
        open_book(place)
    assert caught.value.title == "That is not a file"
    assert caught.value.happened == f"{place} is {'a folder' if place.is_dir() else 'no regular file'}."
    with pytest.raises(errors.BookExists):
        BookStore.create(place, user="sam", clock=SystemClock())


@pytest.mark.parametrize("missing", ["book.json", "nowhere/book.json", "note.txt/book.json"])
def test_a_missing_book_is_no_new_book(tmp_path: Path, missing: str) -> None:
    (tmp_path / "note.txt").write_text("a note")
    with pytest.raises(errors.BookMissing) as caught:
        open_book(tmp_path / missing)
    assert caught.value.happened == f"There is no book at {tmp_path / missing}."
    assert [found.name for found in tmp_path.iterdir()] == ["note.txt"]


def test_a_symbolic_link_that_leads_round_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "book.json").symlink_to("book.json")
    with pytest.raises(errors.BookError, match="symbolic links"):
        open_book(tmp_path / "book.json")
