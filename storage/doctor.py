"""The doctor: looks at everything that stands on the disk for a book, and names what is not as it should be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec

from storage import checks_acts, checks_place, checks_records
from storage.evidence import Evidence, gather
from storage.failures import unreadable
from storage.findings import Finding, Severity, damage, note, warning
from storage.fitting import Fate, Fitted, fit, reconciled
from storage.lock import FolderLock
from storage.migrations import SCHEMA, STEPS, lift_for
from storage.salvage import Salvaged, salvage_book
from storage.salvage_history import SalvagedHistory, salvage_history
from storage.salvage_journal import SalvagedJournal, salvage_journal
from storage.system_calls import SystemCalls

PATIENCE = 5.0
"""Seconds to wait for another session to finish saving."""
_NEWER = "Update trainer-tui; until then nothing is changed here."


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a book, and how it goes together."""

    evidence: Evidence
    book: Salvaged
    journal: SalvagedJournal | None
    history: SalvagedHistory
    fitted: Fitted

    @property
    def newer(self) -> bool:
        """A later version of the program wrote it: nothing in it may be judged."""
        return (self.book.meta is not None and self.book.meta.schema > SCHEMA) or (
            self.journal is not None and self.journal.newer
        )


def examine(calls: SystemCalls, path: Path, *, now: datetime, allow_network_files: bool = False) -> tuple[Finding, ...]:
    """Everything that is wrong with the book at a path, the worst first; nothing when it is sound. Changes no file.

    Raises:
        BookMissing, BookIsFolder, NoPermission: there is no file to look at.
        Busy: another session did not finish saving.
    """
    try:
        real = calls.resolve(path)
        diagnosis = diagnose(_gathered(calls, real))
        found = [
            *findings(diagnosis, now),
            *checks_place.modes(diagnosis.evidence),
            *checks_place.leftovers(diagnosis.evidence),
            *checks_place.disk(calls, diagnosis.evidence, allow_network_files=allow_network_files),
        ]
    except OSError as error:
        raise unreadable(error, path) from None
    ranks = list(Severity)
    return tuple(sorted(found, key=lambda finding: ranks.index(finding.severity)))


def _gathered(calls: SystemCalls, path: Path) -> Evidence:
    """The files under the folder's lock; where it cannot be had, as on some network disks, as they stand."""
    with closing(FolderLock(calls, path.parent, PATIENCE)) as lock:
        try:
            lock.__enter__()
        except OSError:
            return gather(calls, path)
        try:
            return gather(calls, path)
        finally:
            lock.__exit__()


def diagnose(evidence: Evidence) -> Diagnosis:
    """Read everything that can be read."""
    book = salvage_book(evidence.book, evidence.path)
    journal = None
    if evidence.journal is not None:
        file = evidence.journal_path.name
        journal = reconciled(salvage_journal(evidence.journal, file), book.meta, file)
    meta = book.meta
    lift = None if meta is None else lift_for(STEPS, meta.schema, meta.upgrades)
    history = salvage_history(evidence.history, lift)
    fitted = fit(book, journal, history.lines)
    return Diagnosis(evidence=evidence, book=book, journal=journal, history=history, fitted=fitted)


def findings(diagnosis: Diagnosis, now: datetime) -> Iterator[Finding]:
    """What is wrong with what the files say."""
    file = diagnosis.evidence.path.name
    if diagnosis.newer:
        yield warning(file, "A later version of the program wrote this book or its journal.", _NEWER)
        return
    yield from _book(diagnosis, file)
    yield from _journal(diagnosis)
    folder = f"{file}.history"
    yield from (trouble.finding() for trouble in diagnosis.history.troubles)
    yield from checks_acts.order(diagnosis.history, folder)
    fitted = diagnosis.fitted
    new = [line for line in fitted.taken if line.act.sequence > fitted.after]
    yield from checks_acts.clock(diagnosis.history.lines, new, now, folder, diagnosis.evidence.journal_path.name)
    yield from checks_records.dangling(fitted.tables, file)
    yield from checks_records.moments(fitted.tables, file, now)


def _book(diagnosis: Diagnosis, file: str) -> Iterator[Finding]:
    book = diagnosis.book
    if book.nothing:
        yield damage(file, "Nothing in this file can be read as a book.", "Bring back a backup: trainer-tui restore")
        return
    yield from (trouble.finding() for trouble in book.troubles)
    for record in diagnosis.fitted.recovered:
        yield Finding(
            severity=Severity.DAMAGE,
            file=file,
            table=record.table,
            record=record.id,
            what=f"This {record.noun} cannot be read here, but the history knows it.",
            mend="It is brought back as the history knows it.",
        )
    for table in book.foreign:
        yield note(file, f"This version knows no table “{table}”; it is kept as it is.")


def _journal(diagnosis: Diagnosis) -> Iterator[Finding]:
    journal, fitted = diagnosis.journal, diagnosis.fitted
    if journal is None or diagnosis.book.nothing:
        return
    file = diagnosis.evidence.journal_path.name
    if fitted.fate is Fate.FOREIGN:
        yield damage(file, "The journal belongs to another book.", "It is moved aside, never deleted.")
        return
    if fitted.fate is Fate.BEHIND:
        what = f"The journal ends before act {fitted.after}, which the book holds: one of the two was put here alone."
        yield damage(file, what, "It is moved aside, never deleted; the book holds all its acts.")
        return
    yield from (trouble.finding() for trouble in journal.troubles)
    if fitted.fate is Fate.AHEAD:
        how = f"the history has the {fitted.bridged} acts in between" if fitted.bridged else "acts are missing between"
        what = f"The journal begins after act {fitted.after}, the last of the book: {how}."
        yield damage(
            file, what, "Book and journal are put together." if fitted.bridged else "What is there is taken in."
        )
    for line in fitted.refused:
        what = f"Line {line.number}: act {line.act.sequence} can be read, but stands out of its place."
        yield damage(file, what, "It is put into the side file as it stands.")
