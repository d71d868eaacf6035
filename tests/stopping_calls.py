"""System calls that fail or stop at one place, counted over those that change something on the disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from storage.system_calls import SystemCalls

_CHANGING = frozenset("write truncate sync sync_content rename unlink mkdir rmdir chmod chown".split())


class PowerCut(BaseException):
    """The machine stopped."""


class StoppingCalls(SystemCalls):
    """Real calls until the changing one numbered `at`; that one fails with `error`, or the machine stops there."""

    at = 0
    error: int | None = None

    def __init__(self) -> None:
        self.made = 0
        self._stopped = False

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name in _CHANGING:
            return partial(self._changing, name, found)
        return self._opening if name == "open" else found

    def _opening(self, path: object, flags: int, mode: int = 0o600) -> Any:
        real = super().open
        return self._changing("open", real, path, flags, mode) if flags & os.O_CREAT else real(str(path), flags, mode)

    def _changing(self, name: str, call: Callable[..., Any], *arguments: Any) -> Any:
        if self._stopped:
            raise PowerCut
        self.made += 1
        if self.made != self.at:
            return call(*arguments)
        if name == "write":
            fd, content = arguments
            call(fd, content[: len(content) // 2])
        if self.error is not None:
            raise OSError(self.error, os.strerror(self.error))
        self._stopped = True
        raise PowerCut


MakeCalls = Callable[[int, int | None], StoppingCalls]


@pytest.fixture
def stopping() -> MakeCalls:
    """Calls that fail with an error, or stop at None, at the changing call of this number."""

    def make(at: int, error: int | None) -> StoppingCalls:
        calls = StoppingCalls()
        calls.at, calls.error = at, error
        return calls

    return make


@pytest.fixture
def power_cut() -> type[PowerCut]:
    """What is raised where the machine stops."""
    return PowerCut
