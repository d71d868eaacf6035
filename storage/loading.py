"""A book read from the disk: the book file, and the acts of the journal on top of it (DESIGN.md section 5, load)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from relationships.book import Book
from relationships.changes import Act
from storage.book_file import BookFile, load_book_file
from storage.book_format import Snapshot
from storage.errors import BookDamaged, BookError, BookNewer, JournalApart, JournalDamaged
from storage.journal import Gap, Journal
from storage.limits import why_read_only
from storage.migrations import STEPS, Step, newest
from storage.modes import warnings
from storage.system_calls import SystemCalls

_TRIES = 10
"""A fold by another session between the two reads makes them not fit; this often, that is no chance any more."""


class Terms(NamedTuple):
    """On which terms a book is opened."""

    allow_network_files: bool = False
    """It may be written on a network file system."""
    to_read: bool = False
    """One of an older schema stays as it is."""
    salvage: bool = False
    """Of a damaged one all that can be read is shown, and nothing can be saved."""
    steps: Mapping[int, Step] = STEPS
    """What leads from older schemas to the newest."""


TERMS = Terms()


class Loaded(msgspec.Struct, frozen=True):
    """What was loaded; whoever has it closes it."""

    file: BookFile
    journal: Journal
    book: Book
    read_only: BookError | None
    """Why nothing can be saved; None when it can."""
    warnings: tuple[str, ...]

    def close(self) -> None:
        """Let go of the files."""
        self.journal.close()
        self.file.close()


def load(calls: SystemCalls, path: Path, terms: Terms = TERMS, previous: BookFile | None = None) -> Loaded:
    """Load a book. A journal that cannot be read to its end leaves it read-only, with what could be read; so does a
    damaged book file when the terms are to salvage it.

    A book of an older schema is read through the steps, and read-only until it is migrated.

    Raises:
        OSError: the files cannot be opened or read.
        BookIsFolder, BookDamaged, BookNewer: the book file is no book that can be read.
    """
    found = _load_once(calls, path, terms, previous)
    for _ in range(_TRIES):
        if not (isinstance(found.read_only, JournalApart) and _raced(found)):
            break
        found.close()
        found = _load_once(calls, path, terms, previous)
    return found


def _raced(found: Loaded) -> bool:
    try:
        return found.file.changed()
    except OSError:
        found.close()
        raise


def _load_file(
    calls: SystemCalls, path: Path, terms: Terms, previous: BookFile | None
) -> tuple[BookFile, Snapshot, BookDamaged | None]:
    try:
        return *load_book_file(calls, path, previous, terms.steps), None
    except BookDamaged as damage:
        if not terms.salvage:
            raise
        from storage.damaged_book import load_damaged_book

        return load_damaged_book(calls, path, damage, previous, terms.steps)


def _load_once(calls: SystemCalls, path: Path, terms: Terms, previous: BookFile | None) -> Loaded:
    file, snapshot, broken = _load_file(calls, path, terms, previous)
    steps = terms.steps
    journal_path = path.with_name(path.name + ".journal")
    journal = Journal(calls, journal_path, file.meta, file.modes, steps)
    acts: list[Act] = []
    try:
        read_only = why_read_only(
            calls, path, journal_path, file.meta.schema, newest(steps), allow_network_files=terms.allow_network_files
        )
        told = warnings(path, calls.stat(path), calls.stat(path.parent))
        try:
            journal.read_new(acts)
        except Gap as gap:
            read_only = read_only if isinstance(read_only, BookNewer) else JournalApart(f"{gap}.")
        except JournalDamaged as damage:
            read_only = read_only if isinstance(read_only, BookNewer) else damage
    except BaseException:
        journal.close()
        file.close()
        raise
    book = Book(snapshot.tables, file.meta.sequence)
    for act in acts:
        book.apply(act)
    return Loaded(file, journal, book, broken or read_only, told)
