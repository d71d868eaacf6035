"""Restoring a backup into a sound book: one act, in the history, seen by others, taken back like any other."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.book import Book
from relationships.changes import Act, Author
from relationships.records import KINDS, Practice, Practitioner, Record, Touch
from relationships.vocabulary import TouchKind
from storage import errors, failures
from storage.book_store import BookStore
from storage.restoring import difference, would_change
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock

if TYPE_CHECKING:
    from tests.stopping_calls import MakeCalls, PowerCut
    from tests.studio_book import FixedClock

pytest_plugins = ("tests.stopping_calls",)

Tables = dict[str, dict[str, Record]]


def open_book(path: Path, clock: FixedClock, calls: SystemCalls | None = None, user: str = "sam") -> BookStore:
    return BookStore.open(path, user=user, clock=clock, calls=calls)


def visit(store: BookStore, note: str) -> Act:
    return store.author.act("log", store.author.add(store.author.new(Touch, kind=TouchKind.VISIT, note=note)))


def tables(store: BookStore) -> Tables:
    store.refresh()
    store.apply_arrived()
    return {table: dict(records) for table, records in store.book.tables.items()}


@pytest.fixture
def store(studio_book: Path, clock: FixedClock) -> Iterator[BookStore]:
    opened = open_book(studio_book, clock)
    yield opened
    opened.close(fold=False)


def live_on(store: BookStore) -> None:
    """An act that adds, one that changes, one that trashes, one that takes away."""
    author, book = store.author, store.book
    store.commit(visit(store, "since"))
    patel, osei = book.practitioners["patel"], book.practitioners["osei"]
    store.commit(author.act("edit", author.edit(patel, msgspec.structs.replace(patel, phone="1", tags=("x",)))))
    store.commit(author.act("trash", author.trash(osei)))
    removed = author.act("remove", author.add(book.touches["tour-ben"]).inverse())
    store.commit(removed)
    store.apply_arrived()


def test_a_restore_is_one_act_with_only_what_differs(store: BookStore, clock: FixedClock) -> None:
    before = tables(store)
    backup = store.back_up()
    live_on(store)
    present = tables(store)
    found = would_change(store, SystemCalls(), backup.path)
    assert (found.added, found.changed, found.removed) == (1, 2, 1)
    act = store.restore(backup.path)
    assert act is not None
    assert act.changes == found.changes
    assert act.words == f"restore backup of {backup.moment.astimezone():%-d %b %Y %H:%M}"
    assert tables(store) == before
    assert next(store.history()).id == act.id
    made, asked = store.backups()
    assert (made.reason, asked) == ("restore", backup)
    with_present = open_book(made.path, clock)
    assert tables(with_present) == present
    store.undo()
    assert tables(store) == present
    store.redo()
    assert tables(store) == before
    store.fold()
    assert tables(open_book(store.path, clock)) == before


def test_another_session_sees_it_as_any_act(store: BookStore, clock: FixedClock) -> None:
    before = tables(store)
    backup = store.back_up()
    live_on(store)
    other = open_book(store.path, clock, user="kim")
    book = other.book
    act = store.restore(backup.path)
    assert other.refresh()
    assert other.apply_arrived() == (act,)
    assert other.book is book
    assert tables(other) == before


def test_what_is_the_same_is_left_alone(store: BookStore) -> None:
    backup = store.back_up()
    journal = store.path.with_name("book.json.journal")
    assert store.restore(backup.path) is None
    assert store.backups() == (backup,)
    assert not journal.exists()


def test_a_backup_of_another_book_is_refused(store: BookStore, tmp_path: Path, clock: FixedClock) -> None:
    other = BookStore.create(tmp_path / "other" / "book.json", user="kim", clock=clock)
    backup = other.back_up()
    with pytest.raises(errors.BackupElsewhere) as caught:
        store.restore(backup.path)
    assert caught.value.title == "That is a backup of another book"
    assert caught.value.happened.startswith(f"{backup.path} was made of the book ")
    assert str(caught.value).endswith(
        "Nothing was changed. Open it with --book as the book that it is, or name a backup of this one."
    )
    assert store.backups() == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "There is no backup that can be read at {0} (No such file or directory)."),
        (b"", "{0} is empty. An empty file is never taken for a new book."),
        (b'{"a": {}}', "{0} holds JSON, but not a trainer-tui book: it has no _meta table."),
        (b'{"_meta":{"1":{"for', "{0} is not JSON: it ends in the middle, at line 1."),
    ],
)
def test_a_backup_that_cannot_be_read_is_named(store: BookStore, content: bytes | None, says: str) -> None:
    path = store.path.with_name("copy.json")
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(errors.BackupUnusable) as caught:
        store.restore(path)
    assert caught.value.title == "That backup cannot be used"
    assert str(caught.value) == (
        f"{says.format(path)} Nothing was changed. `trainer-tui backup --list` shows the others."
    )
    assert store.backups() == ()


def test_a_backup_of_a_later_version_is_refused(store: BookStore) -> None:
    backup = store.back_up()
    document = json.loads(backup.path.read_bytes())
    document["_meta"]["1"]["schema"] = 99
    backup.path.write_text(json.dumps(document))
    with pytest.raises(errors.BackupUnusable, match="schema 99"):
        store.restore(backup.path)


def test_a_table_of_another_program_is_no_hindrance_and_stays(store: BookStore, clock: FixedClock) -> None:
    for path in (store.path, store.back_up().path):
        document = json.loads(path.read_bytes())
        document["recipes"] = {"1": {"name": "soup"}}
        path.write_text(json.dumps(document))
    before = tables(store)
    live_on(store)
    assert store.restore(store.backups()[-1].path) is not None
    assert tables(store) == before
    store.fold()
    assert json.loads(store.path.read_bytes())["recipes"] == {"1": {"name": "soup"}}


def test_a_book_copied_with_its_journal_is_restored_with_both(store: BookStore, tmp_path: Path) -> None:
    store.commit(visit(store, "one"))
    before = tables(store)
    copy = shutil.copytree(store.path.parent, tmp_path / "copy")
    live_on(store)
    store.restore(copy / "book.json")
    assert tables(store) == before
    assert next(store.history()).words == "restore book.json"


def test_without_a_backup_of_the_present_nothing_is_restored(store: BookStore) -> None:
    backup = store.back_up()
    live_on(store)
    present = tables(store)
    folder = backup.path.parent
    aside = folder.rename(folder.with_name("aside"))
    folder.write_bytes(b"in the way")
    with pytest.raises(errors.NotBackedUp):
        store.restore(aside / backup.path.name)
    assert tables(store) == present


def test_what_somebody_saves_in_between_is_restored_too(studio_book: Path, clock: FixedClock) -> None:
    class Interrupted(SystemCalls):
        def rename(self, source: Path, target: Path) -> None:
            super().rename(source, target)
            if "restore" in target.name:
                patel = other.book.practitioners["patel"]
                other.commit(
                    other.author.act("edit", other.author.edit(patel, msgspec.structs.replace(patel, email="x")))
                )

    other = open_book(studio_book, clock, user="kim")
    backup = other.back_up()
    store = open_book(studio_book, clock, Interrupted())
    before = tables(store)
    patel = store.book.practitioners["patel"]
    store.commit(store.author.act("edit", store.author.edit(patel, msgspec.structs.replace(patel, phone="1"))))
    other.refresh()
    other.apply_arrived()
    act = store.restore(backup.path)
    assert act is not None
    assert act.sequence == 3
    assert tables(store) == before


def test_somebody_who_always_comes_in_between_wins(store: BookStore, monkeypatch: pytest.MonkeyPatch) -> None:
    backup = store.back_up()
    live_on(store)
    tries = []

    def clash(act: Act) -> Act:
        tries.append(act)
        raise failures.conflict((errors.Clash(None, None, None),))

    monkeypatch.setattr(store, "commit", clash)
    with pytest.raises(errors.Conflict):
        store.restore(backup.path)
    assert len(tries) == 5


def test_an_act_that_was_not_confirmed_is_saved_once_more(studio_book: Path, clock: FixedClock) -> None:
    class Unconfirmed(SystemCalls):
        failing = False

        def sync_content(self, fd: int) -> None:
            if self.failing:
                self.failing = False
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            super().sync_content(fd)

    calls = Unconfirmed()
    store = open_book(studio_book, clock, calls)
    before = tables(store)
    backup = store.back_up()
    live_on(store)
    calls.failing = True
    assert store.restore(backup.path) is not None
    assert tables(store) == before
    assert [act.sequence for act in store.history()] == [5, 4, 3, 2, 1]


@given(st.data())
def test_the_difference_turns_any_records_into_any_others(data: st.DataObject) -> None:
    author = Author("sam", SystemClock(), map(str, count()).__next__)
    records = [author.new(kind, name="x") for kind in (Practitioner, Practice) for _ in range(4)]
    records += [author.new(Touch, kind=TouchKind.VISIT) for _ in range(4)]
    versions = [(record, msgspec.structs.replace(record, version=2)) for record in records]

    def some() -> Tables:
        found: Tables = {kind.table: {} for kind in KINDS}
        for pair in data.draw(st.lists(st.sampled_from(versions), unique_by=lambda pair: pair[0].id)):
            record = data.draw(st.sampled_from(pair))
            found[record.table][record.id] = record
        return found

    present, wanted = some(), some()
    found = difference({table: list(each.values()) for table, each in present.items()}, wanted)
    assert found.added + found.changed + found.removed == len(found.changes)
    book = Book(present)
    act = author.act("restore", *found.changes)
    book.apply(act)
    assert book.tables == wanted
    book.apply(author.undo(act))
    assert book.tables == present
    assert all(change.before != change.after for change in found.changes)
    assert difference({table: list(each.values()) for table, each in wanted.items()}, wanted).changes == ()


@pytest.mark.parametrize("error", [errno.ENOSPC, None])
def test_a_restore_that_fails_or_stops_at_any_call(
    studio_book: Path,
    tmp_path: Path,
    clock: FixedClock,
    stopping: MakeCalls,
    power_cut: type[PowerCut],
    error: int | None,
) -> None:
    store = open_book(studio_book, clock)
    old = tables(store)
    backup = store.back_up()
    live_on(store)
    present = tables(store)
    store.close(fold=False)
    start = shutil.copytree(studio_book.parent, tmp_path / "start")
    at, reached = 0, True
    while reached:
        at += 1
        shutil.rmtree(studio_book.parent)
        shutil.copytree(start, studio_book.parent)
        calls = stopping(0, error)
        store = open_book(studio_book, clock, calls)
        calls.at = calls.made + at
        done = False
        with suppress(errors.BookError, power_cut):
            done = store.restore(backup.path) is not None
        reached = calls.made >= calls.at
        store.close(fold=False)
        session = open_book(studio_book, clock)
        assert session.read_only is None
        assert tables(session) in ((old,) if done else (old, present)), f"at call {at}"
        session.commit(visit(session, "after"))
        session.close()
    assert at > 10


def test_practitioners_of_the_backup_keep_their_ids(store: BookStore) -> None:
    backup = store.back_up()
    patel = store.book.practitioners["patel"]
    store.commit(store.author.act("remove", store.author.add(patel).inverse()))
    act = store.restore(backup.path)
    assert act is not None
    (change,) = act.changes
    assert isinstance(change.after, Practitioner)
    assert change.after == patel
