"""Fields for typing whose text may hold anything: what steers a terminal is drawn as a sign (screens/text.py)."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import Input, TextArea

from screens.text import visible


class TypedLine(Input):
    """A line of text."""

    def render_line(self, y: int) -> Strip:
        """The line with controls made visible."""
        return _without_controls(super().render_line(y))


class TypedText(TextArea):
    """A text of several lines."""

    def render_line(self, y: int) -> Strip:
        """One line with controls made visible."""
        return _without_controls(super().render_line(y))


def _without_controls(strip: Strip) -> Strip:
    """The value keeps its characters; only the drawing of them changes."""
    if strip.text.isprintable():
        return strip
    segments = [Segment(visible(segment.text), segment.style) for segment in strip]
    return Strip(segments).adjust_cell_length(strip.cell_length)
