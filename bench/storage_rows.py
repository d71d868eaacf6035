"""What commits, loads, refreshes and folds cost; measured by bench.storage_probe in processes of their own.

A loaded book stays out of the process that stamps the bytes of the other rows.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bench import program
from bench.books import DemoBook, make_book, write_book
from bench.plan import Group, Plan, one_book_at_a_time
from bench.rows import HUGE, SIZES, NotMeasured, Row, judge, judge_in_turn, p95

SESSIONS: Final = 8
Samples = dict[str, list[float]]


def storage_groups() -> tuple[Group, ...]:
    """The rows that need no screen."""
    return (
        Group(("commit-raw", "commit-sqlite"), _all_commits),
        one_book_at_a_time(("refresh",), _refreshes),
        one_book_at_a_time(("load",), _loads),
        one_book_at_a_time(("eight-sessions",), _eight_sessions),
    )


def _all_commits(books: Sequence[DemoBook], plan: Plan) -> Iterator[Row]:
    yield from one_book_at_a_time(("commit-raw", "commit-sqlite"), _commits).measure(books, plan)
    if plan.huge_commits and books:
        folder, variables = books[0].path.parent.parent, books[0].variables
        path = write_book(HUGE, folder, variables)
        yield from _commit_rows(HUGE, _probe(["commits", str(path), str(plan.huge_commits)], variables))
        shutil.rmtree(path.parent)


def _commits(book: DemoBook, plan: Plan) -> Iterator[Row]:
    copy = book.copy("commits")
    samples = _probe(["commits", str(copy), str(plan.commits)], book.variables)
    shutil.rmtree(copy.parent)
    yield from _commit_rows(book.size, samples)


def _commit_rows(size: int, samples: Samples) -> Iterator[Row]:
    yield judge_in_turn("commit-raw", size, samples["commit"], samples["raw"])
    yield judge_in_turn("commit-sqlite", size, samples["commit"], samples["sqlite"])


def _refreshes(book: DemoBook, plan: Plan) -> Iterator[Row]:
    """Each turn is one act in this book and one in a book of the smallest size."""
    copy = book.copy("refreshes")
    home = copy.parent.parent / f"{book.size}-small"
    home.mkdir(mode=0o700)
    small = make_book(SIZES[0], home, book.variables).path
    samples = _probe(["refreshes", str(copy), str(plan.refreshes), str(small)], book.variables)
    shutil.rmtree(copy.parent)
    shutil.rmtree(home)
    yield judge_in_turn("refresh", book.size, samples["book"], samples["small"])


def _loads(book: DemoBook, plan: Plan) -> Iterator[Row]:
    """Below the largest size, what opening costs beside the decoding (locks, looks, mount table) is most of it."""
    if book.size >= SIZES[-1]:
        samples = _probe(["loads", str(book.path), str(plan.loads)], book.variables)
        yield judge_in_turn("load", book.size, samples["load"], samples["decode"])


def _eight_sessions(book: DemoBook, plan: Plan) -> Iterator[Row]:
    """Eight trainers save every second or so, and look for what the others saved as the app does."""
    if book.size < SIZES[-1]:
        return
    copy = book.copy("sessions")
    arguments = ["pace", str(copy), str(plan.paced_seconds)]
    processes = [_start([*arguments, str(seed)], book.variables) for seed in range(SESSIONS)]
    taken = [commit for process in processes for commit in _samples(process)["commit"]]
    shutil.rmtree(copy.parent)
    yield judge("eight-sessions", book.size, p95(taken))


def _probe(arguments: Sequence[str], variables: Mapping[str, str]) -> Samples:
    return _samples(_start(arguments, variables))


def _start(arguments: Sequence[str], variables: Mapping[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.storage_probe", *arguments]
    return subprocess.Popen(
        command, cwd=program.ROOT, env=dict(variables), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _samples(process: subprocess.Popen[str]) -> Samples:
    printed, complaint = process.communicate()
    if process.returncode:
        raise NotMeasured(f"{process.args!r}: {complaint.strip()}")
    samples: Samples = json.loads(printed)
    return samples
