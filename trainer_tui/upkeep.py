"""What goes on while nobody types: other sessions' acts are taken in, and the journal is folded when it is quiet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from textual.app import App
from textual.timer import Timer

from screens.book_screen import BookScreen
from screens.open_book import OpenBook
from storage.book_store import BookStore
from storage.errors import BookError

POLL_SECONDS = 0.25
"""How often other sessions' acts are looked for, by two stats (STORAGE.md section 5)."""


class Upkeep:
    """Works in threads of the app; `tell` and `complain` are called on the app's own thread."""

    def __init__(
        self,
        app: App[None],
        open_book: OpenBook,
        tell: Callable[[frozenset[str]], None],
        complain: Callable[[BookError], None],
    ) -> None:
        self._app = app
        self._open_book = open_book
        self._tell = tell
        self._complain = complain
        self._day = open_book.today
        self._backed_up: date | None = None
        self._fold_timer: Timer | None = None
        self._reading = False
        app.set_interval(POLL_SECONDS, self._look_for_news)

    def tell_of_acts(self) -> None:
        """Acts were taken in, of this session or of others: show them, and fold when it is quiet."""
        store = self._open_book.store
        if store is None:
            return
        acts, self._open_book.arrived = self._open_book.arrived, ()
        own = self._open_book.saved_here
        self._tell(frozenset(change.id for act in acts if act.id not in own for change in act.changes))
        if self._fold_timer is not None:
            self._fold_timer.stop()
        self._fold_timer = self._app.set_timer(store.fold_pause, self._fold_in_thread)

    def offer_backup(self) -> None:
        """The book is damaged: say what is wrong and name the newest backup, which is looked for in a thread."""
        self._app.run_worker(self._find_backup, thread=True, group="offer", exit_on_error=True)

    def _find_backup(self) -> None:
        from screens.journeys.bringing_back import offer

        self._app.call_from_thread(self._offer, offer(self._open_book))

    def _offer(self, said: str) -> None:
        for screen in self._app.screen_stack:
            if isinstance(screen, BookScreen):
                screen.say(said, "amber")

    def _look_for_news(self) -> None:
        store = self._open_book.store
        if store is None or self._reading:
            return
        if self._open_book.today != self._day:
            self._day = self._open_book.today
            self._open_book.edition += 1
            self._tell(frozenset())
        if store.news():
            self._reading = True
            self._app.run_worker(self._read, thread=True, group="news", exit_on_error=True)

    def _read(self) -> None:
        store = self._open_book.store
        try:
            arrived = store is not None and store.refresh()
        except BookError as error:
            self._app.call_from_thread(self._stop_reading, error)
        else:
            self._app.call_from_thread(self._take, arrived)

    def _stop_reading(self, error: BookError) -> None:
        self._reading = False
        self._complain(error)

    def _take(self, arrived: bool) -> None:
        self._reading = False
        if arrived:
            self._open_book.take_in()
            self.tell_of_acts()

    def _fold_in_thread(self) -> None:
        self._app.run_worker(self._fold, thread=True, group="fold", exit_on_error=True)

    def _fold(self) -> None:
        store = self._open_book.store
        try:
            if store is not None and store.fold():
                self._back_up_daily(store)
        except BookError as error:
            self._app.call_from_thread(self._complain, error)

    def _back_up_daily(self, store: BookStore) -> None:
        """After a fold; a session looks into the folder once a day, so that a failure is told once as well."""
        today = self._open_book.today
        if today != self._backed_up:
            from storage.backing_up import back_up_daily

            self._backed_up = today
            back_up_daily(store)
