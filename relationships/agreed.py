"""Cards of what is agreed: open follow-ups and planned touches.

A card shows what a trainer wrote as the next step, and otherwise only days and kinds: a reminder tells no health
details (DOMAIN.md section 4, behaviour i).
"""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import partial
from typing import Final

from relationships.book import Book
from relationships.cadence import (
    LOOP_RULES,
    rule_of,
    silenced,
    standing,
    step_order,
    step_words,
)
from relationships.cards import TONES, Card, Item, due_words, sentence, who_words
from relationships.date_words import counted
from relationships.dates import day_words, echo, lateness, short_day
from relationships.records import FollowUp, Practice, Practitioner, Touch
from relationships.rule_days import RuleSettings
from relationships.vocabulary import TouchKind

JOINT_RULE: Final = "joint_day_before"


def agreed_items(
    book: Book, today: date, last: date, settings: RuleSettings, *, user: str = "", checked: bool = True
) -> list[Item]:
    """Everything agreed for up to a day. It costs what is open, not the book.

    Unless `checked`, what was put off stands there even when its rule would not ask for it any more: to know that, the
    touches of those people are looked at.
    """
    items = (_item(book, record, today, settings, user, checked) for record in open_steps(book, last, settings))
    return [item for item in items if item is not None]


def open_steps(book: Book, last: date, settings: RuleSettings) -> list[FollowUp | Touch]:
    """Open follow-ups and planned touches up to a day, soonest first; joint appointments come some days earlier."""
    ahead = _joint_days(settings)
    steps: list[FollowUp | Touch] = []
    for follow_up in book.open_follow_ups():
        if follow_up.due > last:
            break
        steps.append(follow_up)
    for touch in book.planned_touches():
        if touch.day > last + timedelta(days=ahead):
            break
        if touch.day <= last or touch.kind is TouchKind.JOINT_APPOINTMENT:
            steps.append(touch)
    return sorted(steps, key=step_order)


def people_of(record: FollowUp | Touch) -> tuple[str, ...]:
    """The ids of those whom it is with."""
    if isinstance(record, Touch):
        return record.practitioners
    return (record.practitioner,) if record.practitioner is not None else ()


def _joint_days(settings: RuleSettings) -> int:
    days = settings.days_of(JOINT_RULE)
    return 0 if days is None else days.target


def _item(
    book: Book, record: FollowUp | Touch, today: date, settings: RuleSettings, user: str, checked: bool
) -> Item | None:
    """An open follow-up or planned touch; None when those whom it names are in the trash.

    `do_not_contact` and pauses silence what a rule raised, not what a trainer set; and a rule that asks no more is
    silent as well.
    """
    named = people_of(record)
    people = [person for person in (book.practitioners.get(name) for name in named) if person and not person.trashed_at]
    practice = book.practices.get(record.practice or "")
    if practice is not None and practice.trashed_at is not None:
        practice = None
    if not people and practice is None and (named or record.practice):
        return None
    ids = frozenset(person.id for person in people)
    if isinstance(record, FollowUp):
        rule = rule_of(record)
        if rule and _silent(book, record, people, today, settings, checked):
            return None
        tone = TONES[standing(record.due, record.limit, today)]
        weight = _weight(record.due, _began(book, record), today)
        make = partial(_follow_up_card, book, record, people, practice, today, user)
        at = record.due_time or time.max
        return Item(rule in LOOP_RULES, weight, record.due, at, record.id, tone, ids, make)
    joint = _joint_days(settings) if record.kind is TouchKind.JOINT_APPOINTMENT and record.day > today else 0
    due = max(record.day - timedelta(days=joint), today) if joint else record.day
    tone, weight = TONES[standing(due, None, today)], _weight(due, record.created_at.date(), today)
    at = time.max if joint else record.planned_time or time.max
    make = partial(_plan_card, record, people, practice, joint, due, today, user)
    return Item(False, weight, due, at, record.id, tone, ids, make)


def _silent(
    book: Book, record: FollowUp, people: list[Practitioner], today: date, settings: RuleSettings, checked: bool
) -> bool:
    if silenced(record, people, today):
        return True
    if not checked or ":" not in record.rule:
        return False
    from relationships.rules import still_raised

    return not still_raised(book, record, today, settings)


def _follow_up_card(
    book: Book, record: FollowUp, people: list[Practitioner], practice: Practice | None, today: date, user: str
) -> Card:
    at = record.due_time
    when = lateness(record.due, today)
    return Card(
        id=record.id,
        practitioner_id=people[0].id if people else None,
        practice_id=practice.id if practice is not None else None,
        who=_who(people, practice),
        what=step_words(record),
        when=f"{when} {at:%H:%M}" if at is not None and record.due >= today else when,
        due=record.due,
        limit=record.limit,
        tone=TONES[standing(record.due, record.limit, today)],
        why=_follow_up_why(book, record, today, user),
        rule=rule_of(record),
        record=record,
        key="x",
        does="follow_up",
        kind=record.kind,
        weight=_weight(record.due, _began(book, record), today),
        people=frozenset(person.id for person in people),
    )


def _plan_card(
    touch: Touch,
    people: list[Practitioner],
    practice: Practice | None,
    joint: int,
    due: date,
    today: date,
    user: str,
) -> Card:
    """A planned touch; a joint appointment is prepared some days before (DOMAIN.md section 1, row 29)."""
    at, words, when = touch.planned_time, step_words(touch), lateness(due, today)
    rule = f"A joint appointment is prepared {counted(joint, 'day')} before. " if joint else ""
    return Card(
        id=touch.id,
        practitioner_id=people[0].id if people else None,
        practice_id=practice.id if practice is not None else None,
        who=_who(people, practice),
        what=f"prepare for {day_words(touch.day, today)}: {words}" if joint else words,
        when=f"{when} {at:%H:%M}" if at is not None and due >= today and not joint else when,
        due=due,
        tone=TONES[standing(due, None, today)],
        why=rule + _plan_why(touch, today, user),
        rule=JOINT_RULE if joint else "",
        record=touch,
        key="l",
        does="log",
        kind=touch.kind,
        weight=_weight(due, touch.created_at.date(), today),
        people=frozenset(person.id for person in people),
    )


def _who(people: list[Practitioner], practice: Practice | None) -> str:
    return who_words(people) or (practice.name if practice is not None else "A note to yourself")


def _began(book: Book, follow_up: FollowUp) -> date:
    """The day from which its time runs."""
    touch = book.touches.get(follow_up.from_touch or "")
    return touch.day if touch is not None else follow_up.created_at.date()


def _weight(due: date, began: date, today: date) -> float:
    """How far past its day, as a share of the days that were given for it."""
    return (today - due).days / max((due - began).days, 1)


def _follow_up_why(book: Book, follow_up: FollowUp, today: date, user: str) -> str:
    """ "You set this on 2 Nov after a visit; it was due Sat 21 Nov." A rule's own words go before."""
    due = due_words(follow_up.due, follow_up.limit, today)
    touch = book.touches.get(follow_up.from_touch or "")
    after = f" after {a_touch(touch)}" if touch is not None and touch.trashed_at is None else ""
    why = sentence(follow_up.why)
    if follow_up.rule:
        asks = f"The rule {rule_of(follow_up)} asks for this; {due}."
        said = f"{why} {due[0].upper()}{due[1:]}." if why else asks
    else:
        set_on = short_day(follow_up.created_at.date(), today)
        said = f"{_author(follow_up.created_by, user)} set this on {set_on}{after}; {due}. {why}".rstrip()
    if not follow_up.snoozes:
        return said
    times = "once" if len(follow_up.snoozes) == 1 else f"{len(follow_up.snoozes)} times"
    reason = follow_up.snoozes[-1].reason
    return f"{said} Put off {times}: {sentence(reason)}" if reason else f"{said} Put off {times}."


def _plan_why(touch: Touch, today: date, user: str) -> str:
    planned = short_day(touch.created_at.date(), today)
    said = f"{_author(touch.created_by, user)} planned this on {planned} for {echo(touch.day, today)}"
    return f"{said}; say how it went, or choose another day." if touch.day < today else f"{said}."


def a_touch(touch: Touch) -> str:
    """ "a visit", "an email"."""
    words = touch.kind.short if touch.kind is not TouchKind.OTHER else touch.noun
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _author(by: str, user: str) -> str:
    return "You" if by and by == user else by or "Somebody"
