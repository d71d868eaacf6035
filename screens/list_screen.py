"""A screen that is one list of records; where it is wide, what is known of the highlighted one stands beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.containers import Horizontal
from textual.widget import Widget

from relationships.records import FollowUp, Offer, Practitioner, Record, Referral, Touch
from screens.book_screen import WIDTHS, BookScreen
from screens.widgets.columns import Column
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Row
from screens.widgets.text_lines import TextLine, TextLines


class ListScreen(BookScreen):
    """Rows of one or several kinds of record."""

    CSS_PATH = "list_screen.tcss"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    columns: ClassVar[tuple[Column, ...]] = ()
    teaching: ClassVar[str] = ""
    """What to press while there is nothing to list."""

    def compose_body(self) -> Iterable[Widget]:
        """The list and the pane beside it."""
        with Horizontal(id="body"):
            yield RecordList(self.columns, show_header=True, ascii_signs=self.open_book.ascii_signs)
            yield TextLines(indent=2, id="pane")

    def listed(self) -> tuple[list[str], frozenset[str]]:
        """The ids of the rows in order, and which of them are headings."""
        raise NotImplementedError

    def row(self, row_id: str) -> Row:
        """One row; asked for when it is drawn."""
        raise NotImplementedError

    def about(self, record: Record) -> list[TextLine]:
        """The lines of the pane."""
        return []

    def find_record(self, row_id: str) -> Record | None:
        """The record of a row."""
        raise NotImplementedError

    @property
    def record(self) -> Record | None:
        """The record under the cursor."""
        row_id = self.records.highlighted if self.ready else None
        return None if row_id is None else self.find_record(row_id)

    def found(self, kind: type[Record]) -> frozenset[str] | None:
        """The ids of a kind that the filter lets through; None when there is no filter."""
        if not self.filter_words.strip():
            return None
        return self.open_book.search.find(self.open_book.book, kind, self.filter_words)

    def show_book(self, changed: frozenset[str]) -> None:
        """The list as the book has it now."""
        if not self.open_book.loaded:
            self.records.empty = "Opening the book ..."
            return
        ids, headings = self.listed()
        self.records.empty = (
            "Nothing here has these words. esc clears the filter." if self.filter_words else self.teaching
        )
        self.records.set_rows(ids, self.row, headings=headings)
        self.records.touch_up(changed)

    def show_details(self) -> None:
        """What there is to know of the highlighted record."""
        if self.has_class("-wide"):
            record = self.record
            self.query_one("#pane", TextLines).show([] if record is None else self.about(record))

    def on_resize(self) -> None:
        """The pane appears where there is room for it."""
        super().on_resize()
        if self.ready:
            self.call_after_refresh(self.show_details)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is about a record needs one."""
        if action in self.about_record and self.record is None:
            return False
        return super().check_action(action, parameters)

    about_record: ClassVar[frozenset[str]] = frozenset({"open", "edit", "trash"})
    """The actions that need a record under the cursor."""

    def record_here(self) -> Record | None:
        """The record under the cursor."""
        return self.record

    def subject(self) -> Practitioner | None:
        """The person whom the highlighted record is about."""
        record = self.record
        people = self.open_book.book.practitioners
        if isinstance(record, Practitioner):
            return record
        if isinstance(record, Touch):
            return next((people[person] for person in record.practitioners if person in people), None)
        if isinstance(record, FollowUp | Offer | Referral):
            return people.get(record.practitioner or "")
        return None
