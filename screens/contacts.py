"""Contacts: every practitioner, by how the relationship stands."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from relationships.cadence import NextStep, lateness_of, next_steps, rhythm_due
from relationships.dates import ago, echo, lateness
from relationships.records import Practitioner, Record
from relationships.stages import balance, last_touch, last_two_way, stage
from screens.commands import Command, bindings
from screens.lateness_tones import LATENESS_TONES
from screens.list_screen import ListScreen
from screens.open_book import OpenBook
from screens.practitioner import PractitionerScreen
from screens.text import wrapped
from screens.widgets.columns import Column
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Cell, Row
from screens.widgets.text_lines import TextLine, line
from screens.words import practice_names

COMMANDS: tuple[Command, ...] = (
    Command(id="list.open_here", key="enter", action="open", label="open", tooltip="Open the timeline"),
    Command(id="do.add", key="a", action="add", label="add", tooltip="Add a practitioner, with the practice"),
    Command(id="do.edit", key="e", action="edit", label="edit", tooltip="Edit this practitioner"),
    Command(id="do.next_step", key="f", action="next_step", label="next step", tooltip="Set a follow-up"),
    Command(
        id="list.sort",
        key="o",
        action="sort",
        label="sort",
        tooltip="Sort by name, next due or last touch",
    ),
    Command(
        id="do.practice", key="p", action="practice", label="practice", tooltip="Edit the practice where they work"
    ),
    Command(
        id="do.add_practice", key="P", action="add_practice", label="add practice", tooltip="Add a practice by itself"
    ),
    Command(id="do.trash", key="d", action="trash", label="trash", tooltip="Move this practitioner to the trash"),
)
SORTS = ("name", "next due", "last touch")


class ContactsScreen(ListScreen):
    """All practitioners."""

    place = "contacts"
    commands_here: ClassVar[tuple[Command, ...]] = COMMANDS
    footer: ClassVar[tuple[str, ...]] = (
        "list.open_here",
        "do.add",
        "do.log",
        "find.filter",
        "do.next_step",
        "do.edit",
        "list.sort",
        "do.undo",
    )
    writing = frozenset({"add", "edit", "trash", "practice", "add_practice"})
    about_record = frozenset({"open", "edit", "trash", "practice"})
    BINDINGS = bindings(command for command in COMMANDS if command.id not in ("list.open_here", "do.next_step"))
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Name", 26, flex=3),
        Column("discipline", "Discipline", 10, priority=6),
        Column("practice", "Practice", 14, flex=2, priority=3, tone="dim"),
        Column("tier", "Tier", 4, priority=5),
        Column("stage", "Stage", 13, priority=4),
        Column("last", "Last", 9, align="right", priority=7),
        Column("next", "Next", 13, align="right"),
        Column("referrals", "Got/gave", 8, align="right", priority=2, tone="dim"),
    )
    teaching = "No contacts yet. Press a to add the first: a doctor, physio, dietitian or massage therapist you know."

    def __init__(self, open_book: OpenBook) -> None:
        super().__init__(open_book)
        self.sort = SORTS[0]
        self._steps: dict[str, NextStep] = {}

    def listed(self) -> tuple[list[str], frozenset[str]]:
        """Everybody who is not in the trash, in the chosen order."""
        book, today = self.open_book.book, self.open_book.today
        self._steps = next_steps(book)
        found = self.found(Practitioner)
        people = [p for p in book.all_practitioners() if found is None or p.id in found]
        if self.sort == "next due":
            people.sort(key=lambda person: self._due(person) or date.max)
        elif self.sort == "last touch":
            people.sort(key=lambda person: -_day_of_last(self, person, today))
        return [person.id for person in people], frozenset()

    def _due(self, person: Practitioner) -> date | None:
        step = self._steps.get(person.id)
        book = self.open_book
        return step.day if step is not None else rhythm_due(book.book, person, book.today, book.rules)

    def row(self, row_id: str) -> Row:
        """One person."""
        book, today = self.open_book.book, self.open_book.today
        person = book.practitioners[row_id]
        last = last_touch(book, row_id, today)
        due, count = self._due(person), balance(book, row_id)
        tone = LATENESS_TONES[lateness_of(book, person, today, self.open_book.rules)]
        following = Cell("–", "dim") if due is None else Cell(lateness(due, today), tone)
        return Row(
            row_id,
            (
                person.name,
                person.discipline.short,
                practice_names(book, person),
                person.tier.value[:4] if person.tier is not None else "",
                stage(book, person, today).words,
                ago(last.day, today) if last is not None else Cell("never", "dim"),
                following,
                f"{count.received}/{count.given}" if count.received or count.given else "",
            ),
        )

    def find_record(self, row_id: str) -> Record | None:
        """The practitioner of a row."""
        return self.open_book.book.practitioners.get(row_id)

    def about(self, record: Record) -> list[TextLine]:
        """Next step, last touches, ways to reach them."""
        if not isinstance(record, Practitioner):
            return []
        book, today = self.open_book.book, self.open_book.today
        step, spoken = self._steps.get(record.id), last_two_way(book, record.id, today)
        lines = [line(text, "bold") for text in wrapped(record.name, 37, 2)]
        lines += [line(part, "dim") for part in (record.post_nominals, practice_names(book, record)) if part]
        lines += [line(part, "dim") for part in (record.phone, record.email) if part]
        lines.append(TextLine())
        if step is not None:
            lines += [line(f"Next: {echo(step.day, today)}", "accent"), *map(line, wrapped(step.words, 37, 2))]
        else:
            lines.append(line("No next step: f sets one.", "dim"))
        if spoken is not None:
            lines += [TextLine(), line(f"Last spoke {echo(spoken.day, today)}, {spoken.kind.short}", "dim")]
            lines += [line(text) for text in wrapped(spoken.note, 37, 4)]
        return lines

    def on_record_list_record_chosen(self, event: RecordList.RecordChosen) -> None:
        """Enter, or a click on the highlighted row."""
        self.action_open()

    def action_open(self) -> None:
        """The timeline."""
        person = self.subject()
        if person is not None:
            self.app.push_screen(PractitionerScreen(self.open_book, person.id))

    def action_sort(self) -> None:
        """The next order."""
        self.sort = SORTS[(SORTS.index(self.sort) + 1) % len(SORTS)]
        self.show_book(frozenset())
        self.say(f"Sorted by {self.sort}.")

    def action_add(self) -> None:
        """Add a practitioner."""
        from screens.journeys.practitioners import add_practitioner

        self.begin(add_practitioner)

    def action_edit(self) -> None:
        """Edit the highlighted practitioner."""
        from screens.journeys.practitioners import edit_practitioner

        person = self.subject()
        if person is not None:
            self.begin(edit_practitioner, person)

    def action_practice(self) -> None:
        """Edit the practice."""
        from screens.journeys.practitioners import edit_practice

        person = self.subject()
        if person is not None:
            self.begin(edit_practice, person)

    def action_add_practice(self) -> None:
        """Add a practice."""
        from screens.journeys.practitioners import add_practice

        self.begin(add_practice)

    def action_trash(self) -> None:
        """Into the trash."""
        from screens.journeys.trash import trash

        person = self.subject()
        if person is not None:
            self.begin(trash, person, person.name)


def _day_of_last(screen: ContactsScreen, person: Practitioner, today: date) -> int:
    last = last_touch(screen.open_book.book, person.id, today)
    return last.day.toordinal() if last is not None else 0
