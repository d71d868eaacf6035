"""What is still owed in the made-up book: a handful due now, the rest later, whatever the size."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any, Final

from relationships.parts import Snooze
from relationships.records import FollowUp
from relationships.vocabulary import TouchKind
from trainer_tui.demo_cast import Standing
from trainer_tui.demo_pen import Pen, opened
from trainer_tui.demo_people import Person
from trainer_tui.demo_script import OWED, SCRIPTED, Owed
from trainer_tui.demo_touches import Past

LATER: Final = 8
"""What is for later begins so many days ahead: beyond this week, however it is counted."""


def made_up_follow_ups(pen: Pen, people: Sequence[Person], past: Past, touches: int) -> list[FollowUp]:
    """The open follow-ups: 4 to 12 overdue, 2 to 4 for today, 3 to 5 for this week, and later ones."""
    week = week_ahead(pen.today)
    owed = [_owed(pen, people[script.who], past, script, week) for script in OWED]
    going_on = [
        person
        for place, person in enumerate(people)
        if place not in SCRIPTED and not person.over and person.standing >= Standing.INTRODUCED
    ]
    met = [person for person in going_on if person.standing >= Standing.MET]
    busy = met[: len(met) * 3 // 4 + 1]
    days = _soon(pen, week, touches)
    asked = [busy[number % len(busy)] for number in range(len(days))]
    soon = [_follow_up(pen, person, past, day) for person, day in zip(asked, days, strict=True)]
    later = [
        _follow_up(pen, person, past, pen.ago(-pen.between(LATER, 90)))
        for place, person in enumerate(going_on)
        if (person not in asked or pen.odds(0.3)) and place % (5 if place < 20 else 25) != 4
    ]
    return [*owed, *soon, *later]


def week_ahead(today: date) -> list[date]:
    """Tomorrow to Sunday; on a Sunday the six days after it."""
    left = 6 - today.weekday() or 6
    return [today + timedelta(days=ahead) for ahead in range(1, left + 1)]


def _soon(pen: Pen, week: Sequence[date], touches: int) -> list[date]:
    overdue = min(11, 4 + touches // 5000 + pen.between(0, 2))
    late = [pen.ago(ago) for ago in sorted((pen.between(1, 16) for _ in range(overdue)), reverse=True)]
    now = [pen.today] * pen.between(1, 2)
    return [*late, *now, *(pen.pick(week) for _ in range(pen.between(1, 2)))]


def _owed(pen: Pen, person: Person, past: Past, script: Owed, week: Sequence[date]) -> FollowUp:
    day = week[min(script.ahead, len(week) - 1)] if script.this_week else pen.ago(-script.ahead)
    return _record(
        pen,
        person,
        past,
        day,
        {"kind": script.kind, "what": script.what, "why": script.why, "repeat": script.repeat, "owner": script.by},
    )


def _follow_up(pen: Pen, person: Person, past: Past, day: date) -> FollowUp:
    fields: dict[str, Any] = {"what": pen.say("do"), "why": opened(pen.say("why")), "owner": person.record.owner}
    if pen.odds(0.4):
        fields["kind"] = pen.pick((TouchKind.PHONE_CALL, TouchKind.VISIT, TouchKind.EMAIL))
        fields["what"] = pen.fill("about {case}")
    if pen.odds(0.25):
        fields["may_wait"] = True
    if pen.odds(0.15):
        fields["due_time"] = time(pen.between(8, 17), 30)
    if pen.odds(0.2):
        fields["repeat"] = pen.pick(("FREQ=MONTHLY", "FREQ=WEEKLY;INTERVAL=6", "FREQ=DAILY;INTERVAL=30"))
    return _record(pen, person, past, day, fields)


def _record(pen: Pen, person: Person, past: Past, day: date, fields: dict[str, Any]) -> FollowUp:
    before = min(day, pen.today)
    done = [touch for touch in past.of.get(person.id, ()) if touch.day <= before]
    written = done[-1].day if done else before - timedelta(days=pen.between(1, 20))
    if fields.pop("may_wait", False) and written < before:
        on = max(written, before - timedelta(days=pen.between(1, 12)))
        fields["snoozes"] = (Snooze(on=on, until=day, reason=pen.say("later_reason"), by=fields["owner"]),)
    return pen.new(
        FollowUp,
        written,
        fields["owner"],
        practitioner=person.id,
        due=day,
        limit=day + timedelta(days=5) if pen.odds(0.5) else None,
        from_touch=done[-1].id if done else None,
        **fields,
    )
