"""System calls that fail, stop or are interrupted at one place, whatever call stands there."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from storage.system_calls import SystemCalls

CALLS = frozenset(name for name, value in vars(SystemCalls).items() if callable(value) and name[0] != "_")
"""Every call of the seam, also those that are added to it later."""
CHANGING = frozenset("write truncate sync sync_content rename unlink mkdir rmdir chmod chown set_time".split())
NEVER_FAIL = frozenset(["close"])
"""What the seam itself promises."""
ANSWERS: dict[str, object] = {"mount_table": "", "may_write": False}
"""What a call says in place of an error."""


class Stop(BaseException):
    """The process, or the machine, is no more."""


class WatchedCalls(SystemCalls):
    """Real calls, each of which goes through `make`."""

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        return partial(self.make, name, found) if name in CALLS else found

    def make(self, name: str, call: Callable[..., Any], *arguments: Any) -> Any:
        """Make a call."""
        return call(*arguments)


class How(Enum):
    """What happens at the place."""

    FAIL = "fails"
    SHORT = "writes less than it was given"
    BEFORE = "stops before"
    AFTER = "stops after"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What goes wrong, and where."""

    at: int
    """The number of the call, from 1."""
    how: How
    error: int = 0
    lasting: bool = False
    """All later calls fail too."""

    def __str__(self) -> str:
        what = errno.errorcode.get(self.error, "")
        return f"call {self.at} {self.how.value} {what}{' and all later ones' * self.lasting}"


def faults_at(at: int, name: str, flags: int, *, thorough: bool) -> Iterator[Fault]:
    """All that can go wrong with the call of that number and name."""
    yield Fault(at=at, how=How.BEFORE)
    yield Fault(at=at, how=How.AFTER)
    if name in NEVER_FAIL:
        return
    codes = [errno.EIO, errno.EACCES, errno.EINTR]
    if name in CHANGING or flags & os.O_CREAT:
        codes += [errno.ENOSPC, *([errno.EDQUOT, errno.EROFS, errno.EFBIG] if thorough else [])]
    elif thorough:
        codes += [errno.ENOMEM, errno.EMFILE]
    for lasting in (False, True):
        yield from (Fault(at=at, how=How.FAIL, error=code, lasting=lasting) for code in codes)
        if name == "write":
            yield Fault(at=at, how=How.SHORT, lasting=lasting)


class FaultyCalls(WatchedCalls):
    """Real calls but for one fault. A write that fails or stops has put half of its content there."""

    def __init__(self, fault: Fault | None = None) -> None:
        self.fault = fault
        self.names: list[tuple[str, int]] = []
        """The calls made, and the flags of those that open."""
        self.stopped = False
        self._held: set[int] = set()

    @property
    def made(self) -> int:
        """How many calls were made."""
        return len(self.names)

    def make(self, name: str, call: Callable[..., Any], *arguments: Any) -> Any:
        if self.stopped:
            return self._after_the_end(name)
        self.names.append((name, arguments[1] if name == "open" else 0))
        fault = self.fault
        if fault is None or self.made < fault.at or (self.made > fault.at and not fault.lasting):
            return self._really(name, call, arguments)
        return self._wrongly(fault, name, call, arguments)

    @staticmethod
    def _after_the_end(name: str) -> None:
        """Nothing is done any more; `bury` closes what a generator or a `finally` would like to."""
        if name != "close":
            raise Stop

    def _wrongly(self, fault: Fault, name: str, call: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        if fault.how is How.SHORT or (name == "write" and fault.how is not How.AFTER):
            if name != "write":
                return self._really(name, call, arguments)
            written = call(arguments[0], arguments[1][: (len(arguments[1]) + 1) // 2])
            if fault.how is How.SHORT:
                return written
        if fault.how is How.AFTER:
            self._really(name, call, arguments)
        if fault.how is not How.FAIL:
            self.stopped = True
            return self._after_the_end(name)
        if name in NEVER_FAIL:
            return self._really(name, call, arguments)
        if name in ANSWERS:
            return ANSWERS[name]
        raise OSError(fault.error, os.strerror(fault.error))

    def _really(self, name: str, call: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        result = call(*arguments)
        if name == "open":
            self._held.add(result)
        elif name == "close":
            self._held.discard(arguments[0])
        return result

    def bury(self) -> None:
        """Close what the stopped process held, as the kernel does."""
        for fd in self._held:
            with suppress(OSError):
                os.close(fd)
        self._held.clear()


class FaultyChanges(WatchedCalls):
    """Real calls until the one numbered `at`, counted over those that change something; it fails, or all ends there.

    `at` can be set later, for what shall fail only then.
    """

    def __init__(self, at: int = 0, error: int | None = None) -> None:
        self.at = at
        self.made = 0
        self._error = error
        self._stopped = False

    def make(self, name: str, call: Callable[..., Any], *arguments: Any) -> Any:
        if name not in CHANGING and not (name == "open" and arguments[1] & os.O_CREAT):
            return call(*arguments)
        if self._stopped:
            raise Stop
        self.made += 1
        if self.made != self.at:
            return call(*arguments)
        if name == "write":
            call(arguments[0], arguments[1][: len(arguments[1]) // 2])
        if self._error is not None:
            raise OSError(self._error, os.strerror(self._error))
        self._stopped = True
        raise Stop


def changing(calls: FaultyCalls) -> list[int]:
    """The numbers of those calls that change something."""
    return [at for at, (name, flags) in enumerate(calls.names, 1) if name in CHANGING or flags & os.O_CREAT]


class Meanwhile(FaultyCalls):
    """Real calls; before the one of that number, something else happens, once."""

    def __init__(self, at: int, happens: Callable[[], object]) -> None:
        super().__init__()
        self._at = at
        self._happens = happens

    def make(self, name: str, call: Callable[..., Any], *arguments: Any) -> Any:
        if self.made + 1 == self._at:
            self._at = 0
            self._happens()
        return super().make(name, call, *arguments)


class Impatient(SystemCalls):
    """Of a session that does not wait for the lock: what it is refused, it is refused at once."""

    def flock(self, fd: int, operation: int) -> None:
        super().flock(fd, operation if operation == fcntl.LOCK_UN else operation | fcntl.LOCK_NB)


class Numbers:
    """The numbers of the files in a folder, on a disk that gives that of a file that is no more to the next one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._given: dict[tuple[int, int], int] = {}
        self._free: list[int] = []

    def number(self, found: os.stat_result) -> int:
        """That of a file."""
        living = {*self._named(), *self._held()}
        for file in [file for file in self._given if file not in living]:
            self._free.append(self._given.pop(file))
        file = (found.st_dev, found.st_ino)
        if file not in self._given:
            self._given[file] = self._free.pop() if self._free else len(self._given) + 1
        return self._given[file]

    def _named(self) -> Iterator[tuple[int, int]]:
        for path in self._folder.rglob("*"):
            found = path.stat()
            yield (found.st_dev, found.st_ino)

    def _held(self) -> Iterator[tuple[int, int]]:
        for fd in os.listdir("/proc/self/fd"):
            with suppress(OSError):
                found = os.fstat(int(fd))
                yield (found.st_dev, found.st_ino)


class OldDisk(FaultyCalls):
    """Real calls on a disk whose clock has not moved since `now`, and which uses the numbers of files again."""

    def __init__(self, numbers: Numbers, now: int) -> None:
        super().__init__()
        self._numbers = numbers
        self._now = now

    def make(self, name: str, call: Callable[..., Any], *arguments: Any) -> Any:
        result = super().make(name, call, *arguments)
        if name not in ("stat", "fstat") or not stat.S_ISREG(result.st_mode):
            return result
        fields = [*result]
        fields[stat.ST_INO] = self._numbers.number(result)
        return os.stat_result(fields, {"st_mtime_ns": self._now})
