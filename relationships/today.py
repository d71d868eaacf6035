"""What the Today screen says: whom to contact next, by what, and why (DOMAIN.md section 4; DESIGN.md section 6)."""

from __future__ import annotations

from datetime import date, timedelta

from relationships.agreed import agreed_cards
from relationships.book import Book
from relationships.cards import Card, Section, capped, grouped, now_order, rule_card, week_order
from relationships.dates import DateStyle, week_of
from relationships.rule_days import DEFAULTS, RuleSettings

__all__ = ["Card", "Section", "due_sections", "first_sections", "gap_sections", "horizon", "sections"]


def sections(
    book: Book, today: date, style: DateStyle, *, user: str = "", settings: RuleSettings = DEFAULTS
) -> tuple[Section, ...]:
    """The four sections in their order, empty ones too; `user` is the one whom a card calls "you"."""
    due = due_sections(book, today, style, user=user, settings=settings)
    return (*due, *gap_sections(book, today, due, settings=settings))


def horizon(today: date, style: DateStyle) -> date:
    """The last day of THIS WEEK: the week's end, and on the week's last two days six days ahead (our judgement)."""
    last = week_of(today, style)[1]
    return last if (last - today).days >= 2 else today + timedelta(days=6)


def first_sections(
    book: Book, today: date, style: DateStyle, *, user: str = "", settings: RuleSettings = DEFAULTS
) -> tuple[Section, ...]:
    """NOW and THIS WEEK as far as they cost what is open, not the book: what is agreed, and the loops of referrals.

    They come first in `due_sections` too, so that what a trainer sees first stays where it is.
    """
    return _sorted(_open_cards(book, today, style, user, settings), today)


def due_sections(
    book: Book, today: date, style: DateStyle, *, user: str = "", settings: RuleSettings = DEFAULTS
) -> tuple[Section, ...]:
    """NOW and THIS WEEK: what is agreed, and what all rules ask for."""
    from relationships.rules import outreach

    cards = _open_cards(book, today, style, user, settings)
    cards += grouped(book, outreach(book, today, settings, horizon(today, style)), today)
    return _sorted(cards, today)


def gap_sections(
    book: Book, today: date, due: tuple[Section, ...], *, settings: RuleSettings = DEFAULTS
) -> tuple[Section, ...]:
    """NO NEXT STEP and NEVER VISITED: whom no card of the sections of what is due names."""
    from relationships.gaps import gaps

    named = {person for section in due for card in (*section.cards, *section.hidden) for person in card.people}
    return gaps(book, today, settings, named)


def _open_cards(book: Book, today: date, style: DateStyle, user: str, settings: RuleSettings) -> list[Card]:
    last = horizon(today, style)
    cards = agreed_cards(book, today, last, settings, user=user)
    if book.open_loops():
        from relationships.rules import loops

        cards += [rule_card(book, raised, today) for raised in loops(book, today, settings, last)]
    return cards


def _sorted(cards: list[Card], today: date) -> tuple[Section, ...]:
    now = sorted((card for card in cards if card.due is None or card.due <= today), key=now_order)
    week = sorted((card for card in cards if card.due is not None and card.due > today), key=week_order)
    return capped(now, week)
