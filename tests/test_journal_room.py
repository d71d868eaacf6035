"""The room that a journal keeps behind its last line, so that the next one costs less to sync."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

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


def room(journal: Path) -> int:
    """Blanks at the end of the file."""
    content = journal.read_bytes()
    return len(content) - len(content.rstrip(b" "))


def test_lines_are_put_into_room_that_was_written_ahead(path: Path, journal: Path) -> None:
    store = new_book(path)
    log(store, "one")
    size, before = journal.stat().st_size, room(journal)
    assert before > 10_000
    log(store, "two")
    assert journal.stat().st_size == size
    assert room(journal) < before
    other = open_book(path)
    assert notes(other) == ["one", "two"]
    log(store, "x" * 20_000)
    assert other.news()
    assert other.refresh()
    other.apply_arrived()
    assert len(notes(other)) == 3
    store.fold()
    assert room(journal) == 0


def test_a_line_that_was_torn_in_the_room_is_cleared_before_a_shorter_one(path: Path, journal: Path) -> None:
    store = new_book(path)
    log(store, "one")
    content = journal.read_bytes()
    end = len(content.rstrip(b" "))
    torn = b'{"sum":"00000000","seq":2,' + b"y" * 9_000
    journal.write_bytes(content[:end] + torn + content[end + len(torn) :])
    assert notes(open_book(path)) == ["one"]
    log(store, "two")
    assert notes(store) == notes(open_book(path)) == ["one", "two"]
    assert b"yyy" not in journal.read_bytes()


def test_the_end_of_a_line_that_came_to_the_disk_without_its_beginning_is_no_damage(path: Path, journal: Path) -> None:
    store = new_book(path)
    log(store, "one")
    store.close(fold=False)
    content = journal.read_bytes()
    end = len(content.rstrip(b" "))
    journal.write_bytes(content[:end] + b" " * 300 + b'"note":"lost"}]]}\n' + b" " * 5_000)
    fresh = open_book(path)
    assert fresh.read_only is None
    assert notes(fresh) == ["one"]
    log(fresh, "two")
    assert notes(fresh) == notes(open_book(path)) == ["one", "two"]
    assert b"lost" not in journal.read_bytes()


def test_room_that_cannot_be_written_keeps_nothing_of_the_act(path: Path, journal: Path) -> None:
    class Full(SystemCalls):
        """No room for blanks."""

        def write(self, fd: int, content: bytes) -> int:
            if not content.strip(b" "):
                super().write(fd, content[:100])
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(fd, content)

    new_book(path).close()
    store = BookStore.open(path, user="sam", clock=SystemClock(), calls=Full())
    with pytest.raises(errors.DiskFull):
        log(store, "one")
    assert notes(open_book(path)) == []
    store = open_book(path)
    log(store, "two")
    assert notes(open_book(path)) == ["two"]


def test_zeros_in_the_place_of_room_are_no_damage(path: Path, journal: Path) -> None:
    """The disk had set the blocks aside, and the power failed before the blanks came."""
    store = new_book(path)
    log(store, "one")
    store.close(fold=False)
    content = journal.read_bytes()
    end = len(content.rstrip(b" "))
    for behind in (b"\0" * 9_000, b"\0" * 300 + b'"note":"lost"}]]}\n' + b"\0" * 5_000):
        journal.write_bytes(content[:end] + behind)
        fresh = open_book(path)
        assert fresh.read_only is None
        assert not fresh.news() or behind.strip(b"\0")
        assert notes(fresh) == ["one"]
        log(fresh, "two")
        assert notes(open_book(path)) == ["one", "two"]
        assert b"\0" not in journal.read_bytes()


def test_a_line_whose_middle_never_came_is_no_damage_unless_another_follows(path: Path, journal: Path) -> None:
    store = new_book(path)
    log(store, "one")
    log(store, "two " * 900)
    content = journal.read_bytes().rstrip(b" ")
    begin = content.index(b"\n", content.index(b'"one"'))
    hole = (begin // 512 + 3) * 512
    for nothing in (b" ", b"\0"):
        torn = content[:hole] + nothing * 512 + content[hole + 512 :]
        journal.write_bytes(torn)
        fresh = open_book(path)
        assert fresh.read_only is None
        assert notes(fresh) == ["one"]
        journal.write_bytes(torn + content[content.index(b"\n") + 1 : begin + 1])
        assert isinstance(open_book(path).read_only, errors.JournalDamaged)
        journal.write_bytes(content[:hole] + nothing * 300 + content[hole + 300 :])
        assert isinstance(open_book(path).read_only, errors.JournalDamaged)
