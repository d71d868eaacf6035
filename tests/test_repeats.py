"""Repetitions in words and as rules: what is understood, what is said back, and which day comes next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.repeats import RepeatProblem, following, read_repeat, repeat_words

TODAY = date(2026, 11, 23)
"""A Monday."""


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("", "", ""),
        ("no", "", ""),
        ("every 6 weeks on a Tuesday", "FREQ=WEEKLY;INTERVAL=6;BYDAY=TU", "every 6 weeks on Tuesday"),
        ("every six weeks", "FREQ=WEEKLY;INTERVAL=6", "every 6 weeks"),
        ("every other month", "FREQ=MONTHLY;INTERVAL=2", "every 2 months"),
        ("weekly", "FREQ=WEEKLY", "every week"),
        ("Every Tue and Thu", "FREQ=WEEKLY;BYDAY=TU,TH", "every week on Tuesday and Thursday"),
        ("tuesdays", "FREQ=WEEKLY;BYDAY=TU", "every week on Tuesday"),
        ("every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
        ("quarterly", "FREQ=MONTHLY;INTERVAL=3", "every 3 months"),
        ("first Monday of the month", "FREQ=MONTHLY;BYDAY=1MO", "every month on the first Monday"),
        ("every last friday of the month", "FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
        ("every 2 months on the 3rd", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=3", "every 2 months on the 3rd"),
        ("on the 21st", "FREQ=MONTHLY;BYMONTHDAY=21", "every month on the 21st"),
        ("every 10 days 5 times", "FREQ=DAILY;INTERVAL=10;COUNT=5", "every 10 days 5 times"),
        ("yearly until 1 mar", "FREQ=YEARLY;UNTIL=20270301", "every year until Mon 1 Mar 2027"),
    ],
)
def test_words_rule_and_words_again(text: str, rule: str, words: str) -> None:
    assert read_repeat(text, TODAY) == rule
    assert repeat_words(rule, TODAY) == words
    assert read_repeat(words, TODAY) == rule


@pytest.mark.parametrize(
    "text",
    [
        "every",
        "soon",
        "every 0 days",
        "every 5000 weeks",
        "every first of the week",
        "on the 32nd",
        "zero times",
        "every week 0 times",
        "every day on tuesday",
        "every week until never",
        "first",
        "every week on the 3rd",
    ],
)
def test_what_is_no_repetition_is_told(text: str) -> None:
    with pytest.raises(RepeatProblem) as caught:
        read_repeat(text, TODAY)
    assert "Try" in str(caught.value)


def test_a_rule_of_another_program_is_shown_as_it_is() -> None:
    for rule in ("FREQ=HOURLY", "FREQ=MONTHLY;BYSETPOS=1;BYDAY=MO", "nonsense"):
        assert repeat_words(rule, TODAY) == rule
    assert repeat_words("FREQ=MONTHLY;BYDAY=5MO", TODAY) == "every month on the 5 Monday"


@pytest.mark.parametrize(
    ("rule", "due", "done", "comes"),
    [
        ("FREQ=WEEKLY;INTERVAL=6;BYDAY=TU", date(2026, 11, 24), date(2026, 11, 24), date(2027, 1, 5)),
        ("FREQ=WEEKLY;INTERVAL=6;BYDAY=TU", date(2026, 11, 24), date(2026, 11, 27), date(2027, 1, 5)),
        ("FREQ=WEEKLY;INTERVAL=6;BYDAY=TU", date(2026, 11, 24), date(2026, 11, 20), date(2027, 1, 5)),
        ("FREQ=WEEKLY", date(2026, 11, 2), date(2026, 11, 23), date(2026, 11, 30)),
        ("FREQ=MONTHLY", date(2026, 1, 31), date(2026, 1, 31), date(2026, 3, 31)),
        ("FREQ=MONTHLY;BYDAY=1MO", date(2026, 11, 2), date(2026, 11, 3), date(2026, 12, 7)),
        ("FREQ=DAILY;INTERVAL=10;UNTIL=20261130", date(2026, 11, 23), date(2026, 11, 23), None),
        ("FREQ=DAILY;COUNT=1", date(2026, 11, 23), date(2026, 11, 23), None),
    ],
)
def test_what_comes_next(rule: str, due: date, done: date, comes: date | None) -> None:
    found = following(rule, due, done)
    assert (found[0] if found is not None else None) == comes


def test_a_counted_repetition_runs_out() -> None:
    rule, day, seen = "FREQ=DAILY;INTERVAL=2;COUNT=3", TODAY, [TODAY]
    while (found := following(rule, day, day)) is not None:
        day, rule = found
        seen.append(day)
    assert seen == [TODAY + timedelta(days=2 * step) for step in range(3)]


@pytest.mark.parametrize("rule", ["nonsense", "FREQ=NEVER", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;INTERVAL=x"])
def test_a_rule_that_cannot_be_read_is_told(rule: str) -> None:
    with pytest.raises(RepeatProblem, match="cannot be read"):
        following(rule, TODAY, TODAY)


@given(st.text(max_size=30))
def test_nothing_typed_breaks_it(text: str) -> None:
    try:
        rule = read_repeat(text, TODAY)
    except RepeatProblem:
        return
    assert read_repeat(repeat_words(rule, TODAY), TODAY) == rule
