"""The rows of a list: which record stands where, which rows the cursor passes over, and where it goes on a refresh."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property

import msgspec

from screens.widgets.columns import Tone

_ROWS_KEPT = 4_000


class Cell(msgspec.Struct, frozen=True):
    """A text in a row; `tone` None takes the column's tone."""

    text: str
    tone: Tone | None = None


class Row(msgspec.Struct, frozen=True):
    """One line of a list. `cells` follow the order of the columns; a missing one is blank.

    A heading or a rule draws its first cell across the whole width. A continuation belongs to the record above it
    and is drawn in the columns. The cursor passes over all three.
    """

    id: str
    cells: tuple[str | Cell, ...]
    heading: bool = False
    rule: bool = False
    continuation: bool = False


class RecordRows:
    """Rows known by their ids; a row itself is asked for when it is drawn, and kept until it is forgotten."""

    def __init__(
        self,
        ids: Sequence[str] = (),
        row_of: Callable[[str], Row] | None = None,
        headings: Collection[str] = (),
        continuations: Collection[str] = (),
    ) -> None:
        self.ids = tuple(ids)
        self._row_of = row_of
        self._headings = frozenset(headings)
        self._continuations = frozenset(continuations)
        self._passed_over = self._headings | self._continuations
        self._rows: dict[str, Row] = {}

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def id_set(self) -> frozenset[str]:
        """All ids of records, headings and continuations left out."""
        return frozenset(self.ids) - self._passed_over

    @cached_property
    def _passed_over_at(self) -> list[int]:
        """The sorted indexes of the rows the cursor passes over."""
        if not self._passed_over:
            return []
        return [index for index, row_id in enumerate(self.ids) if row_id in self._passed_over]

    def row(self, index: int) -> Row:
        """The row at `index`, asked from its source once."""
        row_id = self.ids[index]
        row = self._rows.get(row_id)
        if row is None:
            if len(self._rows) >= _ROWS_KEPT:
                self._rows.clear()
            row = self._row_of(row_id) if self._row_of is not None else Row(row_id, ())
            self._rows[row_id] = row
        return row

    def forget(self, ids: Iterable[str] | None) -> None:
        """Ask the source again for these rows, or for all of them."""
        if ids is None:
            self._rows.clear()
            return
        for row_id in ids:
            self._rows.pop(row_id, None)

    def selectable(self, index: int) -> bool:
        """Whether the row at `index` is a record."""
        return self.ids[index] not in self._passed_over

    def index_of(self, row_id: str, near: int = 0) -> int | None:
        """Where a record stands, looking at `near` first; None for one that is not in the list, or no record."""
        if row_id in self._passed_over:
            return None
        if 0 <= near < len(self.ids) and self.ids[near] == row_id:
            return near
        try:
            return self.ids.index(row_id)
        except ValueError:
            return None

    def seek(self, index: int, direction: int) -> int | None:
        """The first record at `index` or beyond it in `direction` (1 or -1); None when there is none."""
        stop = len(self.ids) if direction > 0 else -1
        for at in range(index, stop, direction):
            if self.selectable(at):
                return at
        return None

    def nearest(self, index: int, direction: int) -> int | None:
        """The first record at `index` or beyond in `direction`, else the first the other way."""
        index = max(0, min(index, len(self.ids) - 1))
        found = self.seek(index, direction)
        return self.seek(index, -direction) if found is None else found

    def record_of(self, index: int) -> int | None:
        """The record that the row at `index` belongs to: itself, or the one above a continuation."""
        while index > 0 and self.ids[index] in self._continuations:
            index -= 1
        return index if self.selectable(index) else None

    def block(self, index: int) -> tuple[int, int]:
        """First and last row that should be seen with the record at `index`: its headings and its continuations."""
        first = last = index
        while first > 0 and self.ids[first - 1] in self._headings:
            first -= 1
        while last + 1 < len(self.ids) and self.ids[last + 1] in self._continuations:
            last += 1
        return first, last

    def position(self, index: int | None) -> tuple[int, int]:
        """Which record of how many stands at `index`, counting from 1; 0 for none."""
        total = len(self.ids) - len(self._passed_over_at)
        if index is None:
            return 0, total
        return index + 1 - bisect_left(self._passed_over_at, index), total

    def moved_to(self, index: int, after: RecordRows) -> int | None:
        """Where the record at `index` stands in the rows that replace these.

        When it is gone: the nearest record that followed it, else the last. None when no record stayed.
        """
        same = after.index_of(self.ids[index], near=index)
        if same is not None:
            return same
        for row_id in self.ids[index + 1 :]:
            if row_id in after.id_set:
                return after.index_of(row_id, near=index)
        if self.id_set.isdisjoint(after.id_set):
            return None
        return after.seek(len(after) - 1, -1)
