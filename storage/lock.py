"""The lock on a book's folder, held for the moment of a commit or a fold (STORAGE.md section 4.4)."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from storage.errors import Busy
from storage.system_calls import SystemCalls


class FolderLock:
    """`flock` on a descriptor of the folder. The kernel frees it when a session dies, so it is never stale.

    One thread at a time uses it; the store sees to that.
    """

    def __init__(self, calls: SystemCalls, folder: Path, patience: float) -> None:
        self._calls = calls
        self._folder = folder
        self._patience = patience
        self.fd = calls.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        """A descriptor of the folder, for syncing its names too."""

    def close(self) -> None:
        """Give the descriptor back."""
        self._calls.close(self.fd)

    @contextmanager
    def held(self) -> Iterator[None]:
        """The lock, for the length of a `with`.

        Raises:
            Busy: another session did not let go of it within the patience given.
        """
        fd = self._take()
        try:
            yield
        finally:
            if fd == self.fd:
                self._calls.flock(fd, fcntl.LOCK_UN)
            else:
                self._calls.close(fd)

    def _take(self) -> int:
        try:
            self._calls.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._queue()
        return self.fd

    def _queue(self) -> int:
        """Wait in the kernel's queue, which is fair, on a descriptor that can be abandoned."""
        fd = self._calls.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        turn = threading.Lock()
        got = threading.Event()
        given_up = False

        def wait() -> None:
            with suppress(OSError):
                self._calls.flock(fd, fcntl.LOCK_EX)
            with turn:
                if given_up:
                    self._calls.close(fd)
                else:
                    got.set()

        threading.Thread(target=wait, name="waiting for the book", daemon=True).start()
        got.wait(self._patience)
        with turn:
            if got.is_set():
                return fd
            given_up = True
        raise Busy(f"Another session is saving and has not finished within {self._patience:.0f} seconds.")
