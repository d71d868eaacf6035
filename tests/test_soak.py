"""Hours of use in minutes: many sessions, folds and kills on one book; `make soak` runs it, SOAK=0.1 runs a tenth."""

from __future__ import annotations

import os
import random
import select
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
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
FULLY = 120.0
"""Seconds after which a session that does not answer has hung."""

# Told `go N` it does N acts and prints `ack SEQUENCE ID` after each; told `agree` it prints what it sees.
SESSION = """
import random, sys
from datetime import date
from hashlib import sha256
from pathlib import Path
from msgspec.structs import replace
from relationships.book import records_of
from relationships.records import FollowUp, Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from trainer_tui.clock import SystemClock

path, user, seed, folds = Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])
chance = random.Random(seed)
store = BookStore.open(path, user=user, clock=SystemClock())
author, conflicts = store.author, 0

def say(*words):
    print(*words, flush=True)

def take_in():
    store.refresh()
    store.apply_arrived()

def log():
    step = author.new(FollowUp, due=date(2026, 11, 20), what="call")
    touch = author.new(Touch, kind=TouchKind.VISIT, note=f"{user} is here", tags=(step.id,))
    return author.act("log a visit", author.add(touch), author.add(replace(step, from_touch=touch.id)))

def move():
    giver, taker = chance.sample([*store.book.practices.values()], 2)
    return author.act("move a minute",
                      author.edit(giver, replace(giver, distance_min=giver.distance_min - 1)),
                      author.edit(taker, replace(taker, distance_min=taker.distance_min + 1)))

def trash():
    live = [touch for touch in [*store.book.touches.values()][-60:] if touch.trashed_at is None]
    if not live:
        return log()
    touch = chance.choice(live)
    return author.act("trash", author.trash(touch), author.trash(store.book.follow_ups[touch.tags[0]]))

def act():
    global conflicts
    kind = chance.choices((log, move, trash, None), (5, 3, 1, 1))[0]
    while True:
        try:
            return store.undo() if kind is None else store.commit(kind())
        except errors.Conflict:
            conflicts += 1
            take_in()
        except (errors.NothingToUndo, errors.CannotUndo):
            kind = log

say("open")
for line in sys.stdin:
    if line == "agree\\n":
        take_in()
        records = sorted(records_of(store.book), key=lambda record: record.id)
        say("sees", store.book.sequence, sha256(repr(records).encode()).hexdigest())
        continue
    for _ in range(int(line.split()[1])):
        done = act()
        say("ack", done.sequence, done.id)
        if chance.random() < 0.5:
            store.apply_arrived()
        if chance.random() < folds:
            store.fold()
    say("rest", conflicts)
store.close()
say("closed")
"""


class Session:
    """A process with the book open."""

    def __init__(self, path: Path, number: int, *, folds: float) -> None:
        """`folds` is how likely it folds after an act."""
        user = USERS[number % len(USERS)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", SESSION, str(path), user, f"{SEED} {number}", str(folds)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        assert self._process.stdout is not None
        self.out = self._process.stdout
        self._part = b""
        self.acknowledged: list[tuple[int, str]] = []
        self.said: list[list[str]] = []
        self.ended = False

    def tell(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(words.encode() + b"\n")

    def read(self) -> None:
        """Take in what it printed; there must be something, or its end."""
        content = os.read(self.out.fileno(), 65_536)
        self.ended = not content
        *lines, self._part = (self._part + content).split(b"\n")
        for line in lines:
            words = line.decode().split()
            if words[0] == "ack":
                self.acknowledged.append((int(words[1]), words[2]))
            else:
                self.said.append(words)

    def answer(self, word: str) -> list[str]:
        """The next line with that first word; waits for it."""
        deadline = time.monotonic() + FULLY
        while not any(words[0] == word for words in self.said):
            assert time.monotonic() < deadline, f"hangs before {word!r}"
            assert not self.ended, self._errors()
            hear([self], 0.5)
        found = next(words for words in self.said if words[0] == word)
        self.said.remove(found)
        return found

    def _errors(self) -> str:
        assert self._process.stderr is not None
        return self._process.stderr.read().decode()

    def kill(self) -> None:
        """End it at once, and hear what it had still acknowledged."""
        self._process.kill()
        while not self.ended:
            self.read()
        assert self._errors() == ""

    def end(self) -> None:
        """Let it close the book."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self.answer("closed")
        assert self._errors() == ""
        assert self._process.wait() == 0

    def give_up(self) -> None:
        """Leave no process behind, whatever happened."""
        self._process.kill()
        with self._process:
            pass


def hear(sessions: Iterable[Session], seconds: float) -> None:
    """Take in what the sessions print for so long, or for as long as any of them lives."""
    deadline = time.monotonic() + seconds
    left = {session.out: session for session in sessions if not session.ended}
    while left:
        ready, _, _ = select.select([*left], [], [], max(deadline - time.monotonic(), 0.0))
        for out in ready:
            left[out].read()
            if left[out].ended:
                del left[out]
        if time.monotonic() >= deadline:
            return


class Story:
    """All acts from the first on, told one by one, and the records that they amount to."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.records: dict[tuple[str, str], Record] = {}
        self._undone: set[str] = set()

    def tell(self, act: Act) -> None:
        """Hear the next act: numbered without a gap, nothing overwritten unseen, nothing undone twice."""
        assert act.sequence == len(self.ids) + 1
        assert act.undoes is None or act.undoes not in self._undone
        self._undone.add(act.undoes or "")
        for change in act.changes:
            key = (change.table, change.id)
            assert self.records.get(key) == change.before, f"act {act.sequence} overwrote {key}"
            if change.after is None:
                del self.records[key]
            else:
                self.records[key] = change.after
        self.ids.append(act.id)

    def tell_history(self, store: BookStore) -> None:
        """Hear what it has of the acts since the last one."""
        new = [*takewhile(lambda act: act.sequence > len(self.ids), store.history())]
        for act in reversed(new):
            self.tell(act)

    def lost(self, sessions: Iterable[Session]) -> int:
        """How many acknowledged acts are not in it, in the place that was acknowledged."""
        told = [saved for session in sessions for saved in session.acknowledged]
        return sum(self.ids[sequence - 1 : sequence] != [act] for sequence, act in told)

    def agrees(self, book: Book) -> bool:
        return {(record.table, record.id): record for record in records_of(book)} == self.records


def halves(book: Book) -> int:
    """How many acts are half there: each adds or trashes a touch with its follow-up, or moves a minute."""
    steps = dict(book.follow_ups)
    found = abs(sum(place.distance_min or 0 for place in book.practices.values()) - PLACES * MINUTES)
    for touch in book.touches.values():
        step = steps.pop(touch.tags[0], None)
        found += step is None or step.from_touch != touch.id or bool(step.trashed_at) != bool(touch.trashed_at)
    return found + len(steps)


def open_book(path: Path) -> BookStore:
    store = BookStore.open(path, user="checker", clock=SystemClock())
    assert store.read_only is None
    return store


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
    """Sessions that have the book open; more may be added to the list."""
    sessions: list[Session] = []
    with ExitStack() as stack:
        stack.callback(lambda: [session.give_up() for session in sessions])
        sessions += [Session(path, number, folds=folds) for number in range(count)]
        for session in sessions:
            session.answer("open")
        yield sessions


def check_at_rest(path: Path, story: Story, sessions: Sequence[Session]) -> None:
    """Nobody writes any more: a fresh open, the sessions, their acknowledgements and stock TinyDB tell the same."""
    store = open_book(path)
    story.tell_history(store)
    assert [act.id for act in store.history()] == story.ids[::-1]
    assert story.lost(sessions) == 0
    assert story.agrees(store.book)
    assert halves(store.book) == 0
    for session in sessions:
        if not session.ended:
            session.tell("agree")
            records = sorted(records_of(store.book), key=lambda record: record.id)
            sees = ["sees", str(store.book.sequence), sha256(repr(records).encode()).hexdigest()]
            assert session.answer("sees") == sees
            session.end()
    store.close()
    with TinyDB(path) as db:
        documents = {(kind.table, found["id"]): dict(found) for kind in KINDS for found in db.table(kind.table)}
        assert sum(len(db.table(kind.table)) for kind in KINDS) == len(story.records)
    assert documents == {key: msgspec.json.decode(encode_record(record)) for key, record in story.records.items()}
    assert {place.name for place in path.parent.iterdir()} == {path.name + end for end in ("", ".history", ".journal")}


def scaled(count: int) -> int:
    """A count times the factor in the variable SOAK."""
    return max(1, round(count * float(os.environ.get("SOAK", "1"))))


def tell_figures(capsys: pytest.CaptureFixture[str], begun: float, **figures: int) -> None:
    words = ", ".join(f"{name.replace('_', ' ')} {figure:,}" for name, figure in figures.items())
    with capsys.disabled():
        sys.stdout.write(f"\n  {words}, seconds {time.monotonic() - begun:.0f}\n")


@pytest.mark.soak
def test_eight_sessions_lose_nothing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begun, story = time.monotonic(), Story()
    with opened(path, 8, folds=0.05) as sessions:
        for session in sessions:
            session.tell(f"go {scaled(250)}")
        while not all(session.said for session in sessions):
            hear(sessions, 0.1)
        conflicts = sum(int(session.answer("rest")[1]) for session in sessions)
        acknowledged = sum(len(session.acknowledged) for session in sessions)
        assert acknowledged == 8 * scaled(250)
        check_at_rest(path, story, sessions)
        assert len(story.ids) == acknowledged + 1
    tell_figures(capsys, begun, acts=len(story.ids), conflicts=conflicts, lost=0, half=0, unreadable=0)
