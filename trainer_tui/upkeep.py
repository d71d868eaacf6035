"""What goes on while nobody types: other sessions' acts are taken in, and the journal is folded when it is quiet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from functools import partial

from textual.app import App
from textual.timer import Timer

from screens.book_screen import BookScreen
from screens.open_book import OpenBook
from storage.book_store import BookStore
from storage.errors import BookError, NotBackedUp, NotFolded
from trainer_tui.company import Company
from trainer_tui.pulse import Pulse
from trainer_tui.watch import Watch

POLL_SECONDS = 0.25
"""How often others are looked for: their acts by two short looks, their presence by one (STORAGE.md section 5)."""
CHANGED_OUTSIDE = "The book was changed by another program; it was loaded again."
CAN_SAVE = "The book can be saved again."


class Upkeep:
    """Works in threads of the app. `tell` is called on the app's own thread when records changed, with the ids of those
    that others changed; `say` when there is something to say of the book, or others are here than before."""

    def __init__(
        self,
        app: App[None],
        open_book: OpenBook,
        tell: Callable[[frozenset[str]], None],
        say: Callable[[BookError | str | None], None],
    ) -> None:
        self._app = app
        self._open_book = open_book
        self._tell = tell
        self._say = say
        self._day = open_book.today
        self._backed_up: date | None = None
        self._fold_timer: Timer | None = None
        self._reading = False
        self._watch = Watch()
        self._limited: bool | None = None
        self._company = Company(app, open_book, lambda: say(None))
        self._pulse: Pulse | None = None

    def begin(self) -> None:
        """From here on, until `end`; the app is running."""
        self._pulse = Pulse(self._app, POLL_SECONDS, self._beat)

    async def end(self) -> None:
        """Look no more, and be seen no more."""
        if self._pulse is not None:
            self._pulse.stop()
        await self._company.leave()

    def tell_of_acts(self) -> None:
        """Acts were taken in, of this session or of others: show them, and fold when it is quiet."""
        store = self._open_book.store
        if store is None:
            return
        acts, self._open_book.arrived = self._open_book.arrived, ()
        altered, self._open_book.altered = self._open_book.altered, frozenset()
        own = self._open_book.saved_here
        self._tell(altered.union(change.id for act in acts if act.id not in own for change in act.changes))
        if altered and not self._open_book.brought_back:
            self._say(CHANGED_OUTSIDE)
        self._fold_when_quiet(store)

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

    def _beat(self) -> None:
        store = self._open_book.store
        if store is None:
            return
        if self._open_book.today != self._day:
            self._day = self._open_book.today
            self._open_book.edition += 1
            self._tell(frozenset())
        if self._limited is None:
            self._watch.begin(store)
            self._limited = store.read_only is not None
        if not self._reading:
            self._look(store)
        self._company.beat(store)

    def _look(self, store: BookStore) -> None:
        if self._watch.should_read(store):
            self._reading = True
            self._app.run_worker(self._read(store), group="news")
            return
        if self._watch.trouble is not self._open_book.trouble:
            self._show_trouble(store)
        limited = store.read_only is not None
        if limited != self._limited:
            self._limited = limited
            self._tell(frozenset())
            self._say(None if limited else self._open_book.brought_back or CAN_SAVE)
            self._open_book.brought_back = ""

    def _show_trouble(self, store: BookStore) -> None:
        self._open_book.trouble = self._watch.trouble
        self._say(None)
        if self._open_book.trouble is None:
            self._fold_when_quiet(store)

    async def _read(self, store: BookStore) -> None:
        try:
            arrived = await asyncio.to_thread(self._watch.read, store)
        finally:
            self._reading = False
        if arrived:
            self._take_in(store)

    def _take_in(self, store: BookStore) -> None:
        if self._watch.trouble is None and self._open_book.trouble is not None:
            self._show_trouble(store)
        self._open_book.take_in()
        self.tell_of_acts()

    def _fold_when_quiet(self, store: BookStore) -> None:
        if self._fold_timer is not None:
            self._fold_timer.stop()
        self._fold_timer = self._app.set_timer(store.fold_pause, partial(self._begin_fold, store))

    def _begin_fold(self, store: BookStore) -> None:
        self._app.run_worker(self._fold(store), group="fold")

    async def _fold(self, store: BookStore) -> None:
        try:
            arrived = await asyncio.to_thread(self._fold_and_refresh, store)
        except (NotBackedUp, NotFolded) as error:
            self._say(error)
        else:
            if arrived:
                self._take_in(store)

    def _fold_and_refresh(self, store: BookStore) -> bool:
        """Fold; true when something is to be taken in that came to light meanwhile. Files that cannot be read are told
        of by the watch, which knows for how long.

        Raises:
            NotFolded, NotBackedUp: it failed.
        """
        try:
            if store.fold():
                self._back_up_daily(store)
            return store.refresh()
        except (NotBackedUp, NotFolded):
            raise
        except BookError:
            return False

    def _back_up_daily(self, store: BookStore) -> None:
        """After a fold; a session looks into the folder once a day, so that a failure is told once as well."""
        today = self._open_book.today
        if today != self._backed_up:
            from storage.backing_up import back_up_daily

            self._backed_up = today
            back_up_daily(store)
