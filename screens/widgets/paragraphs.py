"""Texts of any length, folded to the width there is; as high as they need to be, for a box that scrolls."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from screens.text import fit, wrapped
from screens.widgets.columns import Tone
from screens.widgets.tones import Part, styles_of

_MOST_LINES = 400
"""Lines of one text that are shown."""


class Paragraph(msgspec.Struct, frozen=True):
    """One text, how loud it is, and how far in it stands; nothing makes a blank line."""

    text: str
    tone: Tone = "normal"
    indent: int = 0
    label: str = ""
    """Stands before its first line, dim, in the room that the indent leaves."""


class Paragraphs(Widget):
    """Some texts, one below the other."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Paragraphs { height: auto; width: 1fr; }"

    def __init__(self, paragraphs: Sequence[Paragraph] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._paragraphs = tuple(paragraphs)
        self._folded: tuple[int, list[tuple[Paragraph, str, str]]] = (0, [])

    def show(self, paragraphs: Sequence[Paragraph]) -> None:
        """Show these instead."""
        self._paragraphs = tuple(paragraphs)
        self._folded = (0, [])
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the texts take."""
        return max(len(self._lines(width)), 1)

    def render_line(self, y: int) -> Strip:
        """One line of them."""
        width = self.size.width
        lines = self._lines(width)
        if y >= len(lines):
            return Strip.blank(width, self.rich_style)
        paragraph, label, text = lines[y]
        styles: dict[Tone | Part, Style] = styles_of(self.app.theme_variables, self.rich_style)
        room = max(width - paragraph.indent, 0)
        segments = [
            Segment(fit(label, min(paragraph.indent, width)), styles["dim"]),
            Segment(fit(text, room), styles[paragraph.tone]),
        ]
        return Strip(segments, width).simplify()

    def _lines(self, width: int) -> list[tuple[Paragraph, str, str]]:
        if self._folded[0] != width:
            found = []
            for paragraph in self._paragraphs:
                lines = wrapped(paragraph.text, max(width - paragraph.indent, 1), _MOST_LINES)
                found += [(paragraph, paragraph.label if at == 0 else "", text) for at, text in enumerate(lines)]
            self._folded = (width, found)
        return self._folded[1]
