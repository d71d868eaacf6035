"""The drawn side of a list: only lines that show are drawn, and only lines that changed are sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from screens.text import wrapped
from screens.widgets.columns import Column
from screens.widgets.record_rows import RecordRows
from screens.widgets.row_strips import ASCII_SIGNS, GUTTER, SIGNS, Line, RowPainter, changed_cells
from screens.widgets.tones import styles_of

_BLANK = Line()
_HEADER = Line(header=True)


class RecordLines(ScrollView):
    """Rows of records in columns, drawn line by line; RecordList adds what a user can do with them."""

    ALLOW_SELECT = False
    TOUCHED_SECONDS = 4.0
    """How long `touch_up` marks its rows."""

    DEFAULT_CSS = """
    RecordLines {
        height: 1fr;
        overflow: hidden;
        color: $foreground;
    }
    """

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        empty: str | Content = "",
        show_header: bool = False,
        ascii_signs: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._empty = empty
        self._header_lines = int(show_header)
        self._signs = ASCII_SIGNS if ascii_signs else SIGNS
        self._rows = RecordRows()
        self._cursor: int | None = None
        self._marks: frozenset[str] = frozenset()
        self._touched: frozenset[str] = frozenset()
        self._touched_timer: Timer | None = None
        self._painter: RowPainter | None = None
        self._painted_width = 0
        self._drawn: dict[int, tuple[Line, Strip]] = {}

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, shown or not."""
        return self._columns

    @columns.setter
    def columns(self, columns: Sequence[Column]) -> None:
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self._painter = None
            self.refresh()

    @property
    def empty(self) -> str | Content:
        """The line that teaches what to do here, drawn when there are no rows; its markup, if any, is not drawn."""
        return self._empty

    @empty.setter
    def empty(self, empty: str | Content) -> None:
        self._empty = empty
        self._repaint_changed()

    def width_of(self, key: str) -> int:
        """The drawn width of a column in cells; 0 when it was dropped, or before the list has a size."""
        return self._paint().widths.get(key, 0) if self.size.width else 0

    def invalidate(self, ids: Iterable[str] | None = None) -> None:
        """These records changed, or any may have: ask for their rows again and repaint those that look different."""
        self._rows.forget(ids)
        self._repaint_changed()

    def touch_up(self, ids: Iterable[str]) -> None:
        """Mark rows that another session changed, for a few seconds or until `clear_touched`."""
        touched = frozenset(ids)
        if not touched:
            return
        self._touched |= touched
        if self._touched_timer is not None:
            self._touched_timer.stop()
        self._touched_timer = self.set_timer(self.TOUCHED_SECONDS, self.clear_touched)
        self._repaint_changed()

    def clear_touched(self) -> None:
        """Take away the marks of `touch_up`."""
        if self._touched_timer is not None:
            self._touched_timer.stop()
            self._touched_timer = None
        self._touched = frozenset()
        self._repaint_changed()

    def render_line(self, y: int) -> Strip:
        """One line of what shows; `y` counts from the top of the list on the screen."""
        line = self._line(y)
        strip = self._paint().strip(line)
        self._drawn[y] = (line, strip)
        return strip

    def notify_style_update(self) -> None:
        """Theme, focus or style sheet changed: take the styles anew at the next line."""
        super().notify_style_update()
        self._painter = None

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Repaint what scrolling changed; the header stays."""
        self._repaint_changed()

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in view. Lines that were drawn at once, before this came, may have the old width."""
        if self._painter is not None and self._painted_width != self.size.width:
            self._drawn.clear()
        self._painter = None
        if self._cursor is not None:
            self._reveal(self._cursor)
        self._repaint_changed()

    @property
    def _page_lines(self) -> int:
        """How many rows show at a time."""
        return max(1, self.size.height - self._header_lines)

    @property
    def _top(self) -> int:
        """The index of the first row that shows."""
        return round(self.scroll_y)

    def _set_length(self) -> None:
        """Let the scrolling know how many rows there are; only a list as high as its rows needs a new layout."""
        length = Size(self.size.width, len(self._rows) + self._header_lines)
        if self.styles.auto_dimensions:
            self.virtual_size = length
        else:
            self.set_reactive(Widget.virtual_size, length)

    def _scroll(self, top: int) -> None:
        """Let the row at `top` be the first that shows, at once and as far as the rows go."""
        self.scroll_y = top

    def _reveal(self, index: int) -> None:
        """Bring a record into view; one past an edge comes to a third from the other side."""
        if not self.size:
            return
        first, last = self._rows.block(index)
        lines, top = self._page_lines, self._top
        if last - first >= lines:
            first, last = index, min(last, index + lines - 1)
        if top <= first and last < top + lines:
            return
        top = index - (lines // 3 if last >= top + lines else lines * 2 // 3)
        self._scroll(max(min(top, first), last - lines + 1))

    def _line(self, y: int) -> Line:
        """What belongs on the line `y` of the screen."""
        y -= self._header_lines
        if y < 0:
            return _HEADER
        index = self._top + y
        if index >= len(self._rows):
            return _BLANK if self._rows else self._empty_line(y)
        row = self._rows.row(index)
        return Line(
            row,
            cursor=index == self._cursor,
            marked=row.id in self._marks,
            touched=row.id in self._touched,
        )

    def _empty_line(self, y: int) -> Line:
        """The teaching text stands at the left, half way down."""
        text = self._empty.plain if isinstance(self._empty, Content) else self._empty
        lines = wrapped(text, self.size.width - GUTTER, self._page_lines) if text else []
        at = y - (self._page_lines - len(lines)) // 2
        return Line(text=lines[at]) if 0 <= at < len(lines) else _BLANK

    def _repaint_changed(self) -> None:
        """Ask for a repaint of the lines that look different from what was last drawn."""
        if not self.size:
            return
        whole = (_BLANK, Strip.blank(0))
        regions: list[Region] = []
        for y in range(self.size.height):
            line = self._line(y)
            drawn, strip = self._drawn.get(y, whole)
            if line != drawn or strip is whole[1]:
                cells = changed_cells(strip, self._paint().strip(line))
                if cells:
                    regions.append(Region(0, y, cells, 1))
        if regions:
            self.refresh(*regions)

    def _paint(self) -> RowPainter:
        """The painter of the present width and styles."""
        if self._painter is None:
            styles = styles_of(self.app.theme_variables, self.rich_style)
            if not self.has_focus:
                styles["cursor"] = styles["resting_cursor"]
            self._painted_width = self.size.width
            self._painter = RowPainter(self._columns, self.size.width, styles, self._signs)
        return self._painter
