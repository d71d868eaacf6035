"""How long a fold holds up a key press in the open program."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator
from typing import Final

from bench import program
from bench.books import DemoBook
from bench.plan import Group, Plan, one_book_at_a_time
from bench.pty_session import PtySession, now
from bench.rows import SIZES, NotMeasured, Row, judge
from bench.screen_rows import KEY_GAP, SCREEN_GAP, go_to

_LOG: Final = b"l"
_ENTER: Final = b"\r"
_BETWEEN: Final = 0.03
"""Seconds between two keys: somebody holds one down."""
_LONGEST: Final = 90.0


def fold_group() -> Group:
    """The one row, for the largest book only: a small one is folded within a few frames."""
    return one_book_at_a_time(("fold-hold",), _measure)


def _measure(book: DemoBook, plan: Plan) -> Iterator[Row]:
    """Log a visit, then hold the cursor keys until the journal is folded: the slowest answer beyond the usual one."""
    if book.size < SIZES[-1]:
        return
    copy = book.copy("folds")
    opened = DemoBook(book.size, copy, book.names, book.texts, book.word, book.variables)
    with PtySession(program.app(copy), book.variables, program.ROOT) as session:
        session.wait(lambda screen: program.shows_due_rows(screen, book.names), "its first rows")
        go_to(session, opened, program.CONTACTS, program.shows_contacts)
        usual = statistics.median(_keys(session, 40))
        slowest = max(_slowest(session, opened) for _ in range(plan.fold_rounds))
    shutil.rmtree(copy.parent)
    yield judge("fold-hold", book.size, (slowest - usual) * 1000)


def _slowest(session: PtySession, book: DemoBook) -> float:
    version = book.path.stat().st_ino
    session.send(_LOG, SCREEN_GAP)
    session.send(f'visit "{book.names[0]}" today measured'.encode(), SCREEN_GAP)
    session.send(_ENTER, SCREEN_GAP)
    taken: list[float] = []
    deadline = now() + _LONGEST
    while book.path.stat().st_ino == version:
        taken += _keys(session, 4)
        if now() > deadline:
            raise NotMeasured(f"{book.path} was not folded within {_LONGEST:.0f} seconds")
    return max([*taken, *_keys(session, 40)])


def _keys(session: PtySession, count: int) -> list[float]:
    """Seconds from each of some cursor keys to the end of its repaint."""
    taken = []
    for turn in range(count):
        taken.append(session.press(program.DOWN if turn % 2 == 0 else program.UP, KEY_GAP).last)
        session.settle(_BETWEEN)
    return taken
