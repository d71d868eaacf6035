"""The repair: everything that can be read of a damaged book becomes a sound book, and nothing else is thrown away.

Before anything is changed, every file that will be is kept as it is among the backups. What could not be read goes into
a side file. The order is that of a fold: a crash at any instant leaves files that tell at least what they told before,
and a second repair goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from storage.backups import Backups
from storage.book_format import Meta, book_blocks, upgraded
from storage.book_store import random_id
from storage.checks_place import WrongMode, right_modes, wrong_modes
from storage.doctor import PATIENCE, Diagnosis, diagnose
from storage.errors import BookDamaged, BookNewer
from storage.evidence import Evidence, gather, look_again
from storage.failures import in_words, unreadable
from storage.findings import Trouble
from storage.fitting import Fate
from storage.history import History
from storage.journal import Journal
from storage.limits import why_read_only
from storage.lock import FolderLock
from storage.migrations import SCHEMA, STEPS
from storage.new_book import NewBook
from storage.plain_files import replace_file
from storage.repair_files import SideFile, give_mode, move_aside
from storage.system_calls import SystemCalls

REASON = "repair"
"""Why the files were kept as they are."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a repair did."""

    kept: Path | None = None
    """The folder with the files as they were; None when nothing in them had to be changed."""
    side: Path | None = None
    """The file with what could not be read."""
    mended: tuple[str, ...] = ()
    """What was done, a sentence each."""


def repair(calls: SystemCalls, path: Path, *, now: datetime, allow_network_files: bool = False) -> Report:
    """Mend what can be mended, under the folder's lock. Done twice, the second time finds nothing to do.

    Raises:
        BookDamaged: nothing in the file can be read as a book; nothing was changed.
        BookNewer, NoPermission, UnsafeFolder, ReadOnlyBook: nothing may be written here; nothing was changed.
        NotBackedUp: the files could not be kept as they are; nothing was changed.
        NotSaved: it could not be done, or not wholly; nothing is lost, and it can be repeated.
        BookMissing, BookIsFolder: no file stands at the path.
    """
    try:
        real = calls.resolve(path)
        _refuse_missing(calls, real)
        with closing(FolderLock(calls, real.parent, PATIENCE)) as lock, lock as folder_fd:
            diagnosis = diagnose(gather(calls, real))
            _refuse(calls, diagnosis, allow_network_files=allow_network_files)
            return _Repair(calls, diagnosis, now).run(folder_fd)
    except OSError as error:
        raise in_words(error) from error


def _refuse_missing(calls: SystemCalls, path: Path) -> None:
    try:
        calls.stat(path)
    except OSError as error:
        raise unreadable(error, path) from None


def _refuse(calls: SystemCalls, diagnosis: Diagnosis, *, allow_network_files: bool) -> None:
    evidence = diagnosis.evidence
    if diagnosis.newer:
        raise BookNewer("A later version of the program wrote this book or its journal.")
    if diagnosis.book.nothing:
        raise BookDamaged(
            f"Nothing in {evidence.path} can be read as a book.",
            next_step="`trainer-tui restore` brings back the newest backup.",
        )
    reason = why_read_only(
        calls, evidence.path, evidence.journal_path, SCHEMA, SCHEMA, allow_network_files=allow_network_files
    )
    if reason is not None:
        raise reason


class _Repair:
    """One repair; the caller holds the folder's lock."""

    def __init__(self, calls: SystemCalls, diagnosis: Diagnosis, now: datetime) -> None:
        self._calls = calls
        self._now = now
        self._diagnosis = diagnosis
        self._evidence: Evidence = diagnosis.evidence
        self._fitted = diagnosis.fitted
        self._modes = right_modes(diagnosis.evidence)
        self._mended: list[str] = []
        self._moment = f"{now:%Y-%m-%dT%H%M%SZ}"
        journal = diagnosis.journal
        self._aside = self._fitted.fate in (Fate.FOREIGN, Fate.BEHIND)
        self._torn = journal is not None and journal.torn_only and not self._aside
        self._rewrites_journal = journal is not None and not self._aside and bool(journal.troubles) and not self._torn
        self._rewrites_book = bool(diagnosis.book.troubles) or self._fitted.fate is Fate.AHEAD or self._rewrites_journal

    def run(self, folder_fd: int) -> Report:
        """Do it."""
        kept = self._keep()
        side = self._set_aside() if kept is not None else None
        self._mend_history()
        self._mend_book(folder_fd)
        self._remove_leftovers()
        self._give_modes(wrong_modes(look_again(self._calls, self._evidence)))
        return Report(kept=kept, side=side, mended=tuple(self._mended))

    def _keep(self) -> Path | None:
        """Every file whose content will be changed, as it is."""
        evidence = self._evidence
        changed: list[Path] = []
        if self._rewrites_book or self._aside or self._torn:
            changed += [evidence.path, evidence.journal_path]
        changed += self._diagnosis.history.altered
        changed += evidence.leftovers
        if not changed:
            return None
        return Backups(self._calls, evidence.path, self._modes).keep_as_is(changed, self._now, REASON)

    def _set_aside(self) -> Path | None:
        """Write what could not be read into the side file."""
        troubles: list[Trouble] = [*self._diagnosis.book.troubles, *self._diagnosis.history.troubles]
        journal = self._diagnosis.journal
        if journal is not None and not self._aside:
            troubles += journal.troubles
            troubles += (
                Trouble(
                    file=self._evidence.journal_path.name,
                    line=line.number,
                    what=f"act {line.act.sequence} stands out of its place.",
                    content=line.content,
                )
                for line in self._fitted.refused
            )
        side = SideFile(self._calls, self._evidence.path, self._modes).write(troubles, self._moment)
        if side is not None:
            self._mended.append(f"What could not be read is in {side.name}.")
        return side

    def _mend_history(self) -> None:
        for path in self._diagnosis.history.altered:
            lines = self._diagnosis.history.files[path]
            replace_file(self._calls, path, b"".join(line.content + b"\n" for line in lines), self._modes)
            self._mended.append(f"{path.parent.name}/{path.name} holds only lines that can be read.")

    def _mend_book(self, folder_fd: int) -> None:
        evidence = self._evidence
        journal = evidence.journal_path
        if self._aside:
            word = "foreign" if self._fitted.fate is Fate.FOREIGN else "apart"
            moved = move_aside(self._calls, journal, f"{word}-{self._moment}")
            self._mended.append(f"The journal is moved to {moved.name}.")
        if self._torn and not self._rewrites_book:
            self._cut_journal()
        if not self._rewrites_book:
            return
        meta = self._write_book(folder_fd)
        History(self._calls, evidence.path, self._modes).append([line.content for line in self._fitted.taken])
        fresh = Journal(self._calls, journal, meta, self._modes, STEPS)
        fresh.start(meta.sequence, ())
        fresh.close()

    def _cut_journal(self) -> None:
        found = self._diagnosis.journal
        size = 0 if found is None else found.sound_size
        content = (self._evidence.journal or b"")[:size]
        replace_file(self._calls, self._evidence.journal_path, content, self._modes)
        self._mended.append("The end of the journal, where a write was cut short, is cut off.")

    def _write_book(self, folder_fd: int) -> Meta:
        tables = {table: records.values() for table, records in self._fitted.tables.items()}
        new = NewBook(self._calls, self._evidence.path, self._modes)
        try:
            meta = self._meta(new.written)
            new.write(book_blocks(meta, tables, self._diagnosis.book.foreign))
            new.put_in_place(folder_fd)
        finally:
            new.drop()
        count = sum(map(len, tables.values()))
        self._mended.append(f"The book is written anew with {count} records, up to act {meta.sequence}.")
        if self._fitted.recovered:
            self._mended.append(f"{len(self._fitted.recovered)} of them come from the history.")
        return meta

    def _meta(self, written: int) -> Meta:
        """The count of alterations rises, so that every session that has the book open loads it again. Where the count
        cannot be read, the moment in seconds is higher than any."""
        known, fitted, journal = self._diagnosis.book.meta, self._fitted, self._diagnosis.journal
        if known is None:
            header = journal.header if journal is not None else None
            schema = SCHEMA if header is None else header.schema
            known = Meta(book_id=fitted.book_id or random_id(), sequence=0, schema=schema)
            alterations = int(self._now.timestamp())
        else:
            alterations = known.alterations + 1
        known = msgspec.structs.replace(known, sequence=fitted.sequence, written=written)
        return msgspec.structs.replace(upgraded(known, SCHEMA), alterations=alterations)

    def _remove_leftovers(self) -> None:
        for path in self._evidence.leftovers:
            with suppress(FileNotFoundError):
                self._calls.unlink(path)
            self._mended.append(f"{path.name}, which a crash left half made, is removed.")

    def _give_modes(self, wrong: Iterable[WrongMode]) -> None:
        for each in wrong:
            if give_mode(self._calls, each.standing.path, each.mode):
                self._mended.append(f"{each.standing.path.name} has the mode {each.mode:04o} now.")
