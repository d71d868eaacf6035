"""What can be wrong between acts that can each be read: numbers that are missing or stand twice, months, the clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from relationships.changes import Act
from storage.checks_records import SLACK
from storage.findings import Finding, Severity, note
from storage.salvage_history import SalvagedHistory
from storage.salvage_journal import Line


def order(history: SalvagedHistory, folder: str) -> Iterator[Finding]:
    """Gaps and doubles in the numbers of the history, and lines that stand in another month's file."""
    for before, after in pairwise(line.act.sequence for line in history.lines):
        if after > before + 1:
            missing = f"act {before + 1} is" if after == before + 2 else f"acts {before + 1} to {after - 1} are"
            yield note(folder, f"The history has a gap: {missing} missing. The book itself does not need them.")
        elif after == before:
            yield note(folder, f"Act {after} stands twice in the history; it counts once.")
        elif after < before:
            yield note(folder, f"The history goes back from act {before} to act {after}: an older book was put back.")
    for path, lines in history.files.items():
        months = [f"{line.act.at:%Y-%m}" for line in lines]
        early = next((month for month in months if month > path.stem), None)
        if early is not None:
            yield note(f"{folder}/{path.name}", f"An act of {early} stands in the file of {path.stem}.")


def clock(lines: Iterable[Line], journal: Iterable[Line], now: datetime, history: str, name: str) -> Iterator[Finding]:
    """Acts that were saved before the one in front of them, or after this moment."""
    told: Act | None = None
    for file, found in ((history, lines), (name, journal)):
        for line in found:
            act = line.act
            if told is not None and act.at < told.at - SLACK:
                words = f"The clock ran backwards: act {act.sequence} at {act.at:%Y-%m-%d %H:%M} UTC"
                yield note(file, f"{words}, and the one before it at {told.at:%Y-%m-%d %H:%M}.")
            if act.at > now + SLACK:
                yield Finding(
                    severity=Severity.WARNING,
                    file=file,
                    what=f"Act {act.sequence} was saved at {act.at:%Y-%m-%d %H:%M} UTC, which is still to come.",
                    mend="Look at the clock of this machine.",
                )
            told = act
