"""History: who changed what and when, of one record or of the whole book, newest first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

from relationships.act_words import act_in_brief, changes_in_words
from relationships.changes import Act
from relationships.dates import echo
from relationships.field_words import record_words
from relationships.past import ActFilter, local_day, read_filter, taken_back
from relationships.records import Record
from relationships.search import searchable
from screens.act_pages import ActPages, Page
from screens.commands import Command, bindings
from screens.dialogs.whole_act import WholeAct
from screens.journeys.desk import Desk
from screens.journeys.taking_back import ask_to_take_back
from screens.list_screen import ListScreen
from screens.messages import ActsTaken
from screens.open_book import OpenBook
from screens.text import wrapped
from screens.widgets.columns import Column
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Cell, Row
from screens.widgets.text_lines import TextLine, TextLines, line
from storage.errors import BookError

COMMANDS: tuple[Command, ...] = (
    Command(id="list.open_here", key="enter", action="open", label="whole act", tooltip="Show all that it changed"),
    Command(id="do.undo", key="u", action="take_back", label="take back", tooltip="Take back the highlighted act"),
    Command(
        id="find.filter",
        key="slash",
        action="find",
        label="find",
        tooltip="Show only acts with these words; by:alex, on:yesterday, since:14 nov, until:fri",
    ),
)
_NEAR_THE_END = 20
"""Rows below the cursor when older acts are read."""


class HistoryScreen(ListScreen):
    """The acts that changed a record, or all of them."""

    commands_here: ClassVar[tuple[Command, ...]] = COMMANDS
    footer: ClassVar[tuple[str, ...]] = ("list.open_here", "do.undo", "find.filter", "go.history", "back", "do.redo")
    writing = frozenset({"take_back"})
    about_record = frozenset()
    BINDINGS = bindings(command for command in COMMANDS if command.id == "do.undo")
    columns: ClassVar[tuple[Column, ...]] = (
        Column("when", "When", 5, align="right", tone="dim"),
        Column("who", "Who", 8),
        Column("what", "What", 26, flex=3),
        Column("fields", "Changed", 20, flex=2, tone="dim"),
    )
    teaching = "Nothing was changed yet."

    def __init__(self, open_book: OpenBook, record: Record | None = None) -> None:
        super().__init__(open_book)
        self._record = record
        self._book = open_book.book
        self._pages = self._new_pages()
        self._loading = False
        self._shown: dict[str, Act] = {}
        self._fallen: frozenset[str] = frozenset()
        self._filter = ActFilter()
        self._texts: dict[str, str] = {}
        self._taken_edition = -1

    def _new_pages(self) -> ActPages:
        store = self.open_book.store
        if store is None:
            raise RuntimeError("the book has not loaded yet")
        return ActPages(store, self._record.id if self._record is not None else None)

    @property
    def act(self) -> Act | None:
        """The act under the cursor."""
        return self._shown.get(self.records.highlighted or "") if self.ready else None

    def find_record(self, row_id: str) -> Record | None:
        """The first record of an act, as it is now."""
        act = self._shown.get(row_id)
        change = next(iter(act.changes), None) if act is not None else None
        return None if change is None else self.open_book.book.find(change.table, change.id)

    def show_book(self, changed: frozenset[str]) -> None:
        """What has been read; what is new since then is read at once."""
        super().show_book(changed)
        self._catch_up()

    def listed(self) -> tuple[list[str], frozenset[str]]:
        """The acts under their days."""
        book, today = self.open_book, self.open_book.today
        self._filter = read_filter(self.filter_words, book.author.user, today, book.style)
        wanted = self._filter
        self._shown = {act.id: act for act in self._pages.acts if wanted.lets_through(act, self._text(act))}
        ids: list[str] = []
        days: dict[str, None] = {}
        for act in self._shown.values():
            day = f"day-{local_day(act.at).isoformat()}"
            if day not in days:
                days[day] = None
                ids.append(day)
            ids.append(act.id)
        return ids, frozenset(days)

    def _text(self, act: Act) -> str:
        """What an act is found by; looked at only where there are words to find."""
        if not self._filter.needs_text:
            return ""
        text = self._texts.get(act.id)
        if text is None:
            parts = [act.words, act.by]
            for change in changes_in_words(act, self.open_book.book.find, self.open_book.today):
                parts += [change.record, change.verb]
                parts += [f"{field.name} {field.before} {field.after}" for field in change.fields]
            text = self._texts[act.id] = searchable(" ".join(parts))
        return text

    def row(self, row_id: str) -> Row:
        """One act, or the heading of a day."""
        act = self._shown.get(row_id)
        if act is None:
            return Row(row_id, (self._day_words(row_id),), heading=True)
        fallen = act.id in self._fallen
        words = Cell(act.words, "dim") if fallen else act.words
        brief = Cell("taken back", "dim") if fallen else act_in_brief(act)
        return Row(row_id, (f"{act.at.astimezone():%H:%M}", self.open_book.by(act.by), words, brief))

    def _day_words(self, row_id: str) -> str:
        today = self.open_book.today
        for days, words in ((0, "TODAY"), (1, "YESTERDAY")):
            if row_id == f"day-{(today - timedelta(days=days)).isoformat()}":
                return words
        return next(
            (
                echo(local_day(a.at), today).upper()
                for a in self._shown.values()
                if row_id.endswith(f"{local_day(a.at)}")
            ),
            "",
        )

    def show_details(self) -> None:
        """The whole act beside the list, where there is room."""
        act = self.act
        if self.has_class("-wide"):
            self.query_one("#pane", TextLines).show([] if act is None else self._about_act(act))
        self._look_ahead()

    def _about_act(self, act: Act) -> list[TextLine]:
        lines = [line(text, "bold") for text in wrapped(act.words, 37, 3)]
        if act.id in self._fallen:
            lines.append(line("taken back", "dim"))
        for change in changes_in_words(act, self.open_book.book.find, self.open_book.today):
            lines += [TextLine(), *(line(text) for text in wrapped(change.record, 37, 2)), line(change.verb, "dim")]
            for name, words in change.lines():
                lines.append(line(f"  {name}", "dim"))
                lines += [line(f"  {text}") for text in wrapped(words, 35, 6)]
        return lines

    def show_filter(self) -> None:
        """Whose history it is; the filter while there is one."""
        if self.filter_words:
            super().show_filter()
            if self._filter.problem:
                self.say(self._filter.problem, "amber")
            return
        book = self.open_book
        whose = "the whole book" if self._record is None else record_words(self._record, book.book.find, book.today)
        count = len(self._shown)
        more = "" if self._pages.ended else "+"
        right = f" {count}{more} {'act' if count == 1 else 'acts'} "
        self.query_one("#filter", TextLines).show(
            [TextLine(((" History of ", "dim"), (f"{whose} ", "bold")), ((right, "dim"),), rule=True)]
        )

    def _look_ahead(self) -> None:
        """Older acts are read when the cursor comes near the last one, or when the filter leaves too few."""
        at, count = self.records.position
        if not self._pages.ended and count - at < max(_NEAR_THE_END, self.size.height):
            self._begin(self._read_older)

    def _catch_up(self) -> None:
        """Read what is new; from the beginning when there is another book in the place of this one."""
        if self._book is not self.open_book.book:
            self._book, self._pages = self.open_book.book, self._new_pages()
        if self._taken_edition != self.open_book.edition:
            self._begin(self._read_newer if self._pages.everything else self._read_older)

    def _begin(self, read: Callable[[], Page]) -> None:
        if not self._loading:
            self._loading = True
            self.run_worker(self._load(read), group="history")

    def _read_older(self) -> Page:
        return self._pages.read()

    def _read_newer(self) -> Page:
        return self._pages.read_newer()

    async def _load(self, read: Callable[[], Page]) -> None:
        pages, newer, edition = self._pages, read == self._read_newer, self.open_book.edition
        try:
            page = await asyncio.to_thread(read)
        except BookError as error:
            pages.ended = True
            if self.ready:
                self.say_error(error)
            return
        finally:
            self._loading = False
        if not self.ready or pages is not self._pages:
            return
        if newer or not pages.everything:
            self._taken_edition = edition
        (pages.take_newer if newer else pages.take)(page)
        self._fallen = taken_back(pages.everything)
        if page.arrived:
            self.open_book.take_in()
            self.post_message(ActsTaken())
        super().show_book(frozenset())
        self.records.invalidate()
        self.show_filter()
        self.show_details()
        self.show_keys()
        if self._taken_edition != self.open_book.edition:
            self._catch_up()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is about an act needs one; what was taken back is not taken back again."""
        act = self.act
        if action in ("open", "take_back") and act is None:
            return False
        if action == "take_back" and act is not None and act.id in self._fallen:
            return False
        if action == "history" and self._record is None:
            return False
        return super().check_action(action, parameters)

    def action_history(self) -> None:
        """The history of the whole book."""
        self.app.push_screen(HistoryScreen(self.open_book))

    def on_record_list_record_chosen(self, event: RecordList.RecordChosen) -> None:
        """Enter, or a click on the highlighted row."""
        self.action_open()

    def action_open(self) -> None:
        """The whole act."""
        act = self.act
        if act is not None:
            self.begin(self._show_act, act)

    async def _show_act(self, desk: Desk, act: Act) -> None:
        possible = bool(self.check_action("take_back", ()))
        if await desk.ask(WholeAct(self.open_book, act, fallen=act.id in self._fallen, can_take_back=possible)):
            await self._take_back(desk, act)

    def action_take_back(self) -> None:
        """Take it back, when its effect was seen."""
        act = self.act
        if act is not None:
            self.begin(self._take_back, act)

    async def _take_back(self, desk: Desk, act: Act) -> None:
        if await ask_to_take_back(desk, act):
            await self._commit(
                lambda: self.open_book.take_back(act), lambda _: f"Taken back: {act.words}. U does it again."
            )
