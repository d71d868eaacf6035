"""Everything that can be read from the files of the history, and what could not be."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from storage.codec import Unreadable, decode_act
from storage.findings import Severity, Trouble
from storage.migrations import Lift
from storage.salvage_journal import Line


class SalvagedHistory(msgspec.Struct, frozen=True, kw_only=True):
    """What was read from the history."""

    lines: tuple[Line, ...]
    """Oldest first, as they stand in the files one after the other."""
    files: dict[Path, tuple[Line, ...]]
    """The same by file."""
    altered: tuple[Path, ...]
    """The files in which there is something that cannot be read."""
    troubles: tuple[Trouble, ...]


def salvage_history(files: Iterable[tuple[Path, bytes]], lift: Lift | None = None) -> SalvagedHistory:
    """Read what can be read; never fails. `lift` reads the lines that were written in older schemas."""
    found: dict[Path, tuple[Line, ...]] = {}
    troubles: list[Trouble] = []
    for path, content in files:
        name = f"{path.parent.name}/{path.name}"
        *whole, tail = content.split(b"\n")
        lines = []
        for number, line in enumerate(whole, start=1):
            try:
                lines.append(Line(number, line, decode_act(line, lift)))
            except Unreadable as problem:
                mend = "It is put into the side file as it stands, and taken out here."
                what = f"this line cannot be read ({problem})."
                troubles.append(Trouble(file=name, line=number, what=what, content=line, mend=mend))
        if tail:
            troubles.append(_torn(name, len(whole) + 1, tail))
        found[path] = tuple(lines)
    bad = {trouble.file for trouble in troubles}
    return SalvagedHistory(
        lines=tuple(line for lines in found.values() for line in lines),
        files=found,
        altered=tuple(path for path in found if f"{path.parent.name}/{path.name}" in bad),
        troubles=tuple(troubles),
    )


def _torn(name: str, number: int, tail: bytes) -> Trouble:
    return Trouble(
        file=name,
        line=number,
        what="a write was cut short here.",
        content=tail,
        mend="It is cut off; the act is in the journal.",
        severity=Severity.WARNING,
    )
