"""Follow-ups: overdue, today, this week, later."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from relationships.cadence import step_lateness, step_words
from relationships.dates import echo, lateness, short_day
from relationships.records import FollowUp, Record
from relationships.today import horizon
from screens.commands import Command, bindings
from screens.lateness_tones import LATENESS_TONES
from screens.list_screen import ListScreen
from screens.practitioner import PractitionerScreen
from screens.text import wrapped
from screens.widgets.columns import Column
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Cell, Row
from screens.widgets.text_lines import TextLine, line
from screens.words import with_whom

COMMANDS: tuple[Command, ...] = (
    Command(
        id="list.open_here",
        key="enter",
        action="open",
        label="timeline",
        tooltip="Open the timeline of whom it is with",
    ),
    Command(
        id="do.done",
        key="x",
        action="done",
        label="done",
        tooltip="Log it; the follow-up is closed with it",
    ),
    Command(id="do.snooze", key="s", action="snooze", label="later", tooltip="Put it off, with a reason"),
    Command(id="do.add", key="a", action="add", label="add", tooltip="Set a follow-up with somebody"),
    Command(id="do.edit", key="e", action="edit", label="edit", tooltip="Edit this follow-up"),
    Command(id="do.trash", key="d", action="trash", label="trash", tooltip="Move this follow-up to the trash"),
)
_TITLES = {"overdue": "OVERDUE", "today": "TODAY", "week": "THIS WEEK", "later": "LATER"}


class FollowUpsScreen(ListScreen):
    """All open follow-ups."""

    place = "follow_ups"
    commands_here: ClassVar[tuple[Command, ...]] = COMMANDS
    footer: ClassVar[tuple[str, ...]] = (
        "list.open_here",
        "do.done",
        "do.snooze",
        "do.add",
        "do.log",
        "find.filter",
        "do.edit",
        "do.undo",
    )
    writing = frozenset({"done", "snooze", "add", "edit", "trash"})
    about_record = frozenset({"open", "done", "snooze", "edit", "trash"})
    BINDINGS = bindings(command for command in COMMANDS if command.id != "list.open_here")
    columns: ClassVar[tuple[Column, ...]] = (
        Column("when", "When", 13, align="right"),
        Column("day", "Day", 6, priority=1, tone="dim"),
        Column("who", "With", 20, flex=1),
        Column("what", "What", 24, flex=3),
        Column("by", "Set by", 8, priority=2, tone="dim"),
    )
    teaching = "No follow-ups. Press a to set one, or end a log line with: ; next in 3 weeks"

    def listed(self) -> tuple[list[str], frozenset[str]]:
        """The open ones under their headings, soonest first."""
        today = self.open_book.today
        last = horizon(today, self.open_book.style)
        found = self.found(FollowUp)
        ids: list[str] = []
        for record in self.open_book.book.open_follow_ups():
            if found is None or record.id in found:
                heading = _heading(record.due, today, last)
                if heading not in ids:
                    ids.append(heading)
                ids.append(record.id)
        return ids, frozenset(_TITLES)

    def row(self, row_id: str) -> Row:
        """One follow-up, or a heading."""
        if row_id in _TITLES:
            return Row(row_id, (_TITLES[row_id],), heading=True)
        book, today = self.open_book.book, self.open_book.today
        record = book.follow_ups[row_id]
        return Row(
            row_id,
            (
                Cell(lateness(record.due, today), LATENESS_TONES[step_lateness(record, today)]),
                short_day(record.due, today)[:6],
                with_whom(book, record),
                step_words(record),
                self.open_book.by(record.created_by),
            ),
        )

    def find_record(self, row_id: str) -> Record | None:
        """The follow-up of a row."""
        return self.open_book.book.follow_ups.get(row_id)

    def about(self, record: Record) -> list[TextLine]:
        """When, what, why, and how often it was put off."""
        if not isinstance(record, FollowUp):
            return []
        today = self.open_book.today
        lines = [line(text, "bold") for text in wrapped(with_whom(self.open_book.book, record), 37, 2)]
        lines += [line(echo(record.due, today), "accent"), TextLine()]
        lines += [line(text) for text in wrapped(step_words(record), 37, 4)]
        if record.limit is not None:
            lines.append(line(f"At the latest {echo(record.limit, today)}", "dim"))
        lines += [line(text, "dim") for text in wrapped(record.why, 37, 4)]
        lines += [line(text, "dim") for text in wrapped(record.note, 37, 6)]
        if record.snoozes:
            count = len(record.snoozes)
            times = "once" if count == 1 else f"{count} times, last"
            said = f"Put off {times}: {record.snoozes[-1].reason}"
            lines += [TextLine(), *(line(text, "dim") for text in wrapped(said, 37, 3))]
        return lines

    def on_record_list_record_chosen(self, event: RecordList.RecordChosen) -> None:
        """Enter, or a click on the highlighted row."""
        self.action_open()

    def action_open(self) -> None:
        """The timeline of whom it is with."""
        person, record = self.subject(), self.record
        if person is not None and record is not None:
            self.app.push_screen(PractitionerScreen(self.open_book, person.id, at=record.id))

    def action_add(self) -> None:
        """Set a follow-up with somebody."""
        from screens.journeys.follow_ups import set_follow_up

        self.begin(set_follow_up, None)

    def action_done(self) -> None:
        """Log what was done."""
        from screens.journeys.follow_ups import keep_follow_up

        record = self.record
        if isinstance(record, FollowUp):
            self.begin(keep_follow_up, record)

    def action_snooze(self) -> None:
        """Put it off."""
        from screens.journeys.follow_ups import snooze

        record = self.record
        if isinstance(record, FollowUp):
            self.begin(snooze, record)

    def action_edit(self) -> None:
        """Edit the highlighted follow-up."""
        from screens.journeys.follow_ups import edit_follow_up

        record = self.record
        if isinstance(record, FollowUp):
            self.begin(edit_follow_up, record)

    def action_trash(self) -> None:
        """Into the trash."""
        from screens.journeys.trash import trash

        record = self.record
        if isinstance(record, FollowUp):
            self.begin(trash, record, f"next step with {with_whom(self.open_book.book, record)}")


def _heading(due: date, today: date, last: date) -> str:
    if due < today:
        return "overdue"
    if due == today:
        return "today"
    return "week" if due <= last else "later"
