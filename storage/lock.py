"""The lock on a book's folder, held for the moment of a commit or a fold (STORAGE.md section 4.4)."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

from storage.errors import Busy
from storage.system_calls import SystemCalls


class FolderLock:
    """`flock` on a descriptor of the folder, for a `with`. The kernel frees it when a session dies: it is never stale.

    Who holds it may take it again. The descriptor is kept between commits. Whoever finds that the folder itself was
    replaced renews it, or two sessions would lock different folders. One thread at a time uses it; the store sees to
    that.
    """

    def __init__(self, calls: SystemCalls, folder: Path, patience: float) -> None:
        self._calls = calls
        self._folder = folder
        self._patience = patience
        self._fd = -1
        self._held = -1
        self._depth = 0
        self._version: object = None
        self.waiting = False
        """Another session holds the lock, and this one stands in the queue."""

    def close(self) -> None:
        """Give the descriptor back; the next lock opens the folder anew."""
        if self._fd >= 0:
            self._calls.close(self._fd)
        self._fd, self._version = -1, None

    def __enter__(self) -> int:
        """Take the lock; gives a descriptor of the folder, for syncing its names too.

        Raises:
            Busy: another session did not let go of it within the patience given.
            OSError: the folder is gone or cannot be locked.
        """
        if not self._depth:
            self._take()
        self._depth += 1
        return self._held

    def _take(self) -> None:
        if self._fd < 0:
            self._fd = self._open()
        self._held = self._fd
        try:
            self._calls.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._held = self._queue(self._open())

    def __exit__(self, *_: object) -> None:
        """Let go of the lock. If that fails, closing does it: what was saved under it is never called a failure."""
        self._depth -= 1
        if self._depth:
            return
        if self._held == self._fd:
            try:
                self._calls.flock(self._held, fcntl.LOCK_UN)
            except OSError:
                self.close()
        else:
            self._calls.close(self._held)

    def guards(self, version: object) -> bool:
        """Whether the folder that is locked still stands at the path: looked up once for each version of the book.

        Raises:
            OSError: it is gone.
        """
        if version != self._version:
            here, there = self._calls.fstat(self._fd), self._calls.stat(self._folder)
            if (here.st_dev, here.st_ino) != (there.st_dev, there.st_ino):
                return False
            self._version = version
        return True

    def _open(self) -> int:
        return self._calls.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)

    def _queue(self, fd: int) -> int:
        """Wait in the kernel's queue, which is fair, in a thread that can be left behind; it then closes `fd`."""
        turn = threading.Lock()
        ended = threading.Event()
        failures: list[OSError] = []
        given_up = False

        def wait() -> None:
            try:
                self._calls.flock(fd, fcntl.LOCK_EX)
            except OSError as error:
                failures.append(error)
            with turn:
                if given_up:
                    self._calls.close(fd)
                ended.set()

        threading.Thread(target=wait, name="waiting for the book", daemon=True).start()
        self.waiting = True
        try:
            ended.wait(self._patience)
        finally:
            self.waiting = False
            with turn:
                given_up = not ended.is_set()
        if given_up:
            raise Busy(f"Another session is saving and has not finished within {self._patience:.0f} seconds.")
        if failures:
            self._calls.close(fd)
            raise failures[0]
        return fd
