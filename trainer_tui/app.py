"""The app: wires the open book, the clock and the settings to the screens."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial

from textual import on, work
from textual.app import App, SystemCommand
from textual.screen import Screen
from textual.timer import Timer

from relationships.changes import Clock
from screens.book_screen import STYLES, ActsTaken, BookChanged, BookScreen, GoTo
from screens.open_book import OpenBook
from screens.places import screen_of
from screens.theme import DARK, LIGHT
from storage.book_store import BookStore
from storage.errors import BookError
from trainer_tui.config import Config

POLL_SECONDS = 0.25
"""How often other sessions' acts are looked for, by two stats (STORAGE.md section 5)."""
PATIENCE_SECONDS = 0.1
"""How long the first frame waits for the book; a frame costs about a quarter of that."""


SWITCH_SECONDS = 0.02
"""How long nothing is sent while one screen takes the place of another, so that it goes out once and whole."""


class TrainerApp(App[None]):
    """One session over one book."""

    TITLE = "trainer-tui"
    CSS_PATH = STYLES

    def __init__(self, opening: Future[BookStore], name: str, clock: Clock, config: Config) -> None:
        super().__init__()
        self.animation_level = "none"
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.set_reactive(App.theme, DARK.name)
        self.stylesheet.set_variables(self.get_css_variables())
        self._opening = opening
        self.open_book = OpenBook(name, clock, config.date_style, ascii_signs=config.ascii_marks)
        self._day = clock.today()
        self._fold_timer: Timer | None = None
        self.set_keymap(dict(config.keymap))

    def get_default_screen(self) -> BookScreen:
        """Today. It waits a moment for the book, so that it is painted once, not twice."""
        with suppress(TimeoutError, BookError):
            self.open_book.open(self._opening.result(PATIENCE_SECONDS))
        today = screen_of("today", self.open_book)
        self.install_screen(today, "today")
        return today

    @on(GoTo)
    def _go_to(self, event: GoTo) -> None:
        """Show one of the numbered screens in the place of whatever is open; Today always lies underneath."""
        if not self.is_screen_installed(event.place):
            self.install_screen(screen_of(event.place, self.open_book), event.place)
        shown = self.get_screen(event.place)
        self.delay_update(SWITCH_SECONDS)
        while len(self.screen_stack) > 1 and self.screen is not shown:
            self.pop_screen()
        if self.screen is not shown:
            self.push_screen(shown)

    def on_mount(self) -> None:
        """Wait for the book where needed, and look for news from then on."""
        if not self.open_book.loaded:
            self._wait_for_book()
        self.set_interval(POLL_SECONDS, self._look_for_news)
        self.set_timer(1.0, _collect_garbage_from_now_on)

    @work(thread=True)
    def _wait_for_book(self) -> None:
        try:
            store = self._opening.result()
        except BookError as error:
            self.call_from_thread(self.exit, None, 2, f"{error.title}: {error}")
        else:
            self.call_from_thread(self._take_book, store)

    def _take_book(self, store: BookStore) -> None:
        self.open_book.open(store)
        self._tell(frozenset())

    def _look_for_news(self) -> None:
        store = self.open_book.store
        if store is None:
            return
        if self.open_book.today != self._day:
            self._day = self.open_book.today
            self.open_book.edition += 1
            self._tell(frozenset())
        if store.news():
            self._read_news(store)

    @work(thread=True, exclusive=True, group="news")
    def _read_news(self, store: BookStore) -> None:
        try:
            store.refresh()
        except BookError as error:
            self.call_from_thread(self._say_error, error)
        else:
            self.call_from_thread(self._take_news)

    def _take_news(self) -> None:
        before = self.open_book.edition
        self.open_book.take_in()
        if self.open_book.edition != before:
            self._tell_of_acts()

    @on(ActsTaken)
    def _tell_of_acts(self) -> None:
        """Acts were taken in, of this session or of others: show them, and fold when it is quiet."""
        store = self.open_book.store
        acts, self.open_book.arrived = self.open_book.arrived, ()
        me = store.author.user if store is not None else ""
        self._tell(frozenset(c.id for act in acts if act.by != me for c in act.changes))
        if store is not None:
            if self._fold_timer is not None:
                self._fold_timer.stop()
            self._fold_timer = self.set_timer(store.fold_pause, self._fold)

    @work(thread=True, exclusive=True, group="fold")
    def _fold(self) -> None:
        store = self.open_book.store
        try:
            if store is not None:
                store.fold()
        except BookError as error:
            self.call_from_thread(self._say_error, error)

    def _tell(self, others: frozenset[str]) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, BookScreen):
                screen.post_message(BookChanged(others))

    def _say_error(self, error: BookError) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, BookScreen):
                screen.say_error(error)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers: every command that works on this screen."""
        if isinstance(screen, BookScreen):
            for command in screen.all_commands():
                title = f"{command.label.capitalize()}  [{command.key_words}]"
                yield SystemCommand(title, command.tooltip, partial(screen.run_action, command.action))


def _collect_garbage_from_now_on() -> None:
    """The collector was off since the start: what is there by now lives as long as the session."""
    gc.freeze()
    gc.enable()
