"""Days as a trainer types them ("tue", "in 3 weeks", "14 mar") become dates; a date is said back in words.

What is read, in any case, a comma or full stop after a word allowed, "on" or "by" allowed before all but the first two:

- `+2w` `-3d` `+1 month` (d, w, m, y or the whole word); "in 3 weeks", "in a fortnight", "in 3w"
- "3 weeks ago", "a week ago", "two days from now"
- "today", "tomorrow", "yesterday", "day after tomorrow", "day before yesterday"
- "tue": looking ahead the first Tuesday after today, looking back the last one up to and with today
- "this tue": the same, but today counts in both directions; "last tue": the last one before today
- "next tue", "tue next week", "next week on tue": the Tuesday of next week, by the first day of the week in the config.
  On Monday 23 Nov 2026 "tue" is 24 Nov and "next tue" is 1 Dec. "tue last week" and "tue this week" likewise
- "next week", "last month": their first day; "this week", "this month": their last day looking ahead, their first day
  looking back
- "end of month", "end of the week", "end of next month", "end of year"
- "14 mar", "mar 14", "14th of march", "14 march 2026": without a year the first such day from today on looking ahead,
  the last up to today looking back; 29 Feb finds its leap year. A weekday before it has to agree
- 2026-03-14, and in the day order of the config 14/3, 14/3/26, 14.3.2026, 14-3-2026

A two-digit year is in this century. After a month's name it counts as a year only when nothing follows it, so that
"14 mar 26 people came" keeps its 26; a four-digit one from 1900 to 2099 counts always.
A short weekday name alone is a day, whatever follows it, except the words of `_NOT_A_WEEKDAY_BEFORE` ("sat with her").
No day: a number alone, a month's name alone, "3 weeks" alone, 14.3 without a year, 50/50 and 0/10, a time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec
from dateutil.relativedelta import relativedelta

from relationships.date_words import (
    CLOSING,
    MONTH_NAMES,
    WEEKDAY_NAMES,
    WEEKDAYS,
    DateProblem,
    DateStyle,
    Direction,
    Phrase,
    Read,
    ago,
    calendar_day,
    cut,
    day_words,
    echo,
    lateness,
    short_day,
)

__all__ = [
    "DateProblem",
    "DateStyle",
    "DayRead",
    "Direction",
    "ago",
    "day_words",
    "echo",
    "lateness",
    "parse_day",
    "read_day",
    "short_day",
    "week_of",
]

_NUMBERS: Final = "one two three four five six seven eight nine ten eleven twelve".split()
_COUNTS: Final[Mapping[str, int]] = {"a": 1, "an": 1, **{word: count for count, word in enumerate(_NUMBERS, start=1)}}
_UNITS: Final[Mapping[str, relativedelta]] = {
    word: step
    for words, step in (
        ("d day days", relativedelta(days=1)),
        ("w wk wks week weeks", relativedelta(weeks=1)),
        ("fortnight fortnights", relativedelta(weeks=2)),
        ("m mo mos month months", relativedelta(months=1)),
        ("y yr yrs year years", relativedelta(years=1)),
    )
    for word in words.split()
}
_NEAR_DAYS: Final[Mapping[tuple[str, ...], int]] = {
    ("today",): 0,
    ("tomorrow",): 1,
    ("yesterday",): -1,
    ("day", "after", "tomorrow"): 2,
    ("the", "day", "after", "tomorrow"): 2,
    ("day", "before", "yesterday"): -2,
    ("the", "day", "before", "yesterday"): -2,
}
_NOT_A_WEEKDAY_BEFORE: Final[Mapping[str, frozenset[str]]] = {
    "mon": frozenset("ami amie amis cher dieu".split()),
    "sat": frozenset(
        "and around back behind beside by down for here in near on out there through together up with".split()
    ),
    "sun": frozenset(
        "allergy block burn cream damage exposure hat light lotion protection salutation salutations".split()
    ),
}
"""A short weekday name that is another word when one of these follows: "sat with her", "mon ami"."""

_STYLE: Final = DateStyle()
_LONGEST_PHRASE: Final = 9
_EXAMPLE: Final = 'Try "today", "tue", "14 mar" or "in 3 weeks".'
_SIGNED: Final = re.compile(r"([+-])([0-9]+)([a-z]*)")
_GLUED: Final = re.compile(r"([0-9]+)([a-z]+)")
_WHICH: Final = {"last": -1, "this": 0, "next": 1}


class DayRead(msgspec.Struct, frozen=True):
    """A day that was understood, how many words from the front it took, and those words as typed."""

    day: date
    words: int
    text: str


def week_of(day: date, style: DateStyle) -> tuple[date, date]:
    """First and last day of the week a day lies in, cut off at the ends of the calendar."""
    since = (day.weekday() - style.week_start) % 7
    first = day - timedelta(days=min(since, (day - date.min).days))
    return first, day + timedelta(days=min(6 - since, (date.max - day).days))


def read_day(
    words: Sequence[str], today: date, *, style: DateStyle = _STYLE, prefer: Direction = "future"
) -> DayRead | None:
    """The longest day phrase at the front of the words; None when they begin with no day phrase.

    Raises DateProblem when they begin with a day phrase that is no day ("31 feb").
    """
    typed = tuple(words[:_LONGEST_PHRASE])
    plain = tuple(word.rstrip(CLOSING).lower() for word in typed)
    phrase = Phrase(typed=typed, plain=plain, today=today, style=style, prefer=prefer)
    after_on = 1 if phrase.word(0) in ("on", "by") else 0
    read = (
        _step(phrase)
        or _near(phrase, after_on)
        or _period(phrase, after_on)
        or _end_of(phrase, after_on)
        or _weekday(phrase, after_on)
        or calendar_day(phrase, after_on)
    )
    if read is None:
        return None
    return DayRead(read.day, read.words, " ".join(typed[: read.words]))


def parse_day(text: str, today: date, *, style: DateStyle = _STYLE, prefer: Direction = "future") -> date:
    """The day that the whole text names; DateProblem, with an example of what can be typed, when it names none."""
    words = text.split()
    if not words:
        raise DateProblem(text, f"No day was given. {_EXAMPLE}")
    read = read_day(words, today, style=style, prefer=prefer)
    if read is None:
        raise DateProblem(text, f'"{cut(text)}" is not a day. {_EXAMPLE}')
    if read.words < len(words):
        rest = " ".join(words[read.words :])
        raise DateProblem(text, f'"{cut(read.text)}" is a day, but "{cut(rest)}" after it is not. {_EXAMPLE}')
    return read.day


def _step(phrase: Phrase) -> Read | None:
    """Read +2w, "in 3 weeks", "3 weeks ago", "a week from now"."""
    if signed := _SIGNED.fullmatch(phrase.word(0)):
        sign, digits, glued = signed.groups()
        used, unit = (1, glued) if glued else (2, _whole_unit(phrase.word(1)))
        return _moved(phrase, f"{sign}{_short(digits)}", unit, used)
    start = 1 if phrase.word(0) == "in" else 0
    if glued_count := _GLUED.fullmatch(phrase.word(start)):
        (digits, unit), used = glued_count.groups(), start + 1
    else:
        digits, unit, used = phrase.word(start), _whole_unit(phrase.word(start + 1)), start + 2
    count = str(_COUNTS.get(digits, digits))
    if not re.fullmatch("[0-9]+", count):
        return None
    count = _short(count)
    if start:
        return _moved(phrase, count, unit, used)
    if phrase.word(used) == "ago":
        return _moved(phrase, f"-{count}", unit, used + 1)
    if phrase.word(used) == "from" and phrase.word(used + 1) in ("now", "today"):
        return _moved(phrase, count, unit, used + 2)
    return None


def _moved(phrase: Phrase, count: str, unit: str, words: int) -> Read | None:
    step = _UNITS.get(unit)
    return Read(phrase.shifted(step * int(count), words), words) if step else None


def _whole_unit(word: str) -> str:
    """A unit that stands alone has to be a word: "-5 m" is not five months."""
    return word if len(word) > 1 else ""


def _short(digits: str) -> str:
    """Nine digits are beyond any calendar already, and int() refuses thousands of them."""
    return digits.lstrip("0")[:9] or "0"


def _near(phrase: Phrase, at: int) -> Read | None:
    for words, days in _NEAR_DAYS.items():
        if phrase.plain[at : at + len(words)] == words:
            used = at + len(words)
            return Read(phrase.shifted(relativedelta(days=days), used), used)
    return None


def _bounds(phrase: Phrase, unit: str, which: int, words: int) -> tuple[date, date]:
    """First and last day of the last (-1), this (0) or next (1) week, month or year."""
    inside = phrase.shifted(_UNITS[unit] * which, words)
    if unit == "week":
        return week_of(inside, phrase.style)
    if unit == "month":
        return inside.replace(day=1), inside + relativedelta(day=31)
    return date(inside.year, 1, 1), date(inside.year, 12, 31)


def _period(phrase: Phrase, at: int) -> Read | None:
    """Read "next week", "last month", "next week on tue"."""
    which, unit, used = _WHICH.get(phrase.word(at)), phrase.word(at + 1), at + 2
    if which is None or unit not in ("week", "month"):
        return None
    named = used + (phrase.word(used) == "on")
    if unit == "week" and phrase.word(named) in WEEKDAYS and not _other_word(phrase, named):
        return _in_week(phrase, WEEKDAYS[phrase.word(named)], which, named + 1)
    first, last = _bounds(phrase, unit, which, used)
    return Read(last if which == 0 and phrase.prefer == "future" else first, used)


def _end_of(phrase: Phrase, at: int) -> Read | None:
    if phrase.plain[at : at + 2] != ("end", "of"):
        return None
    named = at + 2 + (phrase.word(at + 2) in ("the", *_WHICH))
    unit = phrase.word(named)
    if unit not in ("week", "month", "year"):
        return None
    return Read(_bounds(phrase, unit, _WHICH.get(phrase.word(named - 1), 0), named + 1)[1], named + 1)


def _in_week(phrase: Phrase, weekday: int, which: int, words: int) -> Read:
    ahead = (weekday - phrase.style.week_start) % 7 - (phrase.today.weekday() - phrase.style.week_start) % 7
    return Read(phrase.shifted(relativedelta(days=ahead + 7 * which), words), words)


def _other_word(phrase: Phrase, at: int) -> bool:
    follow = _NOT_A_WEEKDAY_BEFORE.get(phrase.word(at), frozenset())
    return phrase.word(at + 1) in follow and phrase.typed[at][-1:] not in CLOSING


def _weekday(phrase: Phrase, at: int) -> Read | None:
    """Read "tue", "next tue", "tue next week", "tue 24 nov"."""
    which = phrase.word(at) if phrase.word(at) in _WHICH else ""
    named = at + 1 if which else at
    weekday, used = WEEKDAYS.get(phrase.word(named)), named + 1
    if weekday is None:
        return None
    if which == "next":
        return _in_week(phrase, weekday, 1, used)
    if not which:
        if phrase.word(used) in _WHICH and phrase.word(used + 1) == "week":
            return _in_week(phrase, weekday, _WHICH[phrase.word(used)], used + 2)
        if dated := calendar_day(phrase, used):
            if dated.day.weekday() != weekday:
                day = dated.day
                is_a = f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year} is a {WEEKDAY_NAMES[day.weekday()]}."
                raise phrase.problem(dated.words, is_a)
            return dated
        if at == 0 and _other_word(phrase, named):
            return None
    ahead = (weekday - phrase.today.weekday()) % 7
    if which == "last" or phrase.prefer == "past":
        ahead = ahead - 7 if ahead or which == "last" else 0
    elif not ahead and not which:
        ahead = 7
    return Read(phrase.shifted(relativedelta(days=ahead), used), used)
