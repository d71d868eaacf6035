"""What every screen over the open book has: title, filter, status and key lines, the log line, saving and undo."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from relationships.changes import Act
from relationships.dates import echo
from relationships.records import Practitioner
from screens.commands import Command, bindings, footer_line
from screens.open_book import OpenBook
from screens.widgets.record_list import RecordList
from screens.widgets.text_lines import RULE, Span, TextLine, TextLines, line
from storage.errors import BookError

T = TypeVar("T")

PLACES: tuple[tuple[str, str], ...] = (
    ("today", "Today"),
    ("contacts", "Contacts"),
    ("visits", "Visits"),
    ("offers", "Offers"),
    ("follow_ups", "Follow-ups"),
)
"""The screens by number: the name of the mode and the word on the title line."""

GENERAL: tuple[Command, ...] = (
    Command(id="do.log", key="l", action="log", label="log", footer=True, tooltip="Log a touch in one line"),
    Command(id="find.filter", key="slash", action="find", label="find", footer=True, tooltip="Show only what has these words"),
    Command(id="do.undo", key="u", action="undo", label="undo", footer=True, tooltip="Take back your last act"),
    Command(id="do.redo", key="U", action="redo", label="redo", tooltip="Do again what you took back last"),
    Command(id="do.next_step", key="f", action="next_step", label="next step", tooltip="Set a follow-up with this person"),
    Command(id="do.referral", key="r", action="referral", label="referral", tooltip="Note a referral from or to this person"),
    *(
        Command(id=f"go.{mode}", key=str(number), action=f"go('{mode}')", label=word, tooltip=f"Go to {word}")
        for number, (mode, word) in enumerate(PLACES, start=1)
    ),
    Command(id="palette", key="colon", action="palette", label="commands", tooltip="Find a command by its name (ctrl+p too)"),
    Command(id="back", key="escape,q", action="back", label="back", tooltip="Clear the filter, then the marks, then go back"),
    Command(id="leave", key="ctrl+q", action="leave", label="leave", tooltip="Leave the program; everything is saved already"),
    Command(id="help", key="question_mark,f1", action="help", label="help", footer=True, tooltip="What the keys do on this screen"),
)
_WRITING = frozenset({"log", "undo", "redo", "next_step", "referral"})


@dataclass
class ActSaved(Message):
    """An act is on the disk; the app takes it into the book and tells the screens."""

    act: Act


@dataclass
class BookChanged(Message):
    """The book has other records than before: it has loaded, or acts were taken in. A day that ended counts too."""

    acts: tuple[Act, ...]
    own: bool = False


class BookScreen(Screen[None]):
    """A screen over the open book."""

    CSS_PATH = "book_screen.tcss"
    AUTO_FOCUS = "RecordList"
    BINDINGS = bindings(GENERAL)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]

    place: ClassVar[str] = ""
    """The mode that this screen is the first of; empty for one that is opened from another."""
    commands_here: ClassVar[tuple[Command, ...]] = ()
    """What can be done here beside the general commands."""
    writing: ClassVar[frozenset[str]] = frozenset()
    """The actions among them that save something."""

    def __init__(self, open_book: OpenBook) -> None:
        super().__init__()
        self.open_book = open_book
        self.filter_words = ""
        self._said: TextLine | None = None
        self._stale = True
        self._wanted: str | None = None

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

    def show_book(self, changed: frozenset[str]) -> None:
        """Show the records as they are now; `changed` are ids that another session wrote a moment ago."""
        raise NotImplementedError

    def subject(self) -> Practitioner | None:
        """The practitioner whom an act from here is about."""
        return None

    @property
    def records(self) -> RecordList:
        """The list of this screen."""
        return self.query_one(RecordList)

    def all_commands(self) -> tuple[Command, ...]:
        """What can be done here and now, this screen's own commands first."""
        commands = (*self.commands_here, *GENERAL)
        return tuple(c for c in commands if self.check_action(c.action_name, ()) is True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be written before the book is here, or when it is read-only."""
        if action in _WRITING or action in self.writing:
            store = self.open_book.store
            return store is not None and store.read_only is None
        return True

    def on_mount(self) -> None:
        """Show what is there already."""
        self._show_title()
        self._show_book(frozenset())

    @on(events.ScreenResume)
    def _come_back(self) -> None:
        """What arrived while another screen showed is taken in now."""
        if self._stale and self.is_mounted:
            self._show_book(frozenset())

    def on_book_changed(self, event: BookChanged) -> None:
        """Show it at once, or when this screen is shown again."""
        event.stop()
        if self not in self.app.screen_stack:
            self._stale = True
            return
        changed = frozenset() if event.own else frozenset(c.id for act in event.acts for c in act.changes)
        self._show_book(changed)

    def _show_book(self, changed: frozenset[str]) -> None:
        self._stale = False
        self._show_title()
        self.show_book(changed)
        if self._wanted is not None:
            self.records.highlighted = self._wanted
            self._wanted = None
        self.show_keys()
        self.show_filter()

    def on_resize(self) -> None:
        """The lines are as wide as the terminal."""
        self.show_keys()

    def _show_title(self) -> None:
        width = self.size.width or self.app.size.width
        places: list[Span] = []
        for number, (mode, word) in enumerate(PLACES, start=1):
            here = mode == (self.place or self.app.current_mode)
            places += [(f"{number} ", "dim"), (word, "accent" if here else "normal"), ("  ", "normal")]
        today = self.open_book.today
        day: Span = (echo(today, today), "dim")
        store = self.open_book.store
        state = " · read only" if store is not None and store.read_only is not None else ""
        book: Span = (f" · {self.open_book.name}{state}", "dim")
        right = (day, book) if width >= 70 else (day,)
        self.query_one("#title", TextLines).show([TextLine(tuple(places), right)])

    def show_keys(self) -> None:
        """The footer: the keys that work now."""
        width = self.size.width or self.app.size.width
        shown = [command for command in self.all_commands() if command.footer]
        self.query_one("#keys", TextLines).show([footer_line(shown, width)])

    def show_filter(self) -> None:
        """The line above the list: the filter while there is one."""
        if not self.filter_words:
            self.query_one("#filter", TextLines).show([RULE])
            return
        count = self.records.position[1]
        left: tuple[Span, ...] = (("/ ", "accent"), (self.filter_words, "bold"))
        self.query_one("#filter", TextLines).show([TextLine(left, ((f"{count} found · esc clears", "dim"),))])

    def say(self, text: str, tone: str = "normal") -> None:
        """Put a line where it can be read until the next key that says something else; empty takes it away."""
        lines = [line(text, "red" if tone == "red" else "accent")] if text else [RULE]
        self.query_one("#status", TextLines).show(lines)

    def say_error(self, error: BookError) -> None:
        """What went wrong, in the error's own words."""
        self.say(f"{error.title}. {error}" if error.title not in error.happened else str(error), "red")

    def want(self, record_id: str | None) -> None:
        """Put the cursor on this record when the list next changes."""
        self._wanted = record_id

    async def ask(self, dialog: ModalScreen[T]) -> T | None:
        """Show a dialog and wait for what comes of it; for journeys."""
        return await self.app.push_screen_wait(dialog)

    async def save(self, act: Act, said: str) -> BookError | None:
        """Commit an act off the event loop and say so; None when it is on the disk, else what went wrong."""
        return await self._commit(lambda: self.open_book.save(act), lambda saved: said)

    async def _commit(self, commit: Callable[[], Act], said: Callable[[Act], str]) -> BookError | None:
        try:
            act = await asyncio.to_thread(commit)
        except BookError as error:
            self.say_error(error)
            return error
        self.post_message(ActSaved(act))
        self.say(said(act))
        return None

    def action_go(self, place: str) -> None:
        """Show another screen."""
        self.app.switch_mode(place)

    def action_palette(self) -> None:
        """Find a command by its name."""
        self.app.action_command_palette()

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
        elif not self.place:
            self.app.pop_screen()
        elif self.place != PLACES[0][0]:
            self.app.switch_mode(PLACES[0][0])
        else:
            self.say("To leave the program press ctrl+q. Everything is saved already.")

    def set_filter(self, words: str) -> None:
        """Show only records with these words."""
        if words != self.filter_words:
            self.filter_words = words
            self.show_book(frozenset())
            self.show_filter()

    def action_find(self) -> None:
        """Type a filter; the list answers with every key."""
        from screens.widgets.filter_line import FilterLine

        if not self.query(FilterLine):
            self.mount(FilterLine(self.filter_words), before="#filter")

    @work
    async def action_undo(self) -> None:
        """Take back this user's last act."""
        await self._commit(self.open_book.undo, lambda act: f"Undone: {act.words.removeprefix('undo ')}. U does it again.")

    @work
    async def action_redo(self) -> None:
        """Do again what was undone last."""
        await self._commit(self.open_book.redo, lambda act: f"Done again: {act.words.removeprefix('redo ')}.")

    @work
    async def action_log(self) -> None:
        """Log a touch in one line."""
        from screens.journeys.logging import log_touch

        await log_touch(self)

    @work
    async def action_next_step(self) -> None:
        """Set a follow-up."""
        from screens.journeys.follow_ups import set_follow_up

        await set_follow_up(self, self.subject())

    @work
    async def action_referral(self) -> None:
        """Note a referral."""
        from screens.journeys.offers import note_referral

        await note_referral(self, self.subject())
