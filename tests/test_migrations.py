"""A book of an older schema: brought up to date after a backup, and read through the steps by who may not write."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

import msgspec
import pytest
from tinydb import TinyDB

from relationships.changes import Act
from relationships.records import Record, Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_format import read_book
from storage.book_store import BookStore
from storage.system_calls import SystemCalls
from storage.tinydb_view import BookView
from trainer_tui.clock import SystemClock

OLD = Path(__file__).parent / "books" / "schema_1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A book as the first version left it: one act folded, two in the journal."""
    shutil.copytree(OLD, tmp_path / "studio")
    return tmp_path / "studio" / "book.json"


def open_book(path: Path, user: str = "sam", *, to_read: bool = False, calls: SystemCalls | None = None) -> BookStore:
    return BookStore.open(path, user=user, clock=SystemClock(), to_read=to_read, calls=calls)


def visit(store: BookStore, note: str = "") -> Act:
    touch = store.author.new(Touch, kind=TouchKind.VISIT, note=note)
    return store.author.act("log a visit", store.author.add(touch))


def records(store: BookStore) -> dict[str, dict[str, Record]]:
    return {table: dict(found) for table, found in store.book.tables.items()}


def expected() -> dict[str, dict[str, Record]]:
    """What the first version showed: the book file, with the two acts of the journal on top."""
    tables = read_book((OLD / "book.json").read_bytes(), OLD).tables
    for line in (OLD / "book.json.journal").read_bytes().splitlines()[1:3]:
        for table, key, _, after in msgspec.json.decode(line)["changes"]:
            tables[table][key] = msgspec.convert(after, type(next(iter(tables[table].values()))))
    return tables


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def kept_folders(path: Path) -> list[Path]:
    return sorted(path.with_name("book.json.backups").iterdir())


def test_every_record_is_what_it_was(path: Path) -> None:
    store = open_book(path)
    assert records(store) == expected()
    assert store.read_only is None
    assert (store.schema, store.book.sequence, store.unfolded) == (2, 3, False)
    assert [touch.note for touch in store.book.touches.values()][-1] == "in the journal"


def test_the_old_files_are_kept_as_they_were(path: Path) -> None:
    open_book(path)
    (kept,) = kept_folders(path)
    assert kept.name.endswith("-migration")
    assert contents(kept) == {name: (OLD / name).read_bytes() for name in ("book.json", "book.json.journal")}


def test_the_book_says_where_the_schema_began_and_the_journal_which_it_is_in(path: Path) -> None:
    store = open_book(path)
    store.commit(visit(store, "new"))
    with TinyDB(path) as db:
        (meta,) = db.table("_meta").all()
        assert len(db.table("touches")) == len(expected()["touches"])
    assert meta.pop("written") == path.stat().st_mtime_ns
    assert dict(meta) == {
        "format": "trainer-tui book",
        "schema": 2,
        "book_id": "a0",
        "sequence": 3,
        "alterations": 1,
        "upgrades": {"2": 4},
    }
    header = path.with_name("book.json.journal").read_bytes().split(b"\n")[0]
    assert header == b'{"journal":1,"book":"a0","from":3,"schema":2}'
    store.close()
    again = open_book(path)
    assert [act.sequence for act in again.history()] == [4, 3, 2, 1]
    assert len(kept_folders(path)) == 1


def test_the_history_goes_on_and_old_acts_can_be_undone(path: Path) -> None:
    store = open_book(path)
    acts = [*store.history()]
    assert [(act.sequence, act.words) for act in acts] == [
        (3, "log phone call"),
        (2, "edit practitioner: Ruth Cohen"),
        (1, "log visit"),
    ]
    assert store.undo().sequence == 4
    assert store.undo().undoes == acts[1].id
    store.take_back(acts[2])
    store.apply_arrived()
    found = records(store)
    assert found["practitioners"]["ruth"] == acts[1].changes[0].before
    assert not {"a1", "a4"} & found["touches"].keys()
    store.close()
    assert [act.sequence for act in open_book(path).history()] == [6, 5, 4, 3, 2, 1]


def test_who_only_reads_changes_no_file(path: Path) -> None:
    before = contents(path.parent)
    reader = open_book(path, "", to_read=True)
    assert records(reader) == expected()
    assert [act.sequence for act in reader.history()] == [3, 2, 1]
    assert isinstance(reader.read_only, errors.BookOlder)
    assert str(reader.read_only) == (
        "The book has schema 1, and this program writes schema 2. Nothing was changed."
        " It is brought up to date, after a backup, when the app opens it or something is saved in it."
    )
    assert reader.read_only.title == "The book is older than this program"
    assert not reader.fold()
    with pytest.raises(errors.ReadOnlyBook, match="Nothing can be saved: The book has schema 1"):
        reader.commit(visit(reader))
    with pytest.raises(errors.NotBackedUp):
        reader.back_up()
    reader.close()
    assert len(BookView(path).read()["touches"]) == len(expected()["touches"])
    assert contents(path.parent) == before


class NoRight(SystemCalls):
    """The files are somebody else's."""

    def may_write(self, path: Path) -> bool:
        return False


def test_who_may_not_write_reads_it_and_is_told_why(path: Path) -> None:
    before = contents(path.parent)
    reader = open_book(path, calls=NoRight())
    assert records(reader) == expected()
    assert isinstance(reader.read_only, errors.NoPermission)
    reader.close()
    assert contents(path.parent) == before


def test_a_reader_goes_on_when_somebody_migrates_the_book(path: Path) -> None:
    reader = open_book(path, "", to_read=True)
    writer = open_book(path)
    writer.commit(visit(writer, "new"))
    assert reader.news()
    reader.refresh()
    reader.apply_arrived()
    assert reader.read_only is None
    writer.apply_arrived()
    assert records(reader) == records(writer)


def test_two_sessions_that_open_at_once_migrate_once(path: Path) -> None:
    class Late(SystemCalls):
        """Another session opens the book between this one's reading and its lock."""

        other: BookStore | None = None

        def flock(self, fd: int, operation: int) -> None:
            if self.other is None:
                self.other = open_book(path, "kim")
                self.other.commit(visit(self.other, "quick"))
            super().flock(fd, operation)

    late = Late()
    store = open_book(path, calls=late)
    assert late.other is not None
    assert len(kept_folders(path)) == 1
    assert store.commit(visit(store, "slow")).sequence == 5
    store.apply_arrived()
    assert [touch.note for touch in store.book.touches.values()][-2:] == ["quick", "slow"]
    late.other.refresh()
    late.other.apply_arrived()
    assert records(store) == records(late.other)


def test_an_old_book_put_back_under_an_open_session_is_migrated_too(path: Path) -> None:
    store = open_book(path)
    store.commit(visit(store, "gone with the old book"))
    store.fold()
    for name in ("book.json", "book.json.journal"):
        shutil.copy(OLD / name, path.with_name(name))
    saved = store.commit(visit(store, "new"))
    assert saved.sequence == 4
    store.apply_arrived()
    assert store.schema == 2
    assert [touch.note for touch in store.book.touches.values()][-2:] == ["in the journal", "new"]
    store.close()
    assert next(open_book(path).history()).id == saved.id


def test_a_session_that_folds_meanwhile_is_waited_for_and_tried_again(path: Path) -> None:
    with _in_the_making(path):
        store = open_book(path)
        assert isinstance(store.read_only, errors.NotMigrated)
        assert store.read_only.title == "The book was not brought up to date"
        assert store.read_only.happened == "Another session is writing the book file just now."
        assert records(store) == expected()
        with pytest.raises(errors.ReadOnlyBook, match="Another session is writing"):
            store.commit(visit(store))
    assert store.commit(visit(store)).sequence == 4
    assert len(kept_folders(path)) == 1


@contextmanager
def _in_the_making(path: Path) -> Iterator[None]:
    """A fold of another session that is not through yet."""
    fd = os.open(path.with_name("book.json.new"), os.O_CREAT | os.O_RDWR)
    fcntl.flock(fd, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(fd)


def test_a_journal_of_a_newer_schema_makes_it_read_only(path: Path) -> None:
    open_book(path).close()
    path.with_name("book.json.journal").write_bytes(b'{"journal":1,"book":"a0","from":3,"schema":3}\n')
    store = open_book(path)
    assert isinstance(store.read_only, errors.JournalNewer)
    assert str(store.read_only).startswith(f"{path}.journal has schema 3; this program reads up to 2.")


def test_lines_of_another_schema_than_the_book_are_not_guessed_at(path: Path) -> None:
    before = path.with_name("book.json.journal").read_bytes()
    open_book(path).close()
    path.with_name("book.json.journal").write_bytes(before.replace(b'"from":1', b'"from":3').rstrip(b" "))
    store = open_book(path)
    assert isinstance(store.read_only, errors.JournalApart)
    assert store.read_only.happened == f"{path}.journal has schema 1, but the book has schema 2."


def test_an_act_on_a_kind_of_record_of_a_later_version_is_newer_not_damaged(path: Path) -> None:
    store = open_book(path)
    store.commit(visit(store, "known"))
    store.close(fold=False)
    journal = path.with_name("book.json.journal")
    whole = journal.read_bytes().rstrip(b" ")
    line = whole.splitlines()[-1].replace(b'"touches"', b'"dreams"').replace(b'"seq":4', b'"seq":5')
    journal.write_bytes(whole + resummed(line) + b"\n")
    reader = open_book(path)
    assert isinstance(reader.read_only, errors.JournalNewer)
    assert reader.read_only.title == "The journal is newer than this program"
    assert "there is no kind of record called 'dreams'" in reader.read_only.happened
    assert [touch.note for touch in reader.book.touches.values()][-1] == "known"
    assert journal.read_bytes() == whole + resummed(line) + b"\n"


def resummed(line: bytes) -> bytes:
    body = line[len(b'{"sum":"00000000",') :]
    return b'{"sum":"%08x",' % crc32(body) + body


def test_nothing_of_the_old_folder_is_lost(path: Path) -> None:
    open_book(path).close()
    assert sorted(os.listdir(path.parent)) == [
        "book.json",
        "book.json.backups",
        "book.json.history",
        "book.json.journal",
    ]
    old = (OLD / "book.json.history" / "2026-11.jsonl").read_bytes()
    lines = (OLD / "book.json.journal").read_bytes().rstrip(b" ").splitlines(keepends=True)[1:]
    assert path.with_name("book.json.history").joinpath("2026-11.jsonl").read_bytes() == old + b"".join(lines)
