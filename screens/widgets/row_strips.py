"""How the lines of a list are drawn: few segments, since each costs some 40 bytes on the way to a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from screens.text import fit, one_line
from screens.widgets.columns import Align, Column, Tone, layout
from screens.widgets.record_rows import Row
from screens.widgets.tones import Part

GUTTER = 2
"""Cells before the first column: one for the cursor, one for a mark."""

EDGE = 1
"""Blank cells after the last column."""

_STRIPS_KEPT = 500


class Signs(msgspec.Struct, frozen=True):
    """The characters a list draws by itself, each one cell wide."""

    cursor: str
    mark: str
    touched: str
    cursor_touched: str
    rule: str
    ellipsis: str


SIGNS = Signs("\u258c", "\u2713", "\u258f", "\u2588", "\u2500", "\u2026")
ASCII_SIGNS = Signs(">", "*", "~", "#", "-", "~")


class Line(msgspec.Struct, frozen=True):
    """All that decides how one line of the list looks; an equal line need not be drawn again."""

    row: Row | None = None
    text: str = ""
    header: bool = False
    cursor: bool = False
    marked: bool = False
    touched: bool = False


_ONE_CELL_EACH = re.compile("[\x20-\x7e\xa0-\xac\xae-\u02ff\u2010-\u2027\u2500-\u25fc\u2713]*")


def changed_cells(before: Strip, after: Strip) -> int:
    """How many cells, from the left, must be sent to turn one line into another of the same width.

    What is alike at the right end is left out; Textual always sends a line from its start. Only lines of characters
    one cell wide are looked into, so that no wide or combined character is cut.
    """
    if not (_ONE_CELL_EACH.fullmatch(before.text) and _ONE_CELL_EACH.fullmatch(after.text)):
        return after.cell_length
    cells = after.cell_length
    for old, new in zip(_from_right(before), _from_right(after), strict=False):
        if old != new:
            break
        cells -= 1
    return cells


def _from_right(strip: Strip) -> Iterator[tuple[str, Style | None]]:
    """The characters of a line and their styles, from the right."""
    for text, style, _control in reversed(list(strip)):
        for character in reversed(text):
            yield character, style


class _Place(msgspec.Struct, frozen=True):
    """A shown column: which cell of a row goes there."""

    cell: int
    title: str
    width: int
    gap: int
    align: Align
    tone: Tone


class RowPainter:
    """Draws lines of one width in one set of styles."""

    def __init__(
        self, columns: Sequence[Column], width: int, styles: Mapping[Tone | Part, Style], signs: Signs = SIGNS
    ) -> None:
        self._width = width
        self._styles = styles
        self._signs = signs
        order = {column.key: at for at, column in enumerate(columns)}
        shown = layout(columns, width - GUTTER - EDGE)
        self.widths = {column.key: cells for column, cells in shown}
        self._places = [
            _Place(order[column.key], column.title, cells, column.gap if at else 0, column.align, column.tone)
            for at, (column, cells) in enumerate(shown)
        ]
        self._strips: dict[Line, Strip] = {}
        used = GUTTER + sum(place.width + place.gap for place in self._places)
        self._margin = " " * (width - used)

    def strip(self, line: Line) -> Strip:
        """One line of the list, exactly as wide as the painter."""
        strip = self._strips.get(line)
        if strip is None:
            if len(self._strips) >= _STRIPS_KEPT:
                self._strips.clear()
            strip = self._strips[line] = Strip(self._segments(line), self._width)
        return strip

    def _segments(self, line: Line) -> list[Segment]:
        row = line.row
        if line.header:
            return self._header()
        if row is None:
            return self._across(f"{' ' * GUTTER}{line.text}", self._styles["empty"])
        if row.rule:
            return self._rule(_first_text(row))
        if row.heading:
            return self._across(f" {_first_text(row).upper()}", self._styles["heading"])
        if line.cursor:
            drawn = "".join(text for text, _tone in self._cells(row))
            return [Segment(self._gutter(line) + drawn + self._margin, self._styles["cursor"])]
        return self._record(row, line)

    def _record(self, row: Row, line: Line) -> list[Segment]:
        """A record that is not highlighted: neighbours of one tone share a segment, and blanks join any."""
        styles = self._styles
        segments: list[Segment] = []
        run = self._gutter(line)
        style = styles["touched" if line.touched else "mark"] if not run.isspace() else None
        for text, tone in self._cells(row):
            text_style = styles[tone]
            if text_style is not style and not text.isspace():
                if style is not None:
                    segments.append(Segment(run, style))
                    run = ""
                style = text_style
            run += text
        segments.append(Segment(run + self._margin, style or styles["normal"]))
        return segments

    def _cells(self, row: Row) -> list[tuple[str, Tone]]:
        """The drawn text and tone of each shown column, its gap in front."""
        drawn: list[tuple[str, Tone]] = []
        count = len(row.cells)
        for place in self._places:
            cell = row.cells[place.cell] if place.cell < count else ""
            tone = place.tone
            if isinstance(cell, str):
                text = cell
            else:
                text = cell.text
                tone = cell.tone or tone
            fitted = fit(text, place.width, align=place.align, ellipsis=self._signs.ellipsis)
            drawn.append((" " * place.gap + fitted, tone))
        return drawn

    def _gutter(self, line: Line) -> str:
        signs = self._signs
        if line.cursor:
            first = signs.cursor_touched if line.touched else signs.cursor
        else:
            first = signs.touched if line.touched else " "
        return (first + (signs.mark if line.marked else " "))[: self._width]

    def _header(self) -> list[Segment]:
        signs = self._signs
        titles = [
            " " * place.gap + fit(place.title, place.width, align=place.align, ellipsis=signs.ellipsis)
            for place in self._places
        ]
        return self._across(" " * GUTTER + "".join(titles), self._styles["header"])

    def _rule(self, title: str) -> list[Segment]:
        sign = self._signs.rule
        start = f"{sign * 2} {title} " if title else ""
        drawn = fit(start + sign * self._width, self._width, ellipsis=sign)
        return [Segment(drawn, self._styles["rule"])]

    def _across(self, text: str, style: Style) -> list[Segment]:
        return [Segment(fit(text, self._width, ellipsis=self._signs.ellipsis), style)]


def _first_text(row: Row) -> str:
    """The text of a heading or a rule."""
    cell = row.cells[0] if row.cells else ""
    return one_line(cell if isinstance(cell, str) else cell.text)
