"""How often each thing is measured, and the failure of one book kept from the others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bench.books import DemoBook
from bench.rows import NotMeasured, Row, missed


@dataclass(frozen=True, slots=True)
class Plan:
    """Repetitions; each of a pair is done so often."""

    starts: int
    commits: int
    huge_commits: int
    """In a book of a million touches; none for a bench that shall be over soon."""
    refreshes: int
    loads: int
    paced_seconds: float
    """How long eight sessions save at human pace."""
    fold_rounds: int
    key_rounds: int
    """Of five keys down and five up."""
    words: int
    """Typed into the filter, letter by letter."""
    pages: int
    memory: int
    """Starts of the minimal app for the memory it takes."""
    idle_seconds: float
    dues: int


QUICK: Final = Plan(
    starts=7,
    commits=1000,
    huge_commits=0,
    refreshes=400,
    loads=5,
    paced_seconds=5.0,
    fold_rounds=1,
    key_rounds=3,
    words=3,
    pages=2,
    memory=1,
    idle_seconds=5.0,
    dues=11,
)
"""Ratios of starts and commands repeat within about 5%; a p95 of so few keys is a hint only, to be taken in full."""
FULL: Final = Plan(
    starts=25,
    commits=4000,
    huge_commits=2000,
    refreshes=1000,
    loads=9,
    paced_seconds=30.0,
    fold_rounds=3,
    key_rounds=21,
    words=15,
    pages=9,
    memory=3,
    idle_seconds=10.0,
    dues=31,
)
"""Ratios of starts and commands repeat within about 3%."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are measured together, on all the books."""

    rows: tuple[str, ...]
    measure: Callable[[Sequence[DemoBook], Plan], Iterable[Row]]


def one_book_at_a_time(rows: tuple[str, ...], measure: Callable[[DemoBook, Plan], Iterable[Row]]) -> Group:
    """A group whose books are measured one after the other; a failure misses its rows only."""

    def measure_each(books: Sequence[DemoBook], plan: Plan) -> Iterable[Row]:
        for book in books:
            left = list(rows)
            try:
                for row in measure(book, plan):
                    left.remove(row.row)
                    yield row
            except NotMeasured as failure:
                print(f"{', '.join(left)} at {book.size}: {failure}", file=sys.stderr)
                yield from (missed(row, book.size) for row in left)

    return Group(rows, measure_each)
