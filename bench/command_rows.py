"""What the command for login shells costs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

from bench import program
from bench.books import DemoBook
from bench.plan import Group, Plan, one_book_at_a_time
from bench.rows import NotMeasured, Row, judge_in_turn


def command_group() -> Group:
    """`due` against an empty Python program, from start to exit, in turn."""
    return one_book_at_a_time(("due",), _measure)


def _measure(book: DemoBook, plan: Plan) -> Iterator[Row]:
    nothing = [sys.executable, "-c", "pass"]
    rounds = [(_run(program.due(book.path), book), _run(nothing, book)) for _ in range(plan.dues + 1)][1:]
    values, yardsticks = zip(*rounds, strict=True)
    yield judge_in_turn("due", book.size, values, yardsticks)


def _run(command: Sequence[str], book: DemoBook) -> float:
    start = time.perf_counter()
    ended = subprocess.run(command, cwd=program.ROOT, env=dict(book.variables), capture_output=True, check=False)
    took = time.perf_counter() - start
    if ended.returncode:
        raise NotMeasured(
            f"{' '.join(command)}: exit {ended.returncode}: {ended.stderr.decode(errors='replace').strip()}"
        )
    return took * 1000
