"""The opening sequence with a practice that has never referred (DOMAIN.md section 4)."""

from __future__ import annotations

from typing import Final

from relationships.book import Book
from relationships.cadence import bought_until, paused, resting
from relationships.case import Case, Raised, Window, after
from relationships.records import Practice, Practitioner, Touch
from relationships.rhythm_rules import way_of
from relationships.stages import counts, done_by, last_touch
from relationships.vocabulary import Channel, Direction, ReferralDirection, TouchKind

TOUCHES: Final = 6
IN_PERSON: Final = 2


def opening_sequence(case: Case) -> Raised | None:
    """Never-referred practice: 6 touches in 8 weeks, at least 2 in person, then the rhythm (section 4, row 5 [HCS]).

    The touches are spread evenly over the weeks. Whoever of the practice was in touch last is asked for; somebody
    without a practice is one of their own.
    """
    days = case.settings.days_of("opening_sequence", case.person)
    first = next(case.oldest_first(), None)
    if days is None or first is None or case.today >= after(first.day, days.target):
        return None
    practice = case.practice
    people = case.book.practitioners_at(practice.id) if practice is not None else [case.person]
    if _lead(case, people) != case.person.id or _referred(case.book, people):
        return None
    touches = _touches(case, practice, people)
    start = min(touch.day for touch in touches)
    seen = sum(t.channel is Channel.IN_PERSON and t.kind is not TouchKind.CARD_DROP for t in touches)
    if case.today >= after(start, days.target) or (len(touches) >= TOUCHES and seen >= IN_PERSON):
        return None
    step = max(days.target // (TOUCHES - 1), 1)
    last = max(touches, key=lambda touch: touch.day)
    due = max(after(start, step * min(len(touches), TOUCHES - 1)), bought_until(last))
    if due > case.until:
        return None
    left = max(TOUCHES - len(touches), 1)
    kind = TouchKind.VISIT if IN_PERSON - seen >= left else way_of(case)
    limit = after(start, days.limit) if days.limit is not None else None
    return case.raised(
        "opening_sequence",
        Window(due, limit, step),
        f"{kind.short}: touch {len(touches) + 1} of {max(TOUCHES, len(touches) + 1)} with them",
        lambda: (
            f"A practice that has not referred yet gets {TOUCHES} touches in {days.target // 7} weeks, {IN_PERSON} of "
            f"them in person; there were {len(touches)} since {case.on(start)}, {seen} in person."
        ),
        practice if practice is not None else case.person,
        kind=kind,
    )


def _lead(case: Case, people: list[Practitioner]) -> str | None:
    """Whoever of the practice was in touch last and may be asked for."""
    lead, latest = None, None
    for person in people:
        last = last_touch(case.book, person.id, case.today)
        if last is None or resting(person) or paused(person, case.today):
            continue
        if latest is None or (last.day, last.id) > (latest.day, latest.id):
            lead, latest = person.id, last
    return lead


def _referred(book: Book, people: list[Practitioner]) -> bool:
    """Somebody was sent from there."""
    return any(
        referral.direction is ReferralDirection.RECEIVED and counts(referral)
        for person in people
        for referral in book.referrals_with(person.id)
    )


def _touches(case: Case, practice: Practice | None, people: list[Practitioner]) -> list[Touch]:
    """What went out to the practice or was shared with it, each touch once."""
    found = {touch.id: touch for person in people for touch in case.book.touches_with(person.id)}
    if practice is not None:
        found.update({touch.id: touch for touch in case.book.touches_at_desk(practice.id)})
    touches = [t for t in found.values() if done_by(t, case.today) and (t.two_way or t.direction is Direction.OUT)]
    return touches or list(case.done())
