"""The cards of the Today screen: how a rule's words become one, and their order, grouping and number
(DOMAIN.md section 4, behaviours b, c, d, f and g)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Final, Literal

import msgspec

from relationships.book import Book
from relationships.cadence import LOOP_RULES, Lateness
from relationships.case import Action, Raised
from relationships.dates import echo, lateness
from relationships.records import Practitioner, Record
from relationships.vocabulary import Discipline, TouchKind

SectionKey = Literal["now", "this_week", "no_next_step", "never_visited"]
Tone = Literal["late", "due", "normal"]

CARDS_A_DAY: Final = 7
"""Cards of what is due, now and this week; those past their limit are shown beyond it (behaviour f)."""

TITLES: Final[Mapping[SectionKey, str]] = {
    "now": "NOW",
    "this_week": "THIS WEEK",
    "no_next_step": "NO NEXT STEP",
    "never_visited": "NEVER VISITED",
}
TONES: Final[Mapping[Lateness, Tone]] = {
    Lateness.ON_TIME: "normal",
    Lateness.PAST_TARGET: "due",
    Lateness.PAST_LIMIT: "late",
}
_LOUDEST: Final[Mapping[Tone, int]] = {"late": 0, "due": 1, "normal": 2}


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do."""

    id: str
    """The id of its record, or of its rule and fact: the same while the card moves from one section to the next."""
    practitioner_id: str | None
    practice_id: str | None
    who: str
    """Name and short discipline: "Priya Patel, physio"."""
    what: str
    """The act: "call: about K-009's shoulder"."""
    when: str
    """"2 days late", "today 14:30", "Thu"; for a proposed person the last touch: "9 weeks ago"."""
    due: date | None
    """The day on which it became due, or will."""
    limit: date | None = None
    at: time | None = None
    tone: Tone
    """`due` is past its target (amber), `late` past its limit (red), `normal` neither."""
    why: str
    """The rule and the fact that raised it."""
    rule: str = ""
    """The id of the rule; empty for what a trainer set."""
    record: Record
    """What `does` is done to: the follow-up, the planned touch, the person, or the fact that raised it."""
    key: Literal["x", "l", "f"]
    """The key that does it: do it, log, next step."""
    does: Action
    kind: TouchKind | None = None
    """The kind of touch that does it."""
    weight: float = 0.0
    """(days since - target) / target: the larger, the earlier in NOW (behaviour c)."""
    raised: Raised | None = None
    """What the rule said, for putting it off; None for what has a record of its own."""
    also: tuple[str, ...] = ()
    """What else rules ask for with the same person."""
    others: tuple[str, ...] = ()
    """Who else at the practice is due: one visit serves them too (behaviour d)."""
    people: frozenset[str] = frozenset()
    """The ids of everybody it is with or names."""

    @property
    def first(self) -> bool:
        """Safety, consent and loop items come before all others (behaviour f)."""
        return self.rule in LOOP_RULES


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Cards under one title."""

    key: SectionKey
    title: str
    cards: tuple[Card, ...]
    more: int = 0
    """How many of the same are not shown."""
    hidden: tuple[Card, ...] = ()
    """Those that are not shown, where they are cards already."""


def who_words(people: Sequence[Practitioner]) -> str:
    """ "Priya Patel, physio", "Priya Patel, physio, and 2 more"."""
    if not people:
        return ""
    first, others = people[0], len(people) - 1
    who = first.name if first.discipline is Discipline.OTHER else f"{first.name}, {first.discipline.short}"
    return f"{who}, and {others} more" if others else who


def due_words(due: date, limit: date | None, today: date) -> str:
    """ "it was due Sat 21 Nov, and Sun 22 Nov was the limit"."""
    said = "it is due today" if due == today else f"it {'was' if due < today else 'is'} due {echo(due, today)}"
    return f"{said}, and {echo(limit, today)} was the limit" if limit is not None and limit < today else said


def sentence(text: str) -> str:
    """The text on one line, with a full stop behind it."""
    said = " ".join(text.split())
    return said if not said or said[-1] in ".!?…" else f"{said}."


def rule_card(book: Book, raised: Raised, today: date) -> Card:
    """The card of what a rule asks for."""
    person = book.practitioners[raised.practitioner or ""]
    window = raised.window
    due = due_words(window.due, window.limit, today)
    return Card(
        id=raised.id,
        practitioner_id=person.id,
        practice_id=raised.practice,
        who=who_words([person]),
        what=raised.what,
        when=lateness(window.due, today),
        due=window.due,
        limit=window.limit,
        tone=TONES[raised.lateness(today)],
        why=f"{raised.why} {due[0].upper()}{due[1:]}.",
        rule=raised.rule,
        record=raised.fact,
        key="x",
        does=raised.does,
        kind=raised.kind,
        weight=raised.weight(today),
        raised=raised,
        people=frozenset({person.id}),
    )


def grouped(book: Book, raised: Iterable[Raised], today: date) -> list[Card]:
    """One card for each person, and one for each practice: the loudest and most overdue, with the rest named on it."""
    ordered = sorted(raised, key=lambda each: _loudest_first(each, today))
    by_person: dict[str | None, list[Raised]] = {}
    for each in ordered:
        by_person.setdefault(each.practitioner, []).append(each)
    places: dict[str | None, list[list[Raised]]] = {}
    for found in by_person.values():
        places.setdefault(found[0].practice or found[0].practitioner, []).append(found)
    cards = []
    for there in places.values():
        head, *rest = there[0]
        named = [book.practitioners[found[0].practitioner or ""] for found in there[1:]]
        card = rule_card(book, head, today)
        cards.append(
            msgspec.structs.replace(
                card,
                also=tuple(each.what for each in rest),
                others=tuple(person.name for person in named),
                people=card.people | {person.id for person in named},
            )
        )
    return cards


def _loudest_first(raised: Raised, today: date) -> tuple[int, float, date, str]:
    tone = TONES[raised.lateness(today)]
    return (_LOUDEST[tone], -raised.weight(today), raised.window.due, raised.id)


def now_order(card: Card) -> tuple[bool, float, date, time, str]:
    """The order of NOW: loop items, then by how far past the target as a share of it, then by time of day."""
    return (not card.first, -card.weight, card.due or date.max, card.at or time.max, card.id)


def week_order(card: Card) -> tuple[date, time, bool, str]:
    """The order of THIS WEEK: by day and time."""
    return (card.due or date.max, card.at or time.max, not card.first, card.id)


def capped(now: Sequence[Card], week: Sequence[Card]) -> tuple[Section, Section]:
    """At most seven cards in both, in order; whatever is past its limit is shown all the same, the rest is counted."""
    room = max(CARDS_A_DAY - sum(card.tone == "late" for card in (*now, *week)), 0)
    found: list[Section] = []
    named: tuple[tuple[SectionKey, Sequence[Card]], ...] = (("now", now), ("this_week", week))
    for key, cards in named:
        shown: list[Card] = []
        hidden: list[Card] = []
        for card in cards:
            if card.tone == "late":
                shown.append(card)
            elif room:
                shown.append(card)
                room -= 1
            else:
                hidden.append(card)
        found.append(Section(key=key, title=TITLES[key], cards=tuple(shown), more=len(hidden), hidden=tuple(hidden)))
    return found[0], found[1]
