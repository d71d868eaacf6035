"""Real system calls until one of those that change something: there it fails, or the machine stops."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from storage.system_calls import SystemCalls

CHANGING = frozenset("write truncate sync sync_content rename unlink rmdir mkdir chmod chown".split())


class Stop(BaseException):
    """The machine stopped."""


class CallsThatFail(SystemCalls):
    """Fails at the changing call numbered `at` with `error`, or stops there for good when there is none.

    A write has put half of its content there by then.
    """

    def __init__(self, at: int = 0, error: int | None = None) -> None:
        self.at = at
        self.made = 0
        self._error = error
        self._held: set[int] = set()

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        known = not name.startswith("_") and callable(found) and hasattr(SystemCalls, name)
        return partial(self._make, name, found) if known else found

    def _make(self, name: str, call: Callable[..., Any], *arguments: Any) -> Any:
        if self.at < 0:
            raise Stop
        if name in CHANGING or (name == "open" and arguments[1] & os.O_CREAT):
            self.made += 1
            if self.made == self.at:
                self._go_wrong(name, call, arguments)
        result = call(*arguments)
        if name == "open":
            self._held.add(result)
        elif name == "close":
            self._held.discard(arguments[0])
        return result

    def _go_wrong(self, name: str, call: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        if name == "write":
            call(arguments[0], arguments[1][: len(arguments[1]) // 2])
        if self._error is not None:
            raise OSError(self._error, os.strerror(self._error))
        self.at = -1
        raise Stop

    def bury(self) -> None:
        """Close what the stopped process held, as the kernel does."""
        for fd in self._held:
            with suppress(OSError):
                os.close(fd)
        self._held.clear()
