"""The cards of the Today screen: how a rule's words become one, and their order, grouping and number
(DOMAIN.md section 4, behaviours b, c, d, f and g)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from relationships.book import Book
from relationships.cadence import LOOP_RULES, Lateness, standing
from relationships.dates import echo, lateness
from relationships.records import Practitioner, Record
from relationships.vocabulary import Discipline, TouchKind

if TYPE_CHECKING:
    from relationships.case import Action, Raised

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
    raised_by: str = ""
    """The rule and the fact, for putting it off; empty for what has a record of its own."""
    also: tuple[str, ...] = ()
    """What else rules ask for with the same person."""
    others: tuple[str, ...] = ()
    """Who else at the practice is due: one visit serves them too (behaviour d)."""
    people: frozenset[str] = frozenset()
    """The ids of everybody it is with or names."""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Cards under one title."""

    key: SectionKey
    title: str
    cards: tuple[Card, ...]
    more: int = 0
    """How many of the same are not shown."""
    people: frozenset[str] = frozenset()
    """The ids of everybody whom its cards name, those not shown too."""


class Item(NamedTuple):
    """Something due, before it is put in words: only what is shown becomes a card."""

    first: bool
    """Safety, consent and loop items come before all others (behaviour f)."""
    weight: float
    due: date
    at: time
    id: str
    tone: Tone
    people: frozenset[str]
    card: Callable[[], Card]


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
    why, due = raised.why, due_words(window.due, window.limit, today)
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
        why=f"{why} {due[0].upper()}{due[1:]}.",
        rule=raised.rule,
        record=raised.fact,
        key="x",
        does=raised.does,
        kind=raised.kind,
        weight=raised.weight(today),
        raised_by=raised.key,
        people=frozenset({person.id}),
    )


def rule_item(book: Book, raised: Raised, today: date) -> Item:
    """What a rule asks for, for the order."""
    return _item(raised, today, frozenset({raised.practitioner or ""}), lambda: rule_card(book, raised, today))


def _item(raised: Raised, today: date, people: frozenset[str], card: Callable[[], Card]) -> Item:
    window = raised.window
    tone = TONES[standing(window.due, window.limit, today)]
    return Item(raised.rule in LOOP_RULES, raised.weight(today), window.due, time.max, raised.id, tone, people, card)


def grouped(book: Book, raised: Iterable[Raised], today: date) -> list[Item]:
    """One item for each person, and one for each practice: the loudest and most overdue, with the rest named on it."""
    by_person: dict[str | None, list[Raised]] = {}
    for each in sorted(raised, key=lambda each: _loudest_first(each, today)):
        by_person.setdefault(each.practitioner, []).append(each)
    places: dict[str | None, list[list[Raised]]] = {}
    for found in by_person.values():
        places.setdefault(found[0].practice or found[0].practitioner, []).append(found)
    items = []
    for there in places.values():
        people = frozenset(found[0].practitioner or "" for found in there)
        items.append(_item(there[0][0], today, people, partial(_group_card, book, there, people, today)))
    return items


def _group_card(book: Book, there: list[list[Raised]], people: frozenset[str], today: date) -> Card:
    head, *rest = there[0]
    return msgspec.structs.replace(
        rule_card(book, head, today),
        also=tuple(each.what for each in rest),
        others=tuple(book.practitioners[found[0].practitioner or ""].name for found in there[1:]),
        people=people,
    )


def _loudest_first(raised: Raised, today: date) -> tuple[int, float, date, str]:
    window = raised.window
    tone = TONES[standing(window.due, window.limit, today)]
    return (_LOUDEST[tone], -raised.weight(today), window.due, raised.id)


def _now_order(item: Item) -> tuple[bool, float, date, time, str]:
    """The order of NOW: loop items, then by how far past the target as a share of it, then by time of day."""
    return (not item.first, -item.weight, item.due, item.at, item.id)


def _week_order(item: Item) -> tuple[date, time, bool, str]:
    """The order of THIS WEEK: by day and time."""
    return (item.due, item.at, not item.first, item.id)


def laid_out(items: Iterable[Item], today: date, *, every: bool = False) -> tuple[Section, Section]:
    """NOW and THIS WEEK in their order: at most seven cards in both, the rest counted; all of them with `every`.

    Whatever is past its limit is shown even beyond the seven.
    """
    now: list[Item] = []
    week: list[Item] = []
    for item in items:
        (now if item.due <= today else week).append(item)
    late = sum(item.tone == "late" for item in now)
    room = max(CARDS_A_DAY - late, 0) if not every else len(now) + len(week)
    shown, room = _fitting(sorted(now, key=_now_order), room)
    then, _ = _fitting(sorted(week, key=_week_order), room)
    return _section("now", now, shown), _section("this_week", week, then)


def _fitting(items: Iterable[Item], room: int) -> tuple[list[Item], int]:
    """Those for which there is room, and what room is left; what is past its limit takes none."""
    shown = []
    for item in items:
        if item.tone != "late":
            if not room:
                continue
            room -= 1
        shown.append(item)
    return shown, room


def _section(key: SectionKey, items: list[Item], shown: list[Item]) -> Section:
    return Section(
        key=key,
        title=TITLES[key],
        cards=tuple(item.card() for item in shown),
        more=len(items) - len(shown),
        people=frozenset().union(*(item.people for item in items)),
    )
