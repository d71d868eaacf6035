"""The line in which a filter is typed; the list answers with every key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from screens.widgets.text_lines import TextLines, line
from screens.widgets.typed_text import TypedLine


class FilterLine(Horizontal):
    """A filter being typed. Enter and the arrows go on in the list with it, escape drops it."""

    DEFAULT_CSS = """
    FilterLine {
        height: 1;
        & > .filter--sign { width: 3; }
        & > Input, & > Input:focus { width: 1fr; background: $background; padding: 0; }
        & > #filter-count { width: 24; }
    }
    """

    @dataclass
    class Closed(Message):
        """Typing has ended; `keep` when the filter stays."""

        filter_line: FilterLine
        keep: bool

    def __init__(self, words: str, narrow: Callable[[str], int]) -> None:
        super().__init__()
        self._words = words
        self._narrow = narrow
        """Shows only what has these words and says how many; called at once, so that one frame shows both."""

    def compose(self) -> ComposeResult:
        """A sign, the words, and how many were found."""
        yield TextLines([line("/", "accent")], classes="filter--sign")
        field = TypedLine(self._words, compact=True, select_on_focus=False)
        field.cursor_blink = False
        yield field
        yield TextLines(id="filter-count")

    def on_mount(self) -> None:
        """Ready for typing."""
        field = self.query_one(Input)
        field.focus()
        self.watch(field, "value", self._typed, init=False)

    def _typed(self, words: str) -> None:
        count = self._narrow(words)
        self.query_one("#filter-count", TextLines).show([line(f"{count} found", "dim")])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on in the list."""
        event.stop()
        self.post_message(self.Closed(self, keep=True))

    def on_key(self, event: events.Key) -> None:
        """The keys that leave the line."""
        if event.key in ("down", "up", "escape", "tab"):
            event.stop()
            event.prevent_default()
            self.post_message(self.Closed(self, keep=event.key != "escape"))
