"""The command `doctor`: what is wrong with the book, and the mending of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from storage.doctor import examine
from storage.findings import Finding, Severity
from storage.repair import Report, repair
from storage.system_calls import SystemCalls
from trainer_tui.errand import Answer, Errand
from trainer_tui.json_text import json_text
from trainer_tui.listing import one_line

UNSOUND: Final = 1
"""The exit code when something should be done."""
MOST_SHOWN: Final = 200
"""Findings that are printed; `--json` has them all."""


def doctor(errand: Errand) -> Answer:
    """Look at the book, mend it when asked to, and tell what is still to be done.

    Raises:
        BookError: there is no book to look at, or it cannot be mended.
    """
    calls, path, now = SystemCalls(), errand.place.path, errand.clock.now()
    allow = errand.config.allow_network_files
    report = None
    if "--repair" in errand.arguments.options:
        report = repair(calls, path, now=now, allow_network_files=allow)
    found = examine(calls, path, now=now, allow_network_files=allow)
    code = UNSOUND if any(finding.severity is not Severity.NOTE for finding in found) else 0
    if errand.json:
        return Answer(json_text(_document(path, found, report, sound=code == 0)), code)
    text = "".join(f"{line}\n" for line in [*_repaired(report), *_told(found)])
    return Answer(f"{text}{_verdict(errand, found, code)}\n", code)


def _verdict(errand: Errand, found: Sequence[Finding], code: int) -> str:
    path = one_line(str(errand.place.path))
    if code == 0:
        store = errand.open_book(to_read=True)
        counts = ", ".join(f"{len(records)} {name.replace('_', '-')}" for name, records in store.book.tables.items())
        return f"Sound: {path} holds {counts}, up to act {store.book.sequence}."
    numbers = Counter(finding.severity.value for finding in found)
    said = ", ".join(f"{numbers[each.value]} {each.value}{_plural(each, numbers)}" for each in Severity)
    return f"Not sound: {path} has {said}. `trainer-tui doctor --repair` mends what can be mended."


def _plural(severity: Severity, numbers: Counter[str]) -> str:
    return "" if severity is Severity.DAMAGE or numbers[severity.value] == 1 else "s"


def _told(found: Sequence[Finding]) -> list[str]:
    lines = []
    for finding in found[:MOST_SHOWN]:
        where = " ".join(part for part in (finding.file, finding.table, finding.record) if part)
        lines.append(one_line(f"{finding.severity.value:<8}{where}: {finding.what}"))
        if finding.mend:
            lines.append(one_line(f"{'':8}  {finding.mend}"))
    if len(found) > MOST_SHOWN:
        lines.append(f"... and {len(found) - MOST_SHOWN} more; --json has them all.")
    return lines


def _repaired(report: Report | None) -> list[str]:
    if report is None:
        return []
    if not report.mended:
        return ["Nothing had to be mended."]
    kept = [] if report.kept is None else [f"Kept as it was: {one_line(str(report.kept))}"]
    return [*kept, *(one_line(f"Mended: {sentence}") for sentence in report.mended)]


def _document(path: Path, found: Sequence[Finding], report: Report | None, *, sound: bool) -> dict[str, object]:
    repaired = None
    if report is not None:
        repaired = {
            "kept": None if report.kept is None else str(report.kept),
            "side_file": None if report.side is None else str(report.side),
            "mended": report.mended,
        }
    return {
        "book": str(path),
        "sound": sound,
        "findings": [msgspec.to_builtins(finding) for finding in found],
        "repair": repaired,
    }
