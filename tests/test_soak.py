"""Weeks of use in minutes: many sessions, folds and kills on one book; `make soak` runs it, SOAK=0.1 a tenth of it."""

from __future__ import annotations

import os
import random
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from itertools import takewhile
from pathlib import Path

import msgspec
import pytest
from tinydb import TinyDB

from relationships.book import Book, records_of
from relationships.changes import Act
from relationships.records import KINDS, Practice, Record
from storage.book_store import BookStore
from storage.codec import encode_record
from storage.errors import BookError
from trainer_tui.clock import SystemClock

ROOT = Path(__file__).resolve().parent.parent
SEED = "studio"
USERS = ("sam", "kim", "alex", "ruth")
PLACES, MINUTES = 6, 100
PATIENCE = 120.0
"""Seconds after which a session that does not answer has hung."""


class Session:
    """A process with the book open (`tests/soak_session.py`)."""

    def __init__(self, path: Path, number: int, *, folds: float) -> None:
        """`folds` is how likely it folds after an act."""
        user = USERS[number % len(USERS)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak_session", str(path), user, f"{SEED} {number}", str(folds)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self.out = self._process.stdout
        self._in, self._errors = self._process.stdin, self._process.stderr
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
        assert word in self.said, self._errors.read().decode() if self.ended else f"hangs before {word!r}"
        return self.said.pop(word)

    def agree(self) -> list[str]:
        """How many acts it knows and the digest of its records, once it has done what it was told."""
        self.tell("agree")
        return self.answer("sees")

    def kill(self) -> None:
        """End it at once, and hear what it had still acknowledged."""
        self._process.kill()
        while not self.ended:
            self.read()
        assert self._errors.read() == b""
        self.vanish()

    def end(self) -> None:
        """Let it close the book."""
        self._in.close()
        self.answer("closed")
        assert self._errors.read() == b""
        assert self._process.wait() == 0

    def vanish(self) -> None:
        """Leave no process and no pipe behind."""
        self._process.kill()
        with self._process:
            self._process.wait()


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
        self._undone: set[str | None] = set()

    def tell(self, act: Act) -> None:
        """Hear the next act: numbered without a gap, nothing overwritten unseen, nothing undone twice."""
        assert act.sequence == len(self.ids) + 1
        assert act.undoes is None or act.undoes not in self._undone
        self._undone.add(act.undoes)
        for change in act.changes:
            key = (change.table, change.id)
            assert self.records.get(key) == change.before, f"act {act.sequence} overwrote {key}"
            if change.after is None:
                del self.records[key]
            else:
                self.records[key] = change.after
        self.ids.append(act.id)

    def tell_history(self, store: BookStore, before: float = float("inf")) -> None:
        """Hear the acts since the last one from the history, up to a number."""
        new = [*takewhile(lambda act: act.sequence > len(self.ids), store.history())]
        for act in reversed(new):
            if act.sequence < before:
                self.tell(act)

    def lost(self, sessions: Iterable[Session]) -> int:
        """How many acknowledged acts do not stand in the place that was acknowledged."""
        told = (saved for session in sessions for saved in session.acknowledged)
        return sum(self.ids[sequence - 1 : sequence] != [act] for sequence, act in told)

    def fits(self, book: Book) -> bool:
        return {(record.table, record.id): record for record in records_of(book)} == self.records


def halves(book: Book) -> int:
    """How many acts are half there: each adds or trashes a touch with its follow-up, or moves a minute."""
    steps = dict(book.follow_ups)
    found = abs(sum(place.distance_min or 0 for place in book.practices.values()) - PLACES * MINUTES)
    for touch in book.touches.values():
        step = steps.pop(touch.tags[0], None)
        found += step is None or step.from_touch != touch.id or bool(step.trashed_at) != bool(touch.trashed_at)
    return found + len(steps)


class Harm:
    """What went wrong, counted by fresh sessions that look at the book."""

    def __init__(self) -> None:
        self.lost = self.half = self.unreadable = 0

    def look(self, path: Path, story: Story, sessions: Iterable[Session]) -> None:
        """Open the book; `sessions` are those whose acknowledgements were heard by now."""
        try:
            store = open_book(path)
        except BookError:
            self.unreadable += 1
            return
        self.unreadable += store.read_only is not None
        story.tell_history(store)
        store.apply_arrived()
        assert store.book.sequence == len(story.ids)
        assert story.fits(store.book)
        self.lost += story.lost(sessions)
        self.half += halves(store.book)
        store.close(fold=False)

    def tell(self, capsys: pytest.CaptureFixture[str], begun: float, **figures: int) -> None:
        """Print the figures, and demand that there was none."""
        figures |= vars(self)
        words = ", ".join(f"{name} {figure:,}" for name, figure in figures.items())
        with capsys.disabled():
            sys.stdout.write(f"\n  {words}, seconds {time.monotonic() - begun:.0f}\n")
        assert (self.lost, self.half, self.unreadable) == (0, 0, 0)


def open_book(path: Path) -> BookStore:
    return BookStore.open(path, user="looker", clock=SystemClock())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A book of places that all sessions edit, in a private folder."""
    tmp_path.chmod(0o700)
    store = BookStore.create(tmp_path / "book.json", user="sam", clock=SystemClock())
    places = [store.author.new(Practice, name=f"Place {n}", distance_min=MINUTES) for n in range(PLACES)]
    store.commit(store.author.act("add practices", *map(store.author.add, places)))
    store.close()
    return store.path


@contextmanager
def opened(path: Path, count: int, *, folds: float) -> Iterator[list[Session]]:
    """Sessions that have the book open. Those that are added to the list end with it, too."""
    sessions: list[Session] = []
    with ExitStack() as stack:
        stack.callback(lambda: [*map(Session.vanish, sessions)])
        sessions += [Session(path, number, folds=folds) for number in range(count)]
        for session in sessions:
            session.answer("open")
        yield sessions


def check_at_rest(
    path: Path, story: Story, harm: Harm, sessions: Sequence[Session], dead: Sequence[Session] = ()
) -> None:
    """When nobody writes any more, the sessions, a fresh one, the history and stock TinyDB tell the same story."""
    assert all([session.agree() for session in sessions])
    harm.look(path, story, [*sessions, *dead])
    store = open_book(path)
    records = sorted(records_of(store.book), key=lambda record: record.id)
    sees = [str(store.book.sequence), sha256(repr(records).encode()).hexdigest()]
    assert [session.agree() for session in sessions] == [sees] * len(sessions)
    assert [act.id for act in store.history()] == story.ids[::-1]
    store.close()
    for session in sessions:
        session.end()
    with TinyDB(path) as db:
        documents = [(kind.table, dict(found)) for kind in KINDS for found in db.table(kind.table)]
    assert {(table, found["id"]): found for table, found in documents} == {
        key: msgspec.json.decode(encode_record(record)) for key, record in story.records.items()
    }
    assert len(documents) == len(story.records)
    assert {place.name for place in path.parent.iterdir()} == {path.name + end for end in ("", ".history", ".journal")}


def scaled(count: int) -> int:
    """A count times the factor in the variable SOAK."""
    return max(1, round(count * float(os.environ.get("SOAK", "1"))))


@pytest.mark.soak
def test_eight_sessions_lose_nothing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begun, story, harm, acts = time.monotonic(), Story(), Harm(), scaled(250)
    with opened(path, 8, folds=0.05) as sessions:
        for session in sessions:
            session.tell(f"go {acts}")
        hear(sessions, PATIENCE * acts / 250, until=lambda: all("rest" in session.said for session in sessions))
        conflicts = sum(int(session.answer("rest")[0]) for session in sessions)
        assert [len(session.acknowledged) for session in sessions] == [acts] * 8
        check_at_rest(path, story, harm, sessions)
    assert len(story.ids) == 8 * acts + 1
    harm.tell(capsys, begun, sessions=8, acts=8 * acts, conflicts=conflicts)


@pytest.mark.soak
def test_kills_lose_nothing_and_leave_nothing_half(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Four write and fold at a time. One is killed, and while the others write on, a fresh session looks; then one
    that has had the book open without looking takes its place."""
    begun, story, harm, chance, kills = time.monotonic(), Story(), Harm(), random.Random(SEED), scaled(200)
    dead: list[Session] = []
    with opened(path, 5, folds=0.3) as sessions:
        for number in range(kills):
            for session in sessions[:4]:
                session.tell("go 12")
            victim = sessions[chance.randrange(4)]
            enough = len(victim.acknowledged) + chance.randrange(12)
            hear(sessions, PATIENCE, until=lambda enough=enough, one=victim: len(one.acknowledged) >= enough)
            hear(sessions, chance.uniform(0.0, 0.005))
            victim.kill()
            sessions.remove(victim)
            dead.append(victim)
            harm.look(path, story, [*sessions, *dead])
            sessions.append(Session(path, 5 + number, folds=0.3))
        check_at_rest(path, story, harm, sessions, dead)
    acknowledged = sum(len(session.acknowledged) for session in [*sessions, *dead])
    unacknowledged = len(story.ids) - 1 - acknowledged
    assert 0 <= unacknowledged <= kills
    harm.tell(capsys, begun, acts=acknowledged, unacknowledged=unacknowledged, kills=kills)


@pytest.mark.soak
def test_a_reader_sees_every_act_once_and_in_order(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It looks every 20 ms. When two folds come in between, it loads the book anew and is told by the history."""
    begun, story, harm, acts, jumps, looks = time.monotonic(), Story(), Harm(), scaled(250), 0, 0
    reader = open_book(path)
    story.tell_history(reader)
    with opened(path, 4, folds=0.05) as sessions:
        for session in sessions:
            session.tell(f"go {acts}")
        while len(story.ids) < 4 * acts + 1:
            assert time.monotonic() < begun + PATIENCE * acts / 250
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
            assert story.fits(reader.book)
            harm.lost += story.lost(sessions)
            harm.half += halves(reader.book)
        check_at_rest(path, story, harm, sessions)
        reader.close()
    harm.tell(capsys, begun, acts=4 * acts, looks=looks, jumps=jumps)
