"""Several processes, and several users, on one book: nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tinydb import TinyDB

from storage.book_store import BookStore
from trainer_tui.clock import SystemClock

ROOT = Path(__file__).resolve().parent.parent
USERS, GROUP = (60_001, 60_002), 60_000

WRITE = """
import os, sys
from pathlib import Path
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage.book_store import BookStore
from trainer_tui.clock import SystemClock

book, name, count, fold_every = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
uid, gid, umask = map(int, sys.argv[5:8])
if uid:
    os.setgroups([gid])
    os.setgid(uid)
    os.setuid(uid)
os.umask(umask)
store = BookStore.open(book, user=name, clock=SystemClock())
print("open", flush=True)
sys.stdin.readline()
for number in range(count):
    touch = store.author.new(Touch, kind=TouchKind.VISIT, note=f"{name} {number}")
    store.commit(store.author.act("log a visit", store.author.add(touch)))
    print(number, flush=True)
    if number % 7 == 0:
        store.apply_arrived()
    if fold_every and number % fold_every == fold_every - 1:
        store.fold()
store.refresh()
store.apply_arrived()
assert store.book.sequence == len(store.book.touches)
store.close()
print("closed", flush=True)
"""


class Writer:
    """A process that logs visits once it is told to go."""

    def __init__(
        self, book: Path, name: str, count: int, *, fold_every: int = 0, uid: int = 0, umask: int = 0o022
    ) -> None:
        arguments = (book, name, count, fold_every, uid, GROUP, umask)
        self._process = subprocess.Popen(
            [sys.executable, "-c", WRITE, *map(str, arguments)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.name = name
        self.said()

    def said(self) -> str:
        """The next line that it printed."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def kill(self) -> list[str]:
        """End it at once; the notes that it was told are saved."""
        self._process.send_signal(signal.SIGKILL)
        assert self._process.stdout is not None
        rest = self._process.stdout.read()
        self._process.communicate()
        return rest.split()

    def end(self) -> None:
        out, err = self._process.communicate()
        assert err == ""
        assert out.splitlines()[-1] == "closed"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = tmp_path / "studio" / "book.json"
    BookStore.create(book, user="sam", clock=SystemClock()).close()
    return book


def open_book(path: Path) -> BookStore:
    return BookStore.open(path, user="sam", clock=SystemClock())


def expected(*writers: str, count: int) -> set[str]:
    return {f"{writer} {number}" for writer in writers for number in range(count)}


def check(path: Path, notes: set[str]) -> None:
    """The book holds these touches and no others, by one act each, numbered without a gap; TinyDB finds the same."""
    store = open_book(path)
    assert store.read_only is None
    assert {touch.note for touch in store.book.touches.values()} == notes
    assert [act.sequence for act in store.history()] == [*range(len(notes), 0, -1)]
    store.close()
    with TinyDB(path) as db:
        assert {document["note"] for document in db.table("touches")} == notes
        assert len(db.table("touches")) == len(notes)


@pytest.mark.parametrize("fold_every", [0, 40])
def test_two_processes_with_500_commits_each_lose_nothing(path: Path, fold_every: int) -> None:
    watcher = open_book(path)
    writers = [Writer(path, name, 500, fold_every=fold_every) for name in ("sam", "kim")]
    for writer in writers:
        writer.go()
    for _ in range(200):
        watcher.refresh()
        watcher.apply_arrived()
        assert watcher.book.sequence == len(watcher.book.touches)
    for writer in writers:
        writer.end()
    watcher.refresh()
    watcher.apply_arrived()
    assert {touch.note for touch in watcher.book.touches.values()} == expected("sam", "kim", count=500)
    watcher.close()
    check(path, expected("sam", "kim", count=500))


@pytest.mark.parametrize("fold_every", [0, 3])
def test_what_was_acknowledged_stays_after_a_kill(path: Path, fold_every: int) -> None:
    found: set[str] = set()
    for life in range(6):
        writer = Writer(path, f"life{life}", 5_000, fold_every=fold_every)
        writer.go()
        acknowledged = [writer.said() for _ in range(10 + life)]
        acknowledged += writer.kill()
        store = open_book(path)
        assert store.read_only is None
        now = {touch.note for touch in store.book.touches.values()}
        store.close(fold=False)
        mine = {f"{writer.name} {number}" for number in acknowledged}
        assert mine <= now - found
        assert len(now - found - mine) <= 1
        found = now
    check(path, found)


@pytest.fixture
def shared() -> Iterator[Path]:
    """A setgid folder that several users can reach."""
    with TemporaryDirectory() as outer:
        Path(outer).chmod(0o711)
        folder = Path(outer) / "studio"
        folder.mkdir()
        if os.geteuid() == 0:
            os.chown(folder, -1, GROUP)
        folder.chmod(0o2770)
        yield folder


@pytest.mark.parametrize("umask", [0o022, 0o002, 0o077])
def test_two_users_share_a_book_whatever_their_umask(shared: Path, umask: int) -> None:
    """Without root's right to become them, both are this user."""
    users = USERS if os.geteuid() == 0 else (0, 0)
    path = shared / "book.json"
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    for sitting in range(2):
        writers = [
            Writer(path, f"{number} of {sitting}", 40, fold_every=5, uid=user, umask=umask)
            for number, user in enumerate(users)
        ]
        for writer in writers:
            writer.go()
        for writer in writers:
            writer.end()
    check(path, expected("0 of 0", "1 of 0", "0 of 1", "1 of 1", count=40))
    assert {place.stat().st_gid for place in shared.rglob("*")} == {shared.stat().st_gid}
    assert {place.stat().st_mode & 0o777 for place in shared.rglob("*") if place.is_file()} == {0o660}
