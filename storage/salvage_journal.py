"""Everything that can be read from the bytes of a damaged journal, and what could not be, with its place."""

from __future__ import annotations

import msgspec

from relationships.changes import Act
from storage.codec import Unreadable, decode_act
from storage.findings import Severity, Trouble
from storage.journal_format import FREE, NOTHING, Header, never_whole, read_header
from storage.migrations import SCHEMA, STEPS, lift_for

_SIDE = "It is put into the side file as it stands."


class Line(msgspec.Struct, frozen=True):
    """A line of a journal or of the history that can be read."""

    number: int
    content: bytes
    """Without its newline."""
    act: Act


class SalvagedJournal(msgspec.Struct, frozen=True, kw_only=True):
    """What was read from the bytes of a journal."""

    header: Header | None
    """None when the first line could not be read."""
    newer: bool
    """A later version of the program wrote it."""
    lines: tuple[Line, ...]
    """From the beginning, without a gap, up to the first that cannot be read."""
    apart: tuple[Line, ...]
    """Those behind that one that can be read."""
    troubles: tuple[Trouble, ...]
    sound_size: int
    """Bytes from the beginning up to the end of the last of `lines`."""

    @property
    def torn_only(self) -> bool:
        """Nothing is wrong with it but that a write at its end was cut short."""
        return bool(self.troubles) and all(trouble.severity is Severity.WARNING for trouble in self.troubles)

    @property
    def nothing(self) -> bool:
        """There is no act in it."""
        return not (self.lines or self.apart)


def salvage_journal(content: bytes, file: str) -> SalvagedJournal:
    """Read what can be read; never fails."""
    first, newline, rest = content.partition(b"\n")
    header = read_header(first) if newline else None
    reading = _Reading(file, header)
    if header is None and decoded(first) is None:
        what = "the first line, which says to which book the journal belongs, cannot be read."
        reading.troubles.append(Trouble(file=file, line=1, what=what, content=first, mend=_SIDE))
        reading.size = len(first) + len(newline)
    elif header is None:
        rest, first, newline = content, b"", b""
        reading.trouble(0, b"", "the line that says to which book the journal belongs is missing")
    else:
        reading.size = len(first) + 1
    if header is not None and (header.newer or header.schema > SCHEMA):
        return reading.result(newer=True)
    *whole, tail = rest.split(b"\n")
    reading.last = len(whole) + 1 if newline and not tail.strip(NOTHING) else 0
    for number, line in enumerate(whole, start=2 if newline else 1):
        reading.take(number, line)
    if tail.strip(FREE):
        reading.torn(len(whole) + 2, tail)
    return reading.result(newer=False)


class _Reading:
    """A journal that is being read, line by line."""

    def __init__(self, file: str, header: Header | None) -> None:
        self.size = 0
        self.troubles: list[Trouble] = []
        self._file = file
        self._header = header
        self._place = None if header is None else header.after
        self._lines: list[Line] = []
        self._apart: list[Line] = []
        self._sound = True
        self._lift = lift_for(STEPS, SCHEMA if header is None else header.schema, {})
        self.last = 0
        """The number of the last line, where nothing but room stands behind it."""

    def result(self, *, newer: bool) -> SalvagedJournal:
        """All of it. A write that was cut short is damage where acts stand behind it: they would be cut off with it."""
        troubles = self.troubles
        if self._apart:
            troubles = [msgspec.structs.replace(trouble, severity=Severity.DAMAGE, mend=_SIDE) for trouble in troubles]
        return SalvagedJournal(
            header=self._header,
            newer=newer,
            lines=tuple(self._lines),
            apart=tuple(self._apart),
            troubles=tuple(troubles),
            sound_size=self.size,
        )

    def take(self, number: int, line: bytes) -> None:
        """One whole line."""
        try:
            act = decode_act(line, self._lift)
        except Unreadable as problem:
            self._sound = False
            if line[:1] in NOTHING or (number == self.last and never_whole(line, self.size)):
                self.torn(number, line)
            else:
                self.trouble(number, line, f"this line cannot be read ({problem})")
            return
        found = Line(number, line, act)
        if self._sound and self._place is not None and act.sequence != self._place + 1:
            self._sound = False
            self.trouble(number, b"", f"act {act.sequence} stands here after act {self._place}")
        if self._sound:
            self._place = act.sequence
            self._lines.append(found)
            self.size += len(line) + 1
        else:
            self._apart.append(found)

    def torn(self, number: int, content: bytes) -> None:
        """A write that was cut short."""
        what = "a write was cut short here."
        self.troubles.append(
            Trouble(
                file=self._file,
                line=number,
                what=what,
                content=content.strip(NOTHING),
                mend="It is cut off; the next act that is saved does so too.",
                severity=Severity.WARNING,
            )
        )

    def trouble(self, number: int, content: bytes, what: str) -> None:
        """A line that cannot be read, or stands where it should not."""
        mend = _SIDE if content else "What can be read is taken in in the order of its numbers."
        self.troubles.append(Trouble(file=self._file, line=number, what=f"{what}.", content=content, mend=mend))


def decoded(line: bytes) -> Act | None:
    """The act in a line, or None when it cannot be read."""
    try:
        return decode_act(line)
    except Unreadable:
        return None
