"""The doctor names every problem with its file and record, changes nothing, and finds nothing in a sound book."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from relationships.records import FollowUp, Practitioner, Record, Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.doctor import examine
from storage.findings import Severity
from storage.system_calls import SystemCalls
from tests import small_book
from trainer_tui.demo import demo_tables


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound book, not to be changed."""
    path = tmp_path_factory.mktemp("sound") / "studio" / "book.json"
    small_book.make_book(path)
    return path


@pytest.fixture
def path(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template.parent, tmp_path / "studio") / "book.json"


def test_a_sound_book_has_no_findings(path: Path) -> None:
    before = small_book.all_files(path.parent)
    assert small_book.look(path) == ()
    assert small_book.all_files(path.parent) == before
    store = BookStore.open(path, user="sam", clock=small_book.StepClock())
    store.close()
    assert small_book.look(path) == ()


def rewritten(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def written(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def lines(path: Path, edit: Callable[[list[bytes]], list[bytes]]) -> None:
    """Change the lines of a journal or history, the room behind them left out."""
    path.write_bytes(b"\n".join(edit(path.read_bytes().rstrip(b" ").split(b"\n"))))


def folded_then(path: Path, **changes: dict[str, Any]) -> None:
    """Let the book file hold everything, then change it."""
    BookStore.open(path, user="sam", clock=small_book.StepClock()).close()
    by_json(path, **changes)


def by_json(path: Path, **changes: dict[str, Any]) -> None:
    """Change fields of documents, named `table_number`."""

    def edit(document: dict[str, Any]) -> None:
        for name, fields in changes.items():
            table, _, number = name.rpartition("_")
            document[table][number].update(fields)

    small_book.edited(path, edit)


PROBLEMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda p: written(p, b""), "damage book.json  : Nothing in this file can be read as a book."),
    "no JSON": (lambda p: written(p, b"hello"), "damage book.json  : Nothing in this file can be read as a book."),
    "cut off": (
        lambda p: written(p, p.read_bytes()[:-20]),
        "damage book.json  : Line 1: is not JSON: it ends in the middle, at line 18.",
    ),
    "a record that is none": (
        lambda p: rewritten(p, b'"kind":"visit","note":"note folded-1"', b'"kind":"visit","note":"note'),
        "damage book.json touches 2: Line 10: this cannot be read.",
    ),
    "a field of another type": (
        lambda p: by_json(p, touches_2={"minutes": "ten"}),
        "damage book.json touches folded-1: Line 1: minutes cannot be read"
        " (Expected `int | null`, got `str` - at `$.minutes`).",
    ),
    "an unknown table": (
        lambda p: small_book.edited(p, lambda d: d.update(dreams={"1": {}})),
        "note book.json  : This version knows no table “dreams”; it is kept as it is.",
    ),
    "an id twice": (
        lambda p: by_json(p, touches_2={"id": "folded-0", "note": "another"}),
        "damage book.json touches folded-0: Line 1: two records have the id folded-0.",
    ),
    "a number twice": (
        lambda p: rewritten(p, b'"2":', b'"1":'),
        "damage book.json touches folded-1: Line 10: the number 1 stands twice.",
    ),
    "a byte order mark": (
        lambda p: written(p, b"\xef\xbb\xbf" + p.read_bytes()),
        "note book.json  : The file begins with a byte order mark; the next fold leaves it out.",
    ),
    "a newer schema": (
        lambda p: by_json(p, _meta_1={"schema": 99}),
        "warning book.json  : A later version of the program wrote this book or its journal.",
    ),
    "a newer journal": (
        lambda p: rewritten(small_book.journal_of(p), b'"journal":1', b'"journal":9'),
        "warning book.json  : A later version of the program wrote this book or its journal.",
    ),
    "a torn line": (
        lambda p: written(small_book.journal_of(p), small_book.journal_of(p).read_bytes().rstrip(b" ") + b'{"sum":"0'),
        "warning book.json.journal  : Line 7: a write was cut short here.",
    ),
    "an altered line": (
        lambda p: rewritten(small_book.journal_of(p), b"note fresh-2", b"note FRESH-2"),
        "damage book.json.journal  : Line 4: this line cannot be read (the checksum does not fit).",
    ),
    "a missing line": (
        lambda p: lines(small_book.journal_of(p), lambda found: [*found[:2], *found[3:]]),
        "damage book.json.journal  : Line 3: act 9 stands here after act 7.",
    ),
    "a line twice": (
        lambda p: lines(small_book.journal_of(p), lambda found: [*found[:2], found[1], *found[2:]]),
        "damage book.json.journal  : Line 3: act 7 stands here after act 7.",
    ),
    "an empty journal": (
        lambda p: written(small_book.journal_of(p), b""),
        "damage book.json.journal  : Line 1: the first line, which says to which book the journal belongs, cannot be"
        " read.",
    ),
    "a foreign journal": (
        lambda p: rewritten(small_book.journal_of(p), small_book.BOOK_ID.encode(), b"1234567890abcdef"),
        "damage book.json.journal  : The journal belongs to another book.",
    ),
    "a journal that begins too late": (
        lambda p: by_json(p, _meta_1={"sequence": 3}),
        "damage book.json.journal  : The journal begins after act 3, the last of the book: the history has the 3 acts"
        " in between.",
    ),
    "a journal that ends too early": (
        lambda p: by_json(p, _meta_1={"sequence": 30}),
        "damage book.json.journal  : The journal ends before act 30, which the book holds: one of the two was put here"
        " alone.",
    ),
    "a practice that is not there": (
        lambda p: folded_then(p, practitioners_1={"practices": ["quay", "gone"]}),
        "warning book.json practitioners patel: The practitioner names a practice that is not in the book: gone.",
    ),
    "a practitioner of a touch": (
        lambda p: by_json(p, touches_1={"practitioners": ["gone"]}),
        "warning book.json touches folded-0: The touch names a practitioner that is not in the book: gone.",
    ),
    "a practice of a touch": (
        lambda p: by_json(p, touches_1={"practice": "gone"}),
        "warning book.json touches folded-0: The touch names a practice that is not in the book: gone.",
    ),
    "a touch of a follow-up": (
        lambda p: by_json(p, follow_ups_1={"from_touch": "gone"}),
        "warning book.json follow_ups step: The follow-up names a touch that is not in the book: gone.",
    ),
    "a person of a follow-up": (
        lambda p: by_json(p, follow_ups_1={"practitioner": "gone"}),
        "warning book.json follow_ups step: The follow-up names a practitioner that is not in the book: gone.",
    ),
    "a record changed before it was made": (
        lambda p: by_json(p, touches_1={"updated_at": "2020-01-01T00:00:00Z"}),
        "note book.json touches folded-0: It was changed before it was made: a clock ran backwards.",
    ),
    "a record from the future": (
        lambda p: by_json(p, touches_1={"updated_at": "2031-01-01T00:00:00Z"}),
        "warning book.json touches folded-0: It was written at 2031-01-01 00:00 UTC, which is still to come: a clock is"
        " wrong.",
    ),
    "an unreadable line in the history": (
        lambda p: rewritten(small_book.history_of(p), b"folded-1", b"folded-X"),
        "damage book.json.history/2026-11.jsonl  : Line 3: this line cannot be read (the checksum does not fit).",
    ),
    "a torn line in the history": (
        lambda p: written(small_book.history_of(p), small_book.history_of(p).read_bytes()[:-5]),
        "warning book.json.history/2026-11.jsonl  : Line 6: a write was cut short here.",
    ),
    "a gap in the history": (
        lambda p: lines(small_book.history_of(p), lambda found: [found[0], *found[3:]]),
        "note book.json.history  : The history has a gap: acts 2 to 3 are missing. The book itself does not need them.",
    ),
    "one act missing in the history": (
        lambda p: lines(small_book.history_of(p), lambda found: [found[0], *found[2:]]),
        "note book.json.history  : The history has a gap: act 2 is missing. The book itself does not need them.",
    ),
    "an act twice in the history": (
        lambda p: lines(small_book.history_of(p), lambda found: [found[0], found[0], *found[1:]]),
        "note book.json.history  : Act 1 stands twice in the history; it counts once.",
    ),
    "a history that goes back": (
        lambda p: lines(small_book.history_of(p), lambda found: [*found[:4], found[1], *found[4:]]),
        "note book.json.history  : The history goes back from act 4 to act 2: an older book was put back.",
    ),
    "months out of order": (
        lambda p: small_book.history_of(p).rename(small_book.history_of(p).with_name("2026-10.jsonl")),
        "note book.json.history/2026-10.jsonl  : An act of 2026-11 stands in the file of 2026-10.",
    ),
    "a book others can read": (
        lambda p: p.chmod(0o644),
        "warning book.json  : Others on this machine are let in (mode 0644).",
    ),
    "a journal others can read": (
        lambda p: small_book.journal_of(p).chmod(0o640),
        "warning book.json.journal  : Others on this machine are let in (mode 0640).",
    ),
    "a history others can read": (
        lambda p: small_book.history_of(p).parent.chmod(0o755),
        "warning book.json.history  : Others on this machine are let in (mode 0755).",
    ),
    "a folder everybody can write in": (
        lambda p: p.parent.chmod(0o777),
        "warning studio  : Everybody on this machine can write in {folder}.",
    ),
    "a sticky folder": (
        lambda p: p.parent.chmod(0o1770),
        "warning studio  : Only its owner can fold the journal into book.json.",
    ),
    "a group kept out": (
        lambda p: p.parent.chmod(0o2770),
        "warning book.json  : The group of the folder is kept out (mode 0600).",
    ),
    "a half made book": (
        lambda p: written(p.with_name("book.json.new"), b'{"_meta"'),
        "warning book.json.new  : A crash left this file half made.",
    ),
    "a half made journal": (
        lambda p: written(p.with_name("book.json.journal.new"), b""),
        "warning book.json.journal.new  : A crash left this file half made.",
    ),
    "a half made history": (
        lambda p: written(small_book.history_of(p).with_name("2026-11.jsonl.new"), b""),
        "warning book.json.history/2026-11.jsonl.new  : A crash left this file half made.",
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_problem_is_named_and_nothing_is_changed(path: Path, name: str) -> None:
    make, told = PROBLEMS[name]
    make(path)
    before = small_book.all_files(path.parent)
    assert told.format(folder=path.parent) in small_book.words(small_book.look(path))
    assert small_book.all_files(path.parent) == before


def test_damage_comes_first(path: Path) -> None:
    by_json(path, touches_1={"practice": "gone"}, touches_2={"minutes": "ten"})
    assert [finding.severity for finding in small_book.look(path)] == [Severity.DAMAGE, Severity.WARNING]


def test_a_book_in_the_making_is_no_leftover(path: Path) -> None:
    fd = os.open(path.with_name("book.json.new"), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(fd, fcntl.LOCK_EX)
    assert small_book.look(path) == ()
    os.close(fd)
    assert len(small_book.look(path)) == 1


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda place: os.symlink("book.json", place)])
def test_what_is_no_file_is_no_leftover(path: Path, make: Callable[[Path], None]) -> None:
    make(path.with_name("book.json.old.new"))
    assert small_book.look(path) == ()


class SmallDisk(SystemCalls):
    """A disk with next to no room, on another machine."""

    def free_bytes(self, path: Path) -> int:
        return 700

    def mount_table(self) -> str:
        return "36 35 0:38 / / rw shared:1 - nfs4 server:/studio rw"


def test_the_disk_is_looked_at(path: Path) -> None:
    found = small_book.words(examine(SmallDisk(), path, now=small_book.NOW))
    size = path.stat().st_size
    assert found == [
        "warning studio  : The folder is on a network file system (nfs4), whose locks cannot be trusted.",
        f"warning studio  : The disk is nearly full: 700 bytes are free, and two copies of the book need {2 * size:,}.",
    ]
    assert len(examine(SmallDisk(), path, now=small_book.NOW, allow_network_files=True)) == 1


class NoLocks(SystemCalls):
    """A file system that cannot lock."""

    def flock(self, fd: int, operation: int) -> None:
        raise OSError(95, "Operation not supported")


def test_where_nothing_can_be_locked_the_files_are_looked_at_as_they_stand(path: Path) -> None:
    assert examine(NoLocks(), path, now=small_book.NOW) == ()


def test_a_missing_book_and_a_folder_are_refused(path: Path) -> None:
    with pytest.raises(errors.BookMissing):
        small_book.look(path.with_name("other.json"))
    with pytest.raises(errors.BookIsFolder):
        small_book.look(path.parent)


def test_the_clock_that_ran_backwards_is_told_once(path: Path) -> None:
    class Jumping(small_book.StepClock):
        def now(self) -> datetime:
            return super().now() - timedelta(days=3)

    store = BookStore.open(path, user="sam", clock=Jumping())
    for number in range(2):
        store.commit(small_book.touch_act(store, f"late-{number}"))
    store.close(fold=False)
    told = "note book.json.journal  : The clock ran backwards: act 12 at 2026-11-20 09:00 UTC, and the one before it at"
    assert [each for each in small_book.words(small_book.look(path)) if "backwards" in each] == [
        f"{told} 2026-11-23 09:00."
    ]
    ahead = examine(SystemCalls(), path, now=small_book.NOW - timedelta(days=1))
    assert "Act 7 was saved at 2026-11-23 09:00 UTC, which is still to come." in [each.what for each in ahead]


@given(st.integers(0, 250), st.integers(0, 1_000), st.dates(date(2021, 1, 1), date(2034, 1, 1)))
@settings(max_examples=12)
def test_made_up_books_are_sound(
    tmp_path_factory: pytest.TempPathFactory, touches: int, seed: int, today: date
) -> None:
    now = datetime(today.year, today.month, today.day, 15, tzinfo=UTC)
    path = tmp_path_factory.mktemp("demo") / "book.json"
    tables = demo_tables(touches, seed, today, now)
    BookStore.create(path, user="sam", clock=small_book.StepClock(), tables=tables).close()
    assert examine(SystemCalls(), path, now=now) == ()


steps = st.lists(st.sampled_from(["person", "touch", "promise", "edit", "trash", "undo", "redo", "fold", "other"]))


@given(steps)
@settings(max_examples=40)
def test_a_book_made_by_any_acts_is_sound(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> None:
    path = tmp_path_factory.mktemp("acts") / "book.json"
    clock = small_book.StepClock()
    stores = [
        BookStore.create(path, user="sam", clock=clock),
        BookStore.open(path, user="alex", clock=clock),
    ]
    for step in steps:
        if step == "other":
            stores.reverse()
        else:
            live(stores[0], step)
    for store in stores:
        store.close()
    assert small_book.look(path) == ()


def live(store: BookStore, step: str) -> None:
    """One step of a day; what refers to nobody cannot dangle, and nobody takes back another's person."""
    author = store.author
    store.refresh()
    store.apply_arrived()
    people = [person for person in store.book.practitioners.values() if person.created_by == "sam"]
    try:
        if step == "fold":
            store.fold()
        elif step in ("undo", "redo"):
            store.undo() if step == "undo" else store.redo()
        elif step == "person":
            store.commit(author.act("add", author.add(author.new(Practitioner, name="Pat"))))
        elif step in ("edit", "trash") and people:
            changed = replace(people[0], notes="more")
            change = author.edit(people[0], changed) if step == "edit" else author.trash(people[0])
            store.commit(author.act(step, change))
        else:
            kind: type[Record] = Touch if step == "touch" else FollowUp
            fields = {"kind": TouchKind.VISIT} if kind is Touch else {"due": small_book.NOW.date()}
            store.commit(author.act("log", author.add(author.new(kind, **fields))))
    except (errors.NothingToUndo, errors.CannotUndo):
        pass
