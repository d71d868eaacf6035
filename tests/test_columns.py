"""How columns share a width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.widgets.columns import Column, layout

NAME = Column("name", "Name", 10, flex=2)
PLACE = Column("place", "Practice", 8, flex=1, priority=1)
TIER = Column("tier", "Tier", 4, priority=2)
WHEN = Column("when", "When", 6)
ALL = (NAME, PLACE, TIER, WHEN)

columns = st.lists(
    st.builds(
        Column,
        st.uuids().map(str),
        st.just(""),
        st.integers(1, 20),
        flex=st.integers(0, 3),
        priority=st.integers(0, 3),
        gap=st.integers(0, 3),
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (34, {"name": 10, "place": 8, "tier": 4, "when": 6}),
        (40, {"name": 14, "place": 10, "tier": 4, "when": 6}),
        (33, {"name": 19, "tier": 4, "when": 6}),
        (24, {"name": 10, "tier": 4, "when": 6}),
        (23, {"name": 15, "when": 6}),
        (18, {"name": 10, "when": 6}),
        (12, {"name": 4, "when": 6}),
        (5, {"name": 1, "when": 2}),
        (3, {"name": 1}),
        (0, {}),
    ],
)
def test_layout(width: int, shown: dict[str, int]) -> None:
    assert {column.key: cells for column, cells in layout(ALL, width)} == shown


def test_equal_priorities_go_from_the_right() -> None:
    pair = (Column("a", "", 5, priority=1), Column("b", "", 5, priority=1))
    assert [column.key for column, _cells in layout(pair, 6)] == ["a"]


def test_without_a_flexible_column_spare_room_stays_blank() -> None:
    assert layout((WHEN,), 30) == [(WHEN, 6)]


@given(columns, st.integers(-2, 90))
def test_layout_stays_within_the_width_and_in_order(given_columns: list[Column], width: int) -> None:
    placed = layout(given_columns, width)
    used = sum(cells for _column, cells in placed) + sum(column.gap for column, _cells in placed[1:])
    assert used <= max(width, 0)
    assert all(cells >= 1 for _column, cells in placed)
    order = [given_columns.index(column) for column, _cells in placed]
    assert order == sorted(order)
    if any(column.flex for column, _cells in placed) and all(cells >= column.width for column, cells in placed):
        assert used == width


@given(columns, st.integers(0, 90))
def test_no_column_is_narrowed_while_another_could_go(given_columns: list[Column], width: int) -> None:
    placed = layout(given_columns, width)
    if any(cells < column.width for column, cells in placed):
        assert all(column.priority == 0 for column, _cells in placed)
