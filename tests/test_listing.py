"""Plain text in columns: nothing hides in it, and it fits."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_tui.listing import GAP, NARROWEST, cells, cut, one_line, table

ANY_TEXT = st.text(st.characters(codec=None), max_size=30)


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("PT [DPT]", "PT [DPT]"),
        ("Lee [/]", "Lee [/]"),
        ("a\x1b[31mred", "a␛[31mred"),
        ("a\x7fb\x9bc", "a␡b‹U+009B›c"),
        ("one\ntwo\r\n\n  three", "one ⏎ two ⏎ three"),
        ("one\n", "one"),
        ("a\tb", "a b"),
        ("a\rb", "a␍b"),
        ("abc\u202edef", "abc‹U+202E›def"),
        ("\ud800", "‹U+D800›"),
        ("Nguyễn Thị · 山田", "Nguyễn Thị · 山田"),
        ("नर्\u200dमदा", "नर्\u200dमदा"),
        ("", ""),
    ],
)
def test_nothing_hides_in_a_line(typed: str, drawn: str) -> None:
    assert one_line(typed) == drawn


@given(ANY_TEXT)
def test_no_line_steers_a_terminal(text: str) -> None:
    line = one_line(text)
    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert one_line(line) == line


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("Priya Patel", 11, "Priya Patel"),
        ("Priya Patel", 6, "Priya…"),
        ("山田太郎", 8, "山田太郎"),
        ("山田太郎", 6, "山田…"),
        ("山田太郎", 7, "山田太…"),
        ("e\u0301te\u0301", 3, "e\u0301te\u0301"),
    ],
)
def test_a_line_is_cut_by_cells(text: str, width: int, expected: str) -> None:
    assert cut(text, width) == expected


@given(ANY_TEXT, st.integers(1, 40))
def test_a_cut_line_fits(text: str, width: int) -> None:
    line = one_line(text)
    assert cells(cut(line, width)) <= width
    assert (cut(line, width) == line) == (cells(line) <= width)


def test_columns_line_up_by_cells() -> None:
    text = table(("NAME", "CITY"), [("山田", "Leeds"), ("Priya", "York")])
    assert text == "NAME   CITY\n山田   Leeds\nPriya  York\n"


def test_the_widest_columns_give_way_first() -> None:
    text = table(("A", "B"), [("x" * 30, "yes")], 20)
    assert text.splitlines()[1] == "x" * 14 + "…" + GAP + "yes"
    both = table(("A", "B"), [("x" * 30, "y" * 40)], 22).splitlines()[1]
    assert both == "x" * 9 + "…" + GAP + "y" * 9 + "…"


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT, ANY_TEXT), max_size=5), st.integers(3 * NARROWEST + 2 * len(GAP), 90))
def test_a_table_has_a_line_for_each_row_and_fits(rows: list[tuple[str, str, str]], width: int) -> None:
    lines = table(("ONE", "TWO", "THREE"), rows, width).split("\n")
    assert len(lines) == len(rows) + 2
    assert all(cells(line) <= width for line in lines)


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), min_size=1, max_size=5))
def test_without_a_width_nothing_is_cut(rows: list[tuple[str, str]]) -> None:
    text = table(("ONE", "TWO"), rows)
    for row in rows:
        for cell in row:
            assert one_line(cell).rstrip() in text
