"""Watches the files of the book: when there is something to read, and what is wrong with them for how long."""

from __future__ import annotations

from storage.book_store import BookStore
from storage.errors import BookError
from storage.sighting import Sight, sight
from storage.system_calls import SystemCalls


class Watch:
    """A file that cannot be read may be half written: it is read again whenever it changes, and complained of when it
    stands the same at two looks. `should_read` is for the event loop, `read` for a thread; never both at once."""

    def __init__(self) -> None:
        self._calls = SystemCalls()
        self.trouble: BookError | None = None
        """What is wrong with the files, once that is certain."""
        self._failure: BookError | None = None
        self._read_at: Sight | None = None
        """How the files stood before the last reading, when not all of them could be read."""
        self._limits: list[str] = []
        """Why nothing could be saved when the book was opened, which is told then."""

    def begin(self, store: BookStore) -> None:
        """The book was just opened."""
        self._limits = [] if store.read_only is None else [str(store.read_only)]

    def should_read(self, store: BookStore) -> bool:
        """Whether to read: three short looks, and two more while something is wrong."""
        if not store.news():
            self._failure = self._read_at = None
        elif self._read_at is None or self._read_at != sight(self._calls, store.path):
            return True
        limit = None if str(store.read_only) in self._limits else store.read_only
        self.trouble = self._failure or limit
        return False

    def read(self, store: BookStore) -> bool:
        """Read what is new. True when there is something to take in."""
        before = sight(self._calls, store.path)
        try:
            arrived = store.refresh()
        except BookError as error:
            self._failure, self._read_at = error, before
            return False
        self._failure, self._read_at = None, before
        if store.read_only is None:
            self.trouble, self._read_at, self._limits = None, None, []
        return arrived
