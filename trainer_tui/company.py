"""The other sessions that have the book open, looked after while nobody types."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import App

from screens.open_book import OpenBook
from storage.book_store import BookStore

if TYPE_CHECKING:
    from storage.presence import Presence

ROLL_CALL = 40
"""Beats after which the others, where there are any, are looked up again: a session that was killed says no goodbye."""


class Company:
    """Enters once the book is here, looks in a thread when somebody came or went, and leaves at the end.

    `tell` is called on the app's own thread when others are here than before.
    """

    def __init__(self, app: App[None], open_book: OpenBook, tell: Callable[[], None]) -> None:
        self._app = app
        self._open_book = open_book
        self._tell = tell
        self._presence: Presence | None = None
        self._looking = False
        self._beats = 0

    def beat(self, store: BookStore) -> None:
        """See whether it is time to look: one `stat`. Who may only read is not seen and sees nobody."""
        if self._looking or store.read_only is not None:
            return
        if self._time_to_look():
            self._looking, self._beats = True, 0
            self._app.run_worker(self._look(store), group="company")
        else:
            self._beats += 1

    def _time_to_look(self) -> bool:
        if self._presence is None or self._presence.changed():
            return True
        return self._beats >= ROLL_CALL and bool(self._open_book.others)

    async def _look(self, store: BookStore) -> None:
        try:
            if self._presence is None:
                self._presence = await asyncio.to_thread(_presence_in, store)
                await asyncio.to_thread(self._presence.enter)
            others = await asyncio.to_thread(self._presence.others)
        finally:
            self._looking = False
        if others != self._open_book.others:
            self._open_book.others = others
            self._tell()

    async def leave(self) -> None:
        """Be seen no more."""
        if self._presence is not None:
            await asyncio.to_thread(self._presence.leave)


def _presence_in(store: BookStore) -> Presence:
    from storage.presence import Presence
    from storage.system_calls import SystemCalls

    return Presence(SystemCalls(), store.path, store.author.user, store.author.clock)
