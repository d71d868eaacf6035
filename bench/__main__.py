"""`python -m bench [--quick] [--rows name,...] [--sizes 1k,10k,100k]`: the table, and bench/results.json.

Ends with 1 when a row is over its limit or could not be measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bench.books import make_book
from bench.command_rows import command_group
from bench.filter_rows import filter_group
from bench.fold_rows import fold_group
from bench.idle_rows import idle_group
from bench.plan import FULL, QUICK, Group, Plan
from bench.program import ROOT
from bench.pty_session import environment
from bench.rows import BUDGETS, SIZES, NotMeasured, Row, budget
from bench.screen_rows import screen_group
from bench.start_rows import start_group
from bench.storage_rows import storage_groups

_BOOKS: Final = ROOT / "bench" / ".books"
_RESULTS: Final = ROOT / "bench" / "results.json"
_QUICK_SIZES: Final = SIZES[:2]


def main() -> int:
    """Measure what the command line asks for; 0 when every row is within its limit."""
    asked = _arguments()
    sizes = asked.sizes or (_QUICK_SIZES if asked.quick else SIZES)
    chosen = asked.rows or tuple(each.row for each in BUDGETS)
    groups = (
        start_group(),
        *storage_groups(),
        fold_group(),
        screen_group(),
        filter_group(),
        idle_group(),
        command_group(),
    )
    try:
        rows = _measure(groups, chosen, sizes, QUICK if asked.quick else FULL)
    except NotMeasured as failure:
        print(failure, file=sys.stderr)
        return 1
    _RESULTS.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    print(_table(rows))
    return 0 if all(row.ok for row in rows) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the budgets of DESIGN.md section 9.")
    parser.add_argument("--quick", action="store_true", help="1k and 10k touches, fewer repetitions, under a minute")
    parser.add_argument("--rows", type=_rows, help="only these, separated by commas")
    parser.add_argument("--sizes", type=_sizes, help="touches in the books: 1k,10k,100k")
    return parser.parse_args()


def _rows(text: str) -> tuple[str, ...]:
    known = [each.row for each in BUDGETS]
    names = tuple(text.split(","))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"no row {', '.join(unknown)}; there are {', '.join(known)}")
    return names


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part.removesuffix("k")) * (1000 if part.endswith("k") else 1) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"not sizes: {text}") from None


def _measure(groups: Sequence[Group], chosen: Sequence[str], sizes: Sequence[int], plan: Plan) -> list[Row]:
    """The chosen rows in the order of the table; groups without a chosen row are left out."""
    _BOOKS.mkdir(mode=0o700, exist_ok=True)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(dir=_BOOKS) as made:
        folder = Path(made)
        variables = environment(folder)
        books = [make_book(size, folder, variables) for size in sizes]
        for group in groups:
            if not set(group.rows) & set(chosen):
                continue
            start = time.monotonic()
            rows += [row for row in group.measure(books, plan) if row.row in chosen]
            print(f"{', '.join(group.rows)}: {time.monotonic() - start:.1f} s", file=sys.stderr)
    order = [each.row for each in BUDGETS]
    return sorted(rows, key=lambda row: (order.index(row.row), row.size))


def _table(rows: Sequence[Row]) -> str:
    lines = [
        f"{'row':<16}{'size':>8}{'value':>10} {'unit':<12}{'against':<24}{'its value':>10}{'ratio':>8}{'limit':>9}"
    ]
    for row in rows:
        lines.append(
            f"{row.row:<16}{row.size:>8}{_figure(row.value):>10} {row.unit:<12}{budget(row.row).against:<24}"
            f"{_figure(row.yardstick):>10}{_figure(row.ratio):>8}{row.limit:>9g}  {'ok' if row.ok else 'OVER'}"
        )
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main())
