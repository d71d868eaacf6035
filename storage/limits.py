"""Whether a book may be written from here, found out when it is loaded and again before it is folded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from storage.errors import BookError, BookNewer, BookOlder, NoPermission, ReadOnlyBook, UnsafeFolder
from storage.modes import refuse_world_writable
from storage.mounts import network_kind
from storage.system_calls import SystemCalls, stands


def why_read_only(
    calls: SystemCalls, path: Path, journal: Path, schema: int, ours: int, *, allow_network_files: bool
) -> BookError | None:
    """The reason why nothing can be saved in a book of a schema by a program that writes `ours`; None when it can.

    Raises:
        OSError: the book is gone.
    """
    if schema > ours:
        return BookNewer(f"The book has schema {schema}, and this program writes schema {ours}.")
    for place, name in _written(calls, path, journal):
        if not calls.may_write(place):
            return NoPermission(
                f"You may not write in {name}.", next_step=f"Ask its owner for the right to write in {place}."
            )
    try:
        refuse_world_writable(path, calls.stat(path.parent))
    except UnsafeFolder as unsafe:
        return unsafe
    network = None if allow_network_files else network_kind(calls.mount_table(), path.parent)
    if network is not None:
        return ReadOnlyBook(
            f"The folder is on a network file system ({network}), whose locks cannot be trusted.",
            next_step="Set allow_network_files in the config if it is used from one machine only.",
        )
    if schema < ours:
        return BookOlder(f"The book has schema {schema}, and this program writes schema {ours}.")
    return None


def _written(calls: SystemCalls, path: Path, journal: Path) -> Iterator[tuple[Path, str]]:
    yield path, "the book file"
    yield path.parent, "the folder of the book"
    if stands(calls, journal):
        yield journal, "the journal of the book"
