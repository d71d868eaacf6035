"""A disk that is full, and one that another session holds up, in real terminals: the text stays, the same key saves."""

from __future__ import annotations

import fcntl
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relationships.book import Book
from relationships.changes import Clock
from storage.book_store import BookStore
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from tests.app_driving import OpenApp
    from tests.pty_app import PtyApp, StartProgram

LINE = "visit patel yesterday asked about post-rehab; next in 3 weeks"


class SmallDisk:
    """A file system of one megabyte around the folder of the book."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._filler = folder / "filler"

    def fill(self, app: PtyApp) -> None:
        """Leave no room for anything."""
        room = os.open(self._filler, os.O_WRONLY | os.O_CREAT)
        size = os.statvfs(self._folder)
        os.posix_fallocate(room, 0, size.f_bavail * size.f_bsize)
        os.close(room)
        assert os.statvfs(self._folder).f_bavail == 0

    def free(self, app: PtyApp) -> None:
        """Make room."""
        self._filler.unlink()


class LimitedFiles:
    """The same where nothing can be mounted: the process may make no file longer."""

    def fill(self, app: PtyApp) -> None:
        resource.prlimit(app.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def free(self, app: PtyApp) -> None:
        resource.prlimit(app.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


Disk = SmallDisk | LimitedFiles


@pytest.fixture(params=["small disk", "limited files"])
def disk(request: pytest.FixtureRequest, studio_book: Path) -> Iterator[Disk]:
    """A disk that can be filled. Who may not mount one gets the limit instead."""
    if request.param == "limited files" or not mounted(studio_book.parent):
        yield LimitedFiles()
        return
    try:
        yield SmallDisk(studio_book.parent)
    finally:
        subprocess.run(["umount", "--lazy", str(studio_book.parent)], check=True)


def mounted(folder: Path) -> bool:
    """Put a small file system over the folder, with what is in it."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    command = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        return False
    for name, content in files.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    return True


@pytest.fixture
def app(disk: Disk, start_program: StartProgram) -> PtyApp:
    """The program on that disk, its first frame painted."""
    app = start_program()
    app.sees("Today", "Priya Patel")
    return app


def closed_book(app: PtyApp, path: Path, clock: Clock) -> Book:
    """The book after the session has ended."""
    app.send("\x11")
    assert app.ended() == 0
    store = BookStore.open(path, user="reader", clock=clock)
    assert store.read_only is None
    store.close()
    return store.book


def test_a_full_disk_keeps_the_line_and_the_same_key_saves(
    app: PtyApp, disk: Disk, studio_book: Path, clock: Clock
) -> None:
    before = studio_book.read_bytes()
    app.send("l")
    app.sees("esc cancel")
    app.send(LINE)
    app.sees("visit with Priya Patel")
    disk.fill(app)
    for _ in range(2):
        app.send("\r")
        app.sees("Not saved: the disk is full.", "There is no room left for the book", "Make some room, then", LINE)
    assert studio_book.read_bytes() == before
    disk.free(app)
    app.send("\r")
    app.sees("Logged: visit with Priya Patel.")
    touches = closed_book(app, studio_book, clock).touches_with("patel")
    assert [touch.note for touch in touches].count("asked about post-rehab") == 1


def test_a_full_disk_keeps_the_form_after_the_line_and_the_same_key_saves(
    app: PtyApp, disk: Disk, studio_book: Path, clock: Clock
) -> None:
    app.send("l")
    app.sees("esc cancel")
    app.send(LINE)
    app.sees("visit with Priya Patel")
    app.send("\t")
    app.sees("Touch with Priya Patel")
    app.send("\t")
    app.sees("With commas between")
    app.send("Jo at the desk")
    app.sees("Jo at the desk")
    disk.fill(app)
    for _ in range(2):
        app.send("\x13")
        app.sees("There is no room left for the book", "Make some room", "save again.")
        app.sees("Touch with Priya Patel", "Jo at the desk", "asked about post-rehab", "ctrl+s save")
    disk.free(app)
    app.send("\x13")
    app.sees("Logged: visit with Priya Patel.")
    touches = closed_book(app, studio_book, clock).touches_with("patel")
    saved = [(touch.note, touch.people_met) for touch in touches]
    assert saved.count(("asked about post-rehab", ("Jo at the desk",))) == 1


def test_a_full_disk_and_a_lost_connection_together_lose_nothing_that_has_room(
    app: PtyApp, disk: Disk, program_drafts: Path
) -> None:
    """Drafts lie on another disk than the book."""
    app.send("l")
    app.sees("esc cancel")
    app.send(LINE)
    app.sees("visit with Priya Patel")
    drafts = program_drafts
    app.until(lambda: list(drafts.glob("*.json")), "no draft was written")
    disk.fill(app)
    app.send("\r")
    app.sees("Not saved: the disk is full.")
    app.signal(signal.SIGHUP)
    assert app.ended() == 129
    (draft,) = drafts.glob("*.json")
    assert LINE.encode() in draft.read_bytes()


HOLD = """
import fcntl, os, sys
fd = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECTORY)
fcntl.flock(fd, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def hold(studio_book: Path) -> Iterator[Callable[[], Callable[[], None]]]:
    """Hold the folder's lock in another process; what is given back lets go of it."""
    running: list[subprocess.Popen[str]] = []

    def held() -> Callable[[], None]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(studio_book.parent)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return lambda: let_go(process)

    yield held
    for process in running:
        let_go(process)


def let_go(process: subprocess.Popen[str]) -> None:
    process.communicate("\n" if process.poll() is None else None)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_save_that_waits_for_another_session_says_so(
    open_app: OpenApp, studio_book: Path, hold: Callable[[], Callable[[], None]], size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await session.press("l")
        await session.on("LogLine")
        await session.type(LINE)
        release = hold()
        await session.press("enter")
        await session.sees("Another session is saving; yours comes next …")
        assert len(session.on_disk().touches_with("patel")) == 1
        release()
        await session.sees("Logged: visit with Priya Patel.")
        await session.sees_no("Another session is saving")
        assert len(session.on_disk().touches_with("patel")) == 2


async def test_a_save_that_waits_in_vain_keeps_the_line(
    open_app: OpenApp, studio_book: Path, hold: Callable[[], Callable[[], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.book_store.PATIENCE", 0.8)
    async with open_app() as session:
        await session.press("l")
        await session.on("LogLine")
        await session.type(LINE)
        release = hold()
        await session.press("enter")
        await session.sees("Another session is saving; yours comes next …")
        await session.on("LogLine")
        await session.sees("Not saved: another session is saving.", "Wait a moment, then save again", LINE)
        release()
        await session.press("enter")
        await session.sees("Logged: visit with Priya Patel.")


class SlowDisk(SystemCalls):
    """The real calls on a disk that takes its time to confirm."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def sync_content(self, fd: int) -> None:
        """Wait until the test lets it go on, as it does by taking the lock on a file beside the book."""
        gate = os.open(self._path, os.O_RDWR)
        fcntl.flock(gate, fcntl.LOCK_EX)
        os.close(gate)
        super().sync_content(fd)


async def test_a_slow_disk_is_not_taken_for_another_session(
    open_app: OpenApp, studio_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.saving.WAIT_SECONDS", 0.0)
    path = tmp_path / "gate"
    path.touch()
    gate = os.open(path, os.O_RDWR)
    fcntl.flock(gate, fcntl.LOCK_EX)
    async with open_app(calls=SlowDisk(path)) as session:
        await session.press("l")
        await session.on("LogLine")
        await session.type(LINE)
        await session.press("enter")
        await session.on("TodayScreen")
        said = session.text
        os.close(gate)
        await session.sees("Logged: visit with Priya Patel.")
    assert "Another session" not in said
