"""Others save and fold, any number of times, between two looks of a session: it reads only what it missed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from relationships.changes import Author
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.history import History
from storage.missed_acts import id_of_act, missed_acts
from storage.modes import modes_of
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock


class Counting(SystemCalls):
    """Real calls; counts what is read."""

    size = 0

    def read(self, fd: int, size: int, offset: int) -> bytes:
        found = super().read(fd, size, offset)
        self.size += len(found)
        return found

    def taken(self) -> int:
        """Bytes since the last asking."""
        size, self.size = self.size, 0
        return size


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = tmp_path / "studio" / "book.json"
    BookStore.create(book, user="sam", clock=SystemClock()).close()
    return book


def open_book(path: Path, user: str = "sam", calls: SystemCalls | None = None) -> BookStore:
    return BookStore.open(path, user=user, clock=SystemClock(), calls=calls)


def save(store: BookStore, note: str = "") -> str:
    touch = store.author.new(Touch, kind=TouchKind.VISIT, note=note)
    store.commit(store.author.act("log a visit", store.author.add(touch)))
    store.apply_arrived()
    return touch.id


def arrived(store: BookStore) -> list[int]:
    """The numbers of the acts that a refresh brings."""
    store.refresh()
    return [act.sequence for act in store.apply_arrived()]


def history_of(path: Path) -> History:
    return History(SystemCalls(), path, modes_of(path.stat()))


@pytest.mark.parametrize("known", [0, 1, 3])
@pytest.mark.parametrize("folds", [1, 2, 5])
@pytest.mark.parametrize("last", [0, 1])
def test_every_act_arrives_and_the_book_is_not_loaded_again(path: Path, known: int, folds: int, last: int) -> None:
    writer = open_book(path, "kim")
    for _ in range(known):
        save(writer)
    writer.fold()
    reader = open_book(path)
    reader.refresh()
    book = reader.book
    for _ in range(folds):
        save(writer)
        save(writer)
        assert writer.fold()
    for _ in range(last):
        save(writer)
    assert arrived(reader) == [*range(known + 1, known + 2 * folds + last + 1)]
    assert reader.book is book
    assert reader.altered == frozenset()
    assert reader.book.tables == writer.book.tables
    save(reader, "goes on")
    assert [act.sequence for act in reader.history()] == [*range(known + 2 * folds + last + 1, 0, -1)]
    reader.close()
    writer.close()
    assert open_book(path).book.tables == reader.book.tables


def test_what_the_reader_had_read_in_the_journal_is_not_read_again(path: Path) -> None:
    writer, reader = open_book(path, "kim"), open_book(path)
    save(writer)
    assert arrived(reader) == [1]
    save(writer)
    for _ in range(3):
        writer.fold()
        save(writer)
    assert arrived(reader) == [2, 3, 4, 5]


def test_a_commit_over_folds_goes_on_from_them(path: Path) -> None:
    writer, reader = open_book(path, "kim"), open_book(path)
    for _ in range(3):
        save(writer)
        writer.fold()
    save(reader, "mine")
    assert (reader.book.sequence, len(reader.book.touches), reader.read_only) == (4, 4, None)
    assert arrived(writer) == [4]


def test_an_act_costs_the_reader_its_size_whatever_the_size_of_the_book(tmp_path: Path) -> None:
    """With no fold, one, and several between two looks."""
    costs = []
    for touches in (1_000, 100_000):
        path = tmp_path / str(touches) / "book.json"
        ids = map(str, count())
        author = Author("sam", SystemClock(), ids.__next__)
        kept = [author.new(Touch, kind=TouchKind.VISIT, note="x" * 200) for _ in range(touches)]
        BookStore.create(path, user="sam", clock=SystemClock(), tables={"touches": {r.id: r for r in kept}}).close()
        calls = Counting()
        writer, reader = open_book(path, "kim"), open_book(path, calls=calls)
        save(writer)
        arrived(reader)
        calls.taken()
        for folds in (0, 1, 2, 5):
            for _ in range(max(folds, 1)):
                save(writer)
                if folds:
                    writer.fold()
            assert len(arrived(reader)) == max(folds, 1)
            costs.append(calls.taken())
        reader.close(fold=False)
        writer.close(fold=False)
    small, large = costs[:4], costs[4:]
    assert large == pytest.approx(small, rel=0.2)
    room, heads = 16_384, 3 * 4_096
    assert large[0] < room + 2_000
    assert max(large) < room + heads + 8_000


def test_an_older_book_with_other_acts_under_the_same_numbers_is_loaded_again(path: Path, tmp_path: Path) -> None:
    writer = open_book(path, "kim")
    save(writer, "kept")
    writer.fold()
    copy = shutil.copy(path, tmp_path / "copy.json")
    save(writer, "lost")
    save(writer, "lost too")
    writer.close()
    reader = open_book(path)
    reader.refresh()
    shutil.copy(copy, path)
    path.with_name("book.json.journal").unlink()
    for note in ("a", "b", "c"):
        again = open_book(path, "kim")
        save(again, note)
        again.close()
    reader.refresh()
    reader.apply_arrived()
    assert {touch.note for touch in reader.book.touches.values()} == {"kept", "a", "b", "c"}
    assert len(reader.altered) == 5


def drop_the_folder(path: Path) -> None:
    shutil.rmtree(path.with_name("book.json.history"))


def drop_a_line(path: Path) -> None:
    (month,) = path.with_name("book.json.history").iterdir()
    lines = month.read_bytes().split(b"\n")
    del lines[-3]
    month.write_bytes(b"\n".join(lines))


def close_the_month(path: Path) -> None:
    (month,) = path.with_name("book.json.history").iterdir()
    month.unlink()
    month.mkdir()


@pytest.mark.parametrize("spoil", [drop_the_folder, drop_a_line, close_the_month])
def test_a_history_that_does_not_tell_all_has_the_book_loaded_again(path: Path, spoil: Callable[[Path], None]) -> None:
    writer, reader = open_book(path, "kim"), open_book(path)
    save(writer)
    arrived(reader)
    ids = set()
    for _ in range(3):
        ids.add(save(writer))
        writer.fold()
    spoil(path)
    book = reader.book
    reader.refresh()
    told = {change.id for act in reader.apply_arrived() for change in act.changes}
    assert reader.book is not book
    assert reader.book.tables == writer.book.tables
    assert told | reader.altered == ids


def test_acts_that_arrived_before_a_reload_are_told_of(path: Path) -> None:
    writer, reader = open_book(path, "kim"), open_book(path)
    save(writer)
    reader.refresh()
    for _ in range(3):
        save(writer)
        writer.fold()
    drop_the_folder(path)
    assert arrived(reader) == [1, 2]
    assert len(reader.altered) == 2
    assert arrived(reader) == []
    assert reader.altered == frozenset()


def test_a_fold_while_the_history_is_read_is_followed_too(path: Path) -> None:
    writer = open_book(path, "kim")

    class FoldedMeanwhile(SystemCalls):
        times = 0

        def listdir(self, folder: Path) -> list[str]:
            found = super().listdir(folder)
            if self.times:
                self.times -= 1
                for _ in range(2):
                    save(writer)
                    writer.fold()
            return found

    calls = FoldedMeanwhile()
    reader = open_book(path, calls=calls)
    for _ in range(2):
        save(writer)
        writer.fold()
    calls.times = 3
    assert arrived(reader) == [*range(1, 9)]
    book = reader.book
    for _ in range(2):
        save(writer)
        writer.fold()
    calls.times = 30
    arrived(reader)
    assert reader.book is not book
    calls.times = 0
    arrived(reader)
    assert reader.book.tables == writer.book.tables


def test_a_reader_who_may_not_write_follows_without_loading_again(path: Path) -> None:
    class MayRead(SystemCalls):
        allowed = False

        def may_write(self, path: Path) -> bool:
            return self.allowed

    calls = MayRead()
    writer, reader = open_book(path, "kim"), open_book(path, calls=calls)
    book = reader.book
    for _ in range(3):
        save(writer)
        writer.fold()
        save(writer)
        assert arrived(reader)
    assert reader.book is book
    assert isinstance(reader.read_only, errors.NoPermission)
    calls.allowed = True
    save(writer)
    assert arrived(reader) == [7]
    assert reader.read_only is None


def test_acts_are_missed_only_where_the_history_is_certain(path: Path) -> None:
    writer = open_book(path, "kim")
    for _ in range(4):
        save(writer)
    acts = [*writer.history()][::-1]
    assert id_of_act(history_of(path), 4) == ""
    writer.fold()
    history = history_of(path)
    assert missed_acts(history, 2, acts[1].id, 4) == acts[2:]
    assert missed_acts(history, 2, acts[1].id, 3) == acts[2:3]
    assert missed_acts(history, 0, "", 4) == acts
    assert missed_acts(history, 2, "", 4) is None
    assert missed_acts(history, 2, acts[0].id, 4) is None
    assert missed_acts(history, 4, acts[3].id, 6) is None
    assert [id_of_act(history, number) for number in (5, 4, 1)] == ["", acts[3].id, acts[0].id]


@pytest.mark.parametrize("lines", [0, 1, 40, 3_000])
@pytest.mark.parametrize("torn", [b"", b"torn", b"t" * 9_000])
def test_the_history_is_read_backwards_whatever_the_blocks(path: Path, lines: int, torn: bytes) -> None:
    writer = open_book(path)
    save(writer)
    (act,) = writer.history()
    writer.fold()
    (month,) = path.with_name("book.json.history").iterdir()
    month.write_bytes(month.read_bytes() * lines + torn)
    assert [*history_of(path).acts_backwards()] == [act] * lines
