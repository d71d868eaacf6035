"""Acts that are on the disk but not yet in the book that is being shown."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from relationships.book import Book
from relationships.changes import Act
from relationships.records import Record
from storage.errors import Clash


class Arrivals:
    """Keeps what a worker thread read until the thread that shows the book takes it in, and knows both together."""

    def __init__(self, book: Book) -> None:
        self.book = book
        """The records as of the last `take_in`; changed by no other method."""
        self._lock = threading.Lock()
        self._acts: list[Act] = []
        self._ahead: dict[tuple[str, str], Record | None] = {}
        self._replacement: Book | None = None
        self._told: list[Act] = []
        """Acts that are in the replacement already, and new to the book that is shown."""
        self._differing: frozenset[str] = frozenset()
        self.altered: frozenset[str] = frozenset()
        """The ids of records that the last `take_in` found otherwise than acts made them: the book was loaded anew."""

    @property
    def waiting(self) -> bool:
        """Whether there is something to take in."""
        return bool(self._acts) or self._replacement is not None

    def arrive(self, acts: Iterable[Act]) -> None:
        """Acts that come after all that arrived before."""
        with self._lock:
            for act in acts:
                self._acts.append(act)
                for change in act.changes:
                    self._ahead[change.table, change.id] = change.after

    def replace(self, book: Book) -> None:
        """A book that was loaded anew stands for everything that arrived before."""
        differing = frozenset(_differences(self._tables(), book.tables))
        with self._lock:
            self._replacement = book
            self._differing |= differing
            self._told += self._acts
            self._acts = []
            self._ahead.clear()

    def take_in(self) -> tuple[Act, ...]:
        """Bring `book` up to date; the acts that were new to it, in order."""
        with self._lock:
            if self._replacement is not None:
                self.book, self._replacement = self._replacement, None
            self.altered, self._differing = self._differing, frozenset()
            acts = (*self._told, *self._acts)
            for act in self._acts:
                self.book.apply(act)
            self._told, self._acts = [], []
            self._ahead.clear()
        return acts

    def clashes(self, act: Act) -> tuple[Clash, ...]:
        """The records that are no longer as the act began from them."""
        found = []
        within: dict[tuple[str, str], Record | None] = {}
        with self._lock:
            for change in act.changes:
                key = (change.table, change.id)
                theirs = within[key] if key in within else self._now(*key)
                if theirs != change.before:
                    found.append(Clash(before=change.before, mine=change.after, theirs=theirs))
                within[key] = change.after
        return tuple(found)

    def _now(self, table: str, record_id: str) -> Record | None:
        key = (table, record_id)
        return self._ahead[key] if key in self._ahead else (self._replacement or self.book).find(table, record_id)

    def records(self) -> dict[str, list[Record]]:
        """Every record as of the last act that arrived, by table, in the order of the file."""
        return {table: list(found.values()) for table, found in self._tables().items()}

    def _tables(self) -> dict[str, dict[str, Record]]:
        with self._lock:
            tables = {table: dict(found) for table, found in (self._replacement or self.book).tables.items()}
            ahead = dict(self._ahead)
        for (table, record_id), record in ahead.items():
            if record is None:
                tables[table].pop(record_id, None)
            else:
                tables[table][record_id] = record
        return tables


def _differences(old: dict[str, dict[str, Record]], new: dict[str, dict[str, Record]]) -> Iterator[str]:
    """The ids of the records that are not the same in both."""
    for table in old.keys() | new.keys():
        before, after = old.get(table, {}), new.get(table, {})
        yield from (record_id for record_id, record in after.items() if before.get(record_id) != record)
        yield from before.keys() - after.keys()
