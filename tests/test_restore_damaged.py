"""Restoring over a book that cannot be read: nothing is lost that files tell for certain, and it can be taken back."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage import errors
from storage.book_store import BookStore
from storage.lock import FolderLock
from storage.modes import modes_of
from storage.new_book import NewBook
from storage.putting_back import put_back_kept, restore_over_damaged
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from tests.damaged_studio import Studio

pytest_plugins = ("tests.damaged_studio",)

CALLS = SystemCalls()
MOMENT = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)


DAMAGES = [
    ("cut_in_half", "abcd"),
    ("emptied", "abcd"),
    ("gone", "abcd"),
    ("journal_cut", "abcd"),
    ("no_journal", "abc"),
    ("journal_without_head", "abc"),
]


@pytest.mark.parametrize(("damage", "found"), DAMAGES)
def test_the_newest_backup_and_what_was_done_since(studio: Studio, damage: str, found: str) -> None:
    studio.damage(damage)
    before = {path.name: path.read_bytes() for path in (studio.path, studio.journal) if path.exists()}
    done = studio.restore(later_acts=True)
    assert studio.notes() == studio.story() == found
    assert done.later == len(found) - 2
    if before:
        assert done.kept == studio.backup.parent / "2026-11-24T101500Z-damaged"
        assert {path.name: path.read_bytes() for path in done.kept.iterdir()} == before
    go_on(studio, found)


def go_on(studio: Studio, found: str) -> None:
    """Save, undo as far as the restored acts go, and fold: all as if nothing had been."""
    store = studio.open()
    studio.log_to(store, "z")
    assert store.undo().subject == "z"
    assert store.undo().subject == found[-1]
    store.fold()
    studio.log_to(store, "y")
    store.close()
    assert studio.notes() == found[:-1] + "y"
    names = sorted(os.listdir(studio.path.parent))
    assert names == ["book.json", "book.json.backups", "book.json.history", "book.json.journal"]


@pytest.mark.parametrize(("damage", "found"), DAMAGES)
def test_a_backup_that_was_named_is_restored_as_it_is(studio: Studio, damage: str, found: str) -> None:
    studio.damage(damage)
    assert studio.restore().later == 0
    assert studio.notes() == "ab"
    go_on(studio, "ab")


def test_undo_sees_no_act_that_came_after_the_backup(studio: Studio) -> None:
    studio.cut_in_half()
    studio.restore()
    store = studio.open()
    assert [act.subject for act in store.history()] == ["b", "a"]
    studio.log_to(store, "x")
    store.fold()
    studio.log_to(store, "y")
    assert [act.subject for act in store.history()] == ["y", "x", "b", "a"]
    assert [store.undo().subject for _ in range(4)] == ["y", "x", "b", "a"]


def test_acts_of_the_time_before_a_restore_are_not_taken_for_later_ones(studio: Studio) -> None:
    """The numbers of c and d are used again by x and y. The backup is that of c; y must not be put on top of it."""
    store = studio.open()
    store.close()
    third = studio.open()
    old = third.back_up().path
    third.close()
    studio.cut_in_half()
    studio.restore()
    store = studio.open()
    for note in "xyz":
        studio.log_to(store, note)
    store.close()
    assert studio.notes() == "abxyz"
    studio.emptied()
    studio.backup = old
    assert studio.restore(later_acts=True).later == 0
    assert studio.notes() == "abcd"


def test_alterations_by_another_program_are_not_stepped_over(studio: Studio) -> None:
    """Somebody edited the book after the backup: the acts after that do not lead on from it."""
    document = json.loads(studio.path.read_bytes())
    for touch in document["touches"].values():
        touch["note"] = touch["note"].upper()
    studio.path.write_text(json.dumps(document))
    store = studio.open()
    studio.log_to(store, "e")
    store.close()
    assert studio.notes() == "ABCde"
    studio.cut_in_half()
    assert studio.restore(later_acts=True).later == 0
    assert studio.notes() == "ab"


def test_a_history_with_a_hole_is_followed_up_to_it(studio: Studio) -> None:
    (month,) = studio.path.with_name("book.json.history").iterdir()
    studio.cut_in_half()
    month.write_bytes(b"".join(line for line in month.read_bytes().splitlines(True) if b'"seq":3,' not in line))
    assert studio.restore(later_acts=True).later == 0
    assert studio.notes() == "ab"


def test_an_act_that_does_not_begin_from_these_records_ends_it(studio: Studio) -> None:
    store = studio.open()
    added = next(act.changes[0].id for act in store.history() if act.subject == "d")
    store.close(fold=False)
    document = json.loads(studio.backup.read_bytes())
    document["touches"]["9"] = {**document["touches"]["1"], "note": "E", "id": added}
    studio.backup.write_text(json.dumps(document))
    studio.emptied()
    assert studio.restore(later_acts=True).later == 1
    assert studio.notes() == "Eabc"


def test_without_history_and_journal_nothing_is_certain(studio: Studio) -> None:
    studio.no_journal()
    history = studio.path.with_name("book.json.history")
    (month,) = history.iterdir()
    month.write_bytes(month.read_bytes().splitlines(True)[-1])
    assert studio.restore(later_acts=True).later == 0
    assert studio.notes() == "ab"
    studio.cut_in_half()
    shutil.rmtree(history)
    assert studio.restore(later_acts=True).later == 0
    assert studio.notes() == "ab"


def test_a_session_that_has_the_damaged_book_open_goes_on(studio: Studio) -> None:
    session = studio.open()
    studio.cut_in_half()
    with pytest.raises(errors.BookDamaged):
        session.refresh()
    studio.restore()
    studio.log_to(session, "x")
    session.apply_arrived()
    assert sorted(touch.note for touch in session.book.touches.values()) == ["a", "b", "x"]
    session.close()
    assert studio.notes() == "abx"


def test_a_session_that_looks_away_until_the_numbers_are_the_same_again(studio: Studio) -> None:
    session = studio.open()
    studio.cut_in_half()
    studio.restore()
    other = studio.open()
    for note in "xy":
        studio.log_to(other, note)
    other.close()
    session.refresh()
    session.apply_arrived()
    assert sorted(touch.note for touch in session.book.touches.values()) == ["a", "b", "x", "y"]


def test_the_restore_is_taken_back_by_restoring_what_was_kept(studio: Studio) -> None:
    studio.cut_in_half()
    before = studio.path.read_bytes(), studio.journal.read_bytes()
    kept = studio.restore().kept
    assert kept is not None
    studio.log("x")
    back = put_back_kept(CALLS, studio.path, kept, MOMENT)
    assert (studio.path.read_bytes(), studio.journal.read_bytes()) == before
    assert back.kept == studio.backup.parent / "2026-11-24T101500Z-restore"
    assert studio.notes(back.kept / "book.json") == "abx"
    studio.restore(later_acts=True)
    assert studio.notes() == "abcd"
    shutil.rmtree(kept)
    with pytest.raises(errors.BackupUnusable, match="there is no book"):
        put_back_kept(CALLS, studio.path, kept, MOMENT)


def test_kept_files_without_a_journal_leave_none(studio: Studio) -> None:
    studio.no_journal()
    kept = studio.restore().kept
    assert kept is not None
    studio.log("x")
    put_back_kept(CALLS, studio.path, kept, MOMENT)
    assert not studio.journal.exists()
    put_back_kept(CALLS, studio.path, kept, MOMENT)


def test_a_folder_of_kept_files_that_can_be_read_is_a_backup(studio: Studio) -> None:
    studio.journal_cut()
    kept = studio.restore().kept
    assert kept is not None
    store = studio.open()
    act = store.restore(kept)
    assert act is not None
    assert studio.notes() == "abcd"
    store.undo()
    assert studio.notes() == "ab"
    (kept / "other.json").write_bytes(b"x")
    with pytest.raises(errors.BackupUnusable, match="does not hold one book"):
        store.restore(kept)


def test_a_sound_book_is_not_written_over(studio: Studio) -> None:
    before = studio.path.read_bytes()
    with pytest.raises(errors.NotRestored) as caught:
        studio.restore()
    assert caught.value.title == "Not restored"
    assert str(caught.value) == (
        f"{studio.path} is not damaged. The book's files are kept as they were, and so is the backup."
        " Run `trainer-tui restore` again."
    )
    assert studio.path.read_bytes() == before


def test_a_newer_book_or_journal_is_not_written_over(studio: Studio) -> None:
    content = studio.journal.read_bytes()
    studio.journal.write_bytes(content.replace(b'"journal":1', b'"journal":9'))
    with pytest.raises(errors.JournalNewer):
        studio.restore()
    studio.journal.write_bytes(content)
    document = json.loads(studio.path.read_bytes())
    document["_meta"]["1"]["schema"] = 99
    studio.path.write_text(json.dumps(document))
    with pytest.raises(errors.BookNewer):
        studio.restore()


def test_a_backup_of_another_book_is_refused(studio: Studio, tmp_path: Path) -> None:
    other = BookStore.create(tmp_path / "other" / "book.json", user="kim", clock=studio.clock)
    studio.cut_in_half()
    before = studio.path.read_bytes()
    with pytest.raises(errors.BackupElsewhere):
        restore_over_damaged(CALLS, studio.path, other.back_up().path, MOMENT)
    assert studio.path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o777, 0o1777])
def test_nothing_is_restored_where_everybody_can_write(studio: Studio, mode: int) -> None:
    studio.emptied()
    studio.path.parent.chmod(mode)
    with pytest.raises(errors.UnsafeFolder):
        studio.restore()
    assert studio.path.read_bytes() == b""


def test_nothing_is_restored_that_may_not_be_written(studio: Studio) -> None:
    class Forbidden(SystemCalls):
        def may_write(self, path: Path) -> bool:
            return False

    studio.emptied()
    with pytest.raises(errors.NoPermission):
        studio.restore(Forbidden())


def test_another_session_that_is_saving_or_folding_is_told(studio: Studio) -> None:
    studio.emptied()
    with FolderLock(CALLS, studio.path.parent, 1), pytest.raises(errors.NotRestored, match="Another session is saving"):
        restore_over_damaged(CALLS, studio.path, studio.backup, MOMENT, patience=0.01)

    folding = NewBook(CALLS, studio.path, modes_of(studio.path.stat()))
    with pytest.raises(errors.NotRestored, match="Another session is folding"):
        studio.restore()
    folding.drop()
    studio.restore()
    assert studio.notes() == "ab"
