"""Today: whom to contact next, by what, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.widget import Widget

from relationships.dates import day_words, echo, short_day
from relationships.parts import Promise
from relationships.records import FollowUp, Offer, Practitioner, Referral, Touch
from relationships.stages import last_touch, stage
from relationships.today import Card, Section, agreed_sections, due_sections, gap_sections
from relationships.vocabulary import PromisedBy
from screens.book_screen import BookScreen
from screens.commands import Command, bindings
from screens.open_book import OpenBook
from screens.text import one_line, wrapped
from screens.widgets.columns import Column, Tone
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Cell, Row
from screens.widgets.text_lines import RULE, TextLine, TextLines, line
from screens.words import practice_names

COMMANDS: tuple[Command, ...] = (
    Command(id="list.open_here", key="enter", action="open", label="open", tooltip="Open the timeline"),
    Command(
        id="do.done",
        key="x",
        action="done",
        label="do it",
        tooltip="Log it; the follow-up is closed with it",
    ),
    Command(id="do.snooze", key="s", action="snooze", label="later", tooltip="Put it off, with a reason"),
    Command(id="do.add", key="a", action="add", label="add", tooltip="Add a practitioner"),
    Command(id="do.next_step", key="f", action="next_step", label="next step", tooltip="Set a follow-up"),
)
_TONES: dict[str, Tone] = {"late": "red", "due": "amber", "normal": "normal"}
_SECTION_TITLES = "section-"
_MORE = "more-"
_MORE_TO_SEE = frozenset({f"{_MORE}now", f"{_MORE}this_week"})

RULES_AFTER_SECONDS = 0.05
"""What is agreed is painted first; rules and gaps take a look at everybody, and follow at once."""


class TodayScreen(BookScreen):
    """Cards by how soon they are due; the reason for the one under the cursor stands below the list."""

    place = "today"
    commands_here: ClassVar[tuple[Command, ...]] = COMMANDS
    footer: ClassVar[tuple[str, ...]] = (
        "list.open_here",
        "do.done",
        "do.snooze",
        "do.log",
        "find.filter",
        "do.add",
        "do.next_step",
        "do.undo",
    )
    writing = frozenset({"done", "snooze", "add"})
    BINDINGS = bindings(command for command in COMMANDS if command.id not in ("list.open_here", "do.next_step"))

    cards: dict[str, Card]

    def __init__(self, open_book: OpenBook) -> None:
        super().__init__(open_book)
        self._complete = False
        self._every = False
        """Also the cards beyond the seven of a day."""

    def compose_body(self) -> Iterable[Widget]:
        """The cards, and why the highlighted one is there."""
        self.cards = {}
        yield RecordList(
            (
                Column("sign", "", 1),
                Column("who", "", 22, flex=2),
                Column("what", "", 24, flex=3),
                Column("when", "", 14, align="right", tone="dim"),
            ),
            ascii_signs=self.open_book.ascii_signs,
        )
        yield TextLines([RULE], id="why")

    def show_book(self, changed: frozenset[str]) -> None:
        """The cards as the book has them now."""
        book = self.open_book
        if not book.loaded:
            self.records.empty = "Opening the book ..."
            return
        found = self._sections()
        if not self._complete:
            self.set_timer(RULES_AFTER_SECONDS, self._show_all)
        if self.filter_words:
            people = book.search.find(book.book, Practitioner, self.filter_words)
            found = tuple(_only(section, people) for section in found)
        self.cards = {card.id: card for section in found for card in section.cards}
        self.records.empty = self._teaching()
        self.records.show([*self._pause(), *(row for section in found for row in self._rows(section))])
        self.records.touch_up(changed & self.cards.keys())

    def _sections(self) -> tuple[Section, ...]:
        """As far as they are looked at by now."""
        book = self.open_book
        user, rules = book.author.user, book.rules
        if not self._complete:
            return agreed_sections(book.book, book.today, book.style, user=user, settings=rules)
        every = self._every or bool(self.filter_words)
        due = due_sections(book.book, book.today, book.style, user=user, settings=rules, every=every)
        return (*due, *gap_sections(book.book, book.today, due, settings=rules))

    def _show_all(self) -> None:
        """The rules have their say. Who has not moved yet stays at the top, where the loops of referrals come in."""
        self._complete = True
        if self.ready:
            untouched = self.records.position[0] <= 1
            self.show_book(frozenset())
            if untouched:
                self.records.first()

    def _pause(self) -> Iterable[Row]:
        rules, today = self.open_book.rules, self.open_book.today
        if rules.paused_until is not None and rules.paused(today):
            reason = f": {rules.pause_reason}" if rules.pause_reason else ""
            yield Row("pause", (f"PAUSED until {echo(rules.paused_until, today)}{reason}",), heading=True)

    def _teaching(self) -> str:
        if self.filter_words:
            return "Nothing today with these words. esc clears the filter."
        if not self.open_book.book.all_practitioners():
            return "An empty book. Press a to add the first practitioner: a doctor, physio or dietitian you know."
        return "Nothing is waiting. Press 2 for your contacts, or l to log a touch."

    def _rows(self, section: Section) -> Iterable[Row]:
        if not section.cards and not section.more:
            return
        yield Row(_SECTION_TITLES + section.key, (section.title,), heading=True)
        for card in section.cards:
            tone = _TONES[card.tone]
            sign = Cell("!", tone) if card.tone != "normal" else ""
            who = f"{card.who} +{len(card.others)}" if card.others else card.who
            yield Row(card.id, (sign, who, card.what, Cell(card.when, tone if tone != "normal" else None)))
        if section.more:
            row_id = _MORE + section.key
            here = row_id in _MORE_TO_SEE
            words = f"{section.more} more" if here else f"{section.more} more: press 2 for all contacts"
            what = Cell("enter shows them", "dim") if here else ""
            yield Row(row_id, ("", Cell(words, "dim"), what), continuation=not here)

    @property
    def card(self) -> Card | None:
        """The card under the cursor."""
        return self.cards.get(self.records.highlighted or "")

    def subject(self) -> Practitioner | None:
        """The person of the card."""
        card = self.card
        return None if card is None else self.open_book.book.practitioners.get(card.practitioner_id or "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Cards are opened, done and put off where there are any."""
        card = self.card if self.ready else None
        if action == "open":
            return card is not None or (self.ready and self.records.highlighted in _MORE_TO_SEE)
        if action in ("done", "snooze"):
            possible = card is not None and (action == "done" or _can_wait(card))
            return possible and super().check_action(action, parameters)
        return super().check_action(action, parameters)

    def show_details(self) -> None:
        """Who the card is about, the rule and the fact that raised it, the last touch, and what is owed."""
        self.query_one("#why", TextLines).show([RULE, *self._why()])

    def _why(self) -> list[TextLine]:
        card, person = self.card, self.subject()
        if card is None:
            return []
        width = self.size.width - 2
        head = line(card.who, "bold") if person is None else self._header(person)
        lines = [head, *map(line, wrapped(f"Why: {card.why}", width, 2))]
        if card.others:
            lines.append(line(f"There too: {', '.join(card.others)}"))
        if person is not None:
            lines += self._last(person)
        if card.also:
            lines.append(line(f"Also: {'; '.join(card.also)}", "dim"))
        return lines

    def _header(self, person: Practitioner) -> TextLine:
        book = self.open_book
        place = practice_names(book.book, person)
        parts = [person.discipline.words, place, f"tier {person.tier}" if person.tier else ""]
        about = " · ".join(part for part in parts if part)
        return TextLine(
            ((person.name, "bold"), (f" · {about}", "dim")), ((stage(book.book, person, book.today).words, "dim"),)
        )

    def _last(self, person: Practitioner) -> list[TextLine]:
        book, today = self.open_book.book, self.open_book.today
        last = last_touch(book, person.id, today)
        if last is None:
            return [line("No touch yet.", "dim")]
        said = one_line(last.note or last.outcome)
        when = f"{short_day(last.day, today)} ({day_words(last.day, today)})"
        lines = [line(f"Last: {last.kind.short} {when}{': ' if said else ''}{said}", "dim")]
        owed = next(iter(_owed(book.touches_with(person.id))), None)
        if owed is not None:
            lines.append(line(f"Owed: {owed.text}", "dim"))
        return lines

    @on(RecordList.RecordChosen)
    def action_open(self) -> None:
        """The timeline of the card's person, or the cards beyond the seven."""
        if self.records.highlighted in _MORE_TO_SEE:
            self._every = True
            shown = set(self.cards)
            self.show_book(frozenset())
            self.records.highlighted = next((card for card in self.cards if card not in shown), None)
            return
        person = self.subject()
        if person is not None:
            from screens.practitioner import PractitionerScreen

            self.app.push_screen(PractitionerScreen(self.open_book, person.id))

    def action_done(self) -> None:
        """Do what the card says: log it with the line begun already, move it on, or choose the next step."""
        card, person = self.card, self.subject()
        if card is None:
            return
        from screens.journeys.follow_ups import keep_follow_up, set_follow_up
        from screens.journeys.moving_on import move_on
        from screens.journeys.practitioners import edit_practice
        from screens.journeys.touches import edit_touch, log_text, log_touch

        record = card.record
        if isinstance(record, FollowUp):
            self.begin(keep_follow_up, record)
        elif card.does in ("offer", "referral") and isinstance(record, Offer | Referral):
            self.begin(move_on, record)
        elif card.does == "practice" and person is not None:
            self.begin(edit_practice, person)
        elif card.does == "touch" and isinstance(record, Touch):
            self.begin(edit_touch, record)
        elif card.does == "next_step":
            self.begin(set_follow_up, person)
        else:
            self.begin(log_touch, log_text(person, card.kind))

    def action_snooze(self) -> None:
        """Put it off, with a reason."""
        card, person = self.card, self.subject()
        if card is None:
            return
        if isinstance(card.record, FollowUp):
            from screens.journeys.follow_ups import snooze

            self.begin(snooze, card.record)
        elif card.raised_by and person is not None:
            from screens.journeys.putting_off import put_off

            self.begin(put_off, person, card.raised_by)

    def action_add(self) -> None:
        """Add a practitioner."""
        from screens.journeys.practitioners import add_practitioner

        self.begin(add_practitioner)


def _can_wait(card: Card) -> bool:
    """It can be put off: a follow-up, or what a rule asks for."""
    return isinstance(card.record, FollowUp) or bool(card.raised_by)


def _owed(touches: Iterable[Touch]) -> Iterable[Promise]:
    return (
        promise
        for touch in touches
        for promise in touch.promised
        if promise.by is PromisedBy.US and promise.kept_on is None
    )


def _only(section: Section, people: frozenset[str]) -> Section:
    import msgspec

    cards = tuple(card for card in section.cards if card.practitioner_id in people)
    return msgspec.structs.replace(section, cards=cards, more=0)
