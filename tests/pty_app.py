"""The real program in a terminal of its own, for what no pilot can show: signals, a lost connection, the next start."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import pytest

from bench.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE = 30.0
_QUIET = 0.15


class PtyApp:
    """One session. `with PtyApp(book, environment) as session`: it is killed at the end if it still runs."""

    def __init__(
        self,
        book: Path,
        environ: Mapping[str, str],
        *,
        size: tuple[int, int] = (80, 24),
        before: Callable[[], None] | None = None,
    ) -> None:
        """Start it; `before` runs in the new process, ahead of the program."""
        self._terminal = Terminal(*size)
        self._far_end, near_end = os.openpty()
        fcntl.ioctl(near_end, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        command = [sys.executable, "-m", "trainer_tui", "--book", str(book)]
        variables = {**environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self.code: int | None = None
        self.modes_before = termios.tcgetattr(near_end)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.login_tty(near_end)
                os.chdir(ROOT)
                if before is not None:
                    before()
                os.execve(command[0], command, variables)
            finally:
                os._exit(127)
        self._near_end = near_end

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.code is None:
            self.signal(signal.SIGKILL)
            os.waitpid(self.pid, 0)
        for fd in (self._far_end, self._near_end):
            with contextlib.suppress(OSError):
                os.close(fd)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self._terminal.text().splitlines())

    @property
    def modes(self) -> list[object]:
        """How the terminal is set now."""
        return list(termios.tcgetattr(self._near_end))

    def send(self, keys: str) -> None:
        """Press keys as a terminal sends them."""
        os.write(self._far_end, keys.encode())

    def send_alone(self, key: str) -> None:
        """Press a key, and give it time to be drawn by itself."""
        self.send(key)
        self._read(0.03)

    def sees(self, *texts: str) -> None:
        """Wait until all these are on the screen, and nothing more comes for a moment."""
        self._until(lambda: all(text in self.text for text in texts), f"never seen: {texts}")
        while self._read(_QUIET):
            pass

    def sees_no(self, *texts: str) -> None:
        """Wait until none of these is on the screen."""
        self._until(lambda: not any(text in self.text for text in texts), f"still seen: {texts}")

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until something holds outside the terminal."""
        self._until(lambda: bool(condition()), what)

    def signal(self, number: int) -> None:
        """Send it a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def stop_output(self) -> None:
        """Take nothing more, as a connection that hangs."""
        termios.tcflow(self._near_end, termios.TCOOFF)

    def hang_up(self) -> None:
        """Close the far end, as sshd does when the connection is lost."""
        os.close(self._near_end)
        os.close(self._far_end)
        self._far_end = self._near_end = -1

    def ended(self, patience: float = _PATIENCE) -> int:
        """Wait for its end; the exit code, or minus the signal that ended it."""
        deadline = time.monotonic() + patience
        while self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise AssertionError(f"it has not ended after {patience} seconds; on the screen:\n{self.text}")
            else:
                self._read(0.02)
        while self._read(0.02):
            pass
        return self.code

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"{what}; on the screen:\n{self.text}"
            self._read(0.05)

    def _read(self, timeout: float) -> bool:
        if self._far_end < 0:
            select.select([], [], [], timeout)
            return False
        if not select.select([self._far_end], [], [], timeout)[0]:
            return False
        try:
            chunk = os.read(self._far_end, 65536)
        except OSError:
            return False
        answer = self._terminal.feed(chunk)
        if answer:
            os.write(self._far_end, answer)
        return bool(chunk)


class StartProgram(Protocol):
    """`start_program()` starts it on the studio's book; the home is the same each time."""

    def __call__(self, *, before: Callable[[], None] | None = None) -> PtyApp:
        """A new session."""
        ...


@pytest.fixture
def start_program(studio_book: Path, tmp_path: Path) -> Iterator[StartProgram]:
    """Start the program on the studio's book, as often as wanted; what still runs at the end is killed."""
    with contextlib.ExitStack() as running:

        def started(*, before: Callable[[], None] | None = None) -> PtyApp:
            return running.enter_context(PtyApp(studio_book, environment(tmp_path / "home"), before=before))

        yield started


@pytest.fixture
def program_drafts(tmp_path: Path) -> Path:
    """Where the sessions of `start_program` keep what is half typed."""
    return tmp_path / "home" / "state" / "trainer-tui" / "drafts"


def environment(home: Path) -> dict[str, str]:
    """A home of its own and the day of the test book."""
    places = {f"XDG_{what}_HOME": str(home / what.lower()) for what in ("CONFIG", "DATA", "STATE", "CACHE")}
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LC_ALL", "PYTHONHASHSEED")}
    return kept | places | {"HOME": str(home), "TRAINER_TUI_TODAY": "2026-11-23", "USER": "sam", "LOGNAME": "sam"}
