"""A book for stock TinyDB to read: book and journal together, so that a script misses nothing that is not folded yet.

from tinydb import TinyDB
from storage.tinydb_view import BookView

touches = TinyDB("book.json", storage=BookView).table("touches")
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from tinydb.storages import Storage

from storage.errors import JournalDamaged, ReadOnlyBook
from storage.failures import unreadable
from storage.loading import Terms, load
from storage.system_calls import SystemCalls


class BookView(Storage):
    """What the book file would hold if it were folded now. Every query reads it anew; nothing can be written.

    Document numbers are those of that fold: they change, the `id` in a record does not.
    """

    def __init__(self, path: str | Path) -> None:
        self._calls = SystemCalls()
        self._path = self._calls.resolve(Path(path))

    def read(self) -> dict[str, dict[str, Any]]:
        """All tables.

        Raises:
            BookError: book or journal cannot be read.
        """
        try:
            loaded = load(self._calls, self._path, Terms(allow_network_files=True))
        except OSError as error:
            raise unreadable(error, self._path) from None
        try:
            if isinstance(loaded.read_only, JournalDamaged):
                raise loaded.read_only
            records = {table: list(found.values()) for table, found in loaded.book.tables.items()}
            content = b"".join(loaded.file.blocks(records, loaded.book.sequence))
        finally:
            loaded.close()
        tables: dict[str, dict[str, Any]] = msgspec.json.decode(content)
        return tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Refuse.

        Raises:
            ReadOnlyBook: always.
        """
        raise ReadOnlyBook(
            "TinyDB would write without the journal and the lock.", next_step="Use `trainer-tui log` or `import`."
        )
