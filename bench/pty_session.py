"""A program in a pty of its own: what it shows, when, and what it costs.

A byte's time is the moment at which read(2) returned it here; chunks are stamped first and parsed afterwards, so that
parsing costs nothing in the figures. A program starts at the moment its execve succeeded.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, NoReturn, Self

from bench.rows import NotMeasured
from bench.terminal import Terminal, asks

now = time.perf_counter

COLUMNS: Final = 120
LINES: Final = 40
_WORDS: Final = COLUMNS - 2
_CHUNK: Final = 65536
_BATCH: Final = 0.012
"""Seconds without a byte before a burst is parsed while waiting for something to show."""
_LONGEST_BATCH: Final = 0.25
_SETTINGS: Final = frozenset(
    "TMUX STY SSH_TTY LINES COLUMNS TERM_PROGRAM NO_COLOR FORCE_COLOR LC_ALL PYTHONDONTWRITEBYTECODE PYTHONUNBUFFERED "
    "TRAINER_TUI_BOOK TRAINER_TUI_TODAY TEXTUAL TEXTUAL_ANIMATIONS".split()
)
"""Settings of whoever runs the bench that would change what is measured."""


@dataclass(frozen=True, slots=True)
class Burst:
    """What a program sent after a key: the moment of the key, seconds to the last byte, and how many bytes."""

    sent: float
    last: float
    size: int


def environment(home: Path) -> dict[str, str]:
    """The variables for a program under test: a plain xterm, and no settings from the user's own home."""
    kept = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
    places = {f"XDG_{what}_HOME": str(home / what.lower()) for what in ("CONFIG", "DATA", "STATE", "CACHE")}
    return kept | places | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


class PtySession:
    """One running program and the far end of its terminal.

    Raises NotMeasured when the program cannot be started, ends early, or does not show or answer in time.
    """

    def __init__(
        self, command: Sequence[str], variables: Mapping[str, str], folder: Path, type_ahead: bytes = b""
    ) -> None:
        self._command = command
        self._terminal = Terminal(COLUMNS, LINES)
        self._unparsed: list[tuple[float, bytes]] = []
        self._last_byte = 0.0
        self._ended = False
        self.received = 0
        """Bytes so far."""
        self._pid, self._far_end, self.started = _spawn(command, variables, folder, type_ahead)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the program at once; what a book must stand anyway."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.close(self._far_end)
        os.waitpid(self._pid, 0)

    def wait(self, shown: Callable[[str], bool], what: str, timeout: float = 30.0) -> float:
        """Wait until the screen shows something; the seconds from the start to the byte that completed it."""
        deadline = now() + timeout
        if not self._unparsed and shown(self._terminal.text()):
            return now() - self.started
        while True:
            hit = self._parse(shown)
            if hit is not None:
                return hit - self.started
            if self._ended or now() > deadline:
                self._give_up(f"did not show {what}")
            if self._read(min(_LONGEST_BATCH, max(0.0, deadline - now()))):
                stop = now() + _LONGEST_BATCH
                while now() < stop and not asks(self._unparsed[-1][1]) and self._read(_BATCH):
                    pass

    def settle(self, quiet: float, timeout: float = 10.0) -> None:
        """Read until nothing has come for `quiet` seconds."""
        start = now()
        while now() < start + timeout and not self._ended:
            left = quiet - (now() - max(start, self._last_byte))
            if left <= 0:
                break
            self._read(left)
        self._parse(None)

    def press(self, key: bytes, quiet: float, timeout: float = 2.0) -> Burst:
        """Send a key and read its burst, which ends with the first gap of `quiet` seconds."""
        while self._read(0.0):
            pass
        before = self.received
        sent = now()
        os.write(self._far_end, key)
        while self.received == before:
            if self._ended or now() > sent + timeout:
                self._give_up(f"did not answer the key {key!r}")
            self._read(timeout)
        while now() < sent + timeout and self._read(quiet):
            pass
        return Burst(sent, self._last_byte - sent, self.received - before)

    def press_until_read(self, key: bytes, quiet: float) -> float:
        """Send a key; the seconds to the byte after which the words on screen stood as they stayed.

        A scroll bar at the right edge, which Textual draws some 30 ms after the words, does not count.
        """
        self._parse(None)
        burst = self.press(key, quiet)
        steps: list[tuple[float, list[str]]] = []
        for moment, chunk in self._unparsed:
            self._answer(chunk)
            steps.append((moment, [line[:_WORDS] for line in self._terminal.text().splitlines()]))
        self._unparsed.clear()
        stood = steps[-1][0]
        for moment, words in reversed(steps):
            if words != steps[-1][1]:
                break
            stood = moment
        return stood - burst.sent

    def send(self, keys: bytes, quiet: float) -> None:
        """Send keys whose answer is not measured, and let the program come to rest."""
        os.write(self._far_end, keys)
        self.settle(quiet)

    def processor_seconds(self) -> float:
        """Seconds of processor time of all its threads, from the process's own clock (clock_getcpuclockid(3))."""
        return time.clock_gettime((~self._pid << 3) | 2)

    def peak_megabytes(self) -> float:
        """The most memory it has held at once (VmHWM)."""
        status = Path(f"/proc/{self._pid}/status").read_text()
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        if peak is None:
            self._give_up("ended before its memory was read")
        return int(peak[1]) / 1024

    def _parse(self, shown: Callable[[str], bool] | None) -> float | None:
        """Show what was read; the moment of the chunk after which `shown` held."""
        while self._unparsed:
            moment, chunk = self._unparsed.pop(0)
            self._answer(chunk)
            if shown is not None and shown(self._terminal.text()):
                return moment
        return None

    def _answer(self, chunk: bytes) -> None:
        answer = self._terminal.feed(chunk)
        if answer:
            os.write(self._far_end, answer)

    def _read(self, timeout: float) -> bool:
        """Read and stamp one chunk if one comes in time."""
        if self._ended or not select.select([self._far_end], [], [], max(0.0, timeout))[0]:
            return False
        try:
            chunk = os.read(self._far_end, _CHUNK)
        except OSError:
            chunk = b""
        self._last_byte = now()
        if not chunk:
            self._ended = True
            return False
        self.received += len(chunk)
        self._unparsed.append((self._last_byte, chunk))
        return True

    def _give_up(self, why: str) -> NoReturn:
        self._parse(None)
        screen = "\n".join(line.rstrip() for line in self._terminal.text().splitlines() if line.strip())
        raise NotMeasured(f"{' '.join(self._command)}: {why}; its screen:\n{screen}")


def _spawn(
    command: Sequence[str], variables: Mapping[str, str], folder: Path, type_ahead: bytes
) -> tuple[int, int, float]:
    """Start a program in a new terminal: its process id, the far end, and the moment of its execve."""
    far_end, near_end = os.openpty()
    fcntl.ioctl(near_end, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.login_tty(near_end)
            os.chdir(folder)
            os.execvpe(command[0], list(command), dict(variables))
        finally:
            os.write(writer, b"!")
            os._exit(127)
    os.close(near_end)
    os.close(writer)
    failed = os.read(reader, 1)
    started = now()
    os.close(reader)
    if failed:
        os.close(far_end)
        os.waitpid(pid, 0)
        raise NotMeasured(f"{command[0]} cannot be started")
    os.write(far_end, type_ahead)
    return pid, far_end, started
