"""Backups: each one file that opens as a book of its own, made while others save, and never in the place of another."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tinydb import TinyDB

from relationships.changes import Act
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.backing_up import back_up_daily, backups_beside, list_kept
from storage.backups import Backups, moment_of
from storage.book_store import BookStore
from storage.modes import Modes
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from tests.studio_book import FixedClock

pytest_plugins = ("tests.stopping_calls",)

MOMENT = datetime(2026, 11, 24, 10, 15, 0, 999, UTC)
UMASKS = (0o000, 0o022, 0o077)


def open_book(path: Path, clock: FixedClock, calls: SystemCalls | None = None) -> BookStore:
    return BookStore.open(path, user="sam", clock=clock, calls=calls)


def visit(store: BookStore, note: str) -> Act:
    return store.author.act("log", store.author.add(store.author.new(Touch, kind=TouchKind.VISIT, note=note)))


@pytest.fixture
def store(empty_book: Path, clock: FixedClock) -> Iterator[BookStore]:
    opened = open_book(empty_book, clock)
    opened.commit(visit(opened, "one"))
    yield opened
    opened.close(fold=False)


def beside(path: Path, file: int = 0o600) -> Backups:
    return Backups(SystemCalls(), path, Modes(file, os.getgid(), os.getuid()))


def notes(path: Path, clock: FixedClock) -> list[str]:
    opened = open_book(path, clock)
    assert opened.read_only is None
    found = sorted(touch.note for touch in opened.book.touches.values())
    opened.close(fold=False)
    return found


def test_a_backup_is_a_book_of_its_own_with_every_act(store: BookStore, clock: FixedClock) -> None:
    store.fold()
    store.commit(visit(store, "two"))
    before = store.path.read_bytes(), store.path.with_name("book.json.journal").read_bytes()
    made = store.back_up()
    assert (store.path.read_bytes(), store.path.with_name("book.json.journal").read_bytes()) == before
    assert made.path.parent == store.path.with_name("book.json.backups")
    assert made.path.name == f"{made.moment:%Y-%m-%dT%H%M%SZ}-asked.json"
    assert made.moment.date() == clock.today()
    assert made.size == made.path.stat().st_size
    assert notes(made.path, clock) == ["one", "two"]
    with TinyDB(made.path) as db:
        assert len(db.table("touches")) == 2
        assert db.table("_meta").get(doc_id=1)["sequence"] == 2
    assert store.backups() == (made,)


def test_tables_of_other_programs_are_in_it(store: BookStore) -> None:
    store.fold()
    document = json.loads(store.path.read_bytes())
    document["recipes"] = {"1": {"name": "soup"}}
    store.path.write_text(json.dumps(document))
    made = store.back_up("import")
    assert json.loads(made.path.read_bytes())["recipes"] == {"1": {"name": "soup"}}


def test_others_save_while_it_is_written(empty_book: Path, clock: FixedClock) -> None:
    saved: list[str] = []

    class Watched(SystemCalls):
        def write(self, fd: int, content: bytes) -> int:
            if threading.current_thread() is threading.main_thread() and os.listdir(folder) and not saved:
                saved.append("meanwhile")
                other.commit(visit(other, "meanwhile"))
            return super().write(fd, content)

    folder = empty_book.with_name("book.json.backups")
    folder.mkdir(0o700)
    other = open_book(empty_book, clock)
    session = open_book(empty_book, clock, Watched())
    made = session.back_up()
    assert saved == ["meanwhile"]
    assert notes(made.path, clock) == []
    assert notes(empty_book, clock) == ["meanwhile"]


def test_none_takes_the_place_of_another(empty_book: Path) -> None:
    backups = beside(empty_book)
    made = [backups.make([b"%d" % number], MOMENT, "daily") for number in range(3)]
    assert [each.path.name for each in made] == [
        "2026-11-24T101500Z-daily.json",
        "2026-11-24T101500Z-daily-2.json",
        "2026-11-24T101500Z-daily-3.json",
    ]
    assert [each.path.read_bytes() for each in made] == [b"0", b"1", b"2"]
    assert backups.list() == tuple(reversed(made))
    assert backups.newest() == made[-1]


def test_a_name_that_another_session_is_writing_under_is_left_to_it(empty_book: Path) -> None:
    backups = beside(empty_book)

    def blocks() -> Iterator[bytes]:
        yield b"first"
        second.append(backups.make([b"second"], MOMENT, "daily").path.name)

    second: list[str] = []
    first = backups.make(blocks(), MOMENT, "daily")
    assert first.path.name == "2026-11-24T101500Z-daily.json"
    assert second == ["2026-11-24T101500Z-daily-2.json"]
    assert first.path.read_bytes() == b"first"


def test_a_name_that_another_session_took_at_that_moment_is_left_to_it(empty_book: Path) -> None:
    class Raced(SystemCalls):
        def open(self, path: str | Path, flags: int, mode: int = 0o600) -> int:
            if str(path).endswith("daily.json.new"):
                (Path(path).parent / "2026-11-24T101500Z-daily.json").write_bytes(b"theirs")
            return super().open(path, flags, mode)

    backups = Backups(Raced(), empty_book, Modes(0o600, os.getgid(), os.getuid()))
    made = backups.make([b"ours"], MOMENT, "daily")
    assert made.path.name == "2026-11-24T101500Z-daily-2.json"
    assert sorted(each.path.read_bytes() for each in backups.list()) == [b"ours", b"theirs"]
    assert not [*backups.folder.glob("*.new")]


def test_what_has_no_name_of_ours_is_passed_over_and_never_removed(empty_book: Path) -> None:
    backups = beside(empty_book)
    dailies = [backups.make([b"x"], MOMENT - timedelta(days=days), "daily") for days in range(100)]
    foreign = ["notes.txt", "2020-13-01T000000Z-daily.json", "2020-01-01T000000Z-daily.json.bak", ".hidden"]
    for name in foreign:
        (backups.folder / name).write_bytes(b"mine")
    (backups.folder / "2020-01-01T000000Z-daily.json").mkdir()
    kept = backups.keep_as_is([empty_book], datetime(2020, 1, 1, tzinfo=UTC), "damaged")
    assert len(backups.list()) == 100
    dropped = backups.rotate(date(2026, 11, 24))
    assert set(backups.list()) == set(dailies) - set(dropped)
    assert 7 < len(backups.list()) < 30
    for name in (*foreign, "2020-01-01T000000Z-daily.json", kept.name):
        assert (backups.folder / name).exists()


def test_what_a_crash_left_in_the_making_is_swept_away_later(empty_book: Path) -> None:
    backups = beside(empty_book)
    backups.make([b"x"], MOMENT, "asked")
    left = backups.folder / "2026-11-22T101500Z-daily.json.new"
    young = backups.folder / "2026-11-23T101500Z-daily.json.new"
    folder = backups.folder / "2026-11-20T101500Z-damaged.new"
    folder.mkdir()
    for path in (left, young, folder / "book.json"):
        path.write_bytes(b"half")
    assert backups.rotate(date(2026, 11, 24)) == ()
    assert sorted(os.listdir(backups.folder)) == ["2026-11-23T101500Z-daily.json.new", "2026-11-24T101500Z-asked.json"]


def test_files_are_kept_as_they_are(empty_book: Path, clock: FixedClock) -> None:
    backups = beside(empty_book)
    journal = empty_book.with_name("book.json.journal")
    content = os.urandom(3_000_000)
    empty_book.write_bytes(content)
    folders = [backups.keep_as_is([empty_book, journal], MOMENT, "damaged") for _ in range(2)]
    assert [folder.name for folder in folders] == ["2026-11-24T101500Z-damaged", "2026-11-24T101500Z-damaged-2"]
    assert [os.listdir(folder) for folder in folders] == [["book.json"]] * 2
    assert (folders[1] / "book.json").read_bytes() == content
    assert backups.list() == ()
    assert [each.path for each in backups.kept()] == folders[::-1]
    assert list_kept(SystemCalls(), empty_book) == backups.kept()
    os.mkfifo(journal)
    assert os.listdir(backups.keep_as_is([journal], MOMENT, "repair")) == []
    assert moment_of(folders[0]) == moment_of(Path("x/2026-11-24T101500Z-daily.json")) == MOMENT.replace(microsecond=0)
    assert moment_of(empty_book) is None


@pytest.mark.parametrize("umask", UMASKS)
@pytest.mark.parametrize(("file", "folder"), [(0o600, 0o700), (0o640, 0o2750), (0o660, 0o2770)])
def test_a_backup_never_leaks(empty_book: Path, clock: FixedClock, umask: int, file: int, folder: int) -> None:
    empty_book.chmod(file)
    before = os.umask(umask)
    try:
        store = open_book(empty_book, clock)
        store.back_up()
        kept = backups_beside(SystemCalls(), store.path).keep_as_is([store.path], MOMENT, "damaged")
    finally:
        os.umask(before)
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in kept.parent.rglob("*")}
    assert len(found) == 3
    assert all(mode == (folder if path.is_dir() else file) for path, mode in found.items())
    assert stat.S_IMODE(kept.parent.stat().st_mode) == folder


def test_the_folder_follows_the_mode_of_the_book(store: BookStore) -> None:
    made = store.back_up()
    store.path.chmod(0o660)
    store.commit(visit(store, "two"))
    store.fold()
    store.back_up()
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o2770


def test_nothing_is_made_where_everybody_can_write(store: BookStore, empty_book: Path) -> None:
    folder = empty_book.with_name("book.json.backups")
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(errors.UnsafeFolder):
        store.back_up()
    assert os.listdir(folder) == []
    folder.rmdir()
    empty_book.parent.chmod(0o777)
    with pytest.raises(errors.UnsafeFolder):
        beside(empty_book).make([b"x"], MOMENT, "asked")
    assert not folder.exists()


def test_the_daily_is_made_once_a_day_and_the_folder_kept_small(store: BookStore, clock: FixedClock) -> None:
    first = back_up_daily(store)
    assert first is not None
    assert first.reason == "daily"
    assert not beside(store.path).daily_is_due(clock.today())
    assert beside(store.path).daily_is_due(clock.today() + timedelta(days=1))
    assert back_up_daily(store) is None
    old = beside(store.path)
    for days in range(1, 60):
        old.make([b"x"], MOMENT - timedelta(days=days), "daily")
    made = store.back_up()
    assert made in store.backups()
    assert len(store.backups()) < 15


def test_the_one_just_made_stays_though_the_clock_went_back(store: BookStore) -> None:
    future = beside(store.path)
    for minute in range(60):
        future.make([b"x"], datetime(2027, 1, 1, 1, minute, tzinfo=UTC), "asked")
    made = store.back_up("daily")
    assert made in store.backups()
