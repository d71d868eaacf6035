"""The smallest list of many lines that answers keys: Textual's Line API and nothing else.

`python -m bench.yardsticks.minimal_list N` shows N made lines; `--texts FILE` shows the texts of an SQLite file instead
and filters them with a LIKE scan as one types after `/`.
"""

from __future__ import annotations

import argparse
import gc
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

READY: Final = "line 0 of the minimal list"
_PLAIN: Final = Style()
_HERE: Final = Style(reverse=True)


class LineList(ScrollView, can_focus=True):
    """Lines of text with a cursor; only those that show are drawn. No scroll bar: it would cost a second paint."""

    DEFAULT_CSS = "LineList { scrollbar-size: 0 0; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "move(1)"),
        Binding("k", "move(-1)"),
        Binding("g", "top"),
        Binding("pagedown", "page"),
    ]

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self._lines = lines
        self._cursor = 0

    def on_mount(self) -> None:
        """Say how large the list is."""
        self.virtual_size = Size(self.app.size.width, len(self._lines))

    def show(self, lines: Sequence[str]) -> None:
        """Show other lines."""
        self._lines = lines
        self._cursor = 0
        self.virtual_size = Size(self.app.size.width, len(lines))
        self.scroll_to(y=0, animate=False)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        place = y + self.scroll_offset.y
        text = self._lines[place] if place < len(self._lines) else ""
        width = self.size.width
        return Strip([Segment(text[:width].ljust(width), _HERE if place == self._cursor else _PLAIN)], width)

    def action_move(self, step: int) -> None:
        """Move the cursor and keep it in sight."""
        self._go(self._cursor + step)

    def action_top(self) -> None:
        """To the first line."""
        self._go(0)

    def action_page(self) -> None:
        """Down by as many lines as show."""
        self._go(self._cursor + self.size.height)

    def _go(self, place: int) -> None:
        place = max(0, min(len(self._lines) - 1, place))
        self.refresh_line(self._cursor)
        self._cursor = place
        self.refresh_line(place)
        top, height = self.scroll_offset.y, self.size.height
        if not top <= place < top + height:
            self.scroll_to(y=min(place, max(0, len(self._lines) - height)), animate=False)


class MinimalList(App[None]):
    """The list, and the scan behind its filter."""

    def __init__(self, lines: Sequence[str], texts: sqlite3.Connection | None) -> None:
        super().__init__()
        self._all = lines
        self._texts = texts
        self._pattern: str | None = None
        self._list = LineList(lines)

    def compose(self) -> ComposeResult:
        """The list alone."""
        yield self._list

    def on_key(self, event: Key) -> None:
        """Filter by what is typed after `/`."""
        if self._texts is None:
            return
        if event.key == "escape":
            self._pattern = None
            self._list.show(self._all)
        elif event.key == "slash":
            self._pattern = ""
        elif self._pattern is not None:
            self._pattern = self._pattern[:-1] if event.key == "backspace" else self._pattern + (event.character or "")
            self._scan(self._texts, self._pattern)

    def _scan(self, texts: sqlite3.Connection, pattern: str) -> None:
        found = texts.execute("SELECT rowid FROM texts WHERE body LIKE ?", (f"%{pattern}%",)).fetchall()
        self._list.show([self._all[row - 1] for (row,) in found])


def main() -> None:
    """Show the list that the command line asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--texts", type=Path)
    asked = parser.parse_args()
    if asked.texts is None:
        made = "visit     asked about the post-rehab class and our equipment list   in person   Sam"
        MinimalList([READY, *(f"line {each} of the list  {made}" for each in range(1, asked.count))], None).run()
        return
    texts = sqlite3.connect(asked.texts)
    bodies = [str(body) for (body,) in texts.execute("SELECT body FROM texts ORDER BY rowid")]
    bodies[0] = READY
    gc.disable()  # a collection after every few thousand rows found would flatter whoever is measured against this
    MinimalList(bodies, texts).run()


if __name__ == "__main__":
    main()
