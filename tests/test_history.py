"""The history: every act once, newest first, by month, whatever was cut short."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from relationships.changes import Act, Author
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.codec import settle
from storage.history import History
from storage.modes import Modes
from storage.system_calls import SystemCalls


class HandClock:
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return self.moment.date()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio" / "book.json"


@pytest.fixture
def store(path: Path, clock: HandClock) -> Iterator[BookStore]:
    opened = BookStore.create(path, user="sam", clock=clock)
    yield opened
    opened.close()


def log(store: BookStore) -> Act:
    touch = store.author.new(Touch, kind=TouchKind.VISIT)
    return store.commit(store.author.act("log a visit", store.author.add(touch)))


def files(path: Path) -> dict[str, int]:
    """The month files and how many lines each has."""
    folder = path.with_name("book.json.history")
    return {name: (folder / name).read_bytes().count(b"\n") for name in sorted(os.listdir(folder))}


def test_acts_stand_newest_first_over_months_and_folds(path: Path, store: BookStore, clock: HandClock) -> None:
    acts = []
    for _ in range(6):
        acts.append(log(store))
        clock.moment += timedelta(days=20)
        if len(acts) % 2 == 0:
            store.fold()
    acts.append(log(store))
    assert [*store.history()] == acts[::-1]
    assert files(path) == {
        "2026-11.jsonl": 1,
        "2026-12.jsonl": 1,
        "2027-01.jsonl": 2,
        "2027-02.jsonl": 1,
        "2027-03.jsonl": 1,
    }


def test_the_history_of_one_record_names_its_acts_only(store: BookStore) -> None:
    first = log(store)
    store.fold()
    log(store)
    store.undo()
    store.undo()
    taken_back, logged = store.history(first.changes[0].id)
    assert taken_back.undoes == first.id
    assert logged == first


def test_a_clock_that_went_back_does_not_change_the_order(path: Path, store: BookStore, clock: HandClock) -> None:
    acts = [log(store)]
    store.fold()
    clock.moment -= timedelta(days=60)
    acts.append(log(store))
    clock.moment += timedelta(days=120)
    acts.append(log(store))
    store.fold()
    assert [*store.history()] == acts[::-1]
    assert files(path) == {"2026-11.jsonl": 2, "2027-01.jsonl": 1}


def lines_of(acts: int, store: BookStore, path: Path) -> list[bytes]:
    for _ in range(acts):
        log(store)
    return path.with_name("book.json.journal").read_bytes().rstrip(b" ").splitlines()[-acts:]


def history_of(path: Path) -> History:
    found = path.stat()
    return History(SystemCalls(), path, Modes(0o600, found.st_gid, found.st_uid))


def test_what_was_cut_short_anywhere_is_completed_without_doubles(
    path: Path, store: BookStore, clock: HandClock
) -> None:
    lines = lines_of(2, store, path)
    clock.moment += timedelta(days=10)
    lines += lines_of(3, store, path)
    history = history_of(path)
    history.append(lines[:1])
    history.append(lines)
    whole = {file: file.read_bytes() for file in history.folder.iterdir()}
    november, december = sorted(whole)
    assert files(path) == {"2026-11.jsonl": 2, "2026-12.jsonl": 3}
    for size in range(len(lines[0]) + 1, len(whole[november])):
        december.unlink(missing_ok=True)
        november.write_bytes(whole[november][:size])
        history.append(lines)
        assert {file: file.read_bytes() for file in history.folder.iterdir()} == whole
    for size in range(len(whole[december])):
        december.write_bytes(whole[december][:size])
        history.append(lines)
        assert {file: file.read_bytes() for file in history.folder.iterdir()} == whole


def test_an_altered_line_hides_only_itself(path: Path, store: BookStore) -> None:
    acts = [log(store) for _ in range(3)]
    store.fold()
    (month,) = path.with_name("book.json.history").iterdir()
    first, second, third = month.read_bytes().splitlines(keepends=True)
    month.write_bytes(first + second.replace(b"visit", b"vomit") + third)
    assert [*store.history()] == [acts[2], acts[0]]


def test_after_an_older_book_was_put_back_only_its_own_story_is_told(
    path: Path, store: BookStore, clock: HandClock
) -> None:
    log(store)
    store.fold()
    early = path.read_bytes(), path.with_name("book.json.journal").read_bytes()
    for _ in range(3):
        log(store)
    store.fold()
    path.write_bytes(early[0])
    path.with_name("book.json.journal").write_bytes(early[1])
    again = BookStore.open(path, user="sam", clock=clock)
    assert [act.sequence for act in again.history()] == [1]
    new = [log(again), log(again)]
    again.fold()
    log(again)
    assert [act.sequence for act in again.history()] == [4, 3, 2, 1]
    assert [*again.history()][1:3] == new[::-1]
    assert files(path) == {"2026-11.jsonl": 6}


def test_a_history_that_cannot_be_read_is_said_to_be_so(path: Path, store: BookStore) -> None:
    log(store)
    store.fold()
    (month,) = path.with_name("book.json.history").iterdir()
    month.unlink()
    month.mkdir()
    with pytest.raises(errors.BookError, match="cannot be read"):
        [*store.history()]


def test_a_book_without_acts_has_no_history(path: Path, store: BookStore) -> None:
    assert [*store.history()] == []
    assert not path.with_name("book.json.history").exists()


def test_lines_that_the_power_left_in_another_order_are_put_in_order(path: Path, clock: HandClock) -> None:
    """A fold was cut short, and the disk had only some sectors of what it wrote: an act after a hole hides none."""
    author = Author("sam", clock, map("id{}".format, range(9)).__next__)
    before, one, two, three = (settle(author.act(name), number)[1] for number, name in enumerate("0123", start=1))
    history = History(SystemCalls(), path, Modes(0o600, os.getgid(), os.getuid()))
    path.parent.mkdir()
    history.append([before.rstrip()])
    (month,) = history.files()
    for left in (
        one + bytes(len(two)) + three,
        bytes(len(one)) + two + three,
        one + b" " * (len(two) - 1) + b"\n" + three[:40],
        one + two[:40],
        three,
        one + three + two,
        one + two + three,
        b"",
    ):
        month.write_bytes(before + left)
        history.append([line.rstrip() for line in (one, two, three)])
        assert [act.name for act in history.acts_backwards()] == ["3", "2", "1", "0"]


@pytest.mark.parametrize("mode", [0o600, 0o660])
def test_a_folder_whose_mode_a_crash_left_out_gets_it(path: Path, clock: HandClock, mode: int) -> None:
    line = settle(Author("sam", clock, "id".format).act("one"), 1)[1].rstrip()
    history = History(SystemCalls(), path, Modes(mode, os.getgid(), os.getuid()))
    history.folder.mkdir(mode=0o700, parents=True)
    history.append([line])
    assert history.folder.stat().st_mode & 0o7777 == (0o700 if mode == 0o600 else 0o2770)
