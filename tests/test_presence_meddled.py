"""Presence where somebody meddles or the disk fails: it never harms, and nobody is told."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from storage.book_store import BookStore
from storage.presence import Presence, sessions_folder
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = tmp_path / "studio" / "book.json"
    BookStore.create(book, user="me", clock=SystemClock()).close()
    return book


@pytest.fixture
def sam(path: Path) -> Iterator[Presence]:
    """Another session, which is gone at the end; then nothing of any is left."""
    other = present(path, "sam")
    yield other
    other.leave()


def present(path: Path, user: str = "me", calls: SystemCalls | None = None) -> Presence:
    found = Presence(calls or SystemCalls(), path, user, SystemClock())
    found.enter()
    return found


def names(presence: Presence) -> list[str]:
    return [other.user for other in presence.others()]


def files(path: Path) -> list[str]:
    return os.listdir(sessions_folder(path))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"user":"","since":"2026-11-23T09:00:00Z"}', b'{"user":"x","since":"2026-11-23T09:00:00"}', b"\xff"],
)
def test_what_cannot_be_read_is_passed_over(path: Path, content: bytes) -> None:
    me = present(path)
    odd = sessions_folder(path) / "0123456789abcdef"
    odd.write_bytes(content)
    with odd.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert names(me) == []
        assert odd.exists()
    assert names(me) == []
    assert not odd.exists()
    me.leave()


def test_what_is_no_file_of_a_session_is_left_alone(path: Path) -> None:
    me = present(path)
    folder = sessions_folder(path)
    (folder / "note.txt").write_text("mine")
    (folder / "1123456789abcdef").symlink_to(path)
    (folder / "2123456789abcdef").mkdir()
    os.mkfifo(folder / "pipe")
    assert names(me) == []
    me.leave()
    assert sorted(files(path)) == ["1123456789abcdef", "2123456789abcdef", "note.txt", "pipe"]
    assert path.exists()


class Meddling(SystemCalls):
    """Real calls; just before this session locks its file, and for a while, somebody else does something."""

    def __init__(self, happens: Callable[[Path], object], times: int) -> None:
        self._happens = [happens] * times
        self._made = Path()

    def open(self, path: str | Path, flags: int, mode: int = 0o600) -> int:
        self._made = Path(path) if flags & os.O_CREAT else self._made
        return super().open(path, flags, mode)

    def flock(self, fd: int, operation: int) -> None:
        if operation & fcntl.LOCK_EX and self._happens:
            self._happens.pop()(self._made)
        super().flock(fd, operation)


def look_and_remove(made: Path) -> None:
    """What a session does that looks between the making of the file and its locking."""
    made.unlink()


@pytest.mark.parametrize("times", [1, 3, 9])
def test_a_look_in_the_middle_of_entering_does_no_harm(path: Path, sam: Presence, times: int) -> None:
    me = present(path, "me", Meddling(look_and_remove, times))
    me.others()
    assert names(sam) == ["me"]
    me.leave()


def test_a_file_that_somebody_looks_at_is_given_up_for_another(path: Path, sam: Presence) -> None:
    held: list[int] = []

    def look(made: Path) -> None:
        held.append(os.open(made, os.O_RDONLY))
        fcntl.flock(held[-1], fcntl.LOCK_SH)

    me = present(path, "me", Meddling(look, 1))
    assert names(sam) == ["me"]
    assert len(files(path)) == 2
    os.close(held.pop())
    me.leave()


def test_a_folder_that_the_last_one_takes_away_meanwhile_is_made_again(path: Path) -> None:
    class Leaving(SystemCalls):
        times = 2

        def open(self, path: str | Path, flags: int, mode: int = 0o600) -> int:
            if flags & os.O_CREAT and self.times:
                self.times -= 1
                os.rmdir(Path(path).parent)
            return super().open(path, flags, mode)

    me = present(path, "me", Leaving())
    sam = present(path, "sam")
    assert names(sam) == ["me"]
    sam.leave()
    me.leave()


class Failing(SystemCalls):
    """Real calls, until the k-th; from then on the disk fails."""

    def __init__(self, after: int) -> None:
        self.left = after

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def open(self, path: str | Path, flags: int, mode: int = 0o600) -> int:
        self._count()
        return super().open(path, flags, mode)

    def write(self, fd: int, content: bytes) -> int:
        self._count()
        return super().write(fd, content)

    def flock(self, fd: int, operation: int) -> None:
        self._count()
        super().flock(fd, operation)

    def fstat(self, fd: int) -> os.stat_result:
        self._count()
        return super().fstat(fd)

    def stat(self, path: str | Path) -> os.stat_result:
        self._count()
        return super().stat(path)

    def mkdir(self, path: Path, mode: int) -> None:
        self._count()
        super().mkdir(path, mode)

    def chmod(self, fd: int, mode: int) -> None:
        self._count()
        super().chmod(fd, mode)

    def listdir(self, path: Path) -> list[str]:
        self._count()
        return super().listdir(path)

    def unlink(self, path: Path) -> None:
        self._count()
        super().unlink(path)


@pytest.mark.parametrize("after", range(30))
def test_whatever_fails_nobody_is_told_and_no_descriptor_stays_open(path: Path, sam: Presence, after: int) -> None:
    before = len(os.listdir("/dev/fd"))
    calls = Failing(after)
    me = present(path, "me", calls)
    me.others()
    me.changed()
    calls.left = 100
    assert names(me) == ["sam"]
    me.leave()
    assert len(os.listdir("/dev/fd")) == before
    sam.leave()
    assert not sessions_folder(path).exists()


def test_a_book_that_is_gone_shows_nobody(path: Path) -> None:
    path.unlink()
    me = present(path)
    assert me.others() == ()
    me.leave()
    assert os.listdir(path.parent) == []


def test_the_file_of_a_session_says_who_and_since_when(path: Path) -> None:
    me = present(path)
    (only,) = sessions_folder(path).iterdir()
    found = msgspec.json.decode(only.read_bytes())
    assert found.keys() == {"user", "since"}
    assert (found["user"], found["since"][-1]) == ("me", "Z")
    me.leave()
