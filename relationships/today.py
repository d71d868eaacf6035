"""What the Today screen says: whom to contact next, by what, and why (DOMAIN.md section 4; DESIGN.md section 6).

A card shows what a trainer wrote as the next step, and otherwise only days and kinds: a reminder tells no health
details (DOMAIN.md section 4, behaviour i).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final, Literal

import msgspec

from relationships.book import Book
from relationships.cadence import (
    UNANSWERED_DAYS,
    Lateness,
    lateness_of,
    resting,
    rhythm,
    rhythm_due,
    step_day,
    step_lateness,
    step_order,
    step_time,
    step_words,
)
from relationships.dates import DateStyle, day_words, echo, lateness, short_day, week_of
from relationships.records import FollowUp, Practitioner, Touch
from relationships.stages import done_by, in_person
from relationships.vocabulary import Direction, Discipline, Tier, TouchKind

SectionKey = Literal["overdue", "today", "this_week", "no_next_step", "never_visited"]
Tone = Literal["late", "due", "normal"]

SHOWN_AT_MOST: Final = 5
"""Cards of a section that proposes people; the rest is a number."""

_TITLES: Final[Mapping[SectionKey, str]] = {
    "overdue": "OVERDUE",
    "today": "TODAY",
    "this_week": "THIS WEEK",
    "no_next_step": "NO NEXT STEP",
    "never_visited": "NEVER VISITED",
}
_TONES: Final[Mapping[Lateness, Tone]] = {
    Lateness.ON_TIME: "normal",
    Lateness.PAST_TARGET: "due",
    Lateness.PAST_LIMIT: "late",
}
_TIER_ORDER: Final = (Tier.A, Tier.B, Tier.C, None, Tier.PARKED)


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do."""

    id: str
    """The id of its record: the same while the card moves from one section to the next."""
    practitioner_id: str | None
    practice_id: str | None
    who: str
    """Name and short discipline: "Priya Patel, physio"."""
    what: str
    """The act: "call: about K-009's shoulder"."""
    when: str
    """"2 days late", "today 14:30", "Thu"; for a proposed person the last touch: "9 weeks ago"."""
    due: date | None
    tone: Tone
    """`due` is past its target (amber), `late` past its limit (red), `normal` neither."""
    why: str
    """The rule and the fact that raised it."""
    record: FollowUp | Touch | Practitioner
    key: Literal["x", "l", "f"]
    """The key that does it: done, log, next step."""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Cards under one title."""

    key: SectionKey
    title: str
    cards: tuple[Card, ...]
    more: int = 0
    """How many of the same are not shown."""


def sections(book: Book, today: date, style: DateStyle, *, user: str = "") -> tuple[Section, ...]:
    """The five sections in their order, empty ones too; `user` is the one whom a card calls "you"."""
    return (*due_sections(book, today, style, user=user), *gap_sections(book, today, style))


def horizon(today: date, style: DateStyle) -> date:
    """The last day of THIS WEEK: the week's end, and on the week's last two days six days ahead (our judgement)."""
    last = week_of(today, style)[1]
    return last if (last - today).days >= 2 else today + timedelta(days=6)


def due_sections(book: Book, today: date, style: DateStyle, *, user: str = "") -> tuple[Section, ...]:
    """Overdue, today and this week: what was agreed, oldest first. It costs what is open, not the book."""
    last = horizon(today, style)
    found: dict[SectionKey, list[Card]] = {"overdue": [], "today": [], "this_week": []}
    for record in _open_steps(book, last):
        card = _step_card(book, record, today, user)
        if card is not None:
            found[_section_of(step_day(record), today)].append(card)
    return tuple(Section(key=key, title=_TITLES[key], cards=tuple(cards)) for key, cards in found.items())


def _section_of(day: date, today: date) -> SectionKey:
    if day < today:
        return "overdue"
    return "today" if day == today else "this_week"


def _open_steps(book: Book, last: date) -> list[FollowUp | Touch]:
    """Open follow-ups and planned touches up to a day, soonest first."""
    steps: list[FollowUp | Touch] = []
    for records in (book.open_follow_ups(), book.planned_touches()):
        for record in records:
            if step_day(record) > last:
                break
            steps.append(record)
    return sorted(steps, key=step_order)


def _step_card(book: Book, record: FollowUp | Touch, today: date, user: str) -> Card | None:
    """The card of an open follow-up or planned touch; None when those whom it names are in the trash.

    `do_not_contact` silences what a rule raised, not what a trainer set.
    """
    named = _people(record)
    people = [person for person in (book.practitioners.get(name) for name in named) if person and not person.trashed_at]
    practice = book.practices.get(record.practice or "")
    if practice is not None and practice.trashed_at is not None:
        practice = None
    if not people and practice is None and (named or record.practice):
        return None
    raised = isinstance(record, FollowUp) and record.rule != ""
    if raised and any(person.do_not_contact for person in people):
        return None
    who = _who(people) or (practice.name if practice is not None else "A note to yourself")
    at = step_time(record)
    when = lateness(step_day(record), today)
    return Card(
        id=record.id,
        practitioner_id=people[0].id if people else None,
        practice_id=practice.id if practice is not None else None,
        who=who,
        what=step_words(record),
        when=f"{when} {at:%H:%M}" if at is not None and step_day(record) >= today else when,
        due=step_day(record),
        tone=_TONES[step_lateness(record, today)],
        why=_follow_up_why(book, record, today, user)
        if isinstance(record, FollowUp)
        else _plan_why(record, today, user),
        record=record,
        key="x" if isinstance(record, FollowUp) else "l",
    )


def _people(record: FollowUp | Touch) -> tuple[str, ...]:
    if isinstance(record, Touch):
        return record.practitioners
    return (record.practitioner,) if record.practitioner is not None else ()


def _who(people: list[Practitioner]) -> str:
    """ "Priya Patel, physio", "Priya Patel, physio, and 2 more"."""
    if not people:
        return ""
    first, others = people[0], len(people) - 1
    who = first.name if first.discipline is Discipline.OTHER else f"{first.name}, {first.discipline.short}"
    return f"{who}, and {others} more" if others else who


def _follow_up_why(book: Book, follow_up: FollowUp, today: date, user: str) -> str:
    """ "You set this on 2 Nov after a visit; it was due Sat 21 Nov." A rule's own words go before."""
    day = follow_up.due
    due = "it is due today" if day == today else f"it {'was' if day < today else 'is'} due {echo(day, today)}"
    if follow_up.limit is not None and follow_up.limit < today:
        due += f", and {echo(follow_up.limit, today)} was the limit"
    touch = book.touches.get(follow_up.from_touch or "")
    after = f" after {_a_touch(touch)}" if touch is not None and touch.trashed_at is None else ""
    why = _sentence(follow_up.why)
    if follow_up.rule:
        said = f"{why} {due[0].upper()}{due[1:]}." if why else f"The rule {follow_up.rule} asks for this; {due}."
    else:
        set_on = short_day(follow_up.created_at.date(), today)
        said = f"{_author(follow_up.created_by, user)} set this on {set_on}{after}; {due}. {why}".rstrip()
    if not follow_up.snoozes:
        return said
    times = "once" if len(follow_up.snoozes) == 1 else f"{len(follow_up.snoozes)} times"
    reason = follow_up.snoozes[-1].reason
    return f"{said} Put off {times}: {_sentence(reason)}" if reason else f"{said} Put off {times}."


def _plan_why(touch: Touch, today: date, user: str) -> str:
    planned = short_day(touch.created_at.date(), today)
    said = f"{_author(touch.created_by, user)} planned this on {planned} for {echo(touch.day, today)}"
    return f"{said}; say how it went, or choose another day." if touch.day < today else f"{said}."


def gap_sections(book: Book, today: date, style: DateStyle) -> tuple[Section, ...]:
    """People with whom nothing is agreed, and people never met in person.

    Somebody stands in one of them only, and in neither when a card of `due_sections` names them. A two-way or outbound
    touch is left to rest for seven days (DOMAIN.md section 4, behaviour a; for two-way ones our judgement).
    """
    planned = {person for touch in book.planned_touches() for person in touch.practitioners}
    agreed = {follow_up.practitioner for follow_up in book.open_follow_ups()} | planned
    near = {person for record in _open_steps(book, horizon(today, style)) for person in _people(record)}
    rested = today - timedelta(days=UNANSWERED_DAYS)
    no_step: list[tuple[Practitioner, Touch]] = []
    never: list[tuple[Practitioner, Touch | None]] = []
    for person in book.all_practitioners():
        if resting(person):
            continue
        touches = book.touches_with(person.id)
        last = next((touch for touch in touches if done_by(touch, today)), None)
        if last is not None and last.day > rested and (last.two_way or last.direction is Direction.OUT):
            continue
        if last is not None and person.id not in agreed:
            no_step.append((person, last))
        elif person.id not in near and person.id not in planned and not _met(touches, today):
            never.append((person, last))
    no_step.sort(key=lambda found: found[1].day)
    never.sort(key=lambda found: (_TIER_ORDER.index(found[0].tier), found[1] is None, found[0].created_at))
    return (
        _folded("no_next_step", [_no_step_card(book, *one, today) for one in no_step[:SHOWN_AT_MOST]], len(no_step)),
        _folded("never_visited", [_never_card(book, *one, today) for one in never[:SHOWN_AT_MOST]], len(never)),
    )


def _met(touches: Iterable[Touch], today: date) -> bool:
    return any(in_person(touch) and done_by(touch, today) for touch in touches)


def _folded(key: SectionKey, cards: list[Card], count: int) -> Section:
    return Section(key=key, title=_TITLES[key], cards=tuple(cards), more=count - len(cards))


def _no_step_card(book: Book, person: Practitioner, last: Touch, today: date) -> Card:
    why = f"Nothing is agreed; the last touch was {_a_touch(last)} on {short_day(last.day, today)}"
    own = rhythm(person)
    if own is not None:
        source = "set for them" if person.cadence_override is not None else f"of tier {person.tier}"
        why += f", and the rhythm {source} is {own.target} days"
    return _person_card(book, person, last, today, "choose a next step", f"{why}.")


def _never_card(book: Book, person: Practitioner, last: Touch | None, today: date) -> Card:
    why = f"In the book since {short_day(person.created_at.date(), today)} and not met in person yet"
    if last is not None:
        why += f"; the last touch was {_a_touch(last)} on {short_day(last.day, today)}"
    return _person_card(book, person, last, today, "go and see them", f"{why}.")


def _person_card(book: Book, person: Practitioner, last: Touch | None, today: date, what: str, why: str) -> Card:
    return Card(
        id=person.id,
        practitioner_id=person.id,
        practice_id=None,
        who=_who([person]),
        what=what,
        when=day_words(last.day, today) if last is not None else "no touch yet",
        due=rhythm_due(book, person, today),
        tone=_TONES[lateness_of(book, person, today)],
        why=why,
        record=person,
        key="f",
    )


def _a_touch(touch: Touch) -> str:
    """ "a visit", "an email"."""
    words = touch.kind.short if touch.kind is not TouchKind.OTHER else touch.noun
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _author(by: str, user: str) -> str:
    return "You" if by and by == user else by or "Somebody"


def _sentence(text: str) -> str:
    said = " ".join(text.split())
    return said if not said or said[-1] in ".!?…" else f"{said}."
