"""Whether a book may be written from here, found out when it is opened."""

from __future__ import annotations

from pathlib import Path

from storage.book_format import SCHEMA
from storage.errors import BookError, BookNewer, NoPermission, ReadOnly
from storage.mounts import network_kind
from storage.system_calls import SystemCalls


def why_read_only(calls: SystemCalls, path: Path, schema: int, *, allow_network_files: bool) -> BookError | None:
    """The reason why nothing can be saved; None when it can."""
    if schema > SCHEMA:
        return BookNewer(f"the book has schema {schema}, and this program writes schema {SCHEMA}.")
    if not calls.may_write(path):
        return NoPermission("you may not write in the book file.")
    if not calls.may_write(path.parent):
        return NoPermission("you may not write in the folder of the book.")
    network = None if allow_network_files else network_kind(path.parent)
    if network is not None:
        return ReadOnly(
            f"the folder is on a network file system ({network}), whose locks cannot be trusted;"
            " allow_network_files in the config overrides this."
        )
    return None
