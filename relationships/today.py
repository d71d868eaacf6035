"""What the Today screen says: whom to contact next, by what, and why (DOMAIN.md section 4; DESIGN.md section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from relationships.agreed import agreed_items
from relationships.book import Book
from relationships.cards import Card, Section, laid_out
from relationships.dates import DateStyle, week_of
from relationships.rule_days import DEFAULTS, RuleSettings

__all__ = ["Card", "Section", "agreed_sections", "due_sections", "gap_sections", "horizon", "sections"]


def sections(
    book: Book, today: date, style: DateStyle, *, user: str = "", settings: RuleSettings = DEFAULTS, every: bool = False
) -> tuple[Section, ...]:
    """The four sections in their order, empty ones too; `user` is the one whom a card calls "you"."""
    due = due_sections(book, today, style, user=user, settings=settings, every=every)
    return (*due, *gap_sections(book, today, due, settings=settings))


def horizon(today: date, style: DateStyle) -> date:
    """The last day of THIS WEEK: the week's end, and on the week's last two days six days ahead (our judgement)."""
    last = week_of(today, style)[1]
    return last if (last - today).days >= 2 else today + timedelta(days=6)


def agreed_sections(
    book: Book, today: date, style: DateStyle, *, user: str = "", settings: RuleSettings = DEFAULTS
) -> tuple[Section, ...]:
    """NOW and THIS WEEK with only what is agreed, for the first paint: it costs what is open, not the book."""
    last = horizon(today, style)
    return laid_out(agreed_items(book, today, last, settings, user=user, checked=False), today)


def due_sections(
    book: Book, today: date, style: DateStyle, *, user: str = "", settings: RuleSettings = DEFAULTS, every: bool = False
) -> tuple[Section, ...]:
    """NOW and THIS WEEK: what is agreed, and what the rules ask for; `every` card of it, else seven."""
    from relationships.cards import grouped, rule_item
    from relationships.rules import Cases, loops, outreach

    last = horizon(today, style)
    cases: Cases = {}
    items = agreed_items(book, today, last, settings, user=user)
    items += [rule_item(book, raised, today) for raised in loops(book, today, settings, last, cases)]
    items += grouped(book, outreach(book, today, settings, last, cases), today)
    return laid_out(items, today, every=every)


def gap_sections(
    book: Book, today: date, due: Sequence[Section], *, settings: RuleSettings = DEFAULTS
) -> tuple[Section, ...]:
    """NO NEXT STEP and NEVER VISITED: whom no card of what is due names."""
    from relationships.gaps import gaps

    return gaps(book, today, settings, frozenset().union(*(section.people for section in due)))
