"""The language of filters: words, and fields such as `tag:runner tier:a last>60d -archived` (DESIGN.md section 6).

Terms stand beside each other, and all of them must hold. `-` in front turns one round; quotation marks keep words
together. Plain words are looked for in the text of a record by `search`; the rest is asked here, record by record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import msgspec

from relationships.book import Book
from relationships.dates import DateProblem, DateStyle, day_words, parse_day
from relationships.query_fields import FIELDS, FLAGS, GAPS, Field, Value, digits
from relationships.records import Record
from relationships.search import searchable

_TERM: Final = re.compile(r'(?P<turn>-?)(?:(?P<name>[a-z]+)(?P<sign>[<>]=?|[:=]))?(?P<value>"[^"]*"?|\S*)')
_SPAN: Final = re.compile(r"(\d{1,5})\s*(d|w|m|y)", re.IGNORECASE)
_SPAN_DAYS: Final = {"d": 1, "w": 7, "m": 30, "y": 365}
_STYLE: Final = DateStyle()
_COMPARED: Final = ("number", "past", "ahead")


class Condition(msgspec.Struct, frozen=True):
    """One field that a record is asked for."""

    field: Field
    sign: str
    value: str
    turned: bool
    wanted: int | date | str = ""
    """The value as it is compared: a number, a day, days of a span, or searchable text."""
    span: bool = False
    """The value is a number of days from today."""

    @property
    def typed(self) -> str:
        """As it can be typed again."""
        value = f'"{self.value}"' if " " in self.value else self.value
        return f"{'-' if self.turned else ''}{self.field.name}{self.sign}{value}"

    def holds(self, book: Book, record: Record, today: date) -> bool:
        """Whether the record is let through."""
        return self._found(book, record, today) is not self.turned

    def _found(self, book: Book, record: Record, today: date) -> bool:
        if self.field.sort == "flag":
            return (FLAGS if self.field.name == "is" else GAPS)[self.value](book, record, today)
        return any(self._fits(value, today) for value in self.field.read(book, record, today))

    def _fits(self, value: Value | None, today: date) -> bool:
        wanted = self.wanted
        if isinstance(wanted, str):
            return isinstance(value, str) and self._has_text(value, wanted)
        if value is None:
            return self.field.sort == "past" and self.span and self.sign.startswith(">")
        if isinstance(value, date):
            if not self.span:
                return isinstance(wanted, date) and _compare(value.toordinal(), self.sign, wanted.toordinal())
            away = (today - value).days if self.field.sort == "past" else (value - today).days
            return isinstance(wanted, int) and _compare(away, self.sign, wanted)
        return isinstance(value, int) and isinstance(wanted, int) and _compare(value, self.sign, wanted)

    def _has_text(self, value: str, wanted: str) -> bool:
        if self.field.sort == "digits":
            return wanted in digits(value)
        text = searchable(value)
        return wanted == text if self.sign == "=" else any(part.startswith(wanted) for part in _beginnings(text))

    def reason(self, book: Book, record: Record, today: date) -> str:
        """Why the record was let through: "last touch 74 days ago", "tag runner"."""
        if self.field.sort == "flag" or self.turned:
            return self.typed
        fitting = (value for value in self.field.read(book, record, today) if self._fits(value, today))
        value = next(fitting, None)
        if isinstance(value, date):
            return f"{self.field.name} {day_words(value, today)}"
        return f"{self.field.name} {'never' if value is None else value}"


class Query(msgspec.Struct, frozen=True):
    """A filter that was read."""

    words: str = ""
    """Plain words, for the search in the text."""
    without: tuple[str, ...] = ()
    """Plain words that shall not stand in the text."""
    conditions: tuple[Condition, ...] = ()
    problem: str = ""
    """What could not be understood, in a sentence; the rest holds all the same."""

    def holds(self, book: Book, record: Record, today: date) -> bool:
        """Whether all the conditions let a record through; the plain words are not looked at."""
        return all(condition.holds(book, record, today) for condition in self.conditions)

    def reasons(self, book: Book, record: Record, today: date) -> tuple[str, ...]:
        """Why each condition let the record through."""
        return tuple(condition.reason(book, record, today) for condition in self.conditions)


def parse_query(text: str, today: date, *, style: DateStyle = _STYLE) -> Query:
    """Read a filter. What cannot be understood is told in `problem` and left out, so that typing goes on."""
    words: list[str] = []
    without: list[str] = []
    conditions: list[Condition] = []
    problem = ""
    for found in _TERM.finditer(text):
        value = found["value"].strip('"')
        if found["name"] is None:
            if value.lower() in FLAGS and (found["turn"] or value == "archived"):
                conditions.append(Condition(FIELDS["is"], ":", value.lower(), bool(found["turn"])))
            elif value:
                (without if found["turn"] else words).append(value)
            continue
        field = FIELDS.get(found["name"])
        if field is None:
            problem = f"There is no field “{found['name']}”; there are {', '.join(FIELDS)}."
        elif value:
            read = _condition(field, found["sign"], value, today, style)
            if isinstance(read, str):
                problem = read
            else:
                conditions.append(msgspec.structs.replace(read, turned=bool(found["turn"])))
    return Query(" ".join(words), tuple(without), tuple(conditions), problem)


def _condition(field: Field, sign: str, value: str, today: date, style: DateStyle) -> Condition | str:
    """The condition, or what is wrong with it."""
    if field.sort == "flag":
        known = [each for each in field.values if each.startswith(value.lower())]
        if not known:
            return f"“{field.name}:” takes {', '.join(field.values)}, not “{value}”."
        return Condition(field, ":", known[0], turned=False)
    if field.sort in ("text", "digits"):
        if sign not in (":", "="):
            return f"“{field.name}” is text: write {field.name}:{value}."
        wanted = digits(value) if field.sort == "digits" else searchable(value)
        return Condition(field, sign, value, turned=False, wanted=wanted) if wanted else f"“{value}” has no digits."
    if field.sort == "number":
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            return f"“{field.name}” is a number: write {field.name}>2, not “{value}”."
        return Condition(field, sign, value, turned=False, wanted=int(value))
    return _day_condition(field, sign, value, today, style)


def _day_condition(field: Field, sign: str, value: str, today: date, style: DateStyle) -> Condition | str:
    span = _SPAN.fullmatch(value)
    if span is not None:
        days = int(span[1]) * _SPAN_DAYS[span[2].lower()]
        return Condition(field, sign, value, turned=False, wanted=days, span=True)
    if value.lower() == "never" and field.sort == "past":
        return Condition(field, ">", "99999d", turned=False, wanted=(today - date.min + timedelta(1)).days, span=True)
    try:
        day = parse_day(value, today, style=style, prefer="past" if field.sort == "past" else "future")
    except DateProblem:
        return f"“{field.name}” is a day: write {field.name}{sign}60d, {field.name}{sign}yesterday or a date."
    return Condition(field, sign, value, turned=False, wanted=day)


def _compare(left: int, sign: str, right: int) -> bool:
    if sign == "<":
        return left < right
    if sign == ">":
        return left > right
    if sign == "<=":
        return left <= right
    return left >= right if sign == ">=" else left == right


def _beginnings(text: str) -> Iterable[str]:
    """The text from its beginning, and from the beginning of each of its words."""
    yield text
    at = text.find(" ")
    while at >= 0:
        yield text[at + 1 :]
        at = text.find(" ", at + 1)


def completion(text: str, values: Iterable[str] = ()) -> str | None:
    """The whole of the term that is being typed, where its beginning leaves no doubt: a field, or a value of one.

    `values` are known ones of the field that stands there (tags, cities), in the order of preference.
    """
    typed = text.rpartition(" ")[2]
    name, colon, begun = typed.removeprefix("-").partition(":")
    turn = typed[: len(typed) - len(typed.removeprefix("-"))]
    if not colon:
        found = next((field for field in FIELDS if name and field.startswith(name) and field != name), None)
        return None if found is None else f"{turn}{found}{':' if FIELDS[found].sort not in _COMPARED else ''}"
    field = FIELDS.get(name)
    if field is None or not begun:
        return None
    known = (*field.values, *values)
    value = next((each for each in known if searchable(each).startswith(searchable(begun)) and each != begun), None)
    if value is None:
        return None
    return f"{turn}{name}:{value}" if " " not in value else f'{turn}{name}:"{value}"'
