"""Weeks of use in minutes: many sessions, folds and kills on one book; `make soak` runs it, SOAK=0.1 a tenth of it."""

from __future__ import annotations

import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from subprocess import PIPE, Popen
from typing import IO, cast

import msgspec
import pytest
from tinydb import TinyDB

from relationships.book import Book, records_of
from relationships.changes import Act
from relationships.records import Practice, Record
from storage.book_store import BookStore
from storage.codec import encode_record
from storage.errors import BookError
from trainer_tui.clock import SystemClock

ROOT = Path(__file__).resolve().parent.parent
SEED, USERS = "studio", ("sam", "kim", "alex", "ruth")
PLACES, MINUTES = 6, 100
FACTOR = float(os.environ.get("SOAK", "1"))
ACTS, KILLS = max(1, round(1_000 * FACTOR)), max(1, round(1_000 * FACTOR))
PATIENCE = 120.0 * max(1.0, FACTOR)
"""Seconds after which a session that does not answer has hung."""


class Session:
    """A process with the book open (`tests/soak_session.py`); `folds` is how likely it folds after an act."""

    def __init__(self, path: Path, number: int, *, folds: float) -> None:
        arguments = (path, USERS[number % len(USERS)], f"{SEED} {number}", folds)
        command = [sys.executable, "-W", "error", "-m", "tests.soak_session", *map(str, arguments)]
        self._process = Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, bufsize=0)
        self._in, self.out = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        self._part = b""
        self.acknowledged: list[tuple[int, str]] = []
        self.said: dict[str, list[str]] = {}
        self.ended = False

    def tell(self, words: str) -> None:
        self._in.write(words.encode() + b"\n")

    def read(self) -> None:
        """Take in what it printed; there must be something, or its end."""
        content = os.read(self.out.fileno(), 65_536)
        self.ended = not content
        *lines, self._part = (self._part + content).split(b"\n")
        for line in lines:
            word, *words = line.decode().split()
            if word == "ack":
                self.acknowledged.append((int(words[0]), words[1]))
            else:
                self.said[word] = words

    def answer(self, word: str) -> list[str]:
        """What follows that word; waits for it."""
        hear([self], PATIENCE, until=lambda: word in self.said)
        assert word in self.said, "it crashed" if self.ended else "it hangs"
        return self.said.pop(word)

    def agree(self) -> list[str]:
        """How many acts it knows and the digest of its records, once it has done what it was told."""
        self.tell("agree")
        return self.answer("sees")

    def kill(self) -> None:
        """End it at once, and hear what it had still acknowledged."""
        with self._process:
            self._process.kill()
            while not self.ended:
                self.read()
        assert self._process.returncode == -signal.SIGKILL

    def end(self) -> None:
        """Let it close the book."""
        self._in.close()
        self.answer("closed")
        assert self._process.wait() == 0

    def vanish(self) -> None:
        """Leave no process and no pipe behind."""
        with self._process:
            self._process.kill()


def hear(sessions: Iterable[Session], seconds: float, *, until: Callable[[], bool] = lambda: False) -> None:
    """Take in what the sessions print, for so long, or until that holds or all have ended."""
    deadline = time.monotonic() + seconds
    while not until() and (left := {session.out: session for session in sessions if not session.ended}):
        for out in select.select([*left], [], [], max(deadline - time.monotonic(), 0.0))[0]:
            left[out].read()
        if time.monotonic() >= deadline:
            return


class Story:
    """All acts from the first on, told one by one, and the records that they amount to."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.records: dict[tuple[str, str], Record] = {}

    def tell(self, act: Act) -> None:
        """Hear the next act: numbered without a gap, nothing overwritten unseen."""
        assert act.sequence == len(self.ids) + 1
        for change in act.changes:
            key = (change.table, change.id)
            assert self.records.get(key) == change.before, f"act {act.sequence} overwrote {key}"
            self.records.pop(key, None)
            if change.after is not None:
                self.records[key] = change.after
        self.ids.append(act.id)

    def tell_history(self, store: BookStore, before: float = float("inf")) -> None:
        """Hear the acts since the last one from the history, up to a number."""
        for act in reversed([*takewhile(lambda act: act.sequence > len(self.ids), store.history())]):
            if act.sequence < before:
                self.tell(act)

    def lost(self, session: Session) -> int:
        """How many of its acknowledged acts do not stand in the place that was acknowledged."""
        return sum(self.ids[sequence - 1 : sequence] != [act] for sequence, act in session.acknowledged)


def halves(book: Book) -> int:
    """How many acts are half there: each adds or trashes a touch with its follow-up, or moves a minute."""
    steps = dict(book.follow_ups)
    found = abs(sum(place.distance_min or 0 for place in book.practices.values()) - PLACES * MINUTES)
    for touch in book.touches.values():
        step = steps.pop(touch.tags[0], None)
        found += step is None or step.from_touch != touch.id or bool(step.trashed_at) != bool(touch.trashed_at)
    return found + len(steps)


class Watch:
    """Fresh sessions that look at the book, and count what went wrong."""

    def __init__(self, path: Path) -> None:
        self._path, self._begun = path, time.monotonic()
        self.story = Story()
        self.harm = {"lost": 0, "half": 0, "unreadable": 0}

    def look(self, sessions: Iterable[Session]) -> None:
        """Open the book and compare it with what was acknowledged and heard by now."""
        try:
            store = open_book(self._path)
        except BookError:
            self.harm["unreadable"] += 1
            return
        self.harm["unreadable"] += store.read_only is not None
        self.story.tell_history(store)
        store.apply_arrived()
        self.compare(store.book, sessions)
        store.close(fold=False)

    def compare(self, book: Book, sessions: Iterable[Session]) -> None:
        assert book.sequence == len(self.story.ids)
        assert {(record.table, record.id): record for record in records_of(book)} == self.story.records
        self.harm["lost"] += sum(map(self.story.lost, sessions))
        self.harm["half"] += halves(book)

    def end(self, sessions: Iterable[Session]) -> None:
        """Nobody writes any more: all sessions, a fresh one, the history and stock TinyDB tell the same story."""
        living = [session for session in sessions if not session.ended]
        assert all(session.agree() for session in living)
        self.look(sessions)
        store = open_book(self._path)
        records = sorted(records_of(store.book), key=lambda record: record.id)
        sees = [str(store.book.sequence), sha256(repr(records).encode()).hexdigest()]
        assert [session.agree() for session in living] == [sees] * len(living)
        acts = [*store.history()]
        assert [act.id for act in acts] == self.story.ids[::-1]
        undone = [act.undoes for act in acts if act.undoes is not None]
        assert len(undone) == len(set(undone))
        store.close()
        for session in living:
            session.end()
        with TinyDB(self._path) as db:
            found = {(table, one["id"]): one for table in db.tables() - {"_meta"} for one in db.table(table)}
            assert sum(len(db.table(table)) for table in db.tables() - {"_meta"}) == len(found)
        assert found == {key: msgspec.json.decode(encode_record(record)) for key, record in self.story.records.items()}
        name = self._path.name
        assert {place.name for place in self._path.parent.iterdir()} == {name, f"{name}.history", f"{name}.journal"}

    def tell(self, capsys: pytest.CaptureFixture[str], **figures: int) -> None:
        """Print the figures, and demand that nothing went wrong."""
        words = ", ".join(f"{name} {figure:,}" for name, figure in (figures | self.harm).items())
        with capsys.disabled():
            sys.stdout.write(f"\n  {words}, seconds {time.monotonic() - self._begun:.0f}\n")
        assert not any(self.harm.values())


def open_book(path: Path) -> BookStore:
    return BookStore.open(path, user="looker", clock=SystemClock())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A book of places that all sessions edit, in a private folder."""
    store = BookStore.create(tmp_path / "studio" / "book.json", user="sam", clock=SystemClock())
    places = [store.author.new(Practice, name=f"Place {n}", distance_min=MINUTES) for n in range(PLACES)]
    store.commit(store.author.act("add practices", *map(store.author.add, places)))
    store.close()
    return store.path


@contextmanager
def opened(path: Path, count: int, *, folds: float) -> Iterator[list[Session]]:
    """Sessions that have the book open. None outlives it, nor one that is added to the list."""
    sessions = [Session(path, number, folds=folds) for number in range(count)]
    try:
        for session in sessions:
            session.answer("open")
        yield sessions
    finally:
        for session in sessions:
            session.vanish()


@pytest.mark.soak
def test_eight_sessions_lose_nothing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch(path)
    with opened(path, 8, folds=0.05) as sessions:
        for session in sessions:
            session.tell(f"go {ACTS}")
        conflicts = sum(int(session.answer("rest")[0]) for session in sessions)
        assert [len(session.acknowledged) for session in sessions] == [ACTS] * 8
        watch.end(sessions)
    assert len(watch.story.ids) == 8 * ACTS + 1
    watch.tell(capsys, sessions=8, acts=8 * ACTS, conflicts=conflicts)


def kill_one(writers: list[Session], chance: random.Random) -> None:
    """Kill any of them, at any moment of its next twelve acts."""
    victim = chance.choice(writers)
    enough = len(victim.acknowledged) + chance.randrange(12)
    hear(writers, PATIENCE, until=lambda: victim.ended or len(victim.acknowledged) >= enough)
    assert len(victim.acknowledged) >= enough
    hear(writers, chance.uniform(0.0, 0.005))
    victim.kill()


@pytest.mark.soak
def test_kills_lose_nothing_and_leave_nothing_half(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of four that write and fold one is killed, a fresh one looks while the others go on, and a fifth steps in."""
    watch, chance = Watch(path), random.Random(SEED)
    with opened(path, 5, folds=0.3) as sessions:
        for _ in range(KILLS):
            writers = [session for session in sessions if not session.ended][:4]
            for session in writers:
                session.tell("go 12")
            kill_one(writers, chance)
            watch.look(sessions)
            sessions.append(Session(path, len(sessions), folds=0.3))
        watch.end(sessions)
    unacknowledged = len(watch.story.ids) - 1 - sum(len(session.acknowledged) for session in sessions)
    assert 0 <= unacknowledged <= KILLS
    watch.tell(capsys, acts=len(watch.story.ids) - 1, unacknowledged=unacknowledged, kills=KILLS)


@pytest.mark.soak
def test_a_reader_sees_every_act_once_and_in_order(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It looks every 20 ms. When two folds come in between, it loads the book anew, and the history tells the rest."""
    watch, reader, looks, jumps = Watch(path), open_book(path), 0, 0
    (story := watch.story).tell_history(reader)
    with opened(path, 4, folds=0.02) as sessions:
        for session in sessions:
            session.tell(f"go {ACTS}")
        while not all("rest" in session.said for session in sessions):
            assert not any(session.ended for session in sessions)
            hear(sessions, 0.02)
            if reader.news():
                reader.refresh()
            arrived = reader.apply_arrived()
            first = arrived[0].sequence if arrived else reader.book.sequence + 1
            if first > len(story.ids) + 1:
                jumps += 1
                story.tell_history(reader, before=first)
            for act in arrived:
                story.tell(act)
            looks += bool(arrived)
            watch.compare(reader.book, sessions)
        assert len(story.ids) == 4 * ACTS + 1
        watch.end(sessions)
        reader.close()
    watch.tell(capsys, acts=4 * ACTS, looks=looks, jumps=jumps)
