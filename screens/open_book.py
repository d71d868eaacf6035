"""The book that is open in this session, as the screens share it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from relationships.book import Book
from relationships.changes import Act, Author, Clock
from relationships.dates import DateStyle
from relationships.records import Record
from relationships.rule_days import DEFAULTS, RuleSettings
from storage.book_store import BookStore
from storage.errors import BookError, BookSalvaged

if TYPE_CHECKING:
    from relationships.names import Names
    from relationships.search import BookSearch
    from screens.drafting import Drafting
    from storage.presence import Present

NOTHING = Book()
MOST_ACTS = 2_000
"""How far back the acts are looked through for who changed a record while it was in a form."""


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
        drafts: Path | None = None,
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
        self._drafts = drafts
        self.store: BookStore | None = None
        self.arrived: tuple[Act, ...] = ()
        """Acts that were taken in since the screens were last told."""
        self.altered: frozenset[str] = frozenset()
        """The ids of records that another program changed, since the screens were last told."""
        self.others: tuple[Present, ...] = ()
        """The other sessions that have the book open."""
        self.trouble: BookError | None = None
        """What is wrong with the files, for as long as it is."""
        self.saved_here: set[str] = set()
        """The ids of the acts of this session; those of the same user elsewhere are news to it."""
        self.brought_back = ""
        """What to say of the backup that this session put in the place of the damaged book, once that is loaded."""
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

    @cached_property
    def drafting(self) -> Drafting:
        """What is half typed here; where there is no folder for drafts, none are kept."""
        import screens.drafting
        from storage.drafts import DraftFolder
        from storage.system_calls import SystemCalls

        folder = None if self._drafts is None else DraftFolder(SystemCalls(), self._drafts)
        return screens.drafting.Drafting(self, folder)

    @property
    def typing(self) -> bool:
        """Whether anything may be half typed."""
        return "drafting" in self.__dict__ and bool(self.drafting.under_way)

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
        self.altered |= store.altered
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

    def take_back(self, act: Act) -> Act:
        """Take back any act of the history; for a worker thread.

        Raises:
            BookError: as for `BookStore.take_back`.
        """
        return self._own(self._open_store().take_back(act))

    @property
    def salvaged(self) -> bool:
        """The book is damaged, and what can be read of it is shown."""
        return self.store is not None and isinstance(self.store.read_only, BookSalvaged)

    def changed_since(self, record: Record) -> dict[str, Act]:
        """The last act that changed each field of a record since it stood as it is given here; for a worker thread.

        Raises:
            BookError: as for `BookStore.history`.
        """
        from itertools import islice

        from relationships.past import changed_since

        return changed_since(islice(self._open_store().history(), MOST_ACTS), record)

    def _own(self, act: Act) -> Act:
        self.saved_here.add(act.id)
        return act

    def others_by_name(self) -> tuple[tuple[str, ...], bool]:
        """The names of the others who have the book open, and whether this user has it open elsewhere too."""
        names = dict.fromkeys(present.user for present in self.others)
        me = self._open_store().author.user if self.others else ""
        return tuple(name for name in names if name != me), me in names

    def by(self, user: str) -> str:
        """Who entered something, as this user reads it."""
        return "You" if self.store is not None and user == self.store.author.user else user

    def _open_store(self) -> BookStore:
        if self.store is None:
            raise RuntimeError("the book has not loaded yet")
        return self.store
