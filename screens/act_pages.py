"""The acts of the history, read from the files a page at a time: the newest first, older ones when they are wanted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, takewhile

import msgspec

from relationships.changes import Act
from relationships.past import concerns
from storage.book_store import BookStore

PAGE = 200
"""Acts that are read at one go."""


class Page(msgspec.Struct, frozen=True):
    """Some acts that were read, newest first."""

    acts: tuple[Act, ...]
    arrived: bool
    """Reading brought acts of other sessions, which the book has to take in."""


class ActPages:
    """The acts of a book, or of one record in it, as far as they have been read.

    `read` and `read_newer` are for a worker thread, one at a time; `take` and `take_newer` for the thread that shows.
    """

    def __init__(self, store: BookStore, record_id: str | None) -> None:
        self.store = store
        self.acts: list[Act] = []
        """What has been read, newest first."""
        self.everything: list[Act] = []
        """The same without regard to the record: what takes an act back is among the newer ones."""
        self.ended = False
        """There is nothing older."""
        self._record_id = record_id
        self._older: Iterator[Act] = store.history()

    def read(self) -> Page:
        """The next page of older acts.

        Raises:
            BookError: the files cannot be read.
        """
        acts = tuple(islice(self._older, PAGE))
        return Page(acts, self.store.refresh())

    def read_newer(self) -> Page:
        """What came since the newest act that was read.

        Raises:
            BookError: the files cannot be read.
        """
        last = self.everything[0].sequence if self.everything else 0
        acts = tuple(takewhile(lambda act: act.sequence > last, self.store.history()))
        return Page(acts, self.store.refresh())

    def take(self, page: Page) -> None:
        """Older acts were read."""
        self.ended = len(page.acts) < PAGE
        self.everything += page.acts
        self.acts += self._wanted(page)

    def take_newer(self, page: Page) -> None:
        """Newer acts were read."""
        self.everything[:0] = page.acts
        self.acts[:0] = self._wanted(page)

    def _wanted(self, page: Page) -> list[Act]:
        record_id = self._record_id
        return [act for act in page.acts if record_id is None or concerns(act, record_id)]
