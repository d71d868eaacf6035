"""What the rules ask for, for `due --rules`. They look at everybody, so that no login pays for them unasked."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from relationships.book import Book
from relationships.cards import rule_card
from relationships.rule_days import RuleSettings
from relationships.rules import loops, outreach


class Asked(msgspec.Struct, frozen=True):
    """One thing that a rule asks for."""

    rule: str
    due: date
    limit: date | None
    who: str
    what: str
    why: str
    practitioner: str | None
    practice: str | None
    table: str
    """Of the record that raised it."""
    id: str

    def document(self) -> dict[str, Any]:
        """Its fields, for programs."""
        return msgspec.structs.asdict(self)


def asked_by_rules(book: Book, today: date, last: date, settings: RuleSettings) -> list[Asked]:
    """Everything that rules ask for up to a day, soonest first; one line for each, not grouped as on Today."""
    raised = (*loops(book, today, settings, last), *outreach(book, today, settings, last))
    found = []
    for each in raised:
        card = rule_card(book, each, today)
        found.append(
            Asked(
                rule=each.rule,
                due=each.window.due,
                limit=each.window.limit,
                who=book.practitioners[each.practitioner or ""].name,
                what=each.what,
                why=card.why,
                practitioner=each.practitioner,
                practice=each.practice,
                table=each.fact.table,
                id=each.fact.id,
            )
        )
    return sorted(found, key=lambda asked: (asked.due, asked.rule, asked.id, asked.who))
