"""The rows of the table: what each measures, against what, and its limit (DESIGN.md section 9)."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SIZES: Final = (1_000, 10_000, 100_000)
"""Touches in the books that the limits are given for."""
HUGE: Final = 1_000_000
"""Touches in a book that only commits are measured on: their cost shall not depend on its size at all."""


class NotMeasured(Exception):
    """Something under test did not do what the measurement needs; the message says what."""


@dataclass(frozen=True, slots=True)
class Budget:
    """One row: its limits at 1k, 10k and 100k touches, on the ratio, or on the value where there is no yardstick."""

    row: str
    unit: str
    against: str
    limits: tuple[float, float, float]

    def limit(self, size: int) -> float:
        """The limit at a size; sizes in between have that of the next larger one."""
        for known, limit in zip(SIZES, self.limits, strict=True):
            if size <= known:
                return limit
        return self.limits[-1]


@dataclass(frozen=True, slots=True)
class Row:
    """One measured row, as it stands in results.json; value and yardstick are in `unit`."""

    row: str
    size: int
    value: float | None
    unit: str
    yardstick: float | None
    ratio: float | None
    limit: float
    ok: bool


def _same(limit: float) -> tuple[float, float, float]:
    return (limit, limit, limit)


BUDGETS: Final = (
    Budget("start-paint", "ms", "minimal app", (1.15, 1.25, 1.8)),
    Budget("start-key", "ms", "minimal app", (1.3, 1.4, 2.2)),
    Budget("commit-raw", "ms", "raw append + fdatasync", _same(1.6)),
    Budget("commit-sqlite", "ms", "SQLite WAL, FULL", _same(1.0)),
    Budget("refresh", "ms", "the 1k book", _same(1.2)),
    Budget("load", "ms", "msgspec alone", _same(1.5)),
    Budget("eight-sessions", "ms p95", "", _same(5)),
    Budget("fold-hold", "ms worst", "", _same(50)),
    Budget("cursor-contacts", "ms p95", "minimal list", _same(1.5)),
    Budget("cursor-visits", "ms p95", "minimal list", _same(1.5)),
    Budget("bytes-contacts", "bytes/key", "", _same(600)),
    Budget("bytes-visits", "bytes/key", "", _same(600)),
    Budget("bytes-page", "bytes", "", _same(9_000)),
    Budget("bytes-switch", "bytes", "", _same(9_000)),
    Budget("filter", "ms p95", "list + SQLite LIKE", _same(1.5)),
    Budget("memory", "MB", "minimal app", (1.2, 1.4, 3.0)),
    Budget("idle-bytes", "bytes", "", _same(0)),
    Budget("idle-cpu", "% of a core", "", _same(0.3)),
    Budget("due", "ms", "python -c pass", (4.0, 5.0, 20.0)),
)


def budget(row: str) -> Budget:
    """The budget of a row."""
    return next(each for each in BUDGETS if each.row == row)


def judge(row: str, size: int, value: float, yardstick: float | None = None, ratio: float | None = None) -> Row:
    """A measured row; the ratio is that of the two figures unless it was taken pair by pair."""
    known = budget(row)
    if ratio is None and yardstick is not None:
        ratio = value / yardstick
    limit = known.limit(size)
    ok = (value if ratio is None else ratio) <= limit
    return Row(row, size, value, known.unit, yardstick, ratio, limit, ok)


def missed(row: str, size: int) -> Row:
    """The row of something that could not be measured."""
    known = budget(row)
    return Row(row, size, None, known.unit, None, None, known.limit(size), False)


def judge_in_turn(row: str, size: int, values: Sequence[float], yardsticks: Sequence[float]) -> Row:
    """A row of two sides taken in turn: medians, and the median of the ratios of each turn.

    The two sides of one turn were a moment apart, so that a machine that slows down slows both.
    """
    ratio = statistics.median(value / yard for value, yard in zip(values, yardsticks, strict=True))
    return judge(row, size, statistics.median(values), statistics.median(yardsticks), ratio)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return statistics.quantiles(values, n=20, method="inclusive")[18]
