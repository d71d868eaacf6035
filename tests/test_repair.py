"""The repair: nothing that can be read is lost, what cannot is kept, and it can be cut short anywhere and repeated."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationships.changes import Change
from storage import errors
from storage.book_store import BookStore
from storage.findings import Severity
from storage.repair import Report, repair
from storage.system_calls import SystemCalls
from tests import small_book

if TYPE_CHECKING:
    from tests.stopping_calls import MakeCalls

pytest_plugins = ("tests.stopping_calls",)


ALL = {
    *("patel", "quay", "step"),
    *("folded-0", "folded-1", "folded-2", "folded-3"),
    *("fresh-0", "fresh-1", "fresh-2", "fresh-3"),
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound book, not to be changed."""
    path = tmp_path_factory.mktemp("sound") / "studio" / "book.json"
    small_book.make_book(path)
    return path


@pytest.fixture
def path(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template.parent, tmp_path / "studio") / "book.json"


def mend(path: Path, calls: SystemCalls | None = None, *, minutes: int = 0) -> Report:
    return repair(calls or SystemCalls(), path, now=small_book.NOW + timedelta(minutes=minutes))


def damage_left(path: Path) -> list[str]:
    return [finding.what for finding in small_book.look(path) if finding.severity is Severity.DAMAGE]


def hurt(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def side_files(path: Path) -> list[Path]:
    return sorted(path.parent.glob("book.json.unreadable-*.txt"))


def test_a_sound_book_is_left_alone(path: Path) -> None:
    before = small_book.all_files(path.parent)
    assert mend(path) == Report()
    assert small_book.all_files(path.parent) == before


MENDED: dict[str, Callable[[Path], object]] = {
    "a bracket too many": lambda p: p.write_bytes(p.read_bytes() + b"}"),
    "cut off behind the last record": lambda p: p.write_bytes(p.read_bytes()[:-20]),
    "cut off in the middle": lambda p: p.write_bytes(p.read_bytes()[: p.stat().st_size // 2]),
    "cut off in its first record": lambda p: p.write_bytes(p.read_bytes()[: p.read_bytes().index(b"Priya")]),
    "NULs": lambda p: hurt(p, b'"note folded-1"', bytes(15)),
    "no meta": lambda p: p.write_bytes(p.read_bytes()[p.read_bytes().index(b"\n") :]),
    "bad UTF-8": lambda p: hurt(p, b"Quay", b"Qu\xff"),
    "a number twice": lambda p: hurt(p, b'"2":', b'"1":'),
    "a field of another type": lambda p: small_book.edited(p, lambda d: d["touches"]["1"].update(minutes="ten")),
    "a moment without its zone": lambda p: hurt(p, b'09:00:05Z"', b'09:00:05"'),
    "two documents": lambda p: p.write_bytes(p.read_bytes() * 2),
    "a record that is a string": lambda p: small_book.edited(p, lambda d: d["touches"].update({"1": "x"})),
    "a torn line": lambda p: small_book.journal_of(p).write_bytes(
        small_book.journal_of(p).read_bytes().rstrip(b" ") + b'{"sum":"0'
    ),
    "an empty journal line": lambda p: hurt(small_book.journal_of(p), b"\n", b"\n\n"),
    "an altered header": lambda p: hurt(
        small_book.journal_of(p), small_book.BOOK_ID.encode(), small_book.BOOK_ID[:-2].encode() + b"x"
    ),
    "no header": lambda p: hurt(small_book.journal_of(p), b'{"journal":1', b'"journal":1'),
    "a header with another number": lambda p: hurt(small_book.journal_of(p), b'"from":6', b'"from":4'),
    "an older book": lambda p: hurt(p, b'"sequence":6', b'"sequence":2'),
    "an unreadable line in the history": lambda p: hurt(small_book.history_of(p), b"folded-1", b"folded-X"),
    "a torn history": lambda p: small_book.history_of(p).write_bytes(small_book.history_of(p).read_bytes() + b'{"sum'),
}


@pytest.mark.parametrize("name", MENDED)
def test_everything_the_book_its_journal_and_its_history_know_is_there_afterwards(path: Path, name: str) -> None:
    MENDED[name](path)
    before = small_book.all_files(path.parent)
    report = mend(path)
    assert report.mended
    assert small_book.ids_in(path) >= ALL
    assert [finding for finding in small_book.look(path) if finding.severity is not Severity.NOTE] == []
    assert report.kept is not None
    for name_in, content in small_book.all_files(report.kept).items():
        assert content in (before.get(name_in), before.get(f"book.json.history/{name_in}"))
    after = small_book.all_files(path.parent)
    assert mend(path, minutes=5) == Report()
    assert small_book.all_files(path.parent) == after


def test_an_altered_line_is_kept_and_those_behind_it_are_taken_in(path: Path) -> None:
    hurt(small_book.journal_of(path), b"note fresh-1", b"note FRESH-1")
    report = mend(path)
    assert small_book.ids_in(path) == ALL - {"fresh-1"}
    assert damage_left(path) == []
    (side,) = side_files(path)
    assert report.side == side
    assert b"note FRESH-1" in side.read_bytes()
    assert side.read_bytes().startswith(
        b"=== book.json.journal, line 3: this line cannot be read (the checksum does not fit).\n{"
    )
    assert stat.S_IMODE(side.stat().st_mode) == 0o600
    store = BookStore.open(path, user="sam", clock=small_book.StepClock())
    assert [act.sequence for act in store.history()] == [11, 10, 9, 7, 6, 5, 4, 3, 2, 1]
    assert store.book.practitioners["patel"].notes == "likes figures"
    store.commit(small_book.touch_act(store, "after"))
    store.close()
    assert "after" in small_book.ids_in(path)


def test_acts_behind_a_torn_place_are_taken_in_before_they_would_be_cut_off(path: Path) -> None:
    hurt(small_book.journal_of(path), b"\n", b"\n   torn\n")
    told = [(finding.severity, finding.what) for finding in small_book.look(path)]
    assert told == [(Severity.DAMAGE, "Line 2: a write was cut short here.")]
    mend(path)
    assert small_book.ids_in(path) == ALL
    (side,) = side_files(path)
    assert b"torn" in side.read_bytes()


def test_a_journal_in_another_schema_than_its_book_is_taken_in(path: Path) -> None:
    hurt(small_book.journal_of(path), b'"schema":2', b'"schema":1')
    assert damage_left(path) == ["Line 1: the acts have schema 1, and the book has schema 2."]
    mend(path)
    assert small_book.ids_in(path) == ALL
    assert small_book.look(path) == ()


def as_of_schema_1(path: Path) -> None:
    """The same book as the first version of the program wrote it."""
    hurt(path, b'"schema":2', b'"schema":1')
    hurt(small_book.journal_of(path), b',"schema":2', b"")


def test_a_damaged_book_of_an_older_schema_is_mended_in_the_newest_one(path: Path) -> None:
    as_of_schema_1(path)
    assert small_book.look(path) == ()
    assert mend(path) == Report()
    hurt(path, b'"note folded-1"', b"                ")
    mend(path)
    assert small_book.ids_in(path) == ALL
    assert b'"schema":2' in path.read_bytes()
    assert b'"upgrades":{"2":12}' in path.read_bytes()
    assert small_book.look(path) == ()


def test_the_mended_book_is_one_that_this_program_wrote(path: Path) -> None:
    hurt(path, b'"note folded-1"', b"                ")
    mend(path)
    assert b'"written":%d' % path.stat().st_mtime_ns in path.read_bytes()
    assert b'"alterations":1' in path.read_bytes()


def test_a_line_out_of_its_place_is_put_aside(path: Path) -> None:
    journal = small_book.journal_of(path)
    head, *acts, _ = journal.read_bytes().rstrip(b" ").split(b"\n")
    journal.write_bytes(b"\n".join([head, acts[0], acts[3], acts[1], acts[2], acts[4], b""]))
    mend(path)
    assert small_book.ids_in(path) == ALL - {"fresh-1", "fresh-2"}
    (side,) = side_files(path)
    assert b"act 8 stands out of its place." in side.read_bytes()
    assert acts[1] in side.read_bytes()
    assert acts[2] in side.read_bytes()


def test_a_removal_behind_a_lost_line_takes_only_what_it_knew(path: Path) -> None:
    store = BookStore.open(path, user="sam", clock=small_book.StepClock())
    touch = store.book.touches["fresh-0"]
    changed = store.author.edit(touch, touch)
    store.commit(store.author.act("edit", changed))
    store.commit(store.author.act("remove", Change(before=changed.after, after=None)))
    store.close(fold=False)
    lines = small_book.journal_of(path).read_bytes().rstrip(b" ").split(b"\n")
    small_book.journal_of(path).write_bytes(b"\n".join([*lines[:-3], b"{}", *lines[-2:]]))
    mend(path)
    assert "fresh-0" in small_book.ids_in(path)


@pytest.mark.parametrize("foreign", [True, False])
def test_a_journal_that_does_not_go_with_the_book_is_moved_aside(path: Path, foreign: bool) -> None:
    if foreign:
        hurt(small_book.journal_of(path), small_book.BOOK_ID.encode(), b"1234567890abcdef")
    else:
        hurt(path, b'"sequence":6', b'"sequence":60')
    content = small_book.journal_of(path).read_bytes()
    mend(path)
    aside = path.with_name(f"book.json.journal.{'foreign' if foreign else 'apart'}-2026-11-23T100000Z")
    assert aside.read_bytes() == content
    assert not small_book.journal_of(path).exists()
    assert small_book.ids_in(path) == {record for record in ALL if not record.startswith("fresh")}
    assert small_book.look(path) == ()
    small_book.journal_of(path).write_bytes(content)
    mend(path)
    assert aside.with_name(aside.name + "-2").read_bytes() == content


def test_without_the_acts_in_between_the_newest_of_both_is_taken(path: Path) -> None:
    hurt(path, b'"sequence":6', b'"sequence":2')
    shutil.rmtree(small_book.history_of(path).parent)
    mend(path)
    assert small_book.ids_in(path) == ALL
    assert damage_left(path) == []


def test_open_sessions_load_the_mended_book(path: Path) -> None:
    seeing = BookStore.open(path, user="alex", clock=small_book.StepClock())
    hurt(path, b'"note folded-1"', b"                ")
    with pytest.raises(errors.BookDamaged):
        seeing.refresh()
    mend(path)
    assert seeing.refresh()
    seeing.apply_arrived()
    assert seeing.read_only is None
    assert set(seeing.book.touches) == {record for record in ALL if record.startswith("fo") or "fresh" in record}
    seeing.commit(small_book.touch_act(seeing, "on-we-go"))
    seeing.close()
    assert "on-we-go" in small_book.ids_in(path)


@pytest.mark.parametrize("content", [b"", b"Dear diary", b'{"name": "somebody", "dependencies": {}}'])
def test_where_nothing_can_be_read_nothing_is_changed(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    before = small_book.all_files(path.parent)
    with pytest.raises(errors.BookDamaged) as caught:
        mend(path)
    assert caught.value.title == "The book is damaged"
    assert str(caught.value) == (
        f"Nothing in {path} can be read as a book. The file was left as it is."
        " `trainer-tui restore` brings back the newest backup."
    )
    assert small_book.all_files(path.parent) == before


@pytest.mark.parametrize("newer", ["book", "journal"])
def test_what_a_later_version_wrote_is_left_alone(path: Path, newer: str) -> None:
    if newer == "book":
        small_book.edited(path, lambda d: (d["_meta"]["1"].update(schema=99), d["touches"]["1"].update(kind=["?"])))
    else:
        hurt(small_book.journal_of(path), b'"journal":1', b'"journal":9')
    before = small_book.all_files(path.parent)
    with pytest.raises(errors.BookNewer):
        mend(path)
    assert small_book.all_files(path.parent) == before


class NoWriting(SystemCalls):
    """A place where this user may only read."""

    def may_write(self, path: Path) -> bool:
        return False


class Network(SystemCalls):
    """A disk on another machine."""

    def mount_table(self) -> str:
        return "36 35 0:38 / / rw shared:1 - nfs4 server:/studio rw"


def test_where_nothing_may_be_written_nothing_is(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(errors.NoPermission):
        mend(path, NoWriting())
    with pytest.raises(errors.ReadOnlyBook):
        mend(path, Network())
    repair(Network(), path, now=small_book.NOW, allow_network_files=True)
    assert small_book.ids_in(path) == ALL
    path.write_bytes(path.read_bytes()[:-20])
    path.parent.chmod(0o777)
    with pytest.raises(errors.UnsafeFolder):
        mend(path)


def test_a_missing_book_is_said_so(path: Path) -> None:
    with pytest.raises(errors.BookMissing):
        mend(path.with_name("other.json"))


def test_leftovers_go_and_modes_are_narrowed(path: Path) -> None:
    for name in ("book.json.new", "book.json.journal.new", "book.json.history/2026-11.jsonl.new"):
        (path.parent / name).write_bytes(b"half")
    path.chmod(0o644)
    small_book.journal_of(path).chmod(0o666)
    small_book.history_of(path).parent.chmod(0o755)
    small_book.history_of(path).chmod(0o640)
    report = mend(path)
    assert small_book.look(path) == ()
    assert report.kept is not None
    assert [*small_book.all_files(report.kept).values()] == [b"half"] * 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(small_book.history_of(path).parent.stat().st_mode) == 0o700
    assert "book.json.new, which a crash left half made, is removed." in report.mended
    assert small_book.ids_in(path) == ALL


def test_a_shared_book_lets_its_group_in(path: Path) -> None:
    path.parent.chmod(0o2770)
    path.chmod(0o600)
    hurt(path, b'"note folded-1"', b"                ")
    mend(path)
    assert [finding.what for finding in small_book.look(path) if finding.severity is Severity.WARNING] == []
    for file in (path, small_book.journal_of(path), small_book.history_of(path), *side_files(path)):
        assert stat.S_IMODE(file.stat().st_mode) == 0o660
    assert stat.S_IMODE(small_book.history_of(path).parent.stat().st_mode) == 0o2770


class NotMine(SystemCalls):
    """Files of another user, whose modes only that user may change."""

    def chmod(self, fd: int, mode: int) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def test_modes_of_another_users_files_stay_as_they_are(path: Path) -> None:
    path.chmod(0o644)
    assert mend(path, NotMine()) == Report()
    assert len(small_book.look(path)) == 1


def broken(path: Path) -> None:
    """Damage of every kind that is mended."""
    hurt(path, b'"note folded-1"', b"                ")
    hurt(small_book.journal_of(path), b"note fresh-1", b"note FRESH-1")
    hurt(small_book.history_of(path), b"folded-3", b"folded-X")
    path.with_name("book.json.new").write_bytes(b"half")
    path.chmod(0o644)


@pytest.mark.parametrize("error", [None, errno.ENOSPC])
def test_stopped_at_any_call_nothing_is_worse_and_a_repeat_ends_it(
    path: Path, tmp_path: Path, stopping: MakeCalls, power_cut: type[BaseException], error: int | None
) -> None:
    broken(path)
    start = shutil.copytree(path.parent, tmp_path / "start")
    counting = stopping(0, None)
    mend(path, counting)
    whole = small_book.ids_in(path)
    assert whole == ALL - {"fresh-1"}
    assert counting.made > 40
    for at in range(1, counting.made + 1):
        shutil.rmtree(path.parent)
        shutil.copytree(start, path.parent)
        with pytest.raises(power_cut if error is None else errors.BookError):
            mend(path, stopping(at, error))
        mend(path, minutes=5)
        assert small_book.ids_in(path) == whole, f"stopped at call {at}"
        assert damage_left(path) == []
        told = b"".join(side.read_bytes() for side in side_files(path))
        assert b"note FRESH-1" in told
        assert b"folded-1" in told
        if at % 4 == 0:
            assert mend(path, minutes=9) == Report()


blows = st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=30), st.integers(0, 300)), max_size=3)


def beaten(content: bytes, blows: list[tuple[int, bytes, int]]) -> bytes:
    for place, put, cut in blows:
        at = place % (len(content) + 1)
        content = content[:at] + put + content[at + cut :]
    return content


@given(blows, blows)
@settings(max_examples=60)
def test_after_any_damage_every_record_whose_line_is_whole_is_in_a_sound_book(
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    book: list[tuple[int, bytes, int]],
    journal: list[tuple[int, bytes, int]],
) -> None:
    path = shutil.copytree(template.parent, tmp_path_factory.mktemp("beaten") / "studio") / "book.json"
    records, acts = path.read_bytes(), small_book.journal_of(path).read_bytes().rstrip(b" ")
    path.write_bytes(beaten(records, book))
    small_book.journal_of(path).write_bytes(beaten(acts, journal))
    left = {*path.read_bytes().split(b"\n"), *small_book.journal_of(path).read_bytes().split(b"\n")}
    small_book.look(path)
    try:
        mend(path)
    except errors.BookDamaged:
        assert not [line for line in small_book.lines_of_records(records) if line in left]
        return
    found = small_book.ids_in(path)
    assert {record for line, record in small_book.lines_of_records(records).items() if line in left} <= found
    if not list(path.parent.glob("book.json.journal.*")):
        assert {each for line, ids in small_book.lines_of_acts(acts).items() if line in left for each in ids} <= found
    assert damage_left(path) == []
    assert mend(path, minutes=5) == Report()
