"""What the program sends and computes while nobody types."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from bench.books import DemoBook
from bench.plan import Group, Plan
from bench.pty_session import PtySession
from bench.rows import NotMeasured, Row, judge, missed
from bench.screen_rows import open_book

_ROWS = ("idle-bytes", "idle-cpu")
_CALM = 1.0
"""Seconds after the start before idling counts."""
_DRAINED = 0.02
"""Seconds without a byte after which all that was sent has been read."""


def idle_group() -> Group:
    """Both rows; the books are open at the same time, since waiting takes no processor."""
    return Group(_ROWS, _measure)


def _measure(books: Sequence[DemoBook], plan: Plan) -> Iterator[Row]:
    with ExitStack() as stack:
        open_ones: list[tuple[DemoBook, PtySession]] = []
        for book in books:
            try:
                open_ones.append((book, stack.enter_context(open_book(book))))
            except NotMeasured as failure:
                print(f"{', '.join(_ROWS)} at {book.size}: {failure}", file=sys.stderr)
                yield from (missed(row, book.size) for row in _ROWS)
        time.sleep(_CALM)
        for _, session in open_ones:
            session.settle(_DRAINED)
        before = [(session.received, session.processor_seconds()) for _, session in open_ones]
        start = time.monotonic()
        time.sleep(plan.idle_seconds)
        for (book, session), (received, used) in zip(open_ones, before, strict=True):
            share = 100 * (session.processor_seconds() - used) / (time.monotonic() - start)
            session.settle(_DRAINED)
            yield judge("idle-bytes", book.size, session.received - received)
            yield judge("idle-cpu", book.size, share)
