"""A screen whose list can be narrowed by words that are typed above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from screens.widgets.record_list import RecordList
from screens.widgets.text_lines import RULE, Span, TextLine, TextLines

if TYPE_CHECKING:
    from screens.widgets.filter_line import FilterLine


class FilteredScreen(Screen[None]):
    """A list, and the line above it that shows the filter while there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.filter_words = ""
        self._list: RecordList | None = None

    def show_book(self, changed: frozenset[str]) -> None:
        """Show the records as they are now; `changed` are ids that another session wrote a moment ago."""
        raise NotImplementedError

    @property
    def records(self) -> RecordList:
        """The list of this screen; there is one from the mounting on."""
        return self._list if self._list is not None else self.query_one(RecordList)

    def show_filter(self) -> None:
        """The line above the list: the filter while there is one."""
        if not self.filter_words:
            self.query_one("#filter", TextLines).show([RULE])
            return
        count = self.records.position[1]
        left: tuple[Span, ...] = (("/ ", "accent"), (self.filter_words, "bold"))
        self.query_one("#filter", TextLines).show([TextLine(left, ((f"{count} found · esc clears", "dim"),))])

    def set_filter(self, words: str) -> int:
        """Show only records with these words; how many there are."""
        if words != self.filter_words:
            self.filter_words = words
            self.show_book(frozenset())
            self.show_filter()
        return self.records.position[1]

    def action_find(self) -> None:
        """Type a filter; the list answers with every key."""
        from screens.widgets.filter_line import FilterLine

        if not self.query("FilterLine"):
            self.query_one("#filter").display = False
            self.mount(FilterLine(self.filter_words, self.set_filter), before="#filter")

    def on_filter_line_closed(self, event: FilterLine.Closed) -> None:
        """The filter stands, or is dropped."""
        if not event.keep:
            self.set_filter("")
        event.filter_line.remove()
        self.query_one("#filter").display = True
        self.records.focus()
