"""Days as trainers type them, read and said back (issue 2, item 2)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import assume, example, given
from hypothesis import strategies as st

from relationships.dates import (
    DateProblem,
    DateStyle,
    DayRead,
    Direction,
    ago,
    day_words,
    echo,
    lateness,
    parse_day,
    read_day,
    short_day,
    week_of,
)

MONDAY = date(2026, 11, 23)
MONTH_FIRST = DateStyle(day_first=False)
SUNDAY_START = DateStyle(week_start=6)
WEEKDAYS = "mon tue wed thu fri sat sun".split()
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAY_LIKE = [
    *WEEKDAYS,
    *MONTHS,
    *"on by in ago the of end a next last this day week month year days after before from now weeks fortnight".split(),
    *"today yesterday, tomorrow Tuesday. three 0 1 29 30 31 31st 99 2024 0000 9999 10000 +2w -3d +99999y 2w +9".split(),
    *"14/3 3/14 31/2 0/0 14.3.2026 29/2/27 2026-02-29 0000-01-01 99999-1-1 ٣/٤ ²".split(),
]

days = st.dates()
plain_days = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))
directions = st.sampled_from(("past", "future"))
styles = st.builds(DateStyle, week_start=st.integers(0, 6), day_first=st.booleans())
word_lists = st.lists(st.sampled_from(DAY_LIKE) | st.text(max_size=8), max_size=8)


def _outcome(words: list[str], today: date, style: DateStyle, prefer: Direction) -> DayRead | DateProblem | None:
    try:
        return read_day(words, today, style=style, prefer=prefer)
    except DateProblem as problem:
        return problem


def _rows(table: str) -> list[tuple[str, str]]:
    """Each phrase of a table of `day: phrase; phrase` lines with the day it is to name."""
    lines = [line.split(":", 1) for line in table.strip().splitlines()]
    return [(phrase.strip(), day.strip()) for day, phrases in lines for phrase in phrases.split(";")]


AHEAD = """
2025-11-23: -1y; a year ago
2026-10-01: last month
2026-10-26: two fortnights ago
2026-11-02: 3 weeks ago; 3w ago
2026-11-16: a week ago; last mon; last week
2026-11-17: last tue; tue last week
2026-11-20: -3d; -3 days
2026-11-21: the day before yesterday
2026-11-22: YESTERDAY,; last sun
2026-11-23: today; in 0 days; this mon; mon this week; 23 nov
2026-11-24: Tomorrow; tue; this tue; 24 nov; tue 24/11
2026-11-25: day after tomorrow
2026-11-26: +0000000000003d; thurs; thu.
2026-11-27: on friday; by Friday
2026-11-29: sun; sun this week; this week; by end of week
2026-11-30: mon; next mon; next week; by next week; this month; end of month; end of the month; a week from now
2026-12-01: next tue; tue next week; next week on tue; next week tue; next month
2026-12-03: ten days from today
2026-12-05: in twelve days
2026-12-06: next sun
2026-12-07: +2w; +2 weeks; in a fortnight
2026-12-14: in 3 weeks; in 3w; IN Three Weeks.
2026-12-23: +1m; in a month
2026-12-31: end of next month; end of year
2027-11-22: 22 nov
2027-03-14: 14 mar; mar 14; Mar. 14; 14th of march; on the 14th of march; march the 14th; sun, 14 March; 14/3
2027-04-03: 3/4
2027-09-01: 1 sept
2028-02-29: 29 feb; 29/2
2024-02-29: 29 feb 2024; 29/2/24
2026-03-14: 14 march 2026; march 14, 2026; 14 mar 26; sat 14 mar 2026; 2026-03-14; 2026/03/14; 2026-3-14
2026-03-14: 14/3/26; 14/3/2026; 14.3.2026; 14-3-2026; on 14.3.26
0987-03-14: 14 mar 0987
"""
BACK = """
2024-02-29: 29 feb
2025-11-24: 24 nov; 24/11
2025-12-24: 24/12
2026-03-14: 14 mar; 14/3; sat 14 mar
2026-11-01: this month
2026-11-16: last mon; last week
2026-11-17: tue; this tue; by tue
2026-11-22: on sunday; sun 22 nov
2026-11-23: mon; this mon; 23 nov; this week
2026-11-24: tomorrow; tue this week
2026-11-30: end of month
2026-12-01: next tue
2029-03-14: 14 mar 2029
"""
MONTH_FIRST_ROWS = """
2027-03-14: 3/14
2027-03-04: 3/4; 4 mar
2026-03-14: 3/14/26; 3.14.2026; 3-14-2026; 2026-03-14
"""


@pytest.mark.parametrize(("typed", "day"), _rows(AHEAD))
def test_reads_what_a_trainer_types_on_monday_23_november(typed: str, day: str) -> None:
    assert parse_day(typed, MONDAY).isoformat() == day


@pytest.mark.parametrize(("typed", "day"), _rows(BACK))
def test_looks_back_when_the_past_is_preferred(typed: str, day: str) -> None:
    assert parse_day(typed, MONDAY, prefer="past").isoformat() == day


@pytest.mark.parametrize(("typed", "day"), _rows(MONTH_FIRST_ROWS))
def test_month_first_style(typed: str, day: str) -> None:
    assert parse_day(typed, MONDAY, style=MONTH_FIRST).isoformat() == day


@pytest.mark.parametrize(
    ("today", "typed", "monday_start", "sunday_start"),
    [
        (date(2026, 11, 22), "next sun", date(2026, 11, 29), date(2026, 11, 29)),
        (date(2026, 11, 22), "next mon", date(2026, 11, 23), date(2026, 11, 30)),
        (date(2026, 11, 22), "next week", date(2026, 11, 23), date(2026, 11, 29)),
        (date(2026, 11, 22), "this week", date(2026, 11, 22), date(2026, 11, 28)),
        (date(2026, 11, 22), "end of week", date(2026, 11, 22), date(2026, 11, 28)),
        (date(2026, 11, 28), "next sun", date(2026, 12, 6), date(2026, 11, 29)),
        (date(2026, 12, 31), "next fri", date(2027, 1, 8), date(2027, 1, 8)),
        (date(2026, 12, 31), "next week", date(2027, 1, 4), date(2027, 1, 3)),
    ],
)
def test_next_week_follows_the_week_start(today: date, typed: str, monday_start: date, sunday_start: date) -> None:
    assert parse_day(typed, today) == monday_start
    assert parse_day(typed, today, style=SUNDAY_START) == sunday_start


@pytest.mark.parametrize(
    ("today", "typed", "day"),
    [
        (date(2026, 1, 31), "in a month", date(2026, 2, 28)),
        (date(2028, 1, 31), "+1m", date(2028, 2, 29)),
        (date(2026, 3, 31), "a month ago", date(2026, 2, 28)),
        (date(2028, 2, 29), "in a year", date(2029, 2, 28)),
        (date(2028, 2, 28), "tomorrow", date(2028, 2, 29)),
        (date(2026, 12, 31), "tomorrow", date(2027, 1, 1)),
        (date(2027, 1, 1), "yesterday", date(2026, 12, 31)),
        (date(2026, 12, 15), "next month", date(2027, 1, 1)),
        (date(2026, 1, 31), "next month", date(2026, 2, 1)),
        (date(2026, 1, 31), "end of next month", date(2026, 2, 28)),
        (date(2027, 1, 15), "last month", date(2026, 12, 1)),
        (date(2026, 12, 31), "1 jan", date(2027, 1, 1)),
        (date(2028, 2, 29), "29 feb", date(2028, 2, 29)),
        (date(2028, 3, 1), "29 feb", date(2032, 2, 29)),
        (date(2096, 3, 1), "29 feb", date(2104, 2, 29)),
        (date(9999, 12, 31), "end of month", date(9999, 12, 31)),
    ],
)
def test_month_ends_year_ends_and_leap_years(today: date, typed: str, day: date) -> None:
    assert parse_day(typed, today) == day


@pytest.mark.parametrize("shift", range(7))
@pytest.mark.parametrize("number", range(7))
def test_each_weekday_on_each_weekday(shift: int, number: int) -> None:
    today = MONDAY + timedelta(days=shift)
    name = WEEKDAYS[number]
    gaps = [
        (parse_day(name, today) - today).days,
        (today - parse_day(name, today, prefer="past")).days,
        (today - parse_day(f"last {name}", today)).days,
    ]
    assert gaps == [(number - shift) % 7 or 7, (shift - number) % 7, (shift - number) % 7 or 7]
    assert parse_day(f"next {name}", today) == MONDAY + timedelta(days=7 + number)


@pytest.mark.parametrize(
    ("line", "words", "day"),
    [
        ("yesterday asked about post-rehab", 1, date(2026, 11, 22)),
        ("in 3 weeks ring her", 3, date(2026, 12, 14)),
        ("tue 9:00 coffee", 1, date(2026, 11, 24)),
        ("tue 14 people came", 1, date(2026, 11, 24)),
        ("sat, with her coach", 1, date(2026, 11, 28)),
        ("on sat with her coach", 2, date(2026, 11, 28)),
        ("sun asked for cards", 1, date(2026, 11, 29)),
        ("14 mar 26 people came", 2, date(2027, 3, 14)),
        ("14 mar 26, people came", 3, date(2026, 3, 14)),
        ("14 mar 2026 people came", 3, date(2026, 3, 14)),
        ("14 mar 1000 steps", 2, date(2027, 3, 14)),
        ("14 mar 10000 steps", 2, date(2027, 3, 14)),
        ("14 mar 7 people", 2, date(2027, 3, 14)),
        ("next week she is away", 2, date(2026, 11, 30)),
        ("next week sat with her", 2, date(2026, 11, 30)),
        ("on sunday the 29th of november, 2026 we met", 7, date(2026, 11, 29)),
        ("the 14th of march, 2026 or so", 5, date(2026, 3, 14)),
    ],
)
def test_takes_the_longest_phrase_and_leaves_the_note(line: str, words: int, day: date) -> None:
    typed = line.split()
    read = read_day(typed, MONDAY)
    assert read is not None
    assert (read.words, read.day, read.text) == (words, day, " ".join(typed[:words]))


NO_DAYS = """
; may; march; march on; may help; second visit; mon ami; sat with her; sun exposure; 5; 14; 14th; 2026; +2; +2x; +
-5 m; +44 7700; 2w; 3 weeks; 3 weeks of pain; a week; in; in march; in the clinic; in ² weeks; in 2.5 weeks; on; on knee
by the way; next; next patient; last; last year; this; end; end of; end of rehab; the; the 14th; mar 2026; 14 of
14 mars; tuesdays; Tom; 50/50; 0/10 pain; 120/80; 14.3; 2.5 kg; 9:00; 1/2/3; 10.0.0.1; ٣/٤; ² mar; fortnight
asked tue; ,; .; day; day after; ago; 3 ago
""".replace("\n", ";").split(";")


@pytest.mark.parametrize("line", NO_DAYS)
def test_leaves_words_that_only_resemble_a_day(line: str) -> None:
    assert read_day(line.split(), MONDAY) is None
    with pytest.raises(DateProblem, match="in 3 weeks"):
        parse_day(line, MONDAY)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("31 feb", '"31 feb" is not a day: February 2026 has 28 days.'),
        ("30 feb 2028", '"30 feb 2028" is not a day: February 2028 has 29 days.'),
        ("feb 29 2027", '"feb 29 2027" is not a day: February 2027 has 28 days.'),
        ("31/4", '"31/4" is not a day: April 2026 has 30 days.'),
        ("0 mar", '"0 mar" is not a day: March 2026 has 31 days.'),
        ("on 31 feb.", '"on 31 feb" is not a day: February 2026 has 28 days.'),
        ("3/14", '"3/14" is not a day: there is no month 14 (the day comes first here).'),
        ("2026-13-01", '"2026-13-01" is not a day: there is no month 13.'),
        ("2026-02-29", '"2026-02-29" is not a day: February 2026 has 28 days.'),
        ("tue 22 nov 2026", '"tue 22 nov 2026" is not a day: 22 November 2026 is a Sunday.'),
        ("0000-01-01", '"0000-01-01" is not a day: the calendar runs from year 1 to year 9999.'),
        ("14 mar 10000", '"14 mar 10000" is not a day: the calendar runs from year 1 to year 9999.'),
        ("+99999y", '"+99999y" is not a day: the calendar runs from year 1 to year 9999.'),
        ("3000 years ago", '"3000 years ago" is not a day: the calendar runs from year 1 to year 9999.'),
    ],
)
def test_says_why_an_impossible_day_is_none(typed: str, sentence: str) -> None:
    with pytest.raises(DateProblem) as caught:
        parse_day(typed, MONDAY)
    assert (str(caught.value), caught.value.text) == (sentence, typed)


def test_month_first_style_says_so() -> None:
    with pytest.raises(DateProblem, match=r"no month 14 .the month comes first here"):
        read_day(["14/3"], MONDAY, style=MONTH_FIRST)


@pytest.mark.parametrize("typed", ["in " + "9" * 5000 + " weeks", "1/1/" + "9" * 5000, "1 jan " + "0" * 5000])
def test_thousands_of_digits_are_a_date_problem(typed: str) -> None:
    with pytest.raises(DateProblem) as caught:
        parse_day(typed, MONDAY)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    ("today", "typed"),
    [
        *((date.min, typed) for typed in ("yesterday", "last week", "last tue", "last month")),
        *((date.max, typed) for typed in ("tomorrow", "next week", "next tue", "next month", "1 jan", "29 feb")),
    ],
)
def test_the_ends_of_the_calendar_are_a_date_problem(today: date, typed: str) -> None:
    with pytest.raises(DateProblem, match="year 1 to year 9999"):
        parse_day(typed, today)


def test_parse_day_names_what_it_could_not_read() -> None:
    with pytest.raises(DateProblem, match=r'^"tue" is a day, but "asked" after it is not. Try ') as caught:
        parse_day("tue asked", MONDAY)
    assert caught.value.text == "tue asked"
    with pytest.raises(DateProblem, match=r"^No day was given\. Try "):
        parse_day(" \n", MONDAY)


@given(word_lists, days, styles, directions)
def test_any_words_are_read_or_refused(words: list[str], today: date, style: DateStyle, prefer: Direction) -> None:
    outcome = _outcome(words, today, style, prefer)
    if isinstance(outcome, DateProblem):
        assert " ".join(words).startswith(outcome.text)
        assert "is not a day" in str(outcome)
    elif outcome is not None:
        assert 1 <= outcome.words <= len(words)
        assert outcome.text == " ".join(words[: outcome.words])
        alone = _outcome(words[: outcome.words], today, style, prefer)
        assert alone == outcome


@given(days, days, styles, directions)
def test_echo_with_its_year_can_be_typed_again(day: date, today: date, style: DateStyle, prefer: Direction) -> None:
    assume(day.year != today.year)
    assert parse_day(echo(day, today), today, style=style, prefer=prefer) == day
    assert parse_day(short_day(day, today), today, style=style, prefer=prefer) == day
    assert parse_day(day.isoformat(), today, style=style, prefer=prefer) == day


@given(plain_days, st.integers(0, 20_000))
def test_steps_of_days_and_weeks_are_plain_arithmetic(today: date, count: int) -> None:
    step = timedelta(days=count)
    assert parse_day(f"+{count}d", today) == parse_day(f"in {count} days", today) == today + step
    assert parse_day(f"-{count}d", today) == parse_day(f"{count} days ago", today) == today - step
    assert parse_day(f"+{count // 7}w", today) == today + timedelta(weeks=count // 7)


@given(plain_days, st.integers(0, 1_000))
def test_steps_of_months_keep_the_day_or_take_the_last(today: date, count: int) -> None:
    day = parse_day(f"+{count}m", today)
    assert (day.year * 12 + day.month) - (today.year * 12 + today.month) == count
    assert day.day == min(today.day, monthrange(day.year, day.month)[1])


@given(plain_days, styles, st.sampled_from(WEEKDAYS), st.sampled_from(("", "on ", "by ", "this ")))
def test_weekdays_keep_to_the_preferred_side(today: date, style: DateStyle, name: str, before: str) -> None:
    ahead = parse_day(before + name, today, style=style)
    back = parse_day(before + name, today, style=style, prefer="past")
    assert ahead.weekday() == back.weekday() == WEEKDAYS.index(name)
    assert today <= ahead <= today + timedelta(days=7)
    assert today - timedelta(days=6) <= back <= today


@given(plain_days, plain_days, st.booleans())
@example(date(2096, 2, 29), date(2100, 3, 1), True)
def test_day_and_month_keep_to_the_preferred_side(day: date, today: date, day_first: bool) -> None:
    style = DateStyle(day_first=day_first)
    numbers = f"{day.day}/{day.month}" if day_first else f"{day.month}/{day.day}"
    for typed in (f"{day.day} {MONTHS[day.month - 1]}", f"{MONTHS[day.month - 1]} {day.day}", numbers):
        ahead = parse_day(typed, today, style=style)
        back = parse_day(typed, today, style=style, prefer="past")
        assert back <= today <= ahead
        assert (ahead.day, ahead.month) == (back.day, back.month) == (day.day, day.month)


@given(days, styles)
def test_a_week_holds_its_day(day: date, style: DateStyle) -> None:
    first, last = week_of(day, style)
    assert first <= day <= last
    assert first.weekday() == style.week_start or first == date.min
    assert (last - first).days == 6 or date.min == first or date.max == last


@pytest.mark.parametrize(
    ("days_off", "ago_text", "list_text", "late_text"),
    [
        (0, "today", "today", "today"),
        (-1, "yesterday", "yesterday", "1 day late"),
        (-2, "2 days", "2 days ago", "2 days late"),
        (-9, "9 days", "9 days ago", "9 days late"),
        (-13, "13 days", "13 days ago", "13 days late"),
        (-14, "2 weeks", "2 weeks ago", "2 weeks late"),
        (-35, "5 weeks", "5 weeks ago", "5 weeks late"),
        (-60, "8 weeks", "8 weeks ago", "8 weeks late"),
        (-61, "2 months", "2 months ago", "2 months late"),
        (-130, "4 months", "4 months ago", "4 months late"),
        (-729, "23 months", "23 months ago", "23 months late"),
        (-731, "2 years", "2 years ago", "2 years late"),
        (1, "tomorrow", "tomorrow", "tomorrow"),
        (2, "in 2 days", "Wed", "Wed"),
        (3, "in 3 days", "Thu", "Thu"),
        (6, "in 6 days", "Sun", "Sun"),
        (7, "in 7 days", "in 7 days", "in 7 days"),
        (21, "in 3 weeks", "in 3 weeks", "in 3 weeks"),
        (100, "in 3 months", "in 3 months", "in 3 months"),
    ],
)
def test_says_how_far_a_day_is(days_off: int, ago_text: str, list_text: str, late_text: str) -> None:
    day = MONDAY + timedelta(days=days_off)
    assert (ago(day, MONDAY), day_words(day, MONDAY), lateness(day, MONDAY)) == (ago_text, list_text, late_text)


@given(days, days)
def test_a_spelled_distance_never_exceeds_the_real_one(day: date, today: date) -> None:
    assume((today - day).days >= 2)
    count, unit = ago(day, today).split()
    step = {"days": relativedelta(days=1), "weeks": relativedelta(weeks=1), "months": relativedelta(months=1)}
    assert day + step.get(unit, relativedelta(years=1)) * int(count) <= today
    assert lateness(day, today) == f"{count} {unit} late"
    assert ago(today, day) == f"in {count} {unit}"


@pytest.mark.parametrize(
    ("day", "echoed", "short"),
    [
        (date(2026, 11, 22), "Sun 22 Nov", "22 Nov"),
        (date(2029, 3, 14), "Wed 14 Mar 2029", "14 Mar 2029"),
        (date(2024, 11, 4), "Mon 4 Nov 2024", "4 Nov 2024"),
        (date(987, 1, 1), "Mon 1 Jan 0987", "1 Jan 0987"),
    ],
)
def test_echoes_a_day(day: date, echoed: str, short: str) -> None:
    assert (echo(day, MONDAY), short_day(day, MONDAY)) == (echoed, short)
