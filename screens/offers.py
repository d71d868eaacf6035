"""Offers: cross-referral offers, invitations, and referrals both ways, by what may still come of them."""

from __future__ import annotations

from typing import ClassVar

from relationships.dates import ago, echo
from relationships.records import Offer, Record, Referral
from relationships.states import next_offer_states, next_referral_states, offer_open, referral_open
from relationships.vocabulary import OfferKind, ReferralDirection
from screens.commands import Command, bindings
from screens.list_screen import ListScreen
from screens.practitioner import PractitionerScreen
from screens.text import wrapped
from screens.widgets.columns import Column
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Row
from screens.widgets.text_lines import TextLine, line
from screens.words import name_of

COMMANDS: tuple[Command, ...] = (
    Command(
        id="list.open_here",
        key="enter",
        action="open",
        label="timeline",
        tooltip="Open the timeline of whom it is with",
    ),
    Command(
        id="do.add",
        key="a",
        action="add",
        label="offer",
        tooltip="Make a cross-referral offer or an invitation",
    ),
    Command(id="do.referral", key="r", action="referral", label="referral", tooltip="Note a referral"),
    Command(id="do.move_on", key="x", action="move_on", label="what became", tooltip="Note what became of it"),
    Command(id="do.edit", key="e", action="edit", label="edit", tooltip="Edit it"),
    Command(id="do.trash", key="d", action="trash", label="trash", tooltip="Move it to the trash"),
)
_TITLES = {
    "offers-open": "OFFERS WAITING",
    "received-open": "REFERRALS RECEIVED",
    "given-open": "REFERRALS GIVEN",
    "ended": "ENDED",
}


class OffersScreen(ListScreen):
    """Offers and referrals."""

    place = "offers"
    commands_here: ClassVar[tuple[Command, ...]] = COMMANDS
    footer: ClassVar[tuple[str, ...]] = (
        "list.open_here",
        "do.add",
        "do.referral",
        "do.move_on",
        "do.edit",
        "find.filter",
        "do.undo",
    )
    writing = frozenset({"add", "move_on", "edit", "trash"})
    about_record = frozenset({"open", "move_on", "edit", "trash"})
    BINDINGS = bindings(command for command in COMMANDS if command.id not in ("list.open_here", "do.referral"))
    columns: ClassVar[tuple[Column, ...]] = (
        Column("age", "Age", 9, align="right", tone="dim"),
        Column("kind", "", 11),
        Column("who", "With", 20, flex=1),
        Column("state", "Is now", 13),
        Column("what", "What", 14, flex=3, priority=1),
    )
    teaching = "No offers yet. Press a to offer a practitioner that you send clients to each other."

    def listed(self) -> tuple[list[str], frozenset[str]]:
        """What is open first, by kind; then what has ended. Newest first."""
        book = self.open_book.book
        offers_found, referrals_found = self.found(Offer), self.found(Referral)
        groups: dict[str, list[str]] = {title: [] for title in _TITLES}
        for offer in book.all_offers():
            if offers_found is None or offer.id in offers_found:
                groups["offers-open" if offer_open(offer) else "ended"].append(offer.id)
        for referral in book.all_referrals():
            if referrals_found is None or referral.id in referrals_found:
                received = referral.direction is ReferralDirection.RECEIVED
                open_group = "received-open" if received else "given-open"
                groups[open_group if referral_open(referral) else "ended"].append(referral.id)
        ids = [row_id for title, found in groups.items() if found for row_id in (title, *found)]
        return ids, frozenset(_TITLES)

    def find_record(self, row_id: str) -> Offer | Referral | None:
        """The offer or referral of a row."""
        book = self.open_book.book
        return book.offers.get(row_id) or book.referrals.get(row_id)

    def row(self, row_id: str) -> Row:
        """One offer or referral, or a heading."""
        record = self.find_record(row_id)
        if record is None:
            return Row(row_id, (_TITLES.get(row_id, ""),), heading=True)
        today = self.open_book.today
        day = (record.made_on or record.created_at.date()) if isinstance(record, Offer) else record.day
        cells = (
            ago(day, today),
            kind_words(record),
            name_of(self.open_book.book, record.practitioner),
            record.state.words,
        )
        return Row(row_id, (*cells, what_words(record)))

    def about(self, record: Record) -> list[TextLine]:
        """What it says, how it went, and what may come next."""
        if not isinstance(record, Offer | Referral):
            return []
        today = self.open_book.today
        name = name_of(self.open_book.book, record.practitioner)
        lines = [*(line(text, "bold") for text in wrapped(name, 37, 2)), line(kind_words(record), "dim"), TextLine()]
        lines += [line(text) for text in wrapped(what_words(record), 37, 4)]
        if isinstance(record, Offer):
            lines += [line(text, "dim") for text in wrapped(record.terms, 37, 3)]
        lines.append(TextLine())
        for move in record.moves[-6:]:
            lines.append(line(f"{echo(move.on, today)}: {move.state.replace('_', ' ')}"))
            lines += [line(f"  {text}", "dim") for text in wrapped(move.why, 35, 2)]
        states = next_offer_states(record) if isinstance(record, Offer) else next_referral_states(record)
        if states:
            following = f"x: {', '.join(state.words for state in states)}"
            lines += [TextLine(), *(line(text, "dim") for text in wrapped(following, 37, 3))]
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
        """Make an offer to somebody."""
        from screens.journeys.offers import make_offer

        self.begin(make_offer, None)

    def action_move_on(self) -> None:
        """Note what became of it."""
        from screens.journeys.moving_on import move_on

        record = self.record
        if isinstance(record, Offer | Referral):
            self.begin(move_on, record)

    def action_edit(self) -> None:
        """Edit it."""
        from screens.journeys.offers import edit_offer

        record = self.record
        if isinstance(record, Offer | Referral):
            self.begin(edit_offer, record)

    def action_trash(self) -> None:
        """Into the trash."""
        from screens.journeys.trash import trash

        record = self.record
        if isinstance(record, Offer | Referral):
            name = name_of(self.open_book.book, record.practitioner)
            self.begin(trash, record, f"{kind_words(record)}, {name}")


def kind_words(record: Offer | Referral) -> str:
    """What sort of offer or referral it is."""
    if isinstance(record, Offer):
        return "invitation" if record.kind is OfferKind.INVITATION else "offer"
    return "referred us" if record.direction is ReferralDirection.RECEIVED else "we referred"


def what_words(record: Offer | Referral) -> str:
    """What it is about."""
    if isinstance(record, Offer):
        return record.what
    return ", ".join(part for part in (record.client_code, record.reason or ", ".join(record.conditions)) if part)
