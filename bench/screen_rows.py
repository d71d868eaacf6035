"""What keys, pages and screens cost once the program is open, and the memory that a short visit takes."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from bench import program
from bench.books import DemoBook
from bench.plan import Group, Plan, one_book_at_a_time
from bench.pty_session import PtySession
from bench.rows import Row, judge, judge_in_turn, p95
from bench.start_rows import MINIMAL_APP, minimal_app_shows
from bench.yardsticks import minimal_list

Shows = Callable[[str, Sequence[str]], bool]

STEPS: Final = 5
"""Lines that the cursor goes down and up again: fewer than show, so that nothing scrolls."""
KEY_GAP: Final = 0.015
"""Seconds of silence that end the repaint after a cursor key."""
AFTER_KEY: Final = 0.04
"""Further silence before the next key, so that a detail pane drawn a little later is not taken for that key's repaint.

Its bytes count among those of the key, its time does not.
"""
SCREEN_GAP: Final = 0.08
"""Seconds of silence that end the repaint of a whole screen, which may come in several parts."""
REST: Final = 0.15


def screen_group() -> Group:
    """The rows of one visit to Today, Contacts and Visits."""
    rows = (
        "cursor-contacts",
        "bytes-contacts",
        "cursor-visits",
        "bytes-visits",
        "bytes-page",
        "bytes-switch",
        "memory",
    )
    return one_book_at_a_time(rows, _measure)


def open_book(book: DemoBook) -> PtySession:
    """The program with its due rows on screen."""
    return _opened(program.app(book.path), book, lambda screen: program.shows_due_rows(screen, book.names))


def open_list(book: DemoBook, *arguments: str) -> PtySession:
    """The minimal list with its lines on screen."""
    command = [sys.executable, "-m", minimal_list.__name__, *arguments]
    return _opened(command, book, lambda screen: minimal_list.READY in screen)


def go_to(session: PtySession, book: DemoBook, key: bytes, shows: Shows) -> None:
    """Change the screen and wait for its rows."""
    session.press(key, SCREEN_GAP)
    session.wait(lambda screen: shows(screen, book.names), f"the rows of screen {key.decode()}")
    session.settle(REST)


def _opened(command: Sequence[str], book: DemoBook, shows: Callable[[str], bool]) -> PtySession:
    session = PtySession(command, book.variables, program.ROOT)
    try:
        session.wait(shows, "its first rows")
        session.settle(REST)
    except BaseException:
        session.close()
        raise
    return session


def _measure(book: DemoBook, plan: Plan) -> Iterator[Row]:
    with open_book(book) as session:
        go_to(session, book, program.CONTACTS, program.shows_contacts)
        yield from _cursor("contacts", session, book, plan, len(book.names))
        go_to(session, book, program.VISITS, program.shows_visits)
        yield from _cursor("visits", session, book, plan, len(book.texts))
        yield _page(session, book, plan)
        yield _switch(session, book, plan)
        peak = session.peak_megabytes()
    yield _memory(book, plan, peak)


def _cursor(name: str, session: PtySession, book: DemoBook, plan: Plan, lines: int) -> Iterator[Row]:
    """Cursor keys on a screen and, in turn, on a minimal list of as many lines."""
    keys = [program.DOWN] * STEPS + [program.UP] * STEPS
    with open_list(book, str(lines)) as yardstick:
        session.send(program.TOP, REST)
        for key in (program.DOWN, program.UP):
            session.press(key, KEY_GAP)
            yardstick.press(key, KEY_GAP)
        session.settle(REST)
        before = session.received
        rounds = [
            [(_move(session, key), yardstick.press(key, KEY_GAP).last) for key in keys] for _ in range(plan.key_rounds)
        ]
        session.settle(REST)
        sent = (session.received - before) / (len(rounds) * len(keys))
    yield judge_p95(f"cursor-{name}", book.size, rounds)
    yield judge(f"bytes-{name}", book.size, sent)


def _move(session: PtySession, key: bytes) -> float:
    """Seconds from a cursor key to the end of its repaint."""
    burst = session.press(key, KEY_GAP)
    session.settle(AFTER_KEY)
    return burst.last


def judge_p95(row: str, size: int, rounds: Sequence[Sequence[tuple[float, float]]]) -> Row:
    """A row of keys given to the program and to a yardstick in turn, from the seconds that each took to answer.

    The p95 of each round, and of these the median: what slows some keys of every round shows, what else the machine did
    during one round does not.
    """
    mine = [p95([each * 1000 for each, _ in keys]) for keys in rounds]
    yardsticks = [p95([each * 1000 for _, each in keys]) for keys in rounds]
    return judge_in_turn(row, size, mine, yardsticks)


def _page(session: PtySession, book: DemoBook, plan: Plan) -> Row:
    """The bytes of a page of Visits."""
    sizes = [session.press(program.PAGE_DOWN, SCREEN_GAP).size for _ in range(plan.pages)]
    return judge("bytes-page", book.size, statistics.median(sizes))


def _switch(session: PtySession, book: DemoBook, plan: Plan) -> Row:
    """The bytes of the costliest change of screen among Today, Contacts and Visits."""
    tour = (program.TODAY, program.CONTACTS, program.VISITS)
    rounds = [[session.press(key, SCREEN_GAP).size for key in tour] for _ in range(plan.pages)]
    return judge("bytes-switch", book.size, max(statistics.median(sizes) for sizes in zip(*rounds, strict=True)))


def _memory(book: DemoBook, plan: Plan, peak: float) -> Row:
    """The most memory of the visit against that of the minimal app, which hardly varies."""
    yardsticks = []
    for _ in range(plan.memory):
        with PtySession(MINIMAL_APP, book.variables, program.ROOT) as session:
            session.wait(minimal_app_shows, "its line")
            session.settle(REST)
            yardsticks.append(session.peak_megabytes())
    return judge_in_turn("memory", book.size, [peak] * len(yardsticks), yardsticks)
