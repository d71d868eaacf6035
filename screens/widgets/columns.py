"""The columns of a list, and how they share the width of a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

Align = Literal["left", "right"]

Tone = Literal["normal", "dim", "accent", "amber", "red", "bold"]
"""How loud a text is: amber only for *past target*, red only for *past limit*, dim for context (SCREENS.md)."""


class Column(msgspec.Struct, frozen=True):
    """One column of a list, in terminal cells."""

    key: str
    title: str
    width: int
    """Its width; the least width of a flexible column."""
    flex: int = 0
    """Its share of spare room; 0 for a column that keeps its width."""
    priority: int = 0
    """Among columns that do not fit, those of the lowest priority go first; 0 is never dropped."""
    align: Align = "left"
    tone: Tone = "normal"
    gap: int = 2
    """Blank cells before it, unless it is the first shown."""


def layout(columns: Sequence[Column], width: int) -> list[tuple[Column, int]]:
    """The columns that are shown in `width` cells, with their widths, in their order.

    Whole columns are dropped by priority, the rightmost first among equals, before any is narrowed; then flexible
    columns narrow, then the others, from the right; what still does not fit is left out at the right.
    """
    shown = list(columns)
    while _needed(shown) > width:
        droppable = [at for at, column in enumerate(shown) if column.priority > 0]
        if not droppable:
            break
        del shown[min(reversed(droppable), key=lambda at: shown[at].priority)]
    spare = width - _needed(shown)
    widths = _widened(shown, spare) if spare >= 0 else _narrowed(shown, -spare)
    room = width
    placed: list[tuple[Column, int]] = []
    for column, cells in zip(shown, widths, strict=True):
        room -= cells + (column.gap if placed else 0)
        if room < 0:
            break
        placed.append((column, cells))
    return placed


def _needed(columns: Sequence[Column]) -> int:
    """The cells the columns take at their least widths, gaps included."""
    return sum(column.width for column in columns) + sum(column.gap for column in columns[1:])


def _widened(columns: Sequence[Column], spare: int) -> list[int]:
    """Widths with `spare` cells shared out by flex; the shares of all columns add up to it exactly."""
    shares = sum(column.flex for column in columns)
    widths: list[int] = []
    passed = 0
    for column in columns:
        before = spare * passed // shares if shares else 0
        passed += column.flex
        after = spare * passed // shares if shares else 0
        widths.append(column.width + after - before)
    return widths


def _narrowed(columns: Sequence[Column], excess: int) -> list[int]:
    """Widths with `excess` cells taken away, flexible columns first, each down to one cell at most."""
    widths = [column.width for column in columns]
    from_right = sorted(range(len(columns)), key=lambda at: (columns[at].flex == 0, -at))
    for at in from_right:
        taken = max(0, min(excess, widths[at] - 1))
        widths[at] -= taken
        excess -= taken
    return widths
