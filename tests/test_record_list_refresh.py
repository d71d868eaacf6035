"""How the list widget takes new rows: nothing jumps, and only what differs is drawn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.pilot import Pilot
from textual.strip import Strip

from screens.widgets.columns import Column
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Row

SIZES = [(80, 24), (120, 40)]
HEADINGS = {"now"}


class Watched(RecordList):
    """A list that notes which lines it draws."""

    def __init__(self) -> None:
        super().__init__((Column("due", "", 1), Column("name", "Name", 20, flex=1, gap=1)), show_header=True)
        self.drawn_lines: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.drawn_lines.append(y)
        return super().render_line(y)

    def lines(self) -> list[str]:
        """The text of the lines under the header."""
        return [super(Watched, self).render_line(y).text.rstrip() for y in range(1, self.size.height)]

    def line_of(self, text: str) -> int:
        """Which line shows this text."""
        return next(at for at, line in enumerate(self.lines()) if text in line)


class ListApp(App[None]):
    """A list, and what it said."""

    def __init__(self) -> None:
        super().__init__()
        self.records = Watched()
        self.heard: list[tuple[str, object]] = []

    def compose(self) -> ComposeResult:
        yield self.records

    def on_record_list_record_highlighted(self, message: RecordList.RecordHighlighted) -> None:
        assert message.control is self.records
        self.heard.append(("highlighted", message.id))


@asynccontextmanager
async def listing(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[ListApp, Watched, Pilot[None]]]:
    app = ListApp()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, app.records, pilot


def person(record_id: str) -> Row:
    return Row(record_id, ("", f"Name {record_id}"))


def people(count: int, start: int = 0) -> list[str]:
    return [f"p{at:06}" for at in range(start, start + count)]


@pytest.mark.parametrize("size", SIZES)
async def test_new_rows_leave_the_highlighted_record_on_its_line(size: tuple[int, int]) -> None:
    async with listing(size) as (app, records, pilot):
        records.set_rows(people(100, 100), person)
        records.move(40)
        await pilot.pause()
        before = records.line_of("Name p000140")
        app.heard.clear()
        records.set_rows(people(107, 93), person)
        await pilot.pause()
        assert records.highlighted == "p000140"
        assert records.line_of("Name p000140") == before
        assert records.lines()[before].startswith("▌")
        assert app.heard == []


async def test_what_shows_stays_when_the_cursor_was_scrolled_away() -> None:
    async with listing() as (_app, records, pilot):
        records.set_rows(people(100, 100), person)
        for _ in range(10):
            records.post_message(MouseScrollDown(records, 5, 5, 0, 0, 0, False, False, False))
        await pilot.pause()
        top = records.lines()[0]
        assert "Name p000130" in top
        records.set_rows(people(110, 90), person)
        await pilot.pause()
        assert records.lines()[0] == top
        assert records.highlighted == "p000100"


@pytest.mark.parametrize(
    ("gone", "heir"),
    [({"c"}, "d"), ({"c", "d"}, "e"), ({"c", "d", "e"}, "b"), ({"a", "b", "d", "e"}, "c")],
)
async def test_when_the_highlighted_record_goes_the_next_one_takes_over(gone: set[str], heir: str) -> None:
    async with listing() as (app, records, pilot):
        records.set_rows(list("abcde"), person)
        records.highlighted = "c"
        await pilot.pause()
        app.heard.clear()
        records.set_rows([name for name in "abcde" if name not in gone], person)
        await pilot.pause()
        assert records.highlighted == heir
        assert app.heard == ([] if heir == "c" else [("highlighted", heir)])


async def test_other_rows_altogether_start_at_the_top() -> None:
    async with listing() as (app, records, pilot):
        records.set_rows(people(100), person)
        await pilot.press("end")
        records.set_rows(["now", *people(100, 500)], person, headings=HEADINGS)
        assert (records.highlighted, records.scroll_offset.y) == ("p000500", 0)
        await pilot.press("end")
        records.set_rows(["now", *people(100, 500)], person, headings=HEADINGS, keep=False)
        assert (records.highlighted, records.scroll_offset.y) == ("p000500", 0)
        records.set_rows([], person)
        await pilot.pause()
        assert records.highlighted is None
        assert records.position == (0, 0)
        assert app.heard[-1] == ("highlighted", None)
        await pilot.press("down", "up", "g", "G", "pagedown", "pageup", "enter", "space", "V")
        assert app.heard[-1] == ("highlighted", None)


async def test_equal_rows_and_small_changes_repaint_only_what_differs() -> None:
    async with listing() as (_app, records, pilot):
        records.set_rows(people(50), person)
        await pilot.pause()
        records.drawn_lines.clear()
        records.set_rows(people(50), lambda record_id: Row(record_id, person(record_id).cells))
        records.invalidate()
        await pilot.pause()
        assert records.drawn_lines == []
        changed = {"p000003": Row("p000003", ("!", "Changed"))}
        records.set_rows(people(50), lambda record_id: changed.get(record_id) or person(record_id))
        await pilot.pause()
        assert records.drawn_lines == [4]
        assert "! Changed" in records.lines()[3]


async def test_invalidate_draws_the_named_records_anew() -> None:
    names = {"a": "Ann", "b": "Bob"}
    async with listing() as (_app, records, pilot):
        records.set_rows(list(names), lambda record_id: Row(record_id, ("", names[record_id])))
        await pilot.pause()
        names.update(a="Ada", b="Ben")
        records.invalidate(["b"])
        await pilot.pause()
        assert [line[4:7] for line in records.lines()[:2]] == ["Ann", "Ben"]
        records.invalidate()
        await pilot.pause()
        assert [line[4:7] for line in records.lines()[:2]] == ["Ada", "Ben"]
