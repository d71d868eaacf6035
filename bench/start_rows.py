"""From the start to due rows on screen, and to a key typed ahead being answered with the book loaded."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from bench import program
from bench.books import DemoBook
from bench.plan import Group, Plan, one_book_at_a_time
from bench.pty_session import PtySession
from bench.rows import Row, judge_in_turn
from bench.yardsticks import minimal_app

MINIMAL_APP: Final = [sys.executable, "-m", minimal_app.__name__]


def minimal_app_shows(screen: str) -> bool:
    """Whether the yardstick is there."""
    return minimal_app.READY in screen


def start_group() -> Group:
    """The two rows of a start."""
    return one_book_at_a_time(("start-paint", "start-key"), _measure)


def _measure(book: DemoBook, plan: Plan) -> Iterator[Row]:
    """One round is the minimal app, the program to its first screen, and the program with a key typed at once.

    The first round fills the caches of the disk and of compiled modules and is left out.
    """
    rounds = [(_minimal(book), _paint(book), _key(book)) for _ in range(plan.starts + 1)][1:]
    minimal = [each[0] for each in rounds]
    yield judge_in_turn("start-paint", book.size, [each[1] for each in rounds], minimal)
    yield judge_in_turn("start-key", book.size, [each[2] for each in rounds], minimal)


def _minimal(book: DemoBook) -> float:
    with PtySession(MINIMAL_APP, book.variables, program.ROOT) as session:
        return session.wait(minimal_app_shows, "its line") * 1000


def _paint(book: DemoBook) -> float:
    with PtySession(program.app(book.path), book.variables, program.ROOT) as session:
        return session.wait(lambda screen: program.shows_due_rows(screen, book.names), "due rows") * 1000


def _key(book: DemoBook) -> float:
    with PtySession(program.app(book.path), book.variables, program.ROOT, program.CONTACTS) as session:
        return session.wait(lambda screen: program.shows_contacts(screen, book.names), "the contacts") * 1000
