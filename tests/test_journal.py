"""The journal on the disk: torn tails, damage, foreign and vanished files, and what is never guessed at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from trainer_tui.clock import SystemClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio" / "book.json"


@pytest.fixture
def journal(path: Path) -> Path:
    return path.with_name("book.json.journal")


def open_book(path: Path, user: str = "sam") -> BookStore:
    return BookStore.open(path, user=user, clock=SystemClock())


def new_book(path: Path) -> BookStore:
    return BookStore.create(path, user="sam", clock=SystemClock())


def log(store: BookStore, note: str) -> None:
    touch = store.author.new(Touch, kind=TouchKind.VISIT, note=note)
    store.commit(store.author.act("log a visit", store.author.add(touch)))
    store.apply_arrived()


def notes(store: BookStore) -> list[str]:
    return sorted(touch.note for touch in store.book.touches.values())


def kept_files(path: Path) -> dict[str, bytes]:
    return {found.name: found.read_bytes() for found in path.parent.iterdir() if found.is_file()}


def test_a_line_cut_at_any_byte_hides_nothing_before_it_and_is_cut_off(path: Path, journal: Path) -> None:
    store = new_book(path)
    log(store, "one")
    sound = journal.stat().st_size
    log(store, "two")
    whole = journal.read_bytes()
    for size in range(sound, len(whole)):
        journal.write_bytes(whole[:size])
        again = open_book(path)
        assert notes(again) == ["one"]
        assert again.read_only is None
        log(again, "three")
        again.close(fold=False)
        afterwards = open_book(path)
        assert notes(afterwards) == ["one", "three"]
        afterwards.close(fold=False)
        assert journal.read_bytes()[:sound] == whole[:sound]


def test_zeros_that_a_power_cut_left_are_cut_off(path: Path, journal: Path) -> None:
    log(new_book(path), "one")
    journal.write_bytes(journal.read_bytes() + bytes(500))
    store = open_book(path)
    log(store, "two")
    assert notes(open_book(path)) == ["one", "two"]
    assert b"\0" not in journal.read_bytes()


@pytest.mark.parametrize("damaged_line", [1, 2, 3])
def test_an_altered_line_leaves_the_book_read_only_with_what_stands_before(
    path: Path, journal: Path, damaged_line: int
) -> None:
    store = new_book(path)
    for note in ("one", "three", "two"):
        log(store, note)
    lines = journal.read_bytes().split(b"\n")
    lines[damaged_line] = lines[damaged_line].replace(b"visit", b"vomit")
    journal.write_bytes(b"\n".join(lines))
    before = kept_files(path)
    again = open_book(path)
    assert isinstance(again.read_only, errors.JournalDamaged)
    assert again.read_only.title == "The journal beside the book is damaged"
    assert again.read_only.happened == (
        f"The line after act {damaged_line - 1} of {journal} cannot be read: the checksum does not fit."
    )
    assert notes(again) == sorted(["one", "three", "two"][: damaged_line - 1])
    assert [act.sequence for act in again.history()] == [*range(damaged_line - 1, 0, -1)]
    with pytest.raises(errors.ReadOnlyBook, match="Nothing can be saved: The line after act"):
        log(again, "four")
    again.close()
    assert kept_files(path) == before


def test_a_mended_journal_is_written_again_without_reopening(path: Path, journal: Path) -> None:
    store = new_book(path)
    log(store, "one")
    log(store, "two")
    sound = journal.read_bytes()
    journal.write_bytes(sound.replace(b'"two"', b'"owt"'))
    again = open_book(path)
    assert notes(again) == ["one"]
    journal.write_bytes(sound)
    log(again, "three")
    assert notes(again) == ["one", "three", "two"]


def test_damage_under_an_open_book_stops_saving_and_shows_what_came_before(path: Path, journal: Path) -> None:
    store, other = new_book(path), open_book(path, "kim")
    log(store, "one")
    log(store, "two")
    sound = journal.read_bytes()
    journal.write_bytes(sound.replace(b'"two"', b'"owt"'))
    with pytest.raises(errors.JournalDamaged):
        other.refresh()
    other.apply_arrived()
    assert notes(other) == ["one"]
    with pytest.raises(errors.JournalDamaged):
        log(other, "three")
    journal.write_bytes(sound)
    log(other, "three")
    assert notes(other) == ["one", "three", "two"]


def test_a_missing_line_is_damage_too(path: Path, journal: Path) -> None:
    store = new_book(path)
    for note in ("one", "two", "three"):
        log(store, note)
    header, first, _, third, end = journal.read_bytes().split(b"\n")
    journal.write_bytes(b"\n".join((header, first, third, end)))
    again = open_book(path)
    assert again.read_only is not None
    assert again.read_only.happened == f"{journal} goes from act 1 to act 3."
    assert notes(again) == ["one"]


@pytest.mark.parametrize(
    ("first_line", "kind", "happened"),
    [
        (b"", errors.JournalDamaged, "The first line of {} cannot be read."),
        (b"not json\n", errors.JournalDamaged, "The first line of {} cannot be read."),
        (b'{"journal":1,"book":"B","from":0,"schema":2}', errors.JournalDamaged, "The first line of {} has no end."),
        (b'{"journal":2,"book":"B","from":0}\n', errors.JournalNewer, "{} was written by a later version"),
        (b'{"journal":1,"book":"another","from":0}\n', errors.JournalDamaged, "{} belongs to another book."),
        (b'{"journal":1,"book":"B","from":9}\n', errors.JournalApart, "{} goes on from act 9, but the book ends with"),
    ],
)
def test_a_journal_that_is_not_this_books_is_left_alone(
    path: Path, journal: Path, first_line: bytes, kind: type[errors.BookError], happened: str
) -> None:
    BookStore.create(path, user="sam", clock=SystemClock(), new_id=lambda: "B").close()
    journal.write_bytes(first_line)
    before = kept_files(path)
    store = open_book(path)
    assert type(store.read_only) is kind
    assert store.read_only.happened.startswith(happened.format(journal))
    with pytest.raises(errors.ReadOnlyBook):
        log(store, "one")
    assert not store.fold()
    store.close()
    assert kept_files(path) == before


def test_an_older_journal_beside_a_newer_book_is_never_guessed_at(path: Path, journal: Path) -> None:
    store = new_book(path)
    log(store, "one")
    early = journal.read_bytes()
    log(store, "two")
    store.close()
    journal.write_bytes(early)
    again = open_book(path)
    assert again.read_only is not None
    assert again.read_only.happened == f"{journal} ends with act 1, but the book goes on to act 2."
    assert notes(again) == ["one", "two"]


def test_an_older_book_put_back_alone_is_never_guessed_at(path: Path, journal: Path) -> None:
    store = new_book(path)
    early = path.read_bytes()
    log(store, "one")
    store.close()
    path.write_bytes(early)
    again = open_book(path)
    assert again.read_only is not None
    assert again.read_only.title == "Book and journal do not fit together"
    assert "`trainer-tui doctor --repair` keeps both as they are" in str(again.read_only)
    journal.rename(journal.with_suffix(".away"))
    log(again, "other")
    assert notes(again) == ["other"]
    assert [act.changes[0].record for act in again.history()] == list(again.book.touches.values())


def test_a_journal_deleted_under_an_open_book_is_put_back_whole(path: Path, journal: Path) -> None:
    store = new_book(path)
    log(store, "one")
    log(store, "two")
    journal.unlink()
    assert store.news()
    log(store, "three")
    assert notes(open_book(path)) == ["one", "three", "two"]
    assert [act.sequence for act in open_book(path).history()] == [3, 2, 1]


def test_a_journal_renamed_under_an_open_book_is_put_back_whole(path: Path, journal: Path) -> None:
    store = new_book(path)
    log(store, "one")
    journal.rename(journal.with_suffix(".away"))
    log(store, "two")
    assert notes(open_book(path)) == ["one", "two"]


def test_a_journal_cut_by_hand_is_read_again_as_it_is(path: Path, journal: Path) -> None:
    store = new_book(path)
    log(store, "one")
    sound = len(journal.read_bytes().rstrip(b" "))
    log(store, "two")
    os.truncate(journal, sound)
    log(store, "three")
    assert notes(store) == notes(open_book(path)) == ["one", "three"]


def test_another_telling_of_the_same_acts_is_noticed(path: Path, journal: Path) -> None:
    store = new_book(path)
    log(store, "one")
    journal.unlink()
    fork = open_book(path)
    log(fork, "another one")
    log(store, "two")
    assert notes(store) == notes(open_book(path)) == ["another one", "two"]


def test_the_first_line_names_the_book_and_where_it_goes_on(path: Path, journal: Path) -> None:
    store = BookStore.create(path, user="sam", clock=SystemClock(), new_id=iter(["B", *"abcdef"]).__next__)
    log(store, "one")
    assert journal.read_bytes().split(b"\n")[0] == b'{"journal":1,"book":"B","from":0,"schema":2}'
    store.fold()
    assert journal.read_bytes() == b'{"journal":1,"book":"B","from":1,"schema":2}\n'
