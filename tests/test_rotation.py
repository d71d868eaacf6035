"""Which backups stay: the newest of each day, week and month, and for 30 days what was asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rotation import DAILY, DAYS, KEPT_DAYS, MONTHS, MOST, WEEKS, Backup, daily_is_due, newest_first, to_drop

TODAY = date(2026, 11, 24)
"""A Tuesday."""


def backup(day: date, reason: str = DAILY, hour: int = 12, minute: int = 0) -> Backup:
    moment = datetime.combine(day, time(hour, minute), UTC)
    return Backup(Path(f"{moment:%Y-%m-%dT%H%M%SZ}-{reason}.json"), moment, reason, 1)


def days_before(*days: int, reason: str = DAILY) -> list[Backup]:
    return [backup(TODAY - timedelta(days), reason) for days in days]


def staying(backups: list[Backup], today: date = TODAY) -> list[str]:
    dropped = to_drop(backups, today)
    return [f"{each.day:%m-%d}" for each in newest_first(backups) if each not in dropped]


def test_two_years_of_dailies_come_down_to_days_weeks_and_months() -> None:
    assert staying(days_before(*range(730))) == [
        *("11-24", "11-23", "11-22", "11-21", "11-20", "11-19", "11-18"),
        *("11-15", "11-08"),
        *("10-31", "09-30", "08-31", "07-31", "06-30", "05-31", "04-30", "03-31", "02-28", "01-31", "12-31"),
    ]


@pytest.mark.parametrize(
    ("backups", "left"),
    [
        ([], []),
        (days_before(0), ["11-24"]),
        (days_before(3000), ["09-07"]),
        ([backup(TODAY, hour=8), backup(TODAY, hour=9)], ["11-24"]),
        (days_before(0, 30, reason="asked"), ["11-24", "10-25"]),
        ([*days_before(0, 24), backup(TODAY - timedelta(24), hour=5)], ["11-24", "10-31"]),
        ([*days_before(0, 24), backup(TODAY - timedelta(24), "import", 5)], ["11-24", "10-31", "10-31"]),
        ([*days_before(0, 24), backup(TODAY - timedelta(30), "merge", 5)], ["11-24", "10-31", "10-25"]),
    ],
)
def test_what_stays(backups: list[Backup], left: list[str]) -> None:
    assert staying(backups) == left


def test_what_was_asked_for_goes_after_thirty_days() -> None:
    dailies = days_before(*range(60))
    for reason in ("asked", "restore", "import", "merge", "migration", "repair"):
        young, old = days_before(KEPT_DAYS, KEPT_DAYS + 1, reason=reason)
        dropped = to_drop([*dailies, young, old], TODAY)
        assert young not in dropped
        assert old in dropped


def test_a_long_absence_empties_nothing() -> None:
    found = days_before(*range(7))
    assert to_drop(found, TODAY + timedelta(days=3650)) == ()


def test_a_clock_that_was_wrong_for_a_day_costs_one_place() -> None:
    future = backup(date(2051, 1, 1))
    found = [*days_before(*range(40)), future]
    dropped = to_drop(found, date(2051, 1, 1))
    assert future not in dropped
    assert len(found) - len(dropped) == 9


def test_the_cap_takes_the_oldest_of_what_was_asked_for() -> None:
    asked = [backup(TODAY, "asked", 10, minute) for minute in range(60)]
    dailies = days_before(*range(1, 400))
    dropped = to_drop([*asked, *dailies], TODAY)
    left = [each for each in (*asked, *dailies) if each not in dropped]
    assert len(left) == MOST
    assert [each for each in asked if each not in dropped] == asked[-len([e for e in left if e.reason == "asked"]) :]
    assert len([each for each in left if each.reason == DAILY]) == 19


def test_the_daily_is_due_once_a_day() -> None:
    assert daily_is_due([], TODAY)
    assert daily_is_due(days_before(1), TODAY)
    assert daily_is_due(days_before(0, reason="asked"), TODAY)
    assert not daily_is_due(days_before(0, 1), TODAY)
    assert daily_is_due([backup(TODAY + timedelta(days=1))], TODAY)


backups = st.lists(
    st.builds(
        backup,
        st.dates(date(2024, 1, 1), date(2027, 12, 31)),
        st.sampled_from([DAILY, DAILY, "asked", "import"]),
        st.integers(0, 23),
        st.integers(0, 59),
    ),
    max_size=120,
    unique_by=lambda each: each.path,
)
todays = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(backups, todays)
def test_only_what_is_there_goes_and_never_the_newest(found: list[Backup], today: date) -> None:
    dropped = to_drop(found, today)
    assert set(dropped) <= set(found)
    assert len(set(dropped)) == len(dropped)
    assert len(found) - len(dropped) <= MOST
    assert not found or newest_first(found)[0] not in dropped


@given(backups, todays)
def test_what_is_kept_once_is_kept_again(found: list[Backup], today: date) -> None:
    left = [each for each in found if each not in to_drop(found, today)]
    assert to_drop(left, today) == ()


@given(backups, todays)
def test_each_of_the_last_periods_keeps_its_newest(found: list[Backup], today: date) -> None:
    left = [each for each in newest_first(found) if each not in to_drop(found, today)]
    for most, period in ((DAYS, "%Y-%m-%d"), (WEEKS, "%G-%V"), (MONTHS, "%Y-%m")):
        newest: dict[str, Backup] = {}
        for each in newest_first(found):
            newest.setdefault(f"{each.day:{period}}", each)
        assert set(list(newest.values())[:most]) <= set(left)


@given(backups, todays)
def test_only_dailies_and_old_ones_go_while_there_is_room(found: list[Backup], today: date) -> None:
    dropped = to_drop(found, today)
    if len(found) <= MOST:
        assert all(each.reason == DAILY or today - each.day > timedelta(KEPT_DAYS) for each in dropped)
