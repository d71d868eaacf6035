"""The app: wires the open book, the clock and the settings to the screens."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path

from textual import events, on, work
from textual.app import App, SystemCommand
from textual.driver import Driver
from textual.screen import ModalScreen, Screen

from relationships.changes import Clock
from screens.book_screen import BookScreen
from screens.messages import ActsTaken, BookChanged, GoTo, JourneyOver
from screens.open_book import OpenBook
from screens.places import STYLES, screen_of
from screens.theme import DARK, LIGHT
from storage.book_store import BookStore
from storage.errors import BookError
from trainer_tui.config import Config
from trainer_tui.keeping_app import KeepingApp
from trainer_tui.upkeep import Upkeep

PATIENCE_SECONDS = 0.1
"""How long the first frame waits for the book; a frame costs about a quarter of that."""
SWITCH_SECONDS = 0.02
"""How long nothing is sent while one screen takes the place of another, so that it goes out once and whole."""


class TrainerApp(KeepingApp):
    """One session over one book."""

    TITLE = "trainer-tui"
    CSS_PATH = STYLES

    def __init__(
        self,
        opening: Future[BookStore],
        name: str,
        clock: Clock,
        config: Config,
        *,
        drafts: Path | None = None,
        driver_class: type[Driver] | None = None,
    ) -> None:
        super().__init__(drafts, driver_class)
        self.animation_level = "none"
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.set_reactive(App.theme, DARK.name)
        self.stylesheet.set_variables(self.get_css_variables())
        self._opening = opening
        self._config = config
        self._held_keys: list[events.Key] = []
        self.open_book = OpenBook(
            name, clock, config.date_style, ascii_signs=config.ascii_marks, keymap=config.keymap, drafts=drafts
        )
        self.set_keymap(dict(config.keymap))
        self._upkeep = Upkeep(self, self.open_book, self._tell, self._say)

    def get_default_screen(self) -> BookScreen:
        """Today. It waits a moment for the book, so that it is painted once, not twice."""
        with suppress(TimeoutError, BookError):
            self.open_book.open(self._opening.result(PATIENCE_SECONDS))
        today = screen_of("today", self.open_book)
        self.install_screen(today, "today")
        return today

    def on_mount(self) -> None:
        """Wait for the book where needed, and look after it from then on."""
        self._upkeep.begin()
        if not self.open_book.loaded:
            self._wait_for_book()
        self.call_after_refresh(self._warn)
        self.call_after_refresh(self.offer_drafts)
        self.set_timer(1.0, _collect_garbage_from_now_on)

    async def on_unmount(self) -> None:
        """Nobody looks after the book any more, and the others no longer see this session."""
        await self._upkeep.end()

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
        self._warn()
        self.offer_drafts()

    def _warn(self) -> None:
        """The first thing that a trainer should know about the book or the settings."""
        if self.open_book.salvaged:
            self._upkeep.offer_backup()
            return
        store = self.open_book.store
        read_only = store.read_only if store is not None else None
        said = [f"Read only: {read_only.happened}"] if read_only is not None else []
        said += [*(store.warnings if store is not None else ()), *self._config.warnings]
        if self._config.keymap:
            from screens.keymap import problems

            said += problems(self._config.keymap)
        if said:
            more = f" (and {len(said) - 1} more: trainer-tui where)" if len(said) > 1 else ""
            for screen in self._book_screens():
                screen.say(said[0] + more, "amber")

    def on_key(self, event: events.Key) -> None:
        """Keys that come before the dialog that they are meant for are held until it has the focus."""
        coming = isinstance(self.screen, BookScreen) and self.screen.dialog_coming
        if coming or (isinstance(self.screen, ModalScreen) and self.screen.focused is None):
            self._held_keys.append(event.copy())
            event.prevent_default()

    async def action_quit(self) -> None:
        """Leave. What is being typed is asked about first, by the dialog that it is typed into."""
        if not await self.run_action("leave", self.screen):
            await super().action_quit()

    async def on_descendant_focus(self) -> None:
        """The dialog is there: give it what was typed meanwhile, before anything typed since."""
        if isinstance(self.screen, ModalScreen):
            await self._give_held_keys()

    @on(JourneyOver)
    async def _give_held_keys(self) -> None:
        """What was typed while a dialog might have come, in order, before anything typed since."""
        held, self._held_keys = self._held_keys, []
        for key in held:
            await self.on_event(key)

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

    @on(ActsTaken)
    def _tell_of_acts(self) -> None:
        self._upkeep.tell_of_acts()

    def _book_screens(self) -> list[BookScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, BookScreen)]

    def _tell(self, others: frozenset[str]) -> None:
        for screen in self._book_screens():
            screen.post_message(BookChanged(others))

    def _say(self, said: BookError | str | None) -> None:
        """Something about the book; None when only what stands around it is another."""
        for screen in self._book_screens():
            screen.show_surroundings()
            if isinstance(said, BookError):
                screen.say_error(said)
            elif said is not None:
                screen.say(said)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers: every command that works on this screen."""
        if isinstance(screen, BookScreen):
            for command in screen.all_commands():
                yield SystemCommand(command.title, command.spelled_key, partial(screen.run_action, command.action))


def _collect_garbage_from_now_on() -> None:
    """The collector was off since the start: what is there by now lives as long as the session."""
    gc.freeze()
    gc.enable()
