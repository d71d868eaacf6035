"""The book that is open in this session, as the screens share it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from relationships.book import Book
from relationships.changes import Act, Author, Clock
from relationships.dates import DateStyle
from relationships.rule_days import DEFAULTS, RuleSettings
from storage.book_store import BookStore

if TYPE_CHECKING:
    from relationships.names import Names
    from relationships.search import BookSearch

NOTHING = Book()


class OpenBook:
    """The store once it has loaded, and what screens need to read and write in it."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        style: DateStyle,
        *,
        ascii_signs: bool = False,
        keymap: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.name = name
        """What the title line calls it."""
        self.clock = clock
        self.style = style
        self.ascii_signs = ascii_signs
        self.keymap = keymap
        """The keys that this user gave to commands, by the id of the command."""
        self.rules: RuleSettings = DEFAULTS
        """What the settings say about the days of the rules."""
        self.store: BookStore | None = None
        self.arrived: tuple[Act, ...] = ()
        """Acts that were taken in since the screens were last told."""
        self.saved_here: set[str] = set()
        """The ids of the acts of this session; those of the same user elsewhere are news to it."""
        self.edition = 0
        """Goes up whenever the records, or the day, are others than before."""

    @cached_property
    def names(self) -> Names:
        """The names that the log line finds people by, folded when it is first opened."""
        import relationships.names

        return relationships.names.Names()

    @cached_property
    def search(self) -> BookSearch:
        """What the filters find records by, made when there is first a filter."""
        import relationships.search

        return relationships.search.BookSearch()

    @property
    def loaded(self) -> bool:
        """Whether the records are here."""
        return self.store is not None

    @property
    def book(self) -> Book:
        """The records; none before the book has loaded."""
        return NOTHING if self.store is None else self.store.book

    @property
    def today(self) -> date:
        """This local day."""
        return self.clock.today()

    @property
    def author(self) -> Author:
        """Who writes here.

        Raises:
            RuntimeError: the book has not loaded yet; the screens offer no writing before.
        """
        return self._open_store().author

    def save(self, act: Act) -> Act:
        """Commit an act; for a worker thread.

        Raises:
            BookError: as for `BookStore.commit`.
        """
        return self._own(self._open_store().commit(act))

    def open(self, store: BookStore) -> None:
        """The book has loaded."""
        self.store = store
        self.edition += 1

    def take_in(self) -> Book:
        """Bring the records up to what was saved here and read from others; the book as it is then."""
        store = self._open_store()
        before = store.book
        acts = store.apply_arrived()
        if store.book is not before:
            self.search.forget()
        self.search.follow(store.book, acts)
        self.arrived += acts
        self.edition += 1
        return store.book

    def undo(self) -> Act:
        """Take back this user's last act; for a worker thread.

        Raises:
            BookError: as for `BookStore.undo`.
        """
        return self._own(self._open_store().undo())

    def redo(self) -> Act:
        """Do again what was undone last; for a worker thread.

        Raises:
            BookError: as for `BookStore.redo`.
        """
        return self._own(self._open_store().redo())

    def _own(self, act: Act) -> Act:
        self.saved_here.add(act.id)
        return act

    def by(self, user: str) -> str:
        """Who entered something, as this user reads it."""
        return "You" if self.store is not None and user == self.store.author.user else user

    def _open_store(self) -> BookStore:
        if self.store is None:
            raise RuntimeError("the book has not loaded yet")
        return self.store
