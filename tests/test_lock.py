"""The lock on the folder: one at a time, in turn, never for ever, and freed by death."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.lock import FolderLock
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock

HOLD = """
import fcntl, os, sys
fd = os.open(sys.argv[1], os.O_RDONLY)
fcntl.flock(fd, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    """A process that holds the lock until its input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.communicate()


def lock_on(folder: Path, patience: float = 30, calls: SystemCalls | None = None) -> FolderLock:
    return FolderLock(calls or SystemCalls(), folder, patience)


def test_nobody_else_gets_in_while_it_is_held(tmp_path: Path) -> None:
    first, second = lock_on(tmp_path), lock_on(tmp_path, 0.01)
    with first as fd:
        assert os.path.sameopenfile(fd, os.open(tmp_path, os.O_RDONLY))
        with pytest.raises(errors.Busy) as caught, second:
            pytest.fail("two hold the lock")
    assert caught.value.title == "Not saved: another session is saving"
    with second, pytest.raises(errors.Busy), lock_on(tmp_path, 0.01):
        pytest.fail("two hold the lock")


def test_who_waits_gets_it_when_it_is_freed(tmp_path: Path) -> None:
    process = holder(tmp_path)
    got = threading.Event()

    def wait() -> None:
        with lock_on(tmp_path):
            got.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert not got.wait(0.05)
    end(process)
    waiting.join(30)
    assert got.is_set()


def test_the_kernel_frees_it_when_its_holder_is_killed(tmp_path: Path) -> None:
    process = holder(tmp_path)
    process.send_signal(signal.SIGKILL)
    end(process)
    with lock_on(tmp_path) as fd:
        assert fd >= 0


def test_a_thread_that_was_left_waiting_lets_go_at_once(tmp_path: Path) -> None:
    process = holder(tmp_path)
    with pytest.raises(errors.Busy), lock_on(tmp_path, 0.01):
        pytest.fail("the lock is held elsewhere")
    (left,) = (thread for thread in threading.enumerate() if thread.name == "waiting for the book")
    end(process)
    left.join(30)
    with lock_on(tmp_path, 0.01) as fd:
        assert fd >= 0


def test_an_error_inside_frees_it(tmp_path: Path) -> None:
    lock = lock_on(tmp_path, 0.01)
    with pytest.raises(KeyError), lock:
        raise KeyError
    with lock_on(tmp_path, 0.01) as fd:
        assert fd >= 0
    lock.close()


class NoLocks(SystemCalls):
    """A file system without locks; or one that fails those who wait."""

    def __init__(self, failing: int) -> None:
        self._failing = failing

    def flock(self, fd: int, operation: int) -> None:
        if operation == self._failing:
            raise OSError(errno.ENOLCK, "No locks available")
        super().flock(fd, operation)


@pytest.mark.parametrize("failing", [fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_EX])
def test_a_lock_that_cannot_be_had_is_never_taken_for_one(tmp_path: Path, failing: int) -> None:
    process = holder(tmp_path)
    lock = lock_on(tmp_path, calls=NoLocks(failing))
    with pytest.raises(OSError, match="No locks"), lock:
        pytest.fail("there is no lock")
    end(process)


def test_a_replaced_folder_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "studio"
    folder.mkdir()
    lock = lock_on(folder)
    with lock:
        assert lock.guards("version 1")
        folder.rename(tmp_path / "away")
        folder.mkdir()
        assert lock.guards("version 1")
        assert not lock.guards("version 2")
    lock.close()
    with lock:
        assert lock.guards("version 2")


def test_a_session_that_cannot_have_the_lock_says_so_and_saves_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.book_store.PATIENCE", 0.01)
    store = BookStore.create(tmp_path / "studio" / "book.json", user="sam", clock=SystemClock())
    first, second = (
        store.author.act("log", store.author.add(store.author.new(Touch, kind=TouchKind.VISIT))) for _ in "12"
    )
    store.commit(first)
    process = holder(store.path.parent)
    with pytest.raises(errors.Busy):
        store.commit(second)
    with pytest.raises(errors.NotFolded, match="Another session is saving"):
        store.fold()
    end(process)
    store.commit(second)
    assert store.fold()
    store.apply_arrived()
    assert len(store.book.touches) == 2


def test_a_file_system_without_locks_saves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    store = BookStore.open(path, user="sam", clock=SystemClock(), calls=NoLocks(fcntl.LOCK_EX | fcntl.LOCK_NB))
    with pytest.raises(errors.NotSaved, match="No locks available"):
        store.commit(store.author.act("nothing"))
    assert os.listdir(tmp_path) == ["book.json"]
