"""The list widget's cursor, marks and mouse, driven as a user drives them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.strip import Strip

from screens.widgets.columns import Column
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Row

SIZES = [(80, 24), (120, 40)]
HEADINGS = {"now", "week"}


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

    def on_record_list_record_chosen(self, message: RecordList.RecordChosen) -> None:
        assert message.control is self.records
        self.heard.append(("chosen", message.id))

    def on_record_list_marks_changed(self, message: RecordList.MarksChanged) -> None:
        assert message.control is self.records
        self.heard.append(("marks", message.marks))


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


def grouped() -> list[Row]:
    return [
        Row("now", ("Now",), heading=True),
        person("a"),
        person("b"),
        Row("week", ("This week",), heading=True),
        person("c"),
        Row("c2", ("", "more of c"), continuation=True),
        Row("c3", ("", "and more"), continuation=True),
        Row("today", ("today",), rule=True),
        person("d"),
    ]


def wheel(records: RecordList, kind: type[MouseScrollDown] | type[MouseScrollUp]) -> None:
    """One notch of the mouse wheel over the list."""
    records.post_message(kind(records, 5, 5, 0, 0, 0, False, False, False))


@pytest.mark.parametrize("size", SIZES)
async def test_the_cursor_moves_and_stops_at_both_ends(size: tuple[int, int]) -> None:
    async with listing(size) as (_app, records, pilot):
        records.set_rows(people(200), person)
        page = records.size.height - 2
        for key, at in [
            ("up", 0), ("down", 1), ("j", 2), ("k", 1), ("pagedown", 1 + page), ("ctrl+d", 1 + page + (page + 1) // 2),
            ("ctrl+u", 1 + page), ("pageup", 1), ("pageup", 0), ("G", 199), ("down", 199), ("pagedown", 199),
            ("home", 0), ("end", 199), ("g", 0),
        ]:  # fmt: skip
            await pilot.press(key)
            assert records.highlighted == f"p{at:06}", key
            assert records.position == (at + 1, 200)
            await pilot.pause()
            assert records.lines()[at - records.scroll_offset.y].startswith("▌"), key
            assert sum(line.startswith("▌") for line in records.lines()) == 1


async def test_a_cursor_key_draws_two_lines_and_a_key_at_the_end_none() -> None:
    async with listing((120, 40)) as (_app, records, pilot):
        records.set_rows(people(20), person)
        await pilot.pause()
        records.drawn_lines.clear()
        await pilot.press("down")
        assert sorted(records.drawn_lines) == [1, 2]
        await pilot.press("end")
        records.drawn_lines.clear()
        await pilot.press("down", "end", "G")
        assert records.drawn_lines == []


async def test_stepping_past_an_edge_is_rare_and_keeps_context() -> None:
    async with listing((120, 40)) as (_app, records, _pilot):
        records.set_rows(people(500), person)
        height = records.size.height - 1
        tops = []
        for _ in range(100):
            records.move(1)
            tops.append(records.scroll_offset.y)
        assert 1 < len(set(tops)) <= 1 + 100 // (height * 2 // 3 - 1)
        records.highlighted = "p000300"
        assert records.scroll_offset.y == 300 - height // 3


async def test_the_cursor_passes_over_headings_rules_and_continuations() -> None:
    async with listing() as (_app, records, pilot):
        records.show(grouped())
        visited = [records.highlighted]
        for _ in range(4):
            await pilot.press("down")
            visited.append(records.highlighted)
        assert visited == ["a", "b", "c", "d", "d"]
        assert records.position == (4, 4)
        await pilot.press("up", "up")
        assert (records.highlighted, records.position) == ("b", (2, 4))
        records.highlighted = "week"
        assert records.highlighted == "b"
        records.highlighted = None
        assert records.position == (0, 4)
        await pilot.press("up")
        assert records.highlighted == "d"


async def test_headings_and_continuations_come_into_view_with_their_record() -> None:
    async with listing() as (_app, records, pilot):
        ids = ["now", *people(40), "week", "last", "last2"]
        records.set_rows(ids, person, headings=HEADINGS, continuations={"last2"})
        await pilot.press("end")
        assert "Name last2" in records.lines()[-1]
        await pilot.press("home")
        assert "Name now" in records.lines()[0]


async def test_a_key_shows_the_whole_of_a_record_and_a_click_scrolls_nothing() -> None:
    async with listing() as (_app, records, pilot):
        visible = records.size.height - 1
        ids = ["now", *people(60)]
        below = ids[visible + 1]
        records.set_rows(ids, person, headings=HEADINGS, continuations={below})
        records.highlighted = "p000001"
        records.scroll_to(y=1, animate=False, force=True)
        await pilot.click(records, offset=(10, 1))
        assert (records.highlighted, records.scroll_offset.y) == ("p000000", 1)
        await pilot.press("down", "up")
        assert (records.highlighted, records.scroll_offset.y) == ("p000000", 0)
        for _ in range(visible - 2):
            records.move(1)
        assert records.scroll_offset.y == 0
        records.move(1)
        assert records.highlighted == ids[visible]
        assert records.scroll_offset.y + visible > visible + 1


async def test_a_long_list_asks_only_for_the_rows_that_show() -> None:
    asked: list[str] = []

    def row_of(record_id: str) -> Row:
        asked.append(record_id)
        return person(record_id)

    async with listing() as (_app, records, pilot):
        records.set_rows(people(100_000), row_of, headings=people(1))
        await pilot.pause()
        height = records.size.height - 1
        assert asked == people(height)
        await pilot.press("down", "up", "space")
        assert len(asked) == height
        await pilot.press("G")
        assert len(asked) == 2 * height
        assert records.position == (99_999, 99_999)
        await pilot.press("V")
        assert len(records.marks) == 99_999


async def test_marks() -> None:
    async with listing() as (app, records, pilot):
        records.show(grouped())
        await pilot.press("space", "down", "v")
        assert records.marks == {"a", "b"}
        await pilot.pause()
        assert [line[:2] for line in records.lines()[1:3]] == [" ✓", "▌✓"]
        await pilot.press("space")
        assert records.marks == {"a"}
        await pilot.press("V")
        assert records.marks == {"a", "b", "c", "d"}
        records.show(grouped()[:3])
        assert records.marks == {"a", "b"}
        records.show(grouped())
        assert records.marks == {"a", "b", "c", "d"}
        records.toggle_mark("c")
        records.toggle_mark("now")
        records.toggle_mark("nobody")
        assert records.marks == {"a", "b", "d"}
        records.clear_marks()
        records.clear_marks()
        await pilot.pause()
        assert records.marks == frozenset()
        assert "✓" not in "".join(records.lines())
        assert [marks for name, marks in app.heard if name == "marks"] == [
            {"a"}, {"a", "b"}, {"a"}, {"a", "b", "c", "d"}, {"a", "b", "d"}, set(),
        ]  # fmt: skip


async def test_a_click_highlights_and_a_click_on_the_highlight_chooses() -> None:
    async with listing() as (app, records, pilot):
        records.show(grouped())
        await pilot.pause()
        app.heard.clear()
        for y, heard in [
            (3, [("highlighted", "b")]),
            (0, []),
            (1, []),
            (20, []),
            (7, [("highlighted", "c")]),
        ]:
            await pilot.click(records, offset=(10, y))
            assert app.heard == heard, y
            app.heard.clear()
        await pilot.click(records, offset=(12, 7))
        assert app.heard == [("chosen", "c")]
        app.heard.clear()
        await pilot.double_click(records, offset=(10, 9))
        assert app.heard == [("highlighted", "d"), ("chosen", "d")]
        app.heard.clear()
        await pilot.double_click(records, offset=(14, 9))
        assert app.heard == [("chosen", "d")]


async def test_enter_chooses() -> None:
    async with listing() as (app, records, pilot):
        records.set_rows(people(3), person)
        await pilot.press("down", "enter")
        assert app.heard[-1] == ("chosen", "p000001")


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    async with listing() as (_app, records, pilot):
        records.set_rows(people(100), person)
        wheel(records, MouseScrollDown)
        await pilot.pause()
        assert "Name p000003" in records.lines()[0]
        assert records.highlighted == "p000000"
        wheel(records, MouseScrollUp)
        wheel(records, MouseScrollUp)
        await pilot.pause()
        assert records.lines()[0].startswith("▌")


async def test_every_binding_can_be_remapped_and_explained() -> None:
    bindings = [binding for binding in RecordList.BINDINGS if not isinstance(binding, tuple)]
    assert all(binding.id and binding.id.startswith("list.") and binding.tooltip for binding in bindings)
    assert not any(binding.show for binding in bindings)
    keys = {key for binding in bindings for key in binding.key.split(",")}
    assert keys.isdisjoint({"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+j", "escape", "q"})
