"""The next step in a quick log line: `next WHEN [KIND] [what]`, in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import Final, NamedTuple

from relationships.dates import DateProblem, DateStyle, read_day
from relationships.log_reading import BadDay, NextHasPassed, NextStepRead, NextWithoutDay, Problem
from relationships.names import fold_words
from relationships.touch_kinds import read_kind

_OPENS: Final = frozenset((("next",), ("follow", "up"), ("followup",), ("then",)))
_PERIODS: Final = frozenset(("week", "month"))
_WORD: Final = re.compile(r"\S+")
_MOST_WORDS: Final = 40
"""How far a day and a kind are looked for; the text goes on as long as it likes."""
_TOO_LONG: Final = 40


class _Day(NamedTuple):
    day: date
    first: int
    until: int


def read_next(segment: str, today: date, style: DateStyle) -> NextStepRead | Problem | None:
    """The next step that a segment asks for, or why not; None when it is part of the note.

    "then" is a word of notes too, so that without a day it is one.
    """
    words = list(islice(_WORD.finditer(segment), _MOST_WORDS))
    typed = [word[0] for word in words]
    opened = _opened(typed)
    if not opened:
        return None
    try:
        day = _find_day(typed, opened, today, style)
    except DateProblem as problem:
        return BadDay(problem.text, str(problem))
    if day is None:
        return None if typed[0].lower().startswith("then") else NextWithoutDay(segment.strip())
    if day.day < today:
        return NextHasPassed(day.day, today)
    others = [word for place, word in enumerate(words) if opened <= place and not day.first <= place < day.until]
    kind, used = read_kind([fold_words(word[0]) for word in others[:3]]) or (None, 0)
    before = [word for word in others[used:] if word.start() < words[day.first].start()]
    left = segment[before[0].start() : before[-1].end()] if before else ""
    after = max(words[day.until - 1].end(), others[used - 1].end() if used else 0)
    what = f"{left} {segment[after:].strip()}".strip(" ,:")
    return NextStepRead(day.day, kind, what)


def _opened(typed: Sequence[str]) -> int:
    """How many words open a next step; 0 when the segment is none."""
    for used in (1, 2):
        first = typed[:used]
        if sum(map(len, first)) <= _TOO_LONG and tuple(w for word in first for w in fold_words(word)) in _OPENS:
            return used
    return 0


def _find_day(typed: Sequence[str], opened: int, today: date, style: DateStyle) -> _Day | None:
    """The first day in the words. "next tue" is the coming Tuesday; "next week" and "next month" are read as such.

    Raises DateProblem for the first words that are meant as a day, when there is no other.
    """
    periods = opened < len(typed) and typed[opened].lower().rstrip(".,:") in _PERIODS
    problem: DateProblem | None = None
    for first in range(0 if periods else opened, len(typed)):
        try:
            read = read_day(typed[first:], today, style=style, prefer="future")
        except DateProblem as found:
            problem = problem or found
            continue
        if read:
            return _Day(read.day, first, first + read.words)
    if problem:
        raise problem
    return None
