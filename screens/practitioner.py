"""A practitioner: the card, the next step, and the relationship timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from textual import events, on
from textual.containers import Container
from textual.widget import Widget

from relationships.dates import short_day
from relationships.records import FollowUp, Offer, Practitioner, Record, Referral, Touch
from relationships.search import searchable
from relationships.timeline import Entry, of_kind, timeline_of_practitioner
from screens.book_screen import WIDTHS, BookScreen
from screens.commands import Command, bindings
from screens.open_book import OpenBook
from screens.practitioner_card import card_beside, card_on_top
from screens.text import wrapped
from screens.widgets.columns import Column, Tone
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Cell, Row
from screens.widgets.text_lines import TextLines
from screens.words import sign

COMMANDS: tuple[Command, ...] = (
    Command(id="do.next_step", key="f", action="next_step", label="next step", tooltip="Set a follow-up"),
    Command(id="do.offer", key="o", action="offer", label="offer", tooltip="Make a cross-referral offer"),
    Command(id="do.referral", key="r", action="referral", label="referral", tooltip="Note a referral"),
    Command(id="do.edit", key="e", action="edit", label="edit", tooltip="Edit this practitioner"),
    Command(id="list.open_here", key="enter", action="open", label="change", tooltip="Change the highlighted entry"),
    Command(
        id="do.done",
        key="x",
        action="done",
        label="done",
        tooltip="Log the highlighted step, or note what became of an offer",
    ),
    Command(id="do.snooze", key="s", action="snooze", label="later", tooltip="Put the highlighted follow-up off"),
    Command(id="do.practice", key="p", action="practice", label="practice", tooltip="Edit the practice"),
    Command(id="do.trash", key="d", action="trash", label="trash", tooltip="Move the highlighted entry to the trash"),
    Command(
        id="find.kind",
        key="right_square_bracket",
        action="kind(1)",
        label="kinds",
        tooltip="Show only touches, only offers, only referrals, only follow-ups, or all",
    ),
    Command(
        id="find.kind_before",
        key="left_square_bracket",
        action="kind(-1)",
        label="kind before",
        tooltip="Show only touches, only offers, only referrals, only follow-ups, or all",
    ),
)
_KINDS = ("", "touch", "offer", "referral", "follow-up")
_PLURALS = {"touch": "touches", "offer": "offers", "referral": "referrals", "follow-up": "follow-ups"}
_TODAY = "today"
_MOST_LINES = 4
"""Lines of a note that the timeline shows; the form has all of it."""


class PractitionerScreen(BookScreen):
    """Everything between a practitioner and us."""

    CSS_PATH = "practitioner.tcss"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    commands_here: ClassVar[tuple[Command, ...]] = COMMANDS
    footer: ClassVar[tuple[str, ...]] = (
        "list.open_here",
        "do.log",
        "do.next_step",
        "do.offer",
        "do.done",
        "back",
        "do.referral",
        "do.edit",
    )
    writing = frozenset({"offer", "edit", "open", "done", "snooze", "practice", "trash"})
    BINDINGS = bindings(c for c in COMMANDS if c.id not in ("do.next_step", "do.referral", "list.open_here"))

    def __init__(self, open_book: OpenBook, practitioner_id: str, *, at: str | None = None) -> None:
        super().__init__(open_book)
        self.practitioner_id = practitioner_id
        self.want(at)
        self._kind = ""
        self._entries: dict[str, Entry] = {}
        self._texts: dict[str, list[str]] = {}

    def compose_body(self) -> Iterable[Widget]:
        """The card, then the timeline: on top of it, or to its left where it is wide."""
        with Container(id="body"):
            yield TextLines(id="card")
            yield RecordList(
                (
                    Column("day", "", 9, align="right", tone="dim"),
                    Column("mark", "", 1, gap=1),
                    Column("kind", "", 10, gap=1),
                    Column("text", "", 24, flex=1),
                    Column("by", "", 6, priority=1, tone="dim"),
                ),
                empty="Nothing yet between you. l logs a touch, f sets a next step, o makes an offer.",
                ascii_signs=self.open_book.ascii_signs,
            )

    def subject(self) -> Practitioner | None:
        """The practitioner of this screen."""
        return self.open_book.book.practitioners.get(self.practitioner_id)

    def log_begun(self) -> str:
        """A log line from here is about this person."""
        from screens.journeys.touches import log_text

        return f"visit {log_text(self.subject())}"

    def on_resize(self) -> None:
        """Notes are folded to the width there is."""
        super().on_resize()
        if self.ready:
            self.call_after_refresh(self._show_book, frozenset())

    def show_book(self, changed: frozenset[str]) -> None:
        """Card and timeline as the book has them now."""
        book = self.open_book
        person = self.subject()
        if person is None or person.trashed_at is not None:
            self._leave()
            return
        wide = self.has_class("-wide")
        self.query_one("#card", TextLines).show((card_beside if wide else card_on_top)(book, person))
        entries = timeline_of_practitioner(book.book, self.practitioner_id, book.today)
        if self._kind:
            entries = of_kind(entries, (self._kind,))
        words = searchable(self.filter_words).split()
        if words:
            entries = tuple(
                e for e in entries if all(w in searchable(f"{e.kind_words} {e.text} {e.by}") for w in words)
            )
        self._entries = {entry.key: entry for entry in entries}
        self._show_rows(entries)
        self.records.touch_up(entry.key for entry in entries if entry.record.id in changed)

    def _leave(self) -> None:
        """The person is in the trash, or gone. What is being typed over this screen is not: that comes first."""
        if self.is_current and not self.under_way:
            self.app.pop_screen()

    def journey_over(self) -> None:
        """Leave now, if that had to wait."""
        person = self.subject()
        if self.ready and (person is None or person.trashed_at is not None):
            self._leave()

    @on(events.ScreenResume)
    def _leave_late(self) -> None:
        self.journey_over()

    def _show_rows(self, entries: Iterable[Entry]) -> None:
        """The ids of entries and of the lines that go on from them; the rows are made when they are drawn."""
        width = self.records.width_of("text") or 40
        ids: list[str] = []
        going_on: set[str] = set()
        self._texts = {}
        ahead = True
        for entry in entries:
            if ahead and not entry.ahead:
                ids.append(_TODAY)
                ahead = False
            ids.append(entry.key)
            if len(entry.text) > width or not entry.text.isascii() or "\n" in entry.text:
                lines = wrapped(entry.text, width, _MOST_LINES)
                self._texts[entry.key] = lines
                following = [f"{entry.key}+{at}" for at in range(1, len(lines))]
                ids += following
                going_on.update(following)
        self.records.set_rows(ids, self._row, headings={_TODAY}, continuations=going_on)

    def _row(self, row_id: str) -> Row:
        today = self.open_book.today
        if row_id == _TODAY:
            return Row(_TODAY, ("today",), rule=True)
        key, plus, at = row_id.rpartition("+")
        if plus:
            return Row(row_id, ("", "", "", self._texts[key][int(at)]), continuation=True)
        entry = self._entries[row_id]
        texts = self._texts.get(row_id) or [entry.text]
        tone: Tone = "amber" if entry.overdue else "normal"
        return Row(
            row_id,
            (
                _day(entry.day, today),
                Cell(sign(entry.mark, ascii_signs=self.open_book.ascii_signs), tone),
                Cell(entry.kind_words, tone),
                texts[0] if texts else "",
                self.open_book.by(entry.by),
            ),
        )

    @property
    def record(self) -> Record | None:
        """The record of the entry under the cursor."""
        entry = self._entries.get(self.records.highlighted or "") if self.ready else None
        return None if entry is None else entry.record

    def record_here(self) -> Record | None:
        """The record of the entry under the cursor, else the person."""
        return self.record or self.subject()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is about an entry needs one of the right kind."""
        if action in ("open", "trash") and self.record is None:
            return False
        if action == "snooze" and not self._open_follow_up():
            return False
        if action == "done" and not (self._open_follow_up() or isinstance(self.record, Offer | Referral)):
            return False
        return super().check_action(action, parameters)

    def _open_follow_up(self) -> FollowUp | None:
        entry = self._entries.get(self.records.highlighted or "") if self.ready else None
        return entry.record if entry is not None and entry.ahead and isinstance(entry.record, FollowUp) else None

    def on_record_list_record_chosen(self, event: RecordList.RecordChosen) -> None:
        """Enter, or a click on the highlighted entry."""
        if self.check_action("open", ()):
            self.action_open()

    def action_kind(self, step: int) -> None:
        """The next kind of entry, or the one before."""
        self._kind = _KINDS[(_KINDS.index(self._kind) + step) % len(_KINDS)]
        self.show_book(frozenset())
        self.say(f"Only {_PLURALS[self._kind]}. [ and ] show others, or all." if self._kind else "")

    def action_open(self) -> None:
        """Change the highlighted entry."""
        from screens.journeys.follow_ups import edit_follow_up
        from screens.journeys.offers import edit_offer
        from screens.journeys.touches import edit_touch

        record = self.record
        if isinstance(record, Touch):
            self.begin(edit_touch, record)
        elif isinstance(record, FollowUp):
            self.begin(edit_follow_up, record)
        elif isinstance(record, Offer | Referral):
            self.begin(edit_offer, record)

    def action_done(self) -> None:
        """Log the step that was due, or note what became of an offer or referral."""
        from screens.journeys.follow_ups import keep_follow_up
        from screens.journeys.moving_on import move_on

        record = self.record
        if isinstance(record, FollowUp):
            self.begin(keep_follow_up, record)
        elif isinstance(record, Offer | Referral):
            self.begin(move_on, record)

    def action_snooze(self) -> None:
        """Put the step off."""
        from screens.journeys.follow_ups import snooze

        follow_up = self._open_follow_up()
        if follow_up is not None:
            self.begin(snooze, follow_up)

    def action_offer(self) -> None:
        """Make an offer."""
        from screens.journeys.offers import make_offer

        self.begin(make_offer, self.subject())

    def action_edit(self) -> None:
        """Edit the practitioner."""
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

    def action_trash(self) -> None:
        """The highlighted entry into the trash."""
        from screens.journeys.trash import trash

        record, person = self.record, self.subject()
        if record is not None and person is not None:
            self.begin(trash, record, f"{record.noun}, {person.name}")


def _day(day: date, today: date) -> str:
    """A day for a narrow column; the year only where it is another one."""
    words = short_day(day, today)
    return words if day.year == today.year else f"{words[:-4]}{words[-2:]}"
