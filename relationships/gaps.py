"""People with whom nothing is agreed, and people never met in person: proposals, not reminders."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from relationships.agreed import a_touch
from relationships.book import Book
from relationships.cadence import UNANSWERED_DAYS, lateness_of, paused, resting, rhythm, rhythm_due, rhythm_source
from relationships.cards import TITLES, TONES, Card, Section, SectionKey, who_words
from relationships.dates import day_words, short_day
from relationships.records import Practitioner, Touch
from relationships.rule_days import RuleSettings
from relationships.stages import done_by, in_person
from relationships.vocabulary import Direction, Tier

SHOWN_AT_MOST: Final = 5
"""Cards of a section that proposes people; the rest is a number."""

_TIER_ORDER: Final = (Tier.A, Tier.B, Tier.C, None, Tier.PARKED)


def gaps(book: Book, today: date, settings: RuleSettings, named: Collection[str]) -> tuple[Section, Section]:
    """The two sections of proposals; none of those whom a card names already, nor while the studio is away.

    Somebody stands in one of them only. A two-way or outbound touch is left to rest for seven days (DOMAIN.md section
    4, behaviour a; for two-way ones our judgement).
    """
    if settings.paused(today):
        return _folded("no_next_step", [], 0), _folded("never_visited", [], 0)
    planned = {person for touch in book.planned_touches() for person in touch.practitioners}
    agreed = {follow_up.practitioner for follow_up in book.open_follow_ups()} | planned
    rested = date.fromordinal(max(today.toordinal() - UNANSWERED_DAYS, 1))
    no_step: list[tuple[Practitioner, Touch]] = []
    never: list[tuple[Practitioner, Touch | None]] = []
    for person in book.all_practitioners():
        if person.id in named or resting(person) or paused(person, today):
            continue
        touches = book.touches_with(person.id)
        last = next((touch for touch in touches if done_by(touch, today)), None)
        if last is not None and last.day > rested and (last.two_way or last.direction is Direction.OUT):
            continue
        if last is not None and person.id not in agreed:
            no_step.append((person, last))
        elif person.id not in planned and not _met(touches, today):
            never.append((person, last))
    no_step.sort(key=lambda found: found[1].day)
    never.sort(key=lambda found: (_TIER_ORDER.index(found[0].tier), found[1] is None, found[0].created_at))
    return (
        _folded(
            "no_next_step", [_no_step_card(book, *p, today, settings) for p in no_step[:SHOWN_AT_MOST]], len(no_step)
        ),
        _folded("never_visited", [_never_card(book, *p, today, settings) for p in never[:SHOWN_AT_MOST]], len(never)),
    )


def _met(touches: Iterable[Touch], today: date) -> bool:
    return any(in_person(touch) and done_by(touch, today) for touch in touches)


def _folded(key: SectionKey, cards: list[Card], count: int) -> Section:
    return Section(key=key, title=TITLES[key], cards=tuple(cards), more=count - len(cards))


def _no_step_card(book: Book, person: Practitioner, last: Touch, today: date, settings: RuleSettings) -> Card:
    why = f"Nothing is agreed; the last touch was {a_touch(last)} on {short_day(last.day, today)}"
    own = rhythm(person, settings)
    if own is not None:
        why += f", and the rhythm {rhythm_source(person, settings)} is {own.target} days"
    return _person_card(book, person, last, today, settings, "choose a next step", f"{why}.")


def _never_card(book: Book, person: Practitioner, last: Touch | None, today: date, settings: RuleSettings) -> Card:
    why = f"In the book since {short_day(person.created_at.date(), today)} and not met in person yet"
    if last is not None:
        why += f"; the last touch was {a_touch(last)} on {short_day(last.day, today)}"
    return _person_card(book, person, last, today, settings, "go and see them", f"{why}.")


def _person_card(
    book: Book, person: Practitioner, last: Touch | None, today: date, settings: RuleSettings, what: str, why: str
) -> Card:
    return Card(
        id=person.id,
        practitioner_id=person.id,
        practice_id=None,
        who=who_words([person]),
        what=what,
        when=day_words(last.day, today) if last is not None else "no touch yet",
        due=rhythm_due(book, person, today, settings),
        tone=TONES[lateness_of(book, person, today, settings)],
        why=why,
        record=person,
        key="f",
        does="next_step",
        people=frozenset({person.id}),
    )
