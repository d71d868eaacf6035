"""What every screen over the open book has: title, filter, status and key lines, the log line, saving and undo."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar, TypeVar, TypeVarTuple

import msgspec
from textual import events, on, work
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widget import Widget

from relationships.changes import Act
from relationships.records import Practitioner, Record
from screens.commands import Command, bindings, footer_line
from screens.filtered_screen import FilteredScreen
from screens.general_commands import GENERAL, PLACES, REST_SECONDS, WRITING
from screens.messages import ActsTaken, BookChanged, GoTo, JourneyOver
from screens.open_book import OpenBook
from screens.saving import saved
from screens.text import wrapped
from screens.title_line import title_line
from screens.widgets.columns import Tone
from screens.widgets.record_list import RecordList
from screens.widgets.text_lines import RULE, TextLines, line
from screens.words import in_words
from storage.errors import BookError, Conflict, NotConfirmed

if TYPE_CHECKING:
    from screens.journeys.desk import Desk

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_MOST_SAID = 4
"""Lines that the status takes at the most; one, but for problems that need more words."""
SAID_SECONDS = 12.0
"""How long words about something that went well stand on the status line."""

WIDTHS = [(0, "-narrow"), (110, "-wide")]
"""From 110 columns on there is room beside the list (SCREENS.md)."""


class BookScreen(FilteredScreen):
    """A screen over the open book."""

    AUTO_FOCUS = "RecordList"
    BINDINGS = bindings(GENERAL)

    place: ClassVar[str] = ""
    """The mode that this screen is the first of; empty for one that is opened from another."""
    commands_here: ClassVar[tuple[Command, ...]] = ()
    """What can be done here beside the general commands."""
    footer: ClassVar[tuple[str, ...]] = ()
    """The commands that the last line shows, the most wanted first: as many of them as work now and fit."""
    writing: ClassVar[frozenset[str]] = frozenset()
    """The actions among them that save something."""

    def __init__(self, open_book: OpenBook) -> None:
        super().__init__()
        self.open_book = open_book
        self.dialog_coming = False
        """A journey has begun whose next dialog, if there is one more, is not on the screen yet."""
        self.under_way = False
        """A journey has begun that is not over: its dialogs stand over this screen, or will in a moment."""
        self._shown_edition = -1
        self._rest: Timer | None = None
        self._saying: Timer | None = None
        self._wanted: str | None = None
        self._trouble: BookError | None = None

    def compose(self) -> ComposeResult:
        """Title, filter line, body, status and keys: the same places on every screen."""
        yield TextLines(id="title")
        yield TextLines([RULE], id="filter", indent=1)
        yield from self.compose_body()
        yield TextLines([RULE], id="status")
        yield TextLines(id="keys")

    def compose_body(self) -> Iterable[Widget]:
        """The list and what stands beside it."""
        raise NotImplementedError

    def show_details(self) -> None:
        """Show what there is to know of the highlighted record; asked when the cursor has come to rest."""

    def on_record_list_record_highlighted(self, event: RecordList.RecordHighlighted) -> None:
        """While the cursor runs, only the list is sent."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST_SECONDS, self._at_rest)

    def _at_rest(self) -> None:
        self._rest = None
        if self.ready:
            self.show_details()
            self.show_keys()

    def subject(self) -> Practitioner | None:
        """The practitioner whom an act from here is about."""
        return None

    def record_here(self) -> Record | None:
        """The record whose history is asked for from here; None for that of the whole book."""
        return self.subject()

    def log_begun(self) -> str:
        """What stands in the log line already when it is opened here."""
        return ""

    @property
    def ready(self) -> bool:
        """Everything is on the screen, so that it can be asked: not before mounting, nor while it is closed."""
        return self._list is not None and self._list.is_attached

    def all_commands(self) -> tuple[Command, ...]:
        """What can be done here and now, this screen's own commands first, each under the keys that it has."""
        own = {command.id for command in self.commands_here}
        commands = (*self.commands_here, *(command for command in GENERAL if command.id not in own))
        keymap = self.open_book.keymap
        return tuple(
            msgspec.structs.replace(command, key=keymap.get(command.id, command.key))
            for command in commands
            if self.check_action(command.action_name, ()) is True
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be written before the book is here, or when it is read-only."""
        if action in WRITING or action in self.writing:
            store = self.open_book.store
            return store is not None and store.read_only is None
        return action != "bring_back" or self.open_book.salvaged

    def on_mount(self) -> None:
        """Show what is there already."""
        self._list = self.query_one(RecordList)
        self._show_book(frozenset())

    @on(events.ScreenResume)
    def _come_back(self) -> None:
        """What arrived while another screen showed is taken in now."""
        self.show_surroundings()
        if self._shown_edition != self.open_book.edition and self.ready:
            self._show_book(frozenset())

    def on_book_changed(self, event: BookChanged) -> None:
        """Show it."""
        event.stop()
        if self.ready and not self._covered:
            self._show_book(event.others)

    @property
    def _covered(self) -> bool:
        """Another screen shows in its place; it takes in what changed when it comes back, and costs nobody a key."""
        above = takewhile(lambda screen: screen is not self, reversed(self.app.screen_stack))
        return any(not isinstance(screen, ModalScreen) for screen in above)

    def _show_book(self, changed: frozenset[str]) -> None:
        self._shown_edition = self.open_book.edition
        self.show_surroundings()
        self.show_book(changed)
        if self._wanted is not None:
            self.records.highlighted = self._wanted
            self._wanted = None
        self.show_details()
        self.show_keys()
        self.show_filter()

    def on_resize(self) -> None:
        """The lines are as wide as the terminal."""
        if self.ready:
            self.show_surroundings()
            self.show_keys()

    def _show_title(self) -> None:
        screens = (self, *reversed(self.app.screen_stack))
        here = next(screen.place for screen in screens if isinstance(screen, BookScreen) and screen.place)
        self.query_one("#title", TextLines).show([title_line(self.open_book, here, self.app.size.width)])

    def show_surroundings(self) -> None:
        """Show who else is here, and what is wrong with the book for as long as it is."""
        if self.ready:
            self._show_title()
            if self._trouble is not self.open_book.trouble:
                self._trouble = self.open_book.trouble
                self.say("" if self._trouble is None else in_words(self._trouble), "red")

    def show_keys(self) -> None:
        """The footer: the keys that work now."""
        width = self.size.width or self.app.size.width
        commands = {command.id: command for command in self.all_commands()}
        shown = [commands[each] for each in ("do.bring_back", *self.footer) if each in commands]
        self.query_one("#keys", TextLines).show([footer_line(shown, commands["help"], width)])

    def say(self, text: str, tone: Tone = "accent") -> None:
        """Put a line where it can be read; a problem stays until something else is said, other words for a while."""
        if not self.ready:
            if self._list is None:
                self.call_after_refresh(self.say, text, tone)
            return
        if self._saying is not None:
            self._saying.stop()
        if text and tone == "accent":
            self._saying = self.set_timer(SAID_SECONDS, partial(self.say, ""))
        status = self.query_one("#status", TextLines)
        lines = wrapped(text, self.size.width - 2, _MOST_SAID)
        status.styles.height = max(len(lines), 1)
        status.show([line(part, tone) for part in lines] or [RULE])

    def say_error(self, error: BookError) -> None:
        """What went wrong, in the error's own words."""
        self.say(in_words(error), "red")

    def want(self, record_id: str | None) -> None:
        """Put the cursor on this record when the list next changes."""
        self._wanted = record_id

    async def ask(self, dialog: ModalScreen[T | None]) -> T | None:
        """Show a dialog and wait for what comes of it; for journeys."""
        self.dialog_coming = True
        try:
            return await self.app.push_screen_wait(dialog)
        finally:
            self.dialog_coming = self.under_way

    def begin(self, journey: Callable[[Desk, *Ts], Coroutine[object, object, object]], *about: *Ts) -> None:
        """Start a journey. Keys typed before its dialog is there are kept for the dialog: the wire may be slow."""
        self.dialog_coming = self.under_way = True
        self.run_worker(self._journey(self.open_book.drafting.walk(self, journey, about)), group="journey")

    async def _journey(self, walk: Coroutine[object, object, object]) -> None:
        try:
            await walk
        finally:
            self.dialog_coming = self.under_way = False
            self.post_message(JourneyOver())
            self.call_later(self.journey_over)

    def journey_over(self) -> None:
        """A journey that began here is over, and its dialogs are closed."""

    async def save(self, act: Act, said: str) -> BookError | None:
        """Commit an act off the event loop and say so; None when it is on the disk, else what went wrong."""
        return await self._commit(lambda: self.open_book.save(act), lambda _: said)

    async def _commit(self, commit: Callable[[], Act], said: Callable[[Act], str]) -> BookError | None:
        try:
            act = await saved(commit, self.open_book, self.say)
        except NotConfirmed as unconfirmed:
            self.say_error(unconfirmed)
        except Conflict as conflict:
            self._take_in()
            return conflict
        except BookError as error:
            self.say_error(error)
            return error
        else:
            self.say(said(act))
        self._take_in()
        return None

    def _take_in(self) -> None:
        self.open_book.take_in()
        self.post_message(ActsTaken())

    def action_go(self, place: str) -> None:
        """Show another screen."""
        self.post_message(GoTo(place))

    def action_history(self) -> None:
        """Who changed the record here, when, and what; on no record, the whole book."""
        from screens.history import HistoryScreen

        if self.open_book.loaded:
            self.app.push_screen(HistoryScreen(self.open_book, self.record_here()))

    def action_leave(self) -> None:
        """Leave the program."""
        self.app.exit(return_code=0)

    def action_help(self) -> None:
        """What the keys do here."""
        from screens.dialogs.help import HelpDialog

        self.app.push_screen(HelpDialog(self.all_commands()))

    def action_back(self) -> None:
        """Clear the filter, then the marks, then go back; from the first screen, leave."""
        if self.filter_words:
            self.set_filter("")
        elif self.records.marks:
            self.records.clear_marks()
        elif self.place != PLACES[0][0]:
            self.app.pop_screen()
        else:
            self.say("To leave the program press ctrl+q. Everything is saved already.")

    @work
    async def action_undo(self) -> None:
        """Take back this user's last act."""
        await self._commit(
            self.open_book.undo, lambda act: f"Undone: {act.words.removeprefix('undo ')}. U does it again."
        )

    @work
    async def action_redo(self) -> None:
        """Do again what was undone last."""
        await self._commit(self.open_book.redo, lambda act: f"Done again: {act.words.removeprefix('redo ')}.")

    def action_bring_back(self) -> None:
        """Put the newest backup in the place of the damaged book."""
        from screens.journeys.bringing_back import bring_back

        self.begin(bring_back)

    def action_log(self) -> None:
        """Log a touch in one line."""
        from screens.journeys.touches import log_touch

        self.begin(log_touch, self.log_begun())

    def action_next_step(self) -> None:
        """Set a follow-up."""
        from screens.journeys.follow_ups import set_follow_up

        self.begin(set_follow_up, self.subject())

    def action_referral(self) -> None:
        """Note a referral."""
        from screens.journeys.offers import note_referral

        self.begin(note_referral, self.subject())
