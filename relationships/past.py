"""What the acts of a book tell of its past: who changed which field, what is about a record, which acts still stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

import msgspec

from relationships.changes import Act, changed_fields
from relationships.dates import DateProblem, DateStyle, read_day
from relationships.records import Record
from relationships.search import searchable


def changed_since(newest_first: Iterable[Act], record: Record) -> dict[str, Act]:
    """The last act that changed each field of a record since it stood as it is given here."""
    found: dict[str, Act] = {}
    for act in newest_first:
        for change in reversed(act.changes):
            if change.id != record.id or change.table != record.table:
                continue
            before, after = change.before, change.after
            names = changed_fields(before, after) if before is not None and after is not None else ("id",)
            for name in names:
                found.setdefault(name, act)
            if before == record:
                return found
    return found


def taken_back(newest_first: Iterable[Act]) -> frozenset[str]:
    """The ids of the acts that do not stand any more: a later act took them back, and stands itself."""
    fallen: set[str] = set()
    for act in newest_first:
        names = act.undoes or act.redoes
        if names is not None and act.id not in fallen:
            fallen.add(names)
    return frozenset(fallen)


def concerns(act: Act, record_id: str) -> bool:
    """The act changed this record, or one that is about this practitioner or practice."""
    return any(
        change.id == record_id or any(_about(record, record_id) for record in (change.before, change.after))
        for change in act.changes
    )


def _about(record: Record | None, record_id: str) -> bool:
    return record_id in (getattr(record, "practitioner", None), getattr(record, "practice", None)) or (
        record_id in getattr(record, "practitioners", ())
    )


def local_day(moment: datetime) -> date:
    """The day of a moment on this machine's calendar."""
    return moment.astimezone().date()


class ActFilter(msgspec.Struct, frozen=True):
    """Which acts are wanted: whose, from which days, with which words."""

    by: str = ""
    """The beginning of a user's name, as `searchable` spells it."""
    since: date = date.min
    until: date = date.max
    words: tuple[str, ...] = ()
    problem: str = ""
    """A day that could not be read, in words; it is left out of account."""

    @property
    def needs_text(self) -> bool:
        """Whether the words of an act have to be looked at."""
        return bool(self.words)

    def lets_through(self, act: Act, text: str) -> bool:
        """Whether an act is wanted; `text` is what it says, as `searchable` spells it."""
        return (
            searchable(act.by).startswith(self.by)
            and self.since <= local_day(act.at) <= self.until
            and all(word in text for word in self.words)
        )


_DAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "on": ("since", "until"),
    "since": ("since",),
    "until": ("until",),
}


def read_filter(typed: str, user: str, today: date, style: DateStyle) -> ActFilter:
    """A filter from what was typed: `by:alex on:yesterday since:14 nov until:fri` and plain words.

    `by:me` means the user. A day may have several words, as in the log line.
    """
    by, words, problem = "", [], ""
    days: dict[str, date] = {}
    left = typed.split()
    while left:
        word = left.pop(0)
        name, colon, value = word.partition(":")
        name = name.casefold()
        if colon and name == "by":
            by = searchable(user if value.casefold() in ("me", "you") else value)
        elif colon and name in _DAYS:
            try:
                read = read_day([value, *left] if value else left, today, style=style, prefer="past")
            except DateProblem as no_day:
                read, problem = None, str(no_day)
            if read is not None:
                days.update(dict.fromkeys(_DAYS[name], read.day))
                del left[: read.words - bool(value)]
            elif value or left:
                problem = problem or f"{name}: wants a day, such as yesterday, tue or 14 nov."
        else:
            words.append(searchable(word))
    return ActFilter(by, days.get("since", date.min), days.get("until", date.max), tuple(words), problem)
