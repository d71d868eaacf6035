"""A book of an older schema brought up to date in its place, after a backup (DESIGN.md section 5).

First the lines of the journal are folded into the book in the old schema and moved to the history; then the book is put
in its place in the new one. So a journal in an old schema never stands beside a book in a new one with lines in it,
and at any instant a crash leaves files that load to the same records. The journal's first line names the new schema
when the next act is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from relationships.changes import Clock
from storage.backups import Backups
from storage.book_format import Snapshot, plain_book, plain_tables, read_book
from storage.codec import changes_in
from storage.errors import BookError, BookOlder, Busy, NotMigrated
from storage.failures import FULL
from storage.history import History
from storage.loading import Loaded
from storage.lock import FolderLock
from storage.migrations import Document
from storage.new_book import NewBook
from storage.system_calls import SystemCalls, read_whole

MIGRATION = "migration"
"""The reason of the backup that is made before."""


def migrate(
    calls: SystemCalls, lock: FolderLock, clock: Clock, loaded: Loaded, load_again: Callable[[], Loaded]
) -> Loaded:
    """The book as it is afterwards: up to date, or as it was and read-only with the reason (`NotMigrated`).

    Raises:
        OSError, BookError: it cannot be loaded any more.
    """
    problem = None
    try:
        with lock as folder_fd:
            loaded = _as_it_stands(loaded, load_again)
            if isinstance(loaded.read_only, BookOlder) and lock.guards(loaded.file.stamp):
                _keep(calls, clock, loaded)
                if loaded.journal.lines():
                    _fold(calls, loaded, folder_fd)
                    loaded.close()
                    loaded = load_again()
                _bring_up(calls, loaded, folder_fd)
    except (BookError, OSError) as error:
        problem = _in_words(error)
    finally:
        loaded.close()
    found = load_again()
    if problem is not None and isinstance(found.read_only, BookOlder):
        return msgspec.structs.replace(found, read_only=problem)
    return found


def _as_it_stands(loaded: Loaded, load_again: Callable[[], Loaded]) -> Loaded:
    """Another session may have been quicker, or may have saved something."""
    if not (loaded.file.changed() or loaded.journal.changed()):
        return loaded
    loaded.close()
    return load_again()


def _keep(calls: SystemCalls, clock: Clock, loaded: Loaded) -> None:
    backups = Backups(calls, loaded.file.path, loaded.file.modes)
    paths = (loaded.file.path, loaded.journal.path)
    if not _kept_already(calls, backups, paths):
        backups.keep_as_is(paths, clock.now(), MIGRATION)


def _bring_up(calls: SystemCalls, loaded: Loaded, folder_fd: int) -> None:
    """Put the book in its place in the newest schema."""
    file, sequence = loaded.file, loaded.journal.sequence
    new = NewBook(calls, file.path, file.modes)
    try:
        tables = {table: [*found.values()] for table, found in loaded.book.tables.items()}
        new.write(file.blocks(tables, sequence, new.written))
        file.replace(new, sequence, folder_fd)
    finally:
        new.drop()


def _kept_already(calls: SystemCalls, backups: Backups, paths: Sequence[Path]) -> bool:
    """Whether an earlier try, which failed after its backup, kept the very same files."""
    for kept in backups.kept():
        if kept.reason == MIGRATION:
            return all(_content(calls, kept.path / path.name) == _content(calls, path) for path in paths)
    return False


def _content(calls: SystemCalls, path: Path) -> bytes | None:
    try:
        fd = calls.open(path, 0)
    except FileNotFoundError:
        return None
    try:
        return read_whole(calls, fd)
    finally:
        calls.close(fd)


def _fold(calls: SystemCalls, loaded: Loaded, folder_fd: int) -> None:
    """Fold the journal in the schema that both files have: plain documents, as no class of this version has them."""
    file, journal = loaded.file, loaded.journal
    lines = journal.lines()
    waiting = journal.sequence - file.meta.sequence
    if waiting:
        meta = {"sequence": journal.sequence, "alterations": file.next_alterations}
        content = b"".join(_folded(file.content(), lines[-waiting:], meta))
        _refuse_other_records(read_book(content, file.path, file.steps), loaded)
        new = NewBook(calls, file.path, file.modes)
        try:
            new.write([content])
            new.put_in_place(folder_fd)
        finally:
            new.drop()
    History(calls, file.path, file.modes).append(lines)
    journal.start(journal.sequence, [])


def _refuse_other_records(found: Snapshot, loaded: Loaded) -> None:
    """A last look before the old book gives way. A step that looks at the book as a whole may see more now."""
    whole = any(step.book is not None for step in loaded.file.steps.values())
    if found.tables != loaded.book.tables and not whole:
        raise NotMigrated("Folding the journal in the old schema would not have given the same records.")


def _folded(content: bytes, lines: Sequence[bytes], meta: dict[str, Any]) -> Iterator[bytes]:
    """The bytes of a book with the changes in these lines."""
    tables, rest = plain_tables(content)
    (head,) = tables.pop("_meta").values()
    by_id: dict[str, dict[Any, Document]] = {
        table: {document.get("id", number): document for number, document in documents.items()}
        for table, documents in tables.items()
    }
    for line in lines:
        for table, key, after in changes_in(line):
            records = by_id.setdefault(table, {})
            if after is None:
                records.pop(key, None)
            else:
                records[key] = after
    tables = {table: {str(n): each for n, each in enumerate(found.values(), 1)} for table, found in by_id.items()}
    if "written" in head:
        meta["written"] = 0
    return plain_book(head | meta, tables, rest)


def _in_words(error: BookError | OSError) -> NotMigrated:
    if isinstance(error, NotMigrated):
        return error
    if isinstance(error, Busy):
        return NotMigrated(error.happened, next_step="Wait a moment; it is tried again then.")
    if isinstance(error, BookError):
        return NotMigrated(error.happened, next_step=error.next_step)
    if isinstance(error, BlockingIOError):
        return NotMigrated(
            "Another session is writing the book file just now.", next_step="Wait a moment; then save again."
        )
    reason = error.strerror or str(error)
    if error.errno in FULL:
        return NotMigrated(f"There is no room for a second copy of the book ({reason}).")
    return NotMigrated(f"The book could not be written in the new schema ({reason}).")
