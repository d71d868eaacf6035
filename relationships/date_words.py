"""Calendar days in words: a written-out date is read ("14 mar", 14/3/2026), and a day is said back.

Names are fixed English, never the machine's locale, so that what is echoed can be typed again. Days that are named by
their distance from today are read in `relationships.dates`, which also hands on what others use of this module.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Final, Literal, NamedTuple

import msgspec
from dateutil.relativedelta import relativedelta

WEEKDAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES: Final = tuple(
    "January February March April May June July August September October November December".split()
)
WEEKDAYS: Final[Mapping[str, int]] = {
    **{name.lower(): number for number, name in enumerate(WEEKDAY_NAMES)},
    **{name[:3].lower(): number for number, name in enumerate(WEEKDAY_NAMES)},
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
MONTHS: Final[Mapping[str, int]] = {
    **{name.lower(): number for number, name in enumerate(MONTH_NAMES, start=1)},
    **{name[:3].lower(): number for number, name in enumerate(MONTH_NAMES, start=1)},
    "sept": 9,
}
Direction = Literal["past", "future"]

CLOSING: Final = ",.;:"
_YEARS: Final = "the calendar runs from year 1 to year 9999."
_DAY_NUMBER: Final = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?")
_YEAR_FIRST: Final = re.compile(r"([0-9]{4,})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST: Final = re.compile(r"([0-9]{1,2})(?:([/.])([0-9]{1,2})\2([0-9]{2}|[0-9]{4,})|-([0-9]{1,2})-([0-9]{4,}))")
_NO_YEAR: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})")


class DateStyle(msgspec.Struct, frozen=True, kw_only=True):
    """How this trainer writes days: `week_start` 0 Monday to 6 Sunday; `day_first` reads 14/3, otherwise 3/14."""

    week_start: int = 0
    day_first: bool = True


class DateProblem(ValueError):
    """Words that are meant as a day but are none; `text` is what was read, `str()` a sentence for the screen."""

    def __init__(self, text: str, sentence: str) -> None:
        super().__init__(sentence)
        self.text = text


class Read(NamedTuple):
    """A day, and how many words from the front named it."""

    day: date
    words: int


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """The words to be read, as typed and plain, with all that their meaning depends on."""

    typed: tuple[str, ...]
    plain: tuple[str, ...]
    today: date
    style: DateStyle
    prefer: Direction

    def word(self, at: int) -> str:
        """The plain word at a place, empty behind the last one."""
        return self.plain[at] if at < len(self.plain) else ""

    def ends(self, at: int) -> bool:
        """Whether the word is the last one, or closed by a comma or the like."""
        return at + 1 >= len(self.typed) or self.typed[at][-1:] in CLOSING

    def problem(self, words: int, why: str) -> DateProblem:
        """To be raised: the first words, said to be no day, and why."""
        text = " ".join(self.typed[:words])
        return DateProblem(text, f'"{cut(text)}" is not a day: {why}')

    def shifted(self, step: relativedelta, words: int) -> date:
        """Today moved by a step that the first words name; DateProblem when that leaves the calendar."""
        try:
            return self.today + step
        except (OverflowError, ValueError):
            raise self.problem(words, _YEARS) from None


def cut(text: str) -> str:
    """At most 40 characters of what was typed, on one line, for a sentence about it."""
    shown = " ".join(text.split()).rstrip(CLOSING)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"


def calendar_day(phrase: Phrase, at: int) -> Read | None:
    """The written-out date that starts at a word; DateProblem when there is no such day."""
    return _numbers(phrase, at) or _day_and_month(phrase, at)


def _numbers(phrase: Phrase, at: int) -> Read | None:
    """Read 2026-03-14, 14/3/2026, 14.3.26, 14/3; "50/50" and "0/10" are no days."""
    word, used = phrase.word(at), at + 1
    if found := _YEAR_FIRST.fullmatch(word):
        return Read(_dated(phrase, used, found[1], int(found[3]), int(found[4])), used)
    if found := _YEAR_LAST.fullmatch(word):
        month, day = _ordered(phrase, used, int(found[1]), int(found[3] or found[5]))
        return Read(_dated(phrase, used, found[4] or found[6], month, day), used)
    if found := _NO_YEAR.fullmatch(word):
        first, second = int(found[1]), int(found[2])
        if 1 <= first <= 31 and 1 <= second <= 31:
            month, day = _ordered(phrase, used, first, second)
            return Read(_nearest(phrase, used, month, day), used)
    return None


def _ordered(phrase: Phrase, words: int, first: int, second: int) -> tuple[int, int]:
    """Month and day by the day order of the config."""
    month, day = (second, first) if phrase.style.day_first else (first, second)
    if not 1 <= month <= 12:
        order = "the day comes first here" if phrase.style.day_first else "the month comes first here"
        raise phrase.problem(words, f"there is no month {month} ({order}).")
    return month, day


def _day_and_month(phrase: Phrase, at: int) -> Read | None:
    """Read "14 mar", "the 14th of march 2026", "mar 14", "march the 14th"."""
    at += phrase.word(at) == "the"
    if number := _DAY_NUMBER.fullmatch(phrase.word(at)):
        used = at + 1 + (phrase.word(at + 1) == "of")
        month = MONTHS.get(phrase.word(used))
    else:
        month = MONTHS.get(phrase.word(at))
        used = at + 1 + (phrase.word(at + 1) == "the")
        number = _DAY_NUMBER.fullmatch(phrase.word(used))
    if number is None or month is None:
        return None
    used += 1
    if _is_year(phrase, used):
        return Read(_dated(phrase, used + 1, phrase.word(used), month, int(number[1])), used + 1)
    return Read(_nearest(phrase, used, month, int(number[1])), used)


def _is_year(phrase: Phrase, at: int) -> bool:
    word = phrase.word(at)
    if not re.fullmatch("[0-9]{2}|[0-9]{4,}", word):
        return False
    return phrase.ends(at) or (len(word) == 4 and "1900" <= word <= "2099")


def _dated(phrase: Phrase, words: int, year: str, month: int, day: int) -> date:
    if len(year) > 4 or year == "0000":
        raise phrase.problem(words, _YEARS)
    return _existing(phrase, words, int(year) + (2000 if len(year) == 2 else 0), month, day)


def _existing(phrase: Phrase, words: int, year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise phrase.problem(words, f"there is no month {month}.")
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise phrase.problem(words, f"{MONTH_NAMES[month - 1]} {year} has {last} days.")
    return date(year, month, day)


def _nearest(phrase: Phrase, words: int, month: int, day: int) -> date:
    """The day of some year nearest to today in the preferred direction; eight years always hold a 29 February."""
    if day != 29 or month != 2:
        _existing(phrase, words, phrase.today.year, month, day)
    way = 1 if phrase.prefer == "future" else -1
    for year in range(phrase.today.year, phrase.today.year + 9 * way, way):
        if date.min.year <= year <= date.max.year and day <= monthrange(year, month)[1]:
            found = date(year, month, day)
            if found == phrase.today or (found > phrase.today) == (way == 1):
                return found
    raise phrase.problem(words, _YEARS)


def short_day(day: date, today: date) -> str:
    """The day for a list: "14 Nov", and "14 Nov 2024" when it lies in another year than today."""
    words = f"{day.day} {MONTH_NAMES[day.month - 1][:3]}"
    return words if day.year == today.year else f"{words} {day.year:04d}"


def echo(day: date, today: date) -> str:
    """What was understood, said back: "Sun 22 Nov", and "Wed 14 Mar 2029" when in another year than today."""
    return f"{WEEKDAY_NAMES[day.weekday()][:3]} {short_day(day, today)}"


def ago(day: date, today: date) -> str:
    """How far the day is, short: "today", "yesterday", "9 days", "5 weeks"; ahead: "tomorrow", "in 3 days"."""
    if day > today:
        return _ahead(day, today)
    return _near_past(day, today) or _span(day, today)


def day_words(day: date, today: date) -> str:
    """The day for a list: "today", "9 days ago", "tomorrow", "Thu" (two to six days ahead), "in 3 weeks"."""
    if day > today:
        return _soon(day, today)
    return _near_past(day, today) or f"{_span(day, today)} ago"


def lateness(due: date, today: date) -> str:
    """How a due day stands: "2 days late", "today", "tomorrow", "Thu" (two to six days ahead), "in 3 weeks"."""
    if due > today:
        return _soon(due, today)
    return "today" if due == today else f"{_span(due, today)} late"


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 day", "2 days"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _near_past(day: date, today: date) -> str:
    return {0: "today", 1: "yesterday"}.get((today - day).days, "")


def _ahead(day: date, today: date) -> str:
    return "tomorrow" if (day - today).days == 1 else f"in {_span(today, day)}"


def _soon(day: date, today: date) -> str:
    return WEEKDAY_NAMES[day.weekday()][:3] if 2 <= (day - today).days <= 6 else _ahead(day, today)


def _span(first: date, last: date) -> str:
    """Whole units between two days, rounded down: days up to 13, weeks below 2 months, months below 2 years, years."""
    days = (last - first).days
    if days < 14:
        return counted(days, "day")
    months = (last.year - first.year) * 12 + last.month - first.month
    if last.day < min(first.day, monthrange(last.year, last.month)[1]):
        months -= 1
    if months < 2:
        return counted(days // 7, "week")
    return counted(months, "month") if months < 24 else counted(months // 12, "year")
