"""Visits: every touch, newest first; what is planned stands on top."""

from __future__ import annotations

from itertools import takewhile
from typing import ClassVar

from relationships.dates import ago, echo, short_day
from relationships.records import Record, Touch
from relationships.timeline import touch_mark, touch_words
from screens.commands import Command, bindings
from screens.list_screen import ListScreen
from screens.open_book import OpenBook
from screens.practitioner import PractitionerScreen
from screens.text import wrapped
from screens.widgets.columns import Column
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Row
from screens.widgets.text_lines import TextLine, line
from screens.words import sign, with_whom

COMMANDS: tuple[Command, ...] = (
    Command(
        id="list.open_here",
        key="enter",
        action="open",
        label="timeline",
        tooltip="Open the timeline of whom it was with",
    ),
    Command(id="do.add", key="a", action="log", label="log", tooltip="Log a touch in one line"),
    Command(id="do.edit", key="e", action="edit", label="edit", tooltip="Edit this touch"),
    Command(id="do.next_step", key="f", action="next_step", label="next step", tooltip="Set a follow-up"),
    Command(id="do.trash", key="d", action="trash", label="trash", tooltip="Move this touch to the trash"),
)


_TODAY = "today"


class VisitsScreen(ListScreen):
    """All touches."""

    place = "visits"
    commands_here: ClassVar[tuple[Command, ...]] = COMMANDS
    footer: ClassVar[tuple[str, ...]] = (
        "list.open_here",
        "do.log",
        "find.filter",
        "do.edit",
        "do.next_step",
        "do.trash",
        "do.undo",
    )
    writing = frozenset({"edit", "trash"})
    BINDINGS = bindings(command for command in COMMANDS if command.id not in ("list.open_here", "do.next_step"))
    columns: ClassVar[tuple[Column, ...]] = (
        Column("day", "Day", 11, align="right", tone="dim"),
        Column("mark", "", 1),
        Column("kind", "Kind", 11),
        Column("who", "With", 16, flex=1),
        Column("note", "Note", 28, flex=3),
        Column("by", "By", 6, priority=1),
    )
    teaching = "No visits yet. Press l and type, for example: visit patel yesterday asked about post-rehab"

    def __init__(self, open_book: OpenBook) -> None:
        super().__init__(open_book)
        self._edition = -1
        self._newest_first: list[str] = []

    def listed(self) -> tuple[list[str], frozenset[str]]:
        """Every touch, newest first."""
        found = self.found(Touch)
        book = self.open_book.book
        if self._edition != self.open_book.edition:
            self._edition = self.open_book.edition
            self._newest_first = [touch.id for touch in book.all_touches()]
        ids = [row_id for row_id in self._newest_first if found is None or row_id in found]
        today = self.open_book.today
        ahead = sum(1 for _ in takewhile(lambda row_id: book.touches[row_id].day > today, ids))
        if self.records.highlighted is None and ahead < len(ids):
            self.want(ids[ahead])
        return ([*ids[:ahead], _TODAY, *ids[ahead:]] if ahead else ids), frozenset({_TODAY})

    def row(self, row_id: str) -> Row:
        """One touch."""
        book, today = self.open_book.book, self.open_book.today
        if row_id == _TODAY:
            return Row(_TODAY, ("today",), rule=True)
        touch = book.touches[row_id]
        return Row(
            row_id,
            (
                ago(touch.day, today)
                if touch.day >= today or (today - touch.day).days < 14
                else short_day(touch.day, today),
                sign(touch_mark(touch, today), ascii_signs=self.open_book.ascii_signs),
                touch.kind.short,
                with_whom(book, touch),
                touch_words(touch),
                self.open_book.by(touch.created_by),
            ),
        )

    def find_record(self, row_id: str) -> Record | None:
        """The touch of a row."""
        return self.open_book.book.touches.get(row_id)

    def about(self, record: Record) -> list[TextLine]:
        """The whole note."""
        if not isinstance(record, Touch):
            return []
        book, today = self.open_book.book, self.open_book.today
        lines = [line(text, "bold") for text in wrapped(with_whom(book, record), 37, 2)]
        how = f"{record.kind.words}, {record.channel.words}, {echo(record.day, today)}"
        lines += [line(how, "dim"), TextLine()]
        lines += [line(text) for text in wrapped(touch_words(record), 37, 20)]
        if record.people_met:
            lines += [
                TextLine(),
                *(line(text, "dim") for text in wrapped(f"Met: {', '.join(record.people_met)}", 37, 2)),
            ]
        return lines

    def on_record_list_record_chosen(self, event: RecordList.RecordChosen) -> None:
        """Enter, or a click on the highlighted row."""
        self.action_open()

    def action_open(self) -> None:
        """The timeline of whom it was with."""
        person, touch = self.subject(), self.record
        if person is not None and touch is not None:
            self.app.push_screen(PractitionerScreen(self.open_book, person.id, at=touch.id))

    def action_edit(self) -> None:
        """Edit the highlighted touch."""
        from screens.journeys.touches import edit_touch

        touch = self.record
        if isinstance(touch, Touch):
            self.begin(edit_touch, touch)

    def action_trash(self) -> None:
        """Into the trash."""
        from screens.journeys.trash import trash

        touch = self.record
        if isinstance(touch, Touch):
            self.begin(trash, touch, f"{touch.kind.words} with {with_whom(self.open_book.book, touch)}")
