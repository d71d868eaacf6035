"""Which backups are kept, and when the next daily one is due: pure rules over what stands in the folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

DAILY: Final = "daily"
"""The reason of the backup that nobody asked for."""
DAYS: Final = 7
WEEKS: Final = 4
MONTHS: Final = 12
KEPT_DAYS: Final = 30
"""How long a backup stays that was asked for, or made before something risky."""
MOST: Final = 40
"""How many files there are at most."""


class Backup(msgspec.Struct, frozen=True):
    """One copy of the book as it was at a moment."""

    path: Path
    moment: datetime
    """UTC, to the second."""
    reason: str
    """Why it was made: daily, asked, restore, import, merge, migration, repair."""
    size: int
    """Bytes."""

    @property
    def day(self) -> date:
        """The local day on which it was made."""
        return self.moment.astimezone().date()


def newest_first(backups: Iterable[Backup]) -> tuple[Backup, ...]:
    """The backups in the order of their moments; of two of one second, the one that was named later first."""
    return tuple(sorted(backups, key=lambda each: (each.moment, len(each.path.name), each.path.name), reverse=True))


def daily_is_due(backups: Iterable[Backup], today: date) -> bool:
    """Whether today has no daily backup yet."""
    return not any(backup.reason == DAILY and backup.day == today for backup in backups)


def to_drop(backups: Iterable[Backup], today: date) -> tuple[Backup, ...]:
    """The backups that are kept no longer, newest first.

    The newest of each of the last days, weeks and months stays. Those are counted among the days that have a backup, so
    that neither a long absence nor a clock that was once wrong empties the folder. What was asked for, or made before
    something risky, stays for 30 days as well. Where that is more than the cap allows, the oldest of the latter go.
    """
    ordered = newest_first(backups)
    kept = [
        *ordered[:1],
        *_newest_of_each(ordered, DAYS, lambda day: (day,)),
        *_newest_of_each(ordered, WEEKS, lambda day: day.isocalendar()[:2]),
        *_newest_of_each(ordered, MONTHS, lambda day: (day.year, day.month)),
        *(each for each in ordered if each.reason != DAILY and today - each.day <= timedelta(days=KEPT_DAYS)),
    ]
    staying = set(list(dict.fromkeys(kept))[:MOST])
    return tuple(backup for backup in ordered if backup not in staying)


def _newest_of_each(ordered: Iterable[Backup], most: int, period: Callable[[date], object]) -> list[Backup]:
    found: dict[object, Backup] = {}
    for backup in ordered:
        found.setdefault(period(backup.day), backup)
    return list(found.values())[:most]
