"""Plain text for a terminal, a pipe or a mail: one line per record, in columns.

`screens.text` draws text in the same way but stands on Textual, which the command line does without.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

GAP: Final = "  "
NARROWEST: Final = 6
"""Cells that a column keeps when others have to give way."""

_ELLIPSIS: Final = "…"
_BREAKS: Final = re.compile(r"[ \t]*(?:\r\n|\n)[ \t\r\n]*")
_JOINERS: Final = "\u200c\u200d"


def one_line(text: str) -> str:
    """The text as one line in which nothing hides: line breaks become `⏎`, what steers a terminal becomes a sign."""
    if text.isprintable():
        return text
    joined = " ⏎ ".join(part for part in _BREAKS.split(text) if part).replace("\t", " ")
    return "".join(map(_sign, joined))


def _sign(character: str) -> str:
    if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp") or character in _JOINERS:
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"\u2039U+{code:04X}\u203a"


def cells(text: str) -> int:
    """How many terminal cells a line takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, width: int) -> str:
    """The line in at most `width` cells, ended by an ellipsis when something is left out."""
    if cells(text) <= width:
        return text
    left, kept = width - 1, ""
    for character in text:
        left -= _cells(character)
        if left < 0:
            break
        kept += character
    return f"{kept}{_ELLIPSIS}"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """Aligned columns under their headings; with a `width` in cells, the widest columns are cut until a row fits."""
    lines = [[one_line(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(map(cells, column)) for column in zip(*lines, strict=True)]
    if width is not None:
        most = _most(widths, width - len(GAP) * (len(widths) - 1))
        widths = [min(each, most) for each in widths]
    return "".join(f"{_row(line, widths)}\n" for line in lines)


def _most(widths: Sequence[int], width: int) -> int:
    """The most that a column may take for all of them to fit."""
    most = max(width, NARROWEST)
    while most > NARROWEST and sum(min(each, most) for each in widths) > width:
        most -= 1
    return most


def _row(line: Sequence[str], widths: Sequence[int]) -> str:
    padded = (_padded(cut(cell, width), width) for cell, width in zip(line, widths, strict=True))
    return GAP.join(padded).rstrip()


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cells(text))
