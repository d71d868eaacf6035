"""What a commit and the arrival of another session's act cost; measured by bench.storage_probe in a process of its own.

A loaded book stays out of the process that stamps the bytes of the other rows.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence

from bench import program
from bench.books import DemoBook, make_book
from bench.plan import Group, Plan, one_book_at_a_time
from bench.rows import SIZES, NotMeasured, Row, judge_in_turn


def storage_groups() -> tuple[Group, ...]:
    """The rows that need no screen."""
    return (
        one_book_at_a_time(("commit-raw", "commit-sqlite"), _commits),
        one_book_at_a_time(("refresh",), _refreshes),
    )


def _commits(book: DemoBook, plan: Plan) -> Iterator[Row]:
    copy = book.copy("commits")
    samples = _probe(["commits", str(copy), str(plan.commits)], book)
    shutil.rmtree(copy.parent)
    yield judge_in_turn("commit-raw", book.size, samples["commit"], samples["raw"])
    yield judge_in_turn("commit-sqlite", book.size, samples["commit"], samples["sqlite"])


def _refreshes(book: DemoBook, plan: Plan) -> Iterator[Row]:
    """Each turn is one act in this book and one in a book of the smallest size."""
    copy = book.copy("refreshes")
    home = copy.parent.parent / f"{book.size}-small"
    home.mkdir(mode=0o700)
    small = make_book(SIZES[0], home, book.variables).path
    samples = _probe(["refreshes", str(copy), str(plan.refreshes), str(small)], book)
    shutil.rmtree(copy.parent)
    shutil.rmtree(home)
    yield judge_in_turn("refresh", book.size, samples["book"], samples["small"])


def _probe(arguments: Sequence[str], book: DemoBook) -> dict[str, list[float]]:
    command = [sys.executable, "-m", "bench.storage_probe", *arguments]
    ended = subprocess.run(
        command, cwd=program.ROOT, env=dict(book.variables), capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise NotMeasured(f"{' '.join(command)}: {ended.stderr.strip()}")
    samples: dict[str, list[float]] = json.loads(ended.stdout)
    return samples
