"""How a session ends that nobody asked to end: a signal, or a terminal that is gone.

What is half typed is kept first, then the app closes as it always does, and the exit code is that of the signal. All of
this takes a few moments, or, when the terminal takes nothing any more and so holds the app up, no longer than a bound.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Final

PATIENCE_SECONDS: Final = 3.0
"""How long the app has to keep what is half typed; after that it is kept without asking the app."""
BOUND_SECONDS: Final = 8.0
"""How long the app has to close after that: a commit that waits for another session gets its five seconds."""
_SIGNALS: Final = (signal.SIGHUP, signal.SIGTERM)
_TERMINAL: Final = (0, 1, 2)


class Endings:
    """Watches over one run of the app."""

    def __init__(self, keep: Callable[[], None], leave: Callable[[int], None]) -> None:
        """`keep` writes down what is half typed; `leave` closes the app with an exit code."""
        self._keep = keep
        self._leave = leave
        self._terminals = [fd for fd in _TERMINAL if os.isatty(fd)]
        self._loop: asyncio.AbstractEventLoop | None = None
        self._kept = threading.Event()
        self._over = threading.Event()
        self._code = 0

    def run(self, app: Coroutine[object, object, object]) -> None:
        """Run the app to its end. A signal that was ignored when the program started stays so, as `nohup` wants it."""
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        try:
            asyncio.run(self._watched(app))
        finally:
            self._over.set()

    async def _watched(self, app: Coroutine[object, object, object]) -> None:
        self._loop = asyncio.get_running_loop()
        watch = _watch_for_hangup(self._terminals)
        if watch >= 0:
            self._loop.add_reader(watch, self._hung_up, watch)
        await app

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._loop is None or self._loop.is_closed():
            raise SystemExit(128 + number)
        self._begin(128 + number)

    def _hung_up(self, watch: int) -> None:
        if self._loop is not None:
            self._loop.remove_reader(watch)
        self._begin(128 + signal.SIGHUP)

    def _begin(self, code: int) -> None:
        """The first cause of an ending gives the exit code."""
        if self._code or self._loop is None:
            return
        self._code = code
        threading.Thread(target=self._see_to_it, name="ending the session", daemon=True).start()
        self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        _forget_what_is_gone(self._terminals)
        if not self._kept.is_set():
            self._kept.set()
            self._keep()
        self._leave(self._code)

    def _see_to_it(self) -> None:
        """End the process even if the app does not come to it."""
        bound = BOUND_SECONDS
        if not self._kept.wait(PATIENCE_SECONDS):
            self._kept.set()
            self._keep()
            bound = PATIENCE_SECONDS
        if not self._over.wait(bound):
            os._exit(self._code)


def _watch_for_hangup(terminals: list[int]) -> int:
    """A descriptor that can be read from once the terminal is gone, and not before; -1 where there is none.

    With SIGHUP ignored, nothing else tells: reading from a terminal that is gone finds an empty text, again and again.
    """
    if sys.platform == "linux" and terminals:
        watch = select.epoll()
        watch.register(terminals[0], 0)
        return os.dup(watch.fileno())
    return -1


def _forget_what_is_gone(terminals: list[int]) -> None:
    """Let reading and writing go nowhere where the terminal is gone, instead of failing."""
    nowhere = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    for fd in terminals:
        if not os.isatty(fd):
            os.dup2(nowhere, fd)
    os.close(nowhere)
