"""The one list widget, for every list of records and for the timeline."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from textual import events
from textual.binding import Binding
from textual.message import Message

from screens.widgets.record_lines import RecordLines
from screens.widgets.record_rows import RecordRows, Row


class RecordList(RecordLines, can_focus=True, inherit_bindings=False):
    """A list of records of any length, known by their ids, with a cursor and marks.

    Stepping past an edge scrolls by two thirds of what shows, because each scroll sends every line again: so a cursor
    key nearly always costs two lines. The headings above a record and its continuations come into view with it.
    """

    WHEEL_LINES = 3

    BINDINGS = [
        Binding("down,j", "move(1)", "Down", show=False, id="list.down", tooltip="Go to the next record"),
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up", tooltip="Go to the record above"),
        Binding("home,g", "first", "First", show=False, id="list.first", tooltip="Go to the first record"),
        Binding("end,G", "last", "Last", show=False, id="list.last", tooltip="Go to the last record"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page_down", tooltip="Go down a page"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page_up", tooltip="Go up a page"),
        Binding("ctrl+d", "half_page(1)", "Half down", show=False, id="list.half_down", tooltip="Go down half a page"),
        Binding("ctrl+u", "half_page(-1)", "Half up", show=False, id="list.half_up", tooltip="Go up half a page"),
        Binding("enter", "choose", "Open", show=False, id="list.open", tooltip="Open the highlighted record"),
        Binding("space,v", "mark", "Mark", show=False, id="list.mark", tooltip="Mark or unmark this record"),
        Binding("V", "mark_all", "Mark all", show=False, id="list.mark_all", tooltip="Mark every record in the list"),
    ]

    class RecordHighlighted(Message):
        """The cursor stands on another record, or on none."""

        def __init__(self, record_list: RecordList, id: str | None) -> None:
            super().__init__()
            self.record_list = record_list
            self.id = id

        @property
        def control(self) -> RecordList:
            """The list, for `@on` selectors."""
            return self.record_list

    class RecordChosen(Message):
        """The user wants to open this record."""

        def __init__(self, record_list: RecordList, id: str) -> None:
            super().__init__()
            self.record_list = record_list
            self.id = id

        @property
        def control(self) -> RecordList:
            """The list, for `@on` selectors."""
            return self.record_list

    class MarksChanged(Message):
        """The marked records are these now."""

        def __init__(self, record_list: RecordList, marks: frozenset[str]) -> None:
            super().__init__()
            self.record_list = record_list
            self.marks = marks

        @property
        def control(self) -> RecordList:
            """The list, for `@on` selectors."""
            return self.record_list

    _chosen_by_click = False

    @property
    def highlighted(self) -> str | None:
        """The id of the record under the cursor. Setting it scrolls there; an id not in the list changes nothing."""
        return None if self._cursor is None else self._rows.ids[self._cursor]

    @highlighted.setter
    def highlighted(self, record_id: str | None) -> None:
        if record_id is None:
            self._put_cursor(None)
            return
        index = self._rows.index_of(record_id, near=self._cursor or 0)
        if index is not None:
            self._put_cursor(index)

    @property
    def position(self) -> tuple[int, int]:
        """Which record of how many the cursor is on, counting from 1 and records only; (0, n) for none."""
        return self._rows.position(self._cursor)

    @property
    def marks(self) -> frozenset[str]:
        """The marked records that are in the list. Marks of others come back when their records do."""
        return self._marks & self._rows.id_set if self._marks else self._marks

    def show(self, rows: Sequence[Row], *, keep: bool = True) -> None:
        """`set_rows` for rows that are at hand; their ids differ."""
        by_id = {row.id: row for row in rows}
        self.set_rows(
            tuple(by_id),
            by_id.__getitem__,
            headings={row.id for row in rows if row.heading or row.rule},
            continuations={row.id for row in rows if row.continuation},
            keep=keep,
        )

    def set_rows(
        self,
        ids: Sequence[str],
        row_of: Callable[[str], Row],
        *,
        headings: Collection[str] = (),
        continuations: Collection[str] = (),
        keep: bool = True,
    ) -> None:
        """Show these rows instead; `row_of` is asked for those that show, once until `invalidate` or `set_rows`.

        `headings` (rules too) and `continuations` name the rows the cursor passes over. With `keep` the cursor stays on
        its record and that record on its line of the screen; when it is gone, the nearest that followed takes its
        place, else the last. Without, or when no record stayed, the list starts at its first record.
        """
        before, old, cursor, top = self.highlighted, self._rows, self._cursor, self._top
        new = RecordRows(ids, row_of, headings, continuations)
        self._rows = new
        self._set_length()
        self._cursor = old.moved_to(cursor, new) if keep and cursor is not None else None
        if self._cursor is None:
            self._cursor = new.seek(0, 1)
            self._scroll(0)
        elif cursor is not None and top <= cursor < top + self._page_lines:
            self._scroll(self._cursor - (cursor - top))
        else:
            self._scroll(_steady_top(old, top, new))
        self._repaint_changed()
        self._tell(before)

    def toggle_mark(self, record_id: str | None = None) -> None:
        """Mark a record of the list, or take its mark away; the highlighted one when none is named."""
        record_id = record_id or self.highlighted
        if record_id is not None and record_id in self._rows.id_set:
            self._set_marks(self._marks ^ {record_id})

    def mark_all(self) -> None:
        """Mark every record in the list."""
        self._set_marks(self._marks | self._rows.id_set)

    def clear_marks(self) -> None:
        """Take all marks away, also those of records that are not in the list now."""
        self._set_marks(frozenset())

    def move(self, delta: int) -> None:
        """Go `delta` records down, or up when negative, as far as there are any."""
        index = self._cursor
        direction = 1 if delta > 0 else -1
        edge = 0 if delta > 0 else len(self._rows) - 1
        for _ in range(abs(delta)):
            following = self._rows.seek(edge if index is None else index + direction, direction)
            if following is None:
                break
            index = following
        self._put_cursor(index)

    def first(self) -> None:
        """Go to the first record."""
        self._put_cursor(self._rows.seek(0, 1))

    def last(self) -> None:
        """Go to the last record."""
        self._put_cursor(self._rows.seek(len(self._rows) - 1, -1))

    def page(self, direction: int) -> None:
        """Go a page down (1) or up (-1); one line of the old page stays in view."""
        self._shift(direction * max(1, self._page_lines - 1))

    def action_move(self, delta: int) -> None:
        """A cursor key."""
        self.move(delta)

    def action_first(self) -> None:
        """The key for the first record."""
        self.first()

    def action_last(self) -> None:
        """The key for the last record."""
        self.last()

    def action_page(self, direction: int) -> None:
        """A page key."""
        self.page(direction)

    def action_half_page(self, direction: int) -> None:
        """A half-page key."""
        self._shift(direction * max(1, self._page_lines // 2))

    def action_choose(self) -> None:
        """The key that opens."""
        if self.highlighted is not None:
            self.post_message(self.RecordChosen(self, self.highlighted))

    def action_mark(self) -> None:
        """The key that marks."""
        self.toggle_mark()

    def action_mark_all(self) -> None:
        """The key that marks all."""
        self.mark_all()

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; one on the cursor opens, and a double click opens once."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self._header_lines:
            return
        line = self._top + offset.y - self._header_lines
        index = self._rows.record_of(line) if line < len(self._rows) else None
        if index is None:
            return
        event.stop()
        if event.chain == 1:
            self._chosen_by_click = False
        if index != self._cursor:
            self._put_cursor(index, reveal=False)
        elif not self._chosen_by_click:
            self._chosen_by_click = True
            self.action_choose()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls; the cursor stays on its record."""
        event.stop()
        self._scroll(self._top + self.WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls; the cursor stays on its record."""
        event.stop()
        self._scroll(self._top - self.WHEEL_LINES)

    def _shift(self, lines: int) -> None:
        """Scroll by some lines and take the cursor along, so that it stays on its line of the screen."""
        if not self._rows:
            return
        start = self._top if self._cursor is None else self._cursor
        self._scroll(self._top + lines)
        self._put_cursor(self._rows.nearest(start + lines, 1 if lines > 0 else -1))

    def _put_cursor(self, index: int | None, *, reveal: bool = True) -> None:
        before = self.highlighted
        self._cursor = index
        if reveal and index is not None:
            self._reveal(index)
        self._repaint_changed()
        self._tell(before)

    def _set_marks(self, marks: frozenset[str]) -> None:
        if marks != self._marks:
            self._marks = marks
            self._repaint_changed()
            self.post_message(self.MarksChanged(self, self.marks))

    def _tell(self, before: str | None) -> None:
        """Say that the cursor is on another record than before."""
        if self.highlighted != before:
            self.post_message(self.RecordHighlighted(self, self.highlighted))


def _steady_top(old: RecordRows, top: int, new: RecordRows) -> int:
    """The first row to show so that the record that was at the top of the screen stays there."""
    index = old.seek(top, 1)
    moved = None if index is None else old.moved_to(index, new)
    return top if index is None or moved is None else moved - (index - top)
