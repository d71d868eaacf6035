"""The next step at the end of a quick log line (issue 2, item 2)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relationships.book import Book
from relationships.dates import DateStyle
from relationships.log_next import read_next
from relationships.quick_log import (
    BadDay,
    NextHasPassed,
    NextStepRead,
    NextWithoutDay,
    Problem,
    Reading,
    echo,
    read_line,
)
from relationships.records import Practitioner
from relationships.vocabulary import TouchKind

TODAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
FRIDAY = date(2026, 11, 27)
MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
PRIYA = Practitioner(
    id="priya", name="Priya Patel", created_at=MORNING, created_by="sam", updated_at=MORNING, updated_by="sam"
)
BOOK = Book({"practitioners": {"priya": PRIYA}})
CALL = TouchKind.PHONE_CALL


def read(line: str) -> Reading:
    return read_line(line, BOOK, TODAY)


@pytest.mark.parametrize(
    ("segment", "step"),
    [
        ("next in 3 weeks", NextStepRead(date(2026, 12, 14))),
        ("next tue", NextStepRead(TUESDAY)),
        ("next next tue", NextStepRead(date(2026, 12, 1))),
        ("next week", NextStepRead(date(2026, 11, 30))),
        ("next week call", NextStepRead(date(2026, 11, 30), CALL)),
        ("next month", NextStepRead(date(2026, 12, 1))),
        ("Next: today", NextStepRead(TODAY)),
        ("next call fri about shoulder", NextStepRead(FRIDAY, CALL, "about shoulder")),
        ("next fri call about shoulder", NextStepRead(FRIDAY, CALL, "about shoulder")),
        ("next call about shoulder fri", NextStepRead(FRIDAY, CALL, "about shoulder")),
        ("next call on fri: about shoulder", NextStepRead(FRIDAY, CALL, "about shoulder")),
        ("next phone call to Jo in 4 days", NextStepRead(FRIDAY, CALL, "to Jo")),
        ("next send the  certificate +4d", NextStepRead(FRIDAY, None, "send the  certificate")),
        ("next send it by fri with [DPT]", NextStepRead(FRIDAY, None, "send it with [DPT]")),
        ("next fri, 10am at the desk", NextStepRead(FRIDAY, None, "10am at the desk")),
        ("then visit 14 mar", NextStepRead(date(2027, 3, 14), TouchKind.VISIT)),
        ("follow up tue", NextStepRead(TUESDAY)),
        ("follow-up email tue", NextStepRead(TUESDAY, TouchKind.EMAIL)),
        ("FOLLOWUP 2026-11-24", NextStepRead(TUESDAY)),
        ("next call about 31 feb reports tue", NextStepRead(TUESDAY, CALL, "about 31 feb reports")),
    ],
)
def test_when_and_how_and_what_in_any_order(segment: str, step: NextStepRead) -> None:
    assert read_next(segment, TODAY, DateStyle()) == step
    assert read(f"visit priya asked; {segment}").next == step


@pytest.mark.parametrize("segment", ["she is back next tue", "nextdoor tue", "", " ", "then had tea", "thence tue"])
def test_what_belongs_to_the_note(segment: str) -> None:
    assert read_next(segment, TODAY, DateStyle()) is None
    reading = read(f"visit priya asked; {segment}")
    assert (reading.next, reading.problem) == (None, None)
    assert reading.note == f"asked; {segment}".strip()


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("visit priya asked; next tue", "asked"),
        ("visit priya asked;next tue", "asked"),
        ("visit priya asked a; next tue; also b", "asked a; also b"),
        ("visit priya asked a ;  b; next tue", "asked a ;  b"),
        ("visit priya; next tue", ""),
        ("visit priya; next tue; also b", "also b"),
        ("visit priya; also b; next tue", "also b"),
        ("visit priya asked; next tue; next fri", "asked; next fri"),
        ("visit priya asked； next tue", "asked"),
    ],
)
def test_the_rest_stays_in_the_note(line: str, note: str) -> None:
    reading = read(line)
    assert reading.next == NextStepRead(TUESDAY)
    assert (reading.note, reading.problem) == (note, None)


@pytest.mark.parametrize(
    ("segment", "kind", "sentence"),
    [
        ("next", NextWithoutDay, '"next" needs a day: next in 3 weeks, next call tue, next visit 14 mar.'),
        ("next call her", NextWithoutDay, '"next call her" needs a day: '),
        ("follow up about K-009", NextWithoutDay, '"follow up about K-009" needs a day: '),
        ("next 31 feb", BadDay, '"31 feb" is not a day: February 2026 has 28 days.'),
        ("next 22 nov 2026", NextHasPassed, "Sun 22 Nov has passed: a next step needs a day from today on."),
        ("next yesterday", NextHasPassed, "Sun 22 Nov has passed: a next step needs a day from today on."),
    ],
)
def test_a_next_step_that_cannot_be_kept(segment: str, kind: type[Problem], sentence: str) -> None:
    reading = read(f"visit priya asked; {segment}")
    assert isinstance(reading.problem, kind)
    assert reading.problem.sentence.startswith(sentence)
    assert (reading.next, reading.note) == (None, "asked")
    assert echo(reading, TODAY) == (reading.problem.sentence, '"asked"')


def test_the_next_step_is_echoed() -> None:
    assert echo(read("visit priya asked; next in 3 weeks"), TODAY)[1] == '"asked" · next: touch on Mon 14 Dec'
    assert echo(read("v priya; next call fri about Jo"), TODAY)[1] == "no note · next: call about Jo on Fri 27 Nov"
    assert echo(read("v priya; next fri send it"), TODAY)[1] == "no note · next: send it on Fri 27 Nov"


def test_a_long_text_after_the_day_is_kept() -> None:
    what = "word " * 500 + "end"
    step = read(f"visit priya; next fri {what}").next
    assert step is not None
    assert step.what == what


segments = st.lists(
    st.sampled_from(("next", "then", "follow up", "call", "tue", "31 feb", "in 3 weeks", "+9999999d", "week", ":", "a"))
    | st.text(max_size=5),
    max_size=8,
).map(" ".join)


@given(segments, st.dates())
@example("next in 3 weeks", date.max)
@example("next yesterday", date.min)
def test_any_segment_is_a_step_or_a_problem_or_note(segment: str, today: date) -> None:
    step = read_next(segment, today, DateStyle())
    if isinstance(step, NextStepRead):
        assert step.day >= today
        assert step.what == step.what.strip()
        assert all(word in segment for word in step.what.split())
    elif step is not None:
        assert step.sentence
