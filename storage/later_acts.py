"""The acts after a backup, found beside a book that can no longer be read: in its journal and its history.

They are taken only where it is certain that they go on from what the backup holds. An older book that was put back
uses numbers a second time, so a number alone proves nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

import msgspec

from relationships.book import Book
from relationships.changes import Act
from storage.arrivals import Arrivals
from storage.book_format import Meta
from storage.errors import JournalDamaged
from storage.history import History, one_story
from storage.journal import Gap, Journal
from storage.journal_format import decode_header
from storage.migrations import STEPS
from storage.modes import Modes
from storage.system_calls import SystemCalls

_HEAD: Final = 4096
_SECOND: Final = timedelta(seconds=1)
"""Names of backups tell the second only."""


class JournalFound(msgspec.Struct, frozen=True):
    """What can be read of a journal, whichever book it lies beside."""

    after: int
    """The number that it goes on from."""
    acts: tuple[Act, ...]
    lines: tuple[bytes, ...]
    sound: bool
    """It can be read to its end."""

    @property
    def last(self) -> int:
        """The number of the last act that can be read."""
        return self.after + len(self.acts)


def read_journal(calls: SystemCalls, path: Path, meta: Meta, modes: Modes) -> JournalFound | None:
    """What can be read of the journal of a book; None when nothing can, or it belongs to another one.

    Raises:
        OSError: the system refused to read it.
    """
    try:
        fd = calls.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    try:
        header, _ = decode_header(calls.read(fd, _HEAD, 0), meta.book_id, str(path))
    except JournalDamaged:
        return None
    finally:
        calls.close(fd)
    known = msgspec.structs.replace(meta, sequence=header.after, schema=header.schema)
    journal = Journal(calls, path, known, modes, STEPS)
    acts: list[Act] = []
    sound = False
    try:
        with suppress(JournalDamaged, Gap):
            journal.read_new(acts)
            sound = True
        lines = journal.lines()[: len(acts)]
    finally:
        journal.close()
    return JournalFound(header.after, tuple(acts), tuple(lines), sound)


def acts_since(journal: JournalFound | None, history: History, sequence: int, made: datetime) -> list[Act] | None:
    """The acts that followed number `sequence`, oldest first, without a gap; None when it is not certain that they go
    on from a backup that was made at that number and moment.

    Raises:
        OSError: the history cannot be read.
    """
    later: list[Act] = []
    for act in _newest_first(journal, history):
        if act.sequence <= sequence:
            if act.sequence < sequence or act.at > made + _SECOND:
                return None
            break
        later.append(act)
    else:
        if sequence > 0:
            return None
    numbers = count(sequence + 1)
    return [act for act in reversed(later) if act.sequence == next(numbers)]


def _newest_first(journal: JournalFound | None, history: History) -> Iterable[Act]:
    folded = iter(history.acts_backwards())
    if journal is not None:
        return one_story(reversed(journal.acts), folded, journal.last)
    newest = next(folded, None)
    return () if newest is None else one_story((newest,), folded, newest.sequence)


def apply_while_fitting(book: Book, acts: Iterable[Act]) -> int:
    """Apply acts one after the other, up to the first that does not begin from these records; how many that were."""
    arrivals = Arrivals(book)
    done = 0
    for act in acts:
        if arrivals.clashes(act):
            break
        book.apply(act)
        done += 1
    return done
