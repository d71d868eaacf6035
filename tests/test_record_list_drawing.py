"""What the list widget puts on the screen: columns, tones, signs and the text that people typed."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from screens.widgets.columns import Column
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Cell, Row
from screens.widgets.row_strips import EDGE, changed_cells

SIZES = [(80, 24), (120, 40)]
COLUMNS = (
    Column("due", "", 1, tone="red"),
    Column("name", "Name", 20, flex=1, gap=1),
    Column("practice", "Practice", 30, priority=1, tone="dim"),
    Column("stage", "Stage", 24, priority=2),
    Column("when", "When", 10, align="right"),
)


class ListApp(App[None]):
    """A list over a field that can take the focus."""

    def __init__(self, columns: tuple[Column, ...], *, show_header: bool, ascii_signs: bool) -> None:
        super().__init__()
        self.records = RecordList(
            columns, empty="Nobody yet: press a to add [one].", show_header=show_header, ascii_signs=ascii_signs
        )

    def compose(self) -> ComposeResult:
        yield self.records
        yield Input()

    def lines(self) -> list[str]:
        """The text on the screen as the terminal gets it, line by line."""
        grid: dict[int, list[str]] = {}
        svg = self.export_screenshot()
        for x, y, text in re.findall(r'<text class="[^"]*-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
            line = grid.setdefault(round((float(y) - 18.5) / 24.4), [" "] * self.size.width)
            at = round(float(x) / 12.2)
            for character in html.unescape(text).replace("\xa0", " "):
                width = cell_len(character)
                if width:
                    line[at : at + width] = [character] + [""] * (width - 1)
                else:
                    line[at - 1] += character
                at += width
        return ["".join(grid.get(at, [])).rstrip() for at in range(self.records.size.height)]


@asynccontextmanager
async def listing(
    *,
    size: tuple[int, int] = (80, 24),
    columns: tuple[Column, ...] = COLUMNS,
    show_header: bool = False,
    ascii_signs: bool = False,
) -> AsyncIterator[tuple[ListApp, RecordList, Pilot[None]]]:
    app = ListApp(columns, show_header=show_header, ascii_signs=ascii_signs)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, app.records, pilot


def person(record_id: str) -> Row:
    return Row(record_id, ("", f"Name {record_id}", "Quay Physio", "referring", "9 days"))


def people(count: int) -> list[str]:
    return [f"p{at:06}" for at in range(count)]


def line_of(app: ListApp, text: str) -> int:
    return next(at for at, line in enumerate(app.lines()) if text in line)


def first_style(records: RecordList, y: int) -> str:
    return str(next(iter(records.render_line(y))).style)


@pytest.mark.parametrize("size", SIZES)
async def test_headings_rules_and_continuations(size: tuple[int, int]) -> None:
    async with listing(size=size) as (app, records, pilot):
        records.show(
            [
                Row("now", ("Now",), heading=True),
                person("a"),
                Row("a2", ("", "more of a"), continuation=True),
                Row("today", (Cell("today"),), rule=True),
                Row("", (), rule=True),
            ]
        )
        await pilot.pause()
        width = records.size.width
        lines = app.lines()
        assert lines[0] == " NOW"
        assert lines[1].startswith("▌   Name a")
        assert lines[2] == "    more of a"
        assert lines[3] == "── today " + "─" * (width - 9)
        assert lines[4] == "─" * width


@pytest.mark.parametrize(
    ("size", "shown", "dropped"),
    [((120, 40), ["Name", "Practice", "Stage", "When"], []), ((80, 24), ["Name", "Stage", "When"], ["Practice"]),
     ((50, 24), ["Name", "When"], ["Practice", "Stage"])],
)  # fmt: skip
async def test_columns_are_dropped_by_priority(size: tuple[int, int], shown: list[str], dropped: list[str]) -> None:
    async with listing(size=size, show_header=True) as (app, records, pilot):
        records.set_rows(people(60), person)
        await pilot.press("end")
        header, row = app.lines()[0], app.lines()[-1]
        assert all(title in header for title in shown)
        assert not any(title in header for title in dropped)
        assert header.index("Name") == row.index("Name p000059")
        assert header.endswith("  When")
        assert row.endswith("  9 days")
        assert len(header) == len(row) == size[0] - EDGE
        assert (records.width_of("practice") == 0) == ("Practice" in dropped)


async def test_a_resize_lays_the_columns_out_again_and_keeps_the_cursor_in_view() -> None:
    async with listing(size=(120, 40)) as (app, records, pilot):
        records.set_rows(people(100), person)
        records.move(30)
        await pilot.resize_terminal(60, 12)
        await pilot.pause()
        assert app.lines()[line_of(app, "Name p000030")].startswith("▌")
        assert "Quay Physio" not in "".join(app.lines())
        records.columns = COLUMNS[:2]
        await pilot.pause()
        assert "9 days" not in "".join(app.lines())


BOLD, PLAIN = Style(bold=True), Style()


@pytest.mark.parametrize(
    ("before", "after", "cells"),
    [
        ([("abc   ", PLAIN)], [("abc   ", PLAIN)], 0),
        ([("abc   ", PLAIN)], [("ab    ", PLAIN)], 3),
        ([("  abcd", PLAIN)], [(" ✓", BOLD), ("abcd", PLAIN)], 2),
        ([("abc", PLAIN), ("def", BOLD)], [("abcd", PLAIN), ("ef", BOLD)], 4),
        ([("abcdef", PLAIN)], [("abcdef", BOLD)], 6),
        ([("漢bcde", PLAIN)], [("ab    ", PLAIN)], 6),
        ([("abe   ", PLAIN)], [("abe\u0301   ", PLAIN)], 6),
        ([], [("abcdef", PLAIN)], 6),
    ],
)
def test_what_is_alike_at_the_right_of_a_line_is_not_sent(
    before: list[tuple[str, Style]], after: list[tuple[str, Style]], cells: int
) -> None:
    old, new = (Strip([Segment(text, style) for text, style in line]) for line in (before, after))
    assert changed_cells(old, new) == cells


async def test_rows_another_session_touched_are_marked_for_a_while() -> None:
    async with listing() as (app, records, pilot):
        records.set_rows(people(5), person)
        records.touch_up(["p000000", "p000002"])
        await pilot.pause()
        assert [line[:1] for line in app.lines()[:5]] == ["█", " ", "▏", " ", " "]
        records.clear_touched()
        await pilot.pause()
        assert [line[:1] for line in app.lines()[:5]] == ["▌", " ", " ", " ", " "]
        records.TOUCHED_SECONDS = 0.01
        records.touch_up(["p000001"])
        records.touch_up(["p000002"])
        for _ in range(200):
            await pilot.pause()
            if "▏" not in "".join(app.lines()):
                break
        assert [line[:1] for line in app.lines()[:5]] == ["▌", " ", " ", " ", " "]


async def test_the_empty_text_teaches() -> None:
    async with listing() as (app, records, pilot):
        middle = (records.size.height - 1) // 2
        assert app.lines()[middle] == "  Nobody yet: press a to add [one]."
        records.empty = Content("No visit [yet].")
        await pilot.pause()
        assert app.lines()[middle] == "  No visit [yet]."
        records.set_rows(people(1), person)
        await pilot.pause()
        assert "yet" not in "".join(app.lines())


HOSTILE = [
    ("PT [DPT]", "PT [DPT]"),
    ("Lee [/]", "Lee [/]"),
    ("[bold red]Ann[/] $x", "[bold red]Ann[/] $x"),
    ("\x1b[31mRed\x1b[0m", "␛[31mRed␛[0m"),
    ("Bob\nAnn\t1", "Bob ⏎ Ann 1"),
    ("abc\u202egpj", "abc‹U+202E›gpj"),
    ("漢字 한국", "漢字 한국"),
    ("José Jose\u0301", "José Jose\u0301"),
    ("محمد علی", "محمد علی"),
    ("👩\u200d💻 ❤\ufe0f", "👩💻 ❤"),
    ("x\ud800y", "x‹U+D800›y"),
]


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_text_is_drawn_as_typed_and_moves_no_column(size: tuple[int, int]) -> None:
    columns = (Column("name", "[Name]", 24), Column("when", "When", 8, align="right"))
    async with listing(size=size, columns=columns, show_header=True) as (app, records, pilot):
        rows = [Row(str(at), (typed, Cell("[/]", "amber"))) for at, (typed, _drawn) in enumerate(HOSTILE)]
        records.show([*rows, Row("h", ("Lee [/] now",), heading=True), Row("r", ("PT [DPT]",), rule=True)])
        for at, (_typed, drawn) in enumerate(HOSTILE):
            records.highlighted = str(at)
            await pilot.pause()
            lines = app.lines()
            assert lines[0].startswith("  [Name]")
            for y, start in ((at + 1, "▌ "), ((at + 1) % len(HOSTILE) + 1, "  ")):
                shown = HOSTILE[y - 1][1]
                assert lines[y] == f"{start}{shown}{' ' * (24 - cell_len(shown))}       [/]"
            assert drawn in lines[at + 1]
        assert lines[len(HOSTILE) + 1] == " LEE [/] NOW"
        assert lines[len(HOSTILE) + 2].startswith("── PT [DPT] ──")


async def test_plain_terminals_get_ascii_signs() -> None:
    async with listing(ascii_signs=True) as (app, records, pilot):
        records.show([person("a"), person("b"), Row("r", ("today",), rule=True), Row("long", ("", "x" * 99))])
        records.toggle_mark("b")
        records.touch_up(["b", "a"])
        await pilot.pause()
        lines = app.lines()
        assert "".join(lines).isascii()
        assert [line[:2] for line in lines[:2]] == ["# ", "~*"]
        assert lines[2].startswith("-- today ---")


async def test_the_highlight_is_seen_without_focus_and_without_colour() -> None:
    async with listing() as (app, records, pilot):
        records.set_rows(people(3), person)
        await pilot.pause()
        focused = first_style(records, 0)
        app.query_one(Input).focus()
        await pilot.pause()
        blurred, other = first_style(records, 0), first_style(records, 1)
        assert len({focused, blurred, other}) == 3
        assert app.lines()[0].startswith("▌")


async def test_neighbours_of_one_style_share_a_segment() -> None:
    async with listing(size=(120, 40)) as (_app, records, pilot):
        records.show([person("a"), person("b"), Row("c", ("", "Name", "", Cell("late", "amber"), "9 days"))])
        await pilot.pause()
        assert [len(list(records.render_line(y))) for y in range(3)] == [1, 3, 3]
        assert all(records.render_line(y).cell_length == 120 for y in range(5))


async def test_tones_are_the_themes_and_follow_it() -> None:
    async with listing(columns=(Column("name", "Name", 20),)) as (app, records, pilot):
        tones = [Row(tone, (Cell(tone, tone),)) for tone in ("dim", "accent", "amber", "red", "bold")]
        records.show([Row("normal", ("",)), Row("plain", ("plain",)), *tones])
        await pilot.pause()
        dark = [first_style(records, y) for y in range(1, 7)]
        assert len(set(dark)) == 6
        app.theme = "textual-light"
        await pilot.pause()
        light = [first_style(records, y) for y in range(1, 7)]
        assert len(set(light)) == 6
        assert not set(dark) & set(light)


async def test_rows_and_highlight_may_be_given_before_the_list_is_on_screen() -> None:
    app = ListApp(COLUMNS, show_header=False, ascii_signs=False)
    app.records.set_rows(people(300), person)
    app.records.highlighted = "p000200"
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.lines()[line_of(app, "Name p000200")].startswith("▌")
        assert line_of(app, "Name p000200") == app.records.size.height // 3
