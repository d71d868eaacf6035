"""Lines of toned text that a screen draws itself: title, status, keys, details. Only lines that changed are sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from screens.text import fit, one_line
from screens.widgets.columns import Tone
from screens.widgets.row_strips import changed_cells
from screens.widgets.tones import Part, styles_of

Span = tuple[str, Tone]
"""A text and how loud it is."""


class TextLine(msgspec.Struct, frozen=True):
    """One line: spans from the left, and spans that end at the right edge when there is room for both."""

    left: tuple[Span, ...] = ()
    right: tuple[Span, ...] = ()
    rule: bool = False
    """A thin line fills what the spans leave free."""


def line(text: str, tone: Tone = "normal") -> TextLine:
    """A line of one span."""
    return TextLine(((text, tone),))


_GAP = 2
"""Blank cells before what stands at the right edge."""

RULE = TextLine(rule=True)


class TextLines(Widget):
    """Some lines of text. The height comes from the style sheet; lines that do not fit are not drawn."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "TextLines { height: 1; }"

    def __init__(
        self, lines: Sequence[TextLine] = (), *, indent: int = 1, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._lines = tuple(lines)
        self._indent = indent
        self._styles: dict[Tone | Part, Style] = {}

    @property
    def lines(self) -> tuple[TextLine, ...]:
        """What is shown."""
        return self._lines

    def show(self, lines: Sequence[TextLine]) -> None:
        """Show these lines instead; only those that differ are sent."""
        before, self._lines = self._lines, tuple(lines)
        regions = []
        for at in range(min(max(len(before), len(self._lines)), self.size.height)):
            if before[at : at + 1] != self._lines[at : at + 1]:
                cells = changed_cells(self._strip(before, at), self._strip(self._lines, at))
                if cells:
                    regions.append(Region(0, at, cells, 1))
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """One line of the text."""
        return self._strip(self._lines, y)

    def _strip(self, lines: Sequence[TextLine], y: int) -> Strip:
        width = self.size.width
        return Strip(self._segments(lines[y] if y < len(lines) else TextLine(), width), width).simplify()

    def notify_style_update(self) -> None:
        """Theme or style sheet changed: take the styles anew."""
        super().notify_style_update()
        self._styles = {}

    def _segments(self, at: TextLine, width: int) -> list[Segment]:
        right = self._spans(at.right)
        room = width - sum(cell_len(text) for text, _ in right) - (self._indent + _GAP if right else 0)
        segments: list[Segment] = []
        left = 0 if at.rule else self._indent
        if not at.rule and left:
            segments.append(Segment(" " * left, self._style("normal")))
        for text, tone in self._spans(at.left):
            size = cell_len(text)
            if left + size > room:
                text, size = fit(text, max(room - left, 0)), max(room - left, 0)
            if size:
                segments.append(Segment(text, self._style(tone)))
            left += size
        gap = max(room - left, 0) + (_GAP if right else 0)
        if gap:
            filler = "─" * gap if at.rule else " " * gap
            segments.append(Segment(filler, self._style("rule" if at.rule else "normal")))
        segments.extend(Segment(text, self._style(tone)) for text, tone in right)
        if right and self._indent:
            segments.append(
                Segment(("─" if at.rule else " ") * self._indent, self._style("rule" if at.rule else "normal"))
            )
        return segments

    @staticmethod
    def _spans(spans: Iterable[Span]) -> list[Span]:
        return [(one_line(text) if text.strip() else text, tone) for text, tone in spans if text]

    def _style(self, tone: Tone | Part) -> Style:
        if not self._styles:
            self._styles = styles_of(self.app.theme_variables, self.rich_style)
        return self._styles[tone]
