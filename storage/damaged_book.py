"""A damaged book opened with all that can be read of it, to be looked at only (DESIGN.md section 5, bad input)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from storage.book_file import BookFile
from storage.book_format import Meta, Snapshot
from storage.errors import BookDamaged, BookSalvaged, NotABook
from storage.journal_format import Header, read_header
from storage.migrations import Step
from storage.salvage import salvage_book
from storage.system_calls import SystemCalls, read_whole

if TYPE_CHECKING:
    from storage.book_store import BookStore

_HEAD = 4096


def load_damaged_book(
    calls: SystemCalls, path: Path, damage: BookDamaged, previous: BookFile | None, steps: Mapping[int, Step]
) -> tuple[BookFile, Snapshot, BookDamaged | None]:
    """The damaged file, what can be read of it, and why nothing can be saved: None if it was mended this moment.

    Raises:
        OSError: it cannot be opened or read.
        NotABook: it is sound, but something else; nothing in it is of a book.
    """
    fd = calls.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        salvaged = salvage_book(read_whole(calls, fd), path)
        if salvaged.nothing and isinstance(damage, NotABook):
            raise damage
        meta = salvaged.meta or _meta_by_journal(calls, path)
        snapshot = Snapshot(meta=meta, tables=salvaged.tables, foreign=salvaged.foreign, ours=False)
        broken = _in_words(damage, salvaged.count) if salvaged.troubles else None
        return BookFile(calls, path, fd, snapshot, previous, steps), snapshot, broken
    except BaseException:
        calls.close(fd)
        raise


def bring_back_over_damaged(store: BookStore, backup: Path) -> int:
    """Put a backup in the place of a damaged book that is shown, with what was done since; how many acts that were.

    Raises:
        BookError: as for `storage.putting_back.restore_over_damaged`; the damaged book stands as it was.
    """
    from storage.putting_back import restore_over_damaged

    with store.holding() as (files, _):
        allowed = files.allow_network_files
    now = store.author.clock.now()
    done = restore_over_damaged(SystemCalls(), store.path, backup, now, later_acts=True, allow_network_files=allowed)
    return done.later


def _meta_by_journal(calls: SystemCalls, path: Path) -> Meta:
    """What the journal says of the book that it belongs to."""
    header: Header | None = None
    try:
        fd = calls.open(path.with_name(path.name + ".journal"), os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return Meta(book_id="", sequence=0)
    try:
        header = read_header(calls.read(fd, _HEAD, 0).partition(b"\n")[0])
    finally:
        calls.close(fd)
    return Meta(book_id="", sequence=0) if header is None else Meta(book_id=header.book, sequence=header.after)


def _in_words(damage: BookDamaged, count: int) -> BookSalvaged:
    read = {0: "Nothing in it can be read", 1: "One record in it can be read"}.get(
        count, f"{count} records in it can be read"
    )
    return BookSalvaged(f"{damage.happened} {read}.")
