"""The quick log line, `[plan] [KIND] NAME [DAY] note ... [; next WHEN [KIND] [what]]`, read and made into one act.

    visit patel yesterday asked about post-rehab; next in 3 weeks

- KIND is any touch kind by a word of its own ("call", "rang", "c"); without one it counts as a visit. An arrow before
  it (`<call patel`), or "from" or "in" after it, says that the other side began.
- NAME is the longest run of words that begin words of somebody's name, or of a practice's where nobody has it; or it
  stands in quotation marks.
  More names follow after "," or "and": `visit patel, osei tue`.
- DAY is what `dates.read_day` reads, before or after the name; a day ahead plans the touch, and so does "plan" in
  front of the line. A time of day may follow what is planned. ":" or "," ends it.
- The note is kept as typed. "no answer" or "they rang" at its start says who took part.
- A segment after ";" that starts with "next", "then" or "follow up" is the next step; others belong to the note.
- "owe: ..." and "they owe: ..." are promises, `#word` is a tag.

What a touch closes and completes, and how it is saved: `relationships.log_act`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from relationships.book import Book
from relationships.dates import DateStyle
from relationships.log_act import closes, completes, to_act
from relationships.log_head import Head, HeadReader, Who
from relationships.log_next import read_next
from relationships.log_promises import read_promises, tags_in
from relationships.log_reading import (
    Ambiguous,
    BadDay,
    Incomplete,
    NextHasPassed,
    NextStepRead,
    NextWithoutDay,
    PlanHasPassed,
    Problem,
    Reading,
    Unknown,
    echo,
)
from relationships.log_tokens import SEPARATORS
from relationships.names import Names, completed
from relationships.parts import Promise
from relationships.records import Practice, Practitioner
from relationships.stages import last_touch
from relationships.touch_kinds import (
    channel_of,
    kind_beginning_with,
    opening_of,
    usually_two_way,
)
from relationships.vocabulary import Direction, Discipline, TouchKind

__all__ = [
    "Ambiguous",
    "BadDay",
    "Incomplete",
    "NextHasPassed",
    "NextStepRead",
    "NextWithoutDay",
    "PlanHasPassed",
    "Problem",
    "Reading",
    "Unknown",
    "echo",
    "read_line",
    "to_act",
]

_STYLE: Final = DateStyle()
_NOBODY_CHOSEN: Final[Mapping[str, str]] = {}
_MOST_WEIGHED: Final = 32
"""Among more people than this a beginning says too little for last touches to be worth looking up at a key press."""
_SEGMENT: Final = re.compile(f"[{SEPARATORS}]([^{SEPARATORS}]*)")
_WHOLE_SEGMENT: Final = re.compile(f"([{SEPARATORS}]?)([^{SEPARATORS}]*)")


def read_line(
    line: str,
    book: Book,
    today: date,
    *,
    style: DateStyle = _STYLE,
    names: Names | None = None,
    recent: Sequence[str] = (),
    chosen: Mapping[str, str] = _NOBODY_CHOSEN,
) -> Reading:
    """What is understood of a line, whatever it holds: it raises nothing, and says what is wrong in `problem`.

    `names`, kept between key presses, spares folding every name anew. `recent` holds ids of people who come first among
    several, before those touched last. `chosen` maps `names.fold(problem.name_text)` to the id that was picked.
    """
    names = names or Names()
    names.follow(book)
    head = HeadReader(line, names, today, style, chosen).read()
    kind = head.kind or TouchKind.VISIT
    whos = (head.who, *head.others) if head.who else ()
    meant = [_ordered(book, who, recent) for who in whos]
    people = tuple(person for found, _ in meant for person in found)
    practices = meant[0][1] if meant else ()
    clear = all(len(found) + len(places) == 1 for found, places in meant)
    note, promised, step = _note_and_rest(line[head.rest :], today, style)
    day = head.day if isinstance(head.day, date) else today
    planned = day > today or head.plan
    opening = opening_of(note)
    direction = Direction.IN if head.came_in else (opening and opening.direction) or Direction.OUT
    two_way = opening.two_way if opening else usually_two_way(kind) or direction is Direction.IN
    completion = _completion(head, _ordered(book, head.typing, recent) if head.typing else ((), ()))
    reading = Reading(
        line=line,
        kind=kind,
        kind_assumed=head.kind is None,
        people=tuple(dict.fromkeys(people)) if clear else (),
        practice=_practice_of(book, people) if people else practices[0] if len(practices) == 1 else None,
        day=day,
        planned=planned,
        time=head.time,
        direction=direction,
        channel=channel_of(kind),
        two_way=two_way and not planned,
        note=note if head.who else "",
        promised=promised if head.who else (),
        tags=tags_in(note) if head.who else (),
        next=step if isinstance(step, NextStepRead) else None,
        problem=_problem(book, names, head, whos, meant, step, completion)
        or (PlanHasPassed(day, today) if head.plan and day < today else None),
        completion=completion,
    )
    if planned or not reading.subject:
        return reading
    return replace(reading, closes=closes(book, reading), completes=completes(book, reading))


_Meant = tuple[tuple[Practitioner, ...], tuple[Practice, ...]]
"""Whom one name may mean."""


def _ordered(book: Book, who: Who, recent: Sequence[str]) -> _Meant:
    """Those of the name: the recent ones, then those touched last, then by name."""
    places = {record_id: place for place, record_id in enumerate(recent)}

    def order(person: Practitioner) -> tuple[int, int]:
        touch = last_touch(book, person.id) if weighed else None
        return places.get(person.id, len(places)), -touch.day.toordinal() if touch else 0

    people = who.people
    weighed = len(people) <= _MOST_WEIGHED
    return tuple(sorted(people, key=order)) if len(people) > 1 else people, who.practices


def _practice_of(book: Book, people: Sequence[Practitioner]) -> Practice | None:
    """The only live practice that all the people have."""
    shared = _places(book, people[0])
    for person in people[1:]:
        theirs = _places(book, person)
        shared = [place for place in shared if place in theirs]
    return shared[0] if len(shared) == 1 else None


def _places(book: Book, person: Practitioner) -> list[Practice]:
    found = (book.practices.get(practice) for practice in person.practices)
    return [practice for practice in found if practice and practice.trashed_at is None]


def _label(book: Book, record: Practitioner | Practice) -> str:
    if isinstance(record, Practice):
        return f"{record.name} ({record.city})" if record.city else record.name
    places = _places(book, record)
    if not places and record.discipline is Discipline.OTHER:
        return record.name
    return f"{record.name} ({places[0].name if places else record.discipline.short})"


def _problem(
    book: Book,
    names: Names,
    head: Head,
    whos: Sequence[Who],
    meant: Sequence[_Meant],
    step: NextStepRead | Problem | None,
    completion: str | None,
) -> Problem | None:
    """The first thing that is in the way, in the order of the line."""
    who = head.who
    if who and not who.known and not (head.lone and completion):
        return Unknown(who.text, names.people.nearest(who.text))
    for each, (people, practices) in zip(whos, meant, strict=True):
        found: tuple[Practitioner | Practice, ...] = (*people, *practices)
        if len(found) > 1:
            return Ambiguous(each.text, found, tuple(_label(book, record) for record in found))
    if isinstance(head.day, BadDay):
        return head.day
    if not any(people or practices for people, practices in meant):
        return Incomplete()
    return step if isinstance(step, Problem) else None


def _completion(head: Head, meant: _Meant) -> str | None:
    """The word being typed, in full: of the first name that has one, else of a kind when nobody has that name."""
    if head.typing is None:
        return None
    found: tuple[Practitioner | Practice, ...] = (*meant[0], *meant[1])
    for record in found:
        if whole := completed(record.name, head.typing.text):
            return whole
    if head.lone and head.kind is None and not found:
        return kind_beginning_with(head.typing.text)
    return None


def _note_and_rest(
    text: str, today: date, style: DateStyle
) -> tuple[str, tuple[Promise, ...], NextStepRead | Problem | None]:
    """The note; the promises and the first segment that is a next step, taken out of it."""
    step: NextStepRead | Problem | None = None
    for segment in _SEGMENT.finditer(text):
        step = read_next(segment[1], today, style)
        if step is not None:
            text = text[: segment.start()] + text[segment.end() :]
            break
    kept = ""
    promised: list[Promise] = []
    for segment in _WHOLE_SEGMENT.finditer(text):
        left, found = read_promises(segment[2])
        kept += segment[1] + left if left.strip() or left == segment[2] else ""
        promised += found
    note = kept.strip()
    return (note[1:].strip() if note[:1] in SEPARATORS else note), tuple(promised), step
