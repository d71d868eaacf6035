"""Whether the files of a book stand as they did a moment ago, without reading them."""

from __future__ import annotations

from pathlib import Path

from storage.system_calls import SystemCalls

Sight = tuple[tuple[int, ...], ...]
"""How book and journal stand: whatever is written to them, and whatever takes their place, makes another sight."""


def sight(calls: SystemCalls, book: Path) -> Sight:
    """How the files of a book stand now."""
    return tuple(_one(calls, path) for path in (book, book.with_name(book.name + ".journal")))


def _one(calls: SystemCalls, path: Path) -> tuple[int, ...]:
    try:
        found = calls.stat(path)
    except OSError as error:
        return (error.errno or 0,)
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_mode)
