"""A migration that fails or stops at any call: the files load to the same records, and the next try goes through."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tinydb import TinyDB

from relationships.changes import Act
from relationships.records import Record, Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.system_calls import SystemCalls
from tests.fault_calls import Fault, FaultyCalls, How, Stop, changing
from tests.fault_runs import memory
from trainer_tui.clock import SystemClock

OLD = Path(__file__).parent / "books" / "schema_1"


@pytest.fixture
def path() -> Iterator[Path]:
    """A place for a book where a sync costs nothing: what fails here is made to fail."""
    with TemporaryDirectory(dir=memory()) as folder:
        yield Path(folder) / "studio" / "book.json"


def afresh(path: Path) -> None:
    shutil.rmtree(path.parent, ignore_errors=True)
    shutil.copytree(OLD, path.parent)


def open_book(path: Path, calls: SystemCalls | None = None, *, to_read: bool = False) -> BookStore:
    return BookStore.open(path, user="sam", clock=SystemClock(), calls=calls, to_read=to_read)


def visit(store: BookStore) -> Act:
    return store.author.act(
        "log a visit", store.author.add(store.author.new(Touch, kind=TouchKind.VISIT, note="after"))
    )


def records(store: BookStore) -> dict[str, dict[str, Record]]:
    return {table: dict(found) for table, found in store.book.tables.items()}


@pytest.fixture
def known(path: Path) -> dict[str, dict[str, Record]]:
    """What the old book holds."""
    afresh(path)
    store = open_book(path, to_read=True)
    assert store.book.sequence == 3
    store.close()
    return records(store)


def look_and_go_on(path: Path, known: dict[str, dict[str, Record]], where: str) -> None:
    """A reader, then a session that saves, then stock TinyDB find what they should; the old files are kept."""
    _never_lines_of_an_old_schema_beside_a_new_book(path, where)
    reader = open_book(path, to_read=True)
    assert records(reader) == known, where
    assert not isinstance(reader.read_only, errors.BookDamaged), where
    assert [act.sequence for act in reader.history()] == [3, 2, 1], where
    reader.close()
    store = open_book(path)
    assert store.read_only is None, where
    assert store.schema == 2, where
    assert records(store) == known, where
    assert store.commit(visit(store)).sequence == 4
    store.close()
    again = open_book(path)
    assert [act.sequence for act in again.history()] == [4, 3, 2, 1], where
    again.close()
    with TinyDB(path) as db:
        assert len(db.table("touches")) == len(known["touches"]) + 1
    assert _old_files_are_kept(path), where
    assert not [name for name in path.parent.iterdir() if name.suffix == ".new"]


def _never_lines_of_an_old_schema_beside_a_new_book(path: Path, where: str) -> None:
    header, *lines = path.with_name("book.json.journal").read_bytes().rstrip(b" ").splitlines()
    new_book = b'"schema":2' in path.read_bytes().split(b"\n")[0]
    assert not (new_book and lines and b'"schema":2' not in header), where


def _old_files_are_kept(path: Path) -> bool:
    kept = path.with_name("book.json.backups").glob("*-migration*/book.json")
    return any(each.read_bytes() == (OLD / "book.json").read_bytes() for each in kept)


def test_after_a_stop_at_any_call_the_book_loads_and_is_migrated(
    path: Path, known: dict[str, dict[str, Record]]
) -> None:
    calls = FaultyCalls()
    open_book(path, calls).close()
    assert len(changing(calls)) > 30
    for at in changing(calls):
        afresh(path)
        stopping = FaultyCalls(Fault(at=at, how=How.BEFORE))
        with pytest.raises(Stop):
            open_book(path, stopping)
        stopping.bury()
        look_and_go_on(path, known, f"stopped at call {at}")


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
def test_after_a_failure_at_any_call_it_can_be_read_and_the_same_session_saves_later(
    path: Path, known: dict[str, dict[str, Record]], error: int
) -> None:
    calls = FaultyCalls()
    open_book(path, calls).close()
    refused = 0
    for at in changing(calls):
        afresh(path)
        failing = FaultyCalls(Fault(at=at, how=How.FAIL, error=error))
        store = open_book(path, failing)
        assert records(store) == known, f"failed at call {at}"
        if store.read_only is not None:
            refused += 1
            assert isinstance(store.read_only, errors.NotMigrated), f"failed at call {at}"
            assert store.read_only.kept == "Everything in it is there and can be read."
        look_and_go_on_in(store)
        look_and_go_on_after_all(path, known, f"failed at call {at}")
    assert refused > 20


def look_and_go_on_in(store: BookStore) -> None:
    """The cause is gone; the session that has it open saves."""
    assert store.commit(visit(store)).sequence == 4
    assert store.read_only is None
    store.close()


def look_and_go_on_after_all(path: Path, known: dict[str, dict[str, Record]], where: str) -> None:
    again = open_book(path)
    assert [act.sequence for act in again.history()] == [4, 3, 2, 1], where
    assert {key: found for key, found in records(again)["touches"].items() if found in known["touches"].values()} == (
        known["touches"]
    )
    assert len(again.book.touches) == len(known["touches"]) + 1, where
    again.close()
    assert _old_files_are_kept(path), where
    assert len([*path.with_name("book.json.backups").iterdir()]) <= 2, where


def test_a_full_disk_is_told_and_no_second_backup_of_the_same_files_is_made(
    path: Path, known: dict[str, dict[str, Record]]
) -> None:
    class Full(SystemCalls):
        full = True

        def write(self, fd: int, content: bytes) -> int:
            if self.full and self.name_of(fd).endswith("book.json.new"):
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(fd, content)

    calls = Full()
    store = open_book(path, calls)
    assert isinstance(store.read_only, errors.NotMigrated)
    assert str(store.read_only) == (
        "There is no room for a second copy of the book (No space left on device)."
        " Everything in it is there and can be read."
        " Mend the cause, then open the book again: it is tried again then."
    )
    for _ in range(3):
        with pytest.raises(errors.ReadOnlyBook, match="no room for a second copy"):
            store.commit(visit(store))
    assert len([*path.with_name("book.json.backups").iterdir()]) == 1
    assert path.read_bytes() == (OLD / "book.json").read_bytes()
    calls.full = False
    assert store.commit(visit(store)).sequence == 4
    assert len([*path.with_name("book.json.backups").iterdir()]) == 1
    assert records(store) == known
