"""What is read from damaged bytes: every record that stands whole, and the rest with its place, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationships.records import Touch
from storage.salvage import Salvaged, salvage_book
from storage.salvage_history import salvage_history
from storage.salvage_journal import salvage_journal
from tests import small_book

ALL = {"patel", "quay", "step", "folded-0", "folded-1", "folded-2", "folded-3"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound book, not to be changed."""
    path = tmp_path_factory.mktemp("sound") / "book.json"
    small_book.make_book(path)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = tmp_path / "book.json"
    small_book.make_book(book)
    return book


def read(content: bytes) -> Salvaged:
    return salvage_book(content, Path("book.json"))


def ids(found: Salvaged) -> set[str]:
    return {record.id for records in found.tables.values() for record in records.values()}


def note_of(found: Salvaged, touch_id: str) -> str:
    touch = found.tables["touches"][touch_id]
    assert isinstance(touch, Touch)
    return touch.note


def told(found: Salvaged) -> list[tuple[int, str, str, str]]:
    return [(each.line, each.table, each.record, each.what) for each in found.troubles]


def in_one_line(content: bytes) -> bytes:
    """As stock TinyDB writes it."""
    return json.dumps(json.loads(content)).encode()


def indented(content: bytes) -> bytes:
    """As an editor writes it."""
    return json.dumps(json.loads(content), indent=4).encode()


def as_it_is(content: bytes) -> bytes:
    """As we write it."""
    return content


FORMS = [as_it_is, in_one_line, indented]


@pytest.mark.parametrize("form", FORMS)
def test_a_sound_book_has_no_trouble(sound: Path, form: Callable[[bytes], bytes]) -> None:
    found = read(form(sound.read_bytes()))
    assert found.troubles == ()
    assert ids(found) == ALL
    assert found.meta is not None
    assert found.meta.book_id == small_book.BOOK_ID


@pytest.mark.parametrize("form", FORMS)
def test_cut_off_anywhere_every_record_before_the_cut_is_read(sound: Path, form: Callable[[bytes], bytes]) -> None:
    whole = form(sound.read_bytes())
    before = -1
    for size in range(0, len(whole) - 3, 7):
        found = read(whole[:size])
        assert found.troubles
        assert len(ids(found)) >= before
        before = len(ids(found))
        complete = {each for each in ALL if 0 <= whole.find(b'"note %s"}' % each.encode()) < size - 30}
        assert complete <= ids(found)
        rest = b"".join(trouble.content for trouble in found.troubles)
        assert rest in whole[:size] or len(found.troubles) > 1
    assert before == len(ALL)


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], set[str], tuple[int, str, str, str]]] = {
    "empty": (lambda b: b"", ALL, (1, "", "", "is empty. An empty file is never taken for a new book.")),
    "blank": (lambda b: b" \n\n", ALL, (1, "", "", "is empty. An empty file is never taken for a new book.")),
    "text": (lambda b: b"Dear diary,\n", ALL, (1, "", "", "this cannot be read.")),
    "NULs over a record": (
        lambda b: b.replace(b'"note":"note folded-1"', bytes(22)),
        {"folded-1"},
        (10, "touches", "2", "this cannot be read."),
    ),
    "NULs at the end": (lambda b: b + bytes(512), set(), (22, "referrals", "", "this cannot be read.")),
    "trailing garbage": (lambda b: b + b"xyz", set(), (22, "referrals", "", "this cannot be read.")),
    "a bracket too many": (
        lambda b: b + b"}",
        set(),
        (1, "", "", "is not JSON: line 22: JSON is malformed: trailing characters."),
    ),
    "bad UTF-8": (
        lambda b: b.replace(b"Quay", b"Qu\xffy"),
        set(),
        (6, "practices", "quay", "there are bytes in it that are no UTF-8."),
    ),
    "a lost quote": (
        lambda b: b.replace(b'"id":"folded-2"', b'"id":"folded-2'),
        {"folded-2"},
        (11, "touches", "3", "this cannot be read."),
    ),
    "a lost bracket, so that one record holds the rest": (
        lambda b: b.replace(b'"note folded-1"}', b'"note folded-1" '),
        {"folded-1"},
        (10, "touches", "2", "this cannot be read."),
    ),
    "a lost beginning of a table": (
        lambda b: b.replace(b'"touches":{', b""),
        set(),
        (9, "touches", "", "the beginning of the table touches cannot be read."),
    ),
    "a lost beginning of the first table": (
        lambda b: b.replace(b'"practitioners":{', b""),
        set(),
        (3, "practitioners", "", "the beginning of the table practitioners cannot be read."),
    ),
    "the name of a table altered": (
        lambda b: b.replace(b'"touches"', b'"touchez"'),
        set(),
        (9, "touches", "", "the beginning of the table touches cannot be read."),
    ),
    "a table under a second beginning": (
        lambda b: b.replace(b'"2":{"id":"folded-1"', b'"touches":{"2":{"id":"folded-1"'),
        set(),
        (10, "touches", "", "the table touches begins here a second time."),
    ),
    "records in the wrong table": (
        lambda b: b.replace(b'"practices":{', b'"offers":{').replace(b'\n"offers":{\n}', b'\n"practices":{\n}'),
        set(),
        (6, "practices", "quay", "this record stands in another table."),
    ),
    "the numbers of two records the same": (
        lambda b: b.replace(b'"2":{', b'"1":{'),
        set(),
        (10, "touches", "folded-1", "the number 1 stands twice."),
    ),
    "a number that is none": (
        lambda b: b.replace(b'"2":{', b'"abc":{'),
        set(),
        (10, "touches", "folded-1", "“abc” is no number of a record."),
    ),
    "a key that stands twice": (
        lambda b: (
            b.replace(b'"kind":"visit","note":"note folded-1"', b'"kind":"visit","kind":"visit","note":"n"') + b"x"
        ),
        set(),
        (10, "touches", "folded-1", "the key “kind” stands twice in one place; the last one counts."),
    ),
    "no meta": (lambda b: b[b.index(b"\n") :], set(), (1, "", "", "")),
    "a foreign format": (
        lambda b: b.replace(b'"trainer-tui book"', b'"shopping list"'),
        set(),
        (1, "_meta", "1", "the file says that it is a 'shopping list', not a trainer-tui book."),
    ),
    "meta under another name": (
        lambda b: b.replace(b'"_meta"', b'"_mota"'),
        set(),
        (1, "", "", "the name of the table _meta cannot be read."),
    ),
    "meta with a word for a number": (
        lambda b: b.replace(b'"sequence":6', b'"sequence":"x"'),
        set(),
        (
            1,
            "_meta",
            "1",
            "what the book says of itself cannot be read (Expected `int`, got `str` - at `$.sequence`).",
        ),
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_damage_leaves(sound: Path, name: str) -> None:
    damage, lost, trouble = DAMAGES[name]
    found = read(damage(sound.read_bytes()))
    assert ids(found) == ALL - lost
    if trouble[-1]:
        assert told(found)[0] == trouble
    else:
        assert found.meta is None
        assert found.troubles


def test_a_byte_order_mark_is_no_trouble(sound: Path) -> None:
    whole = sound.read_bytes()
    assert read(b"\xef\xbb\xbf" + whole).troubles == ()
    assert ids(read(b"\xef\xbb\xbf" + whole[:-4])) == ALL


TYPES: dict[str, tuple[Callable[[dict[str, Any]], object], set[str], str]] = {
    "a record that is a string": (lambda t: t.update({"2": "a visit"}), {"folded-1"}, "this cannot be read."),
    "a field that cannot be missed": (
        lambda t: t["2"].update(kind="seance"),
        {"folded-1"},
        "this record cannot be read (Invalid enum value 'seance' - at `$.kind`).",
    ),
    "a field that is not there": (
        lambda t: t["2"].pop("created_at"),
        {"folded-1"},
        "this record cannot be read (Object missing required field `created_at`).",
    ),
    "an id that is a number": (
        lambda t: t["2"].update(id=7),
        {"folded-1"},
        "this record cannot be read (Expected `str`, got `int` - at `$.id`).",
    ),
}


@pytest.mark.parametrize("name", TYPES)
def test_a_record_that_is_none_is_handed_on_as_it_stands(path: Path, name: str) -> None:
    edit, lost, what = TYPES[name]
    small_book.edited(path, lambda document: edit(document["touches"]))
    found = read(path.read_bytes())
    assert ids(found) == ALL - lost
    (trouble,) = found.troubles
    assert (trouble.table, trouble.what) == ("touches", what)
    assert trouble.content in path.read_bytes()
    assert trouble.content


def test_a_value_that_does_not_fit_its_field_is_kept_beside_the_record(path: Path) -> None:
    small_book.edited(path, lambda d: d["touches"]["2"].update(minutes="ten", cost=[1], tags=["ok"]))
    found = read(path.read_bytes())
    assert ids(found) == ALL
    assert found.tables["touches"]["folded-1"].unknown == {"unreadable_minutes": "ten", "unreadable_cost": [1]}
    assert [each.what for each in found.troubles] == [
        "minutes cannot be read (Expected `int | null`, got `str` - at `$.minutes`).",
        "cost cannot be read (Expected `decimal | null`, got `array` - at `$.cost`).",
    ]
    assert {each.record for each in found.troubles} == {"folded-1"}


def test_a_table_that_is_a_list_keeps_its_records(path: Path) -> None:
    small_book.edited(path, lambda d: d.update(touches=[*d["touches"].values()]))
    assert ids(read(path.read_bytes())) == ALL


def test_bytes_that_are_no_text_are_kept_as_their_numbers(sound: Path) -> None:
    found = read(sound.read_bytes().replace(b"note folded-2", b"caf\xe9"))
    assert note_of(found, "folded-2") == "caf\u2039e9\u203a"


def test_a_lone_surrogate_is_made_legible(sound: Path) -> None:
    found = read(sound.read_bytes().replace(b"note folded-2", b"a\\ud83cb"))
    assert note_of(found, "folded-2") == "a\u2039d83c\u203ab"
    assert ids(found) == ALL


def test_of_two_records_with_one_id_the_latest_keeps_it_and_neither_is_dropped(path: Path) -> None:
    small_book.edited(path, lambda d: d["touches"]["3"].update(id="folded-0", version=2))
    found = read(path.read_bytes())
    assert note_of(found, "folded-0") == "note folded-2"
    assert note_of(found, "folded-0-2") == "note folded-0"
    assert told(found) == [(1, "touches", "folded-0", "two records have the id folded-0.")]
    assert read(path.read_bytes()) == found


def test_a_moment_without_a_time_zone_counts_as_utc(sound: Path) -> None:
    whole = sound.read_bytes()
    moment = b'"updated_at":"2026-11-23T09:00:05Z"'
    for content in (whole, whole[:-4]):
        found = read(content.replace(moment, moment.replace(b"Z", b"")))
        touch = found.tables["touches"]["folded-1"]
        assert touch == read(whole).tables["touches"]["folded-1"]
        assert touch.updated_at.tzinfo is not None
    assert told(read(whole.replace(moment, moment.replace(b"Z", b"")))) == [
        (1, "touches", "folded-1", "A moment in it has no time zone.")
    ]


def test_two_documents_are_read_as_one(sound: Path) -> None:
    whole = sound.read_bytes()
    older = whole.replace(b"note folded-1", b"an older note")
    found = read(whole + older)
    assert ids(found) == {*ALL, "folded-1-2"}
    assert ids(read(whole + whole)) == ALL
    assert found.meta is not None


def test_foreign_tables_stay(path: Path) -> None:
    small_book.edited(path, lambda d: d.update(dreams={"1": {"of": "rest"}, "7": {"of": "food"}}, void={}))
    whole = path.read_bytes()
    found = read(whole[:-1])
    assert json.loads(bytes(found.foreign["dreams"])) == {"1": {"of": "rest"}, "7": {"of": "food"}}
    assert ids(found) == ALL
    cut = read(whole[: whole.index(b"food")])
    assert json.loads(bytes(cut.foreign["dreams"])) == {"1": {"of": "rest"}}


def test_a_foreign_table_that_is_sound_stays_as_it_is(path: Path) -> None:
    small_book.edited(path, lambda d: d.update(dreams={"1": {"created_at": "long ago"}}))
    found = read(path.read_bytes())
    assert found.troubles == ()
    assert list(found.foreign) == ["dreams"]


@pytest.mark.parametrize("content", [b'{"a":' * 9_999, b'{"dreams":' + b"[" * 9_999, b'{"1":{"created_at":1}}', b"[]"])
def test_strange_json_holds_nothing(content: bytes) -> None:
    found = read(content)
    assert found.nothing
    assert found.troubles


blows = st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=40), st.integers(0, 400)), min_size=1, max_size=4)


@given(blows)
@settings(max_examples=150)
def test_whatever_happens_a_record_whose_line_is_whole_is_read(
    sound: Path, blows: list[tuple[int, bytes, int]]
) -> None:
    whole = sound.read_bytes()
    content = whole
    for place, put, cut in blows:
        at = place % (len(content) + 1)
        content = content[:at] + put + content[at + cut :]
    found = read(content)
    left = set(content.split(b"\n"))
    assert {record for line, record in small_book.lines_of_records(whole).items() if line in left} <= ids(found)


def test_a_journal_is_read_up_to_damage_and_behind_it(sound: Path) -> None:
    content = small_book.journal_of(sound).read_bytes().rstrip(b" ")
    found = salvage_journal(content, "j")
    assert (len(found.lines), found.apart, found.troubles) == (5, (), ())
    assert found.sound_size == len(content)
    lines = content.split(b"\n")
    hurt = b"\n".join([*lines[:2], lines[2].replace(b"fresh-1", b"fresh-X"), *lines[3:]])
    found = salvage_journal(hurt, "j")
    assert [line.act.sequence for line in found.lines] == [7]
    assert [(line.number, line.act.sequence) for line in found.apart] == [(4, 9), (5, 10), (6, 11)]
    (trouble,) = found.troubles
    assert (trouble.line, trouble.what) == (3, "this line cannot be read (the checksum does not fit).")
    assert trouble.content == lines[2].replace(b"fresh-1", b"fresh-X")


def test_a_journal_with_a_line_missing_or_out_of_its_place(sound: Path) -> None:
    head, *lines, _ = small_book.journal_of(sound).read_bytes().rstrip(b" ").split(b"\n")
    found = salvage_journal(b"\n".join([head, lines[0], lines[3], lines[2], b""]), "j")
    assert [line.act.sequence for line in found.lines] == [7]
    assert [line.act.sequence for line in found.apart] == [10, 9]
    assert [trouble.what for trouble in found.troubles] == ["act 10 stands here after act 7."]


def test_a_torn_end_is_told_from_damage(sound: Path) -> None:
    content = small_book.journal_of(sound).read_bytes().rstrip(b" ")
    for torn in (content[:-9], content + b'{"sum":"00', content + bytes(9), content + b'   "}\n'):
        found = salvage_journal(torn, "j")
        assert found.torn_only
        assert [trouble.what for trouble in found.troubles] == ["a write was cut short here."]
    assert not salvage_journal(content + b'{"sum":"00"}\n', "j").torn_only


@pytest.mark.parametrize("first", [b"", b"\0\0\0", b'{"journal":1}'])
def test_a_journal_without_its_first_line(sound: Path, first: bytes) -> None:
    lines = small_book.journal_of(sound).read_bytes().rstrip(b" ").split(b"\n")
    found = salvage_journal(b"\n".join([first, *lines[1:]]), "j")
    assert found.header is None
    assert [line.act.sequence for line in (*found.lines, *found.apart)] == [7, 8, 9, 10, 11]
    assert found.troubles[0].line == 1


def test_a_journal_whose_first_line_is_an_act(sound: Path) -> None:
    lines = small_book.journal_of(sound).read_bytes().rstrip(b" ").split(b"\n")
    found = salvage_journal(b"\n".join(lines[1:]), "j")
    assert len((*found.lines, *found.apart)) == 5
    assert found.troubles[0].what == "the line that says to which book the journal belongs is missing."


def test_a_journal_of_the_future_is_left_alone() -> None:
    found = salvage_journal(b'{"journal":9,"book":"id1","from":3}\nwhat a line\n', "j")
    assert found.newer
    assert (found.lines, found.troubles) == ((), ())


@given(st.binary(max_size=300))
def test_no_bytes_at_all_make_reading_fail(content: bytes) -> None:
    salvage_journal(content, "j")
    salvage_history([(Path("h/2026-11.jsonl"), content)])
    assert read(content).nothing


def test_a_history_is_read_around_damage(sound: Path) -> None:
    path = small_book.history_of(sound)
    lines = path.read_bytes().split(b"\n")
    hurt = b"\n".join([lines[0], b"\0\0", *lines[2:-1], b'{"sum'])
    found = salvage_history([(path, hurt)])
    assert [line.act.sequence for line in found.lines] == [1, 3, 4, 5, 6]
    assert found.altered == (path,)
    assert [(each.file, each.line, each.what) for each in found.troubles] == [
        ("book.json.history/2026-11.jsonl", 2, "this line cannot be read (the checksum does not fit)."),
        ("book.json.history/2026-11.jsonl", 7, "a write was cut short here."),
    ]
