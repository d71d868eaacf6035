"""What a letter typed into the filter of Visits costs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Final

from bench import program
from bench.books import DemoBook
from bench.plan import Group, Plan, one_book_at_a_time
from bench.rows import Row
from bench.screen_rows import go_to, judge_p95, open_book, open_list

_SMALL: Final = 10_000
_GAP: Final = 0.06
_LARGE_GAP: Final = 0.2
"""Seconds of silence that end the answer to a letter: a search may come after the letter itself has been shown."""


def filter_group() -> Group:
    """Letters typed into the filter and, in turn, into a minimal list that does an SQLite LIKE scan for each.

    Both sides are keystroke to repaint, so that the terminal's share does not pass for the search's.
    """
    return one_book_at_a_time(("filter",), _measure)


def _measure(book: DemoBook, plan: Plan) -> Iterator[Row]:
    """The first letter of all counts too, with whatever has to be built for it."""
    texts = book.path.with_name("texts.sqlite")
    with closing(sqlite3.connect(texts)) as made, made:
        made.execute("CREATE TABLE texts (body TEXT)")
        made.executemany("INSERT INTO texts VALUES (?)", ((text,) for text in book.texts))
    gap = _GAP if book.size <= _SMALL else _LARGE_GAP
    rounds: list[list[tuple[float, float]]] = []
    with open_book(book) as session, open_list(book, "0", "--texts", str(texts)) as yardstick:
        go_to(session, book, program.VISITS, program.shows_visits)
        letters = [bytes([code]) for code in book.word.encode()]
        for _ in range(plan.words):
            session.press(program.FIND, gap)
            yardstick.send(program.FIND, gap)
            rounds.append(
                [(session.press_until_read(letter, gap), yardstick.press_until_read(letter, gap)) for letter in letters]
            )
            for side in (session, yardstick):
                side.press(program.CLEAR, gap)
    yield judge_p95("filter", book.size, rounds)
