"""A beat on the event loop, every so often, but not while the app is suspended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.app import App


class Pulse:
    """Calls `beat` again and again, with the same pause in between.

    The event loop is asked directly: a timer of Textual is a task with an event and a sleep of its own, and costs four
    times as much processor time at each turn. `beat` therefore leaves to the app whatever could fail.
    """

    def __init__(self, app: App[None], seconds: float, beat: Callable[[], None]) -> None:
        """Begin; for the thread of the app, once that is running."""
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        self._beat = beat
        self._next: asyncio.Handle | None = None
        app.app_suspend_signal.subscribe(app, self._suspend, immediate=True)
        app.app_resume_signal.subscribe(app, self._resume, immediate=True)
        self._wait()

    def stop(self) -> None:
        """No more beats."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _wait(self) -> None:
        self._next = self._loop.call_later(self._seconds, self._turn)

    def _turn(self) -> None:
        self._wait()
        self._beat()

    def _suspend(self, _: App[None]) -> None:
        self.stop()

    def _resume(self, _: App[None]) -> None:
        """Look at once: much may have happened meanwhile."""
        self.stop()
        self._next = self._loop.call_soon(self._turn)
