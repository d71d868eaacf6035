"""All that the bench knows about the program it measures: how it is started, its keys, and what its screens show."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

_SCRIPT: Final = Path(sys.executable).with_name("trainer-tui")
PROGRAM: Final = [str(_SCRIPT)] if _SCRIPT.exists() else [sys.executable, "-m", "trainer_tui"]
"""The command that a trainer starts; in a tree that is not set up, the module."""

TODAY: Final = b"1"
CONTACTS: Final = b"2"
VISITS: Final = b"3"
DOWN: Final = b"j"
UP: Final = b"k"
TOP: Final = b"g"
PAGE_DOWN: Final = b"\x1b[6~"
FIND: Final = b"/"
CLEAR: Final = b"\x1b"
RUB_OUT: Final = b"\x7f"

_NOW: Final = "NOW"
_ROWS_OF_A_LIST: Final = 5
_KINDS: Final = re.compile(
    r"\b(visit|letter|email|phone|text|card|lunch|tour|treatment|report|event|thank|study|video)"
)


def app(book: Path) -> list[str]:
    """The command that opens a book."""
    return [*PROGRAM, "--book", str(book)]


def due(book: Path) -> list[str]:
    """The command that prints what is due."""
    return [*PROGRAM, "--book", str(book), "due"]


def demo(book: Path, touches: int) -> list[str]:
    """The command that writes a made-up book."""
    return [*PROGRAM, "demo", "--to", str(book), "--touches", str(touches), "--seed", "7"]


def shows_due_rows(screen: str, names: Sequence[str]) -> bool:
    """Today with its rows: the heading that a made-up book always has, and somebody's name under it."""
    _, heading, below = screen.partition(_NOW)
    return bool(heading) and any(name in below for name in names)


def shows_contacts(screen: str, names: Sequence[str]) -> bool:
    """Contacts with its rows: several lines with somebody's name, and not Today."""
    return _NOW not in screen and _lines_with_a_name(screen, names) >= _ROWS_OF_A_LIST


def shows_visits(screen: str, names: Sequence[str]) -> bool:
    """Visits with its rows: several lines with somebody's name and the kind of a touch, and not Today."""
    touches = "\n".join(line for line in screen.splitlines() if _KINDS.search(line))
    return _NOW not in screen and _lines_with_a_name(touches, names) >= _ROWS_OF_A_LIST


def _lines_with_a_name(screen: str, names: Sequence[str]) -> int:
    return sum(any(name in line for name in names) for line in screen.splitlines())
