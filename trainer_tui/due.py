"""`due`: what was agreed and is late, for today, or soon. It runs at logins and from cron, so it has to be quick."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from relationships.cadence import silenced, step_day, step_order, step_time, step_words
from relationships.records import FollowUp, Practice, Practitioner, Touch
from trainer_tui.cli_arguments import whole_number
from trainer_tui.errand import Answer

if TYPE_CHECKING:
    from relationships.book import Book
    from trainer_tui.due_rules import Asked
    from trainer_tui.errand import Errand

AHEAD: Final = 7
"""Days that are looked ahead unless `--days` says otherwise."""
FURTHEST: Final = 3650
SOMETHING_DUE: Final = 1
"""The exit code of `--check` when there is something."""

When = Literal["overdue", "today", "soon"]
_HEADINGS: Final[dict[When, str]] = {"overdue": "OVERDUE", "today": "TODAY", "soon": "SOON"}


class Step(msgspec.Struct, frozen=True):
    """An open follow-up or a planned touch that is due."""

    record: FollowUp | Touch
    when: When
    practitioners: tuple[Practitioner, ...]
    practice: Practice | None

    @property
    def who(self) -> str:
        """The people it is with, else the practice."""
        people = ", ".join(person.name for person in self.practitioners)
        return people or (self.practice.name if self.practice is not None else "a note to yourself")


def due(errand: Errand) -> Answer:
    """Everything overdue, for today and within some days; with `--check` only an exit code when there is none."""
    check = "--check" in errand.arguments.options
    days = whole_number(errand.arguments, "--days", 0 if check else AHEAD, FURTHEST)
    today = errand.clock.today()
    store = errand.open_book(to_read=True)
    steps = list(due_steps(store.book, today, days))
    asked = _asked(errand, store.book, today, days) if "--rules" in errand.arguments.options else None
    code = SOMETHING_DUE if check and (steps or asked) else 0
    if errand.json:
        return Answer(_json(errand, steps, asked, today, days), code, kept=store)
    if steps or asked:
        return Answer(_text(steps, asked or [], today, errand.width), code, kept=store)
    return Answer("" if check else f"Nothing is due {_within(days)}.\n", kept=store)


def _asked(errand: Errand, book: Book, today: date, days: int) -> list[Asked]:
    """What the rules ask for up to `days` ahead. They look at everybody, so that `due` alone leaves them out."""
    from trainer_tui.due_rules import asked_by_rules

    return asked_by_rules(book, today, _last(today, days), errand.config.rule_settings)


def due_steps(book: Book, today: date, days: int) -> Iterator[Step]:
    """Open follow-ups and planned touches up to `days` ahead, soonest first; each costs the same in a book of any size.

    Left out is what is with nobody but people in the trash, and what a rule raised for somebody not to be contacted
    (DOMAIN.md section 4, behaviour h).
    """
    for record in _open(book, _last(today, days)):
        step = _step(book, record, today)
        if step is not None:
            yield step


def _last(today: date, days: int) -> date:
    return date.fromordinal(min(today.toordinal() + days, date.max.toordinal()))


def _open(book: Book, last: date) -> list[FollowUp | Touch]:
    found: list[FollowUp | Touch] = []
    for records in (book.open_follow_ups(), book.planned_touches()):
        for record in records:
            if step_day(record) > last:
                break
            found.append(record)
    return sorted(found, key=step_order)


def _step(book: Book, record: FollowUp | Touch, today: date) -> Step | None:
    ids = record.practitioners if isinstance(record, Touch) else filter(None, (record.practitioner,))
    named = [book.practitioners.get(each) for each in ids]
    people = tuple(person for person in named if person is not None and person.trashed_at is None)
    practice = book.practices.get(record.practice or "")
    if practice is not None and practice.trashed_at is not None:
        practice = None
    if not people and practice is None and (named or record.practice):
        return None
    if isinstance(record, FollowUp) and silenced(record, people, today):
        return None
    return Step(record, when_of(step_day(record), today), people, practice)


def when_of(day: date, today: date) -> When:
    """Under which heading a day stands."""
    return "overdue" if day < today else "today" if day == today else "soon"


def _within(days: int) -> str:
    return "today" if days == 0 else f"within {days} days" if days > 1 else "today or tomorrow"


def _text(steps: list[Step], asked: list[Asked], today: date, width: int | None) -> str:
    from trainer_tui.listing import table

    found = []
    for step in steps:
        day, at = step_day(step.record), step_time(step.record)
        found.append((day, f" {at:%H:%M}" if at is not None else "", step.who, step_words(step.record)))
    if asked:
        found += [(each.due, "", each.who, f"{each.what} ({each.rule})") for each in asked]
        found.sort(key=itemgetter(0))
    rows = [
        (_HEADINGS[when_of(day, today)], f"{day.isoformat()}{at}", _distance(day, today), who, what)
        for day, at, who, what in found
    ]
    return table(("", "DAY", "WHEN", "WHO", "WHAT"), rows, width)


def _distance(day: date, today: date) -> str:
    """Days late or ahead. The words of `relationships.dates` would cost each login the 3 ms of importing them."""
    days = (day - today).days
    if days == 0:
        return "today"
    counted = "1 day" if abs(days) == 1 else f"{abs(days)} days"
    return f"{counted} late" if days < 0 else f"in {counted}"


def _json(errand: Errand, steps: list[Step], asked: list[Asked] | None, today: date, days: int) -> str:
    from trainer_tui.json_text import json_text, record_document

    found: dict[str, list[dict[str, Any]]] = {when: [] for when in _HEADINGS}
    for step in steps:
        derived = {
            "day": step_day(step.record),
            "words": step_words(step.record),
            "practitioner_names": [person.name for person in step.practitioners],
            "practice_name": step.practice.name if step.practice is not None else None,
        }
        found[step.when].append(record_document(step.record, derived))
    rules = {} if asked is None else {"rules": [each.document() for each in asked]}
    return json_text({"book": str(errand.place.path), "day": today, "until": _last(today, days), **found, **rules})
