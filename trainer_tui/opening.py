"""Opening the book of a session; where nothing stands a new one is made, because opening the app there asks for it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from relationships.changes import Clock
from storage.book_store import BookStore
from storage.errors import BookExists, BookMissing


def open_or_create(path: Path, *, user: str, clock: Clock, allow_network_files: bool = False) -> BookStore:
    """The book at a path, made where there is none. An empty or damaged file is never taken for none: what can be read
    of it opens read-only.

    Raises:
        BookError: it cannot be opened or made.
    """
    try:
        return _open(path, user, clock, allow_network_files)
    except BookMissing:
        with suppress(BookExists):
            BookStore.create(path, user=user, clock=clock).close()
    return _open(path, user, clock, allow_network_files)


def _open(path: Path, user: str, clock: Clock, allow_network_files: bool) -> BookStore:
    return BookStore.open(path, user=user, clock=clock, allow_network_files=allow_network_files, salvage=True)
