"""Follow-ups that come again, in words: "every 6 weeks on a Tuesday", kept as an RFC 5545 rule (`FollowUp.repeat`).

dateutil counts the days; it is imported when the first rule is asked, not before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final

import msgspec

from relationships.dates import DateProblem, DateStyle, echo, parse_day

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS: Final = {
    **{name[:size].lower(): _DAYS[at] for at, name in enumerate(_DAY_NAMES) for size in (2, 3, len(name))},
    "tues": "TU",
    "wednes": "WE",
    "thur": "TH",
    "thurs": "TH",
}
_SMALL_WORDS: Final = frozenset("every each on a an the of and in again".split())
_UNITS: Final = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_UNIT_OF: Final = {frequency: unit for unit, frequency in _UNITS.items()}
_SINGLE: Final = {
    "daily": ("DAILY", 1),
    "weekly": ("WEEKLY", 1),
    "fortnightly": ("WEEKLY", 2),
    "monthly": ("MONTHLY", 1),
    "quarterly": ("MONTHLY", 3),
    "yearly": ("YEARLY", 1),
    "annually": ("YEARLY", 1),
}
_ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_ORDINAL_WORDS: Final = {number: word for word, number in _ORDINALS.items()}
_NUMBERS: Final = {word: at for at, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_NTH: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_PLACED: Final = re.compile(r"(-?\d)([A-Z]{2})")
_EXAMPLE: Final = "Try “every 6 weeks on a Tuesday”, “monthly” or “first Monday of the month”."
_STYLE: Final = DateStyle()
_MOST: Final = 999


class RepeatProblem(ValueError):
    """Words that are no repetition; the text is a sentence for the screen."""


class _Rule(msgspec.Struct):
    frequency: str = ""
    interval: int = 1
    days: list[str] = msgspec.field(default_factory=list)
    month_day: int | None = None
    count: int | None = None
    until: date | None = None

    def text(self) -> str:
        parts = [f"FREQ={self.frequency}"]
        parts += [f"INTERVAL={self.interval}"] if self.interval > 1 else []
        parts += [f"BYDAY={','.join(self.days)}"] if self.days else []
        parts += [f"BYMONTHDAY={self.month_day}"] if self.month_day is not None else []
        parts += [f"COUNT={self.count}"] if self.count is not None else []
        parts += [f"UNTIL={self.until:%Y%m%d}"] if self.until is not None else []
        return ";".join(parts)


def read_repeat(text: str, today: date, *, style: DateStyle = _STYLE) -> str:
    """The rule that the words mean; empty for no words, "no", "never" and "once".

    Raises:
        RepeatProblem: they mean none.
    """
    words = text.lower().replace(",", " ").split()
    if not words or words in (["no"], ["never"], ["once"], ["not"]):
        return ""
    rule = _Rule()
    words = _end(words, rule, today, style)
    words = [
        word for word in words if word not in ("every", "each", "on", "a", "an", "the", "of", "and", "in", "again")
    ]
    rest = _frequency(words, rule)
    for word in rest:
        _place(word, rule, text)
    if not rule.frequency:
        rule.frequency = "MONTHLY" if rule.month_day is not None or any(d[0] in "-1234" for d in rule.days) else ""
        rule.frequency = rule.frequency or ("WEEKLY" if rule.days else "")
    _refuse_nonsense(rule, text)
    return rule.text()


def _end(words: list[str], rule: _Rule, today: date, style: DateStyle) -> list[str]:
    """Take off "until 3 march" and "5 times"."""
    if "until" in words:
        at = words.index("until")
        try:
            rule.until = parse_day(" ".join(words[at + 1 :]), today, style=style)
        except DateProblem as problem:
            raise RepeatProblem(str(problem)) from None
        words = words[:at]
    if len(words) > 1 and words[-1] == "times":
        rule.count = _number(words[-2])
        if rule.count is None or rule.count < 1:
            raise RepeatProblem(f"“{words[-2]} times” is no number of times. {_EXAMPLE}")
        words = words[:-2]
    return words


def _frequency(words: Sequence[str], rule: _Rule) -> list[str]:
    """Take off "6 weeks", "other month", "monthly", "weekday"; what is left says on which days."""
    left: list[str] = []
    interval = 1
    for word in words:
        unit = word.removesuffix("s")
        number = _number(word)
        if word in _SINGLE:
            rule.frequency, rule.interval = _SINGLE[word]
        elif word == "other":
            interval = 2
        elif number is not None:
            interval = number
        elif unit in _UNITS:
            if not any(other in _ORDINALS for other in left):
                rule.interval = interval
            rule.frequency = _UNITS[unit]
        elif unit == "weekday":
            rule.frequency, rule.days = "WEEKLY", list(_DAYS[:5])
        else:
            left.append(word)
    return left


def _place(word: str, rule: _Rule, text: str) -> None:
    nth = _NTH.fullmatch(word)
    day = _WEEKDAYS.get(word) or _WEEKDAYS.get(word.removesuffix("s"))
    if nth is not None:
        rule.month_day = int(nth[1])
    elif word in _ORDINALS:
        rule.days.append(str(_ORDINALS[word]))
    elif day is not None:
        placed = rule.days and rule.days[-1].lstrip("-").isdigit()
        rule.days.append(rule.days.pop() + day if placed else day)
    elif word == "last" or not word:
        return
    else:
        raise RepeatProblem(f"“{text}” is no repetition: “{word}” is not understood. {_EXAMPLE}")


def _refuse_nonsense(rule: _Rule, text: str) -> None:
    dangling = any(day.lstrip("-").isdigit() for day in rule.days)
    in_month = any(day[0] in "-123456789" for day in rule.days) or rule.month_day is not None
    if (
        not rule.frequency
        or dangling
        or not 1 <= rule.interval <= _MOST
        or (rule.count or 1) > _MOST
        or (rule.month_day is not None and not 1 <= rule.month_day <= 31)
        or (in_month and rule.frequency not in ("MONTHLY", "YEARLY"))
        or (rule.days and rule.frequency == "DAILY")
    ):
        raise RepeatProblem(f"“{text}” is no repetition. {_EXAMPLE}")


def _number(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 5 else _NUMBERS.get(word)


def repeat_words(rule: str, today: date) -> str:
    """A rule as a trainer reads it; it reads back as the same rule. One that was made elsewhere is shown as it is."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";")) if rule else {}
    unit = _UNIT_OF.get(parts.get("FREQ", ""))
    if unit is None or parts.keys() - {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL"}:
        return rule
    interval = int(parts.get("INTERVAL", "1"))
    words = [f"every {unit}" if interval == 1 else f"every {interval} {unit}s"]
    days = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    if days == list(_DAYS[:5]) and words == ["every week"]:
        words = ["every weekday"]
    elif days:
        words.append("on " + " and ".join(map(_day_word, days)))
    if "BYMONTHDAY" in parts:
        words.append(f"on the {_ordinal(int(parts['BYMONTHDAY']))}")
    if "UNTIL" in parts:
        until = datetime.strptime(parts["UNTIL"][:8], "%Y%m%d").date()
        words.append(f"until {echo(until, today)}")
    if "COUNT" in parts:
        words.append(f"{parts['COUNT']} times")
    return " ".join(words)


def _day_word(day: str) -> str:
    placed = _PLACED.fullmatch(day)
    if placed is None:
        return _DAY_NAMES[_DAYS.index(day)] if day in _DAYS else day
    return f"the {_ORDINAL_WORDS.get(int(placed[1]), placed[1])} {_DAY_NAMES[_DAYS.index(placed[2])]}"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
    return f"{number}{ending}"


def following(rule: str, due: date, done: date) -> tuple[date, str] | None:
    """The next day of a repetition after one that was due on a day and done on another, and the rule that goes on from
    there; None when it has come to its end. Being late moves nothing: the rhythm is counted from the due day.

    Raises:
        RepeatProblem: the rule cannot be read.
    """
    from dateutil.rrule import rrulestr

    counted = re.search(r"COUNT=(\d+)", rule)
    endless = re.sub(r";?COUNT=\d+", "", rule).strip(";")
    try:
        days = rrulestr(endless, dtstart=datetime.combine(due, time.min))
        after = datetime.combine(max(due, done), time.max)
        found = days.after(after)
    except (ValueError, TypeError, KeyError, OverflowError) as problem:
        raise RepeatProblem(f"The repetition “{rule}” cannot be read ({problem}).") from None
    if found is None:
        return None
    if counted is None:
        return found.date(), rule
    left = int(counted[1]) - 1
    return (found.date(), rule.replace(counted[0], f"COUNT={left}")) if left > 0 else None
