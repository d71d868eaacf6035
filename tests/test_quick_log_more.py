"""The quick log line with several people, plans, times of day, promises and tags."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.changes import Clock
from relationships.log_promises import read_promises, tags_in
from relationships.parts import Promise
from relationships.quick_log import Ambiguous, PlanHasPassed, Reading, echo, read_line, to_act
from relationships.records import FollowUp, Touch
from relationships.vocabulary import PromisedBy, TouchKind
from storage.book_store import BookStore

TODAY = date(2026, 11, 23)


@pytest.fixture
def store(studio_book: Path, clock: Clock) -> BookStore:
    return BookStore.open(studio_book, user="sam", clock=clock)


def read(store: BookStore, line: str) -> Reading:
    return read_line(line, store.book, TODAY)


@pytest.mark.parametrize(
    ("line", "people", "note"),
    [
        ("visit patel, osei yesterday hello", ["patel", "osei"], "hello"),
        ("visit patel and osei yesterday hello", ["patel", "osei"], "hello"),
        ("visit patel & osei: hello", ["patel", "osei"], "hello"),
        ("visit patel , osei + cohen hello", ["patel", "osei", "ruth"], "hello"),
        ("visit patel, osei, and ruth today hello", ["patel", "osei", "ruth"], "hello"),
        ("visit patel, osei asked about backs", ["patel", "osei"], "asked about backs"),
        ("visit patel, ruth", ["patel", "ruth"], ""),
        ("yesterday patel, osei hello", ["patel", "osei"], "hello"),
        ('visit patel, "ann lee" hello', ["patel", "ann"], "hello"),
        ("visit patel, patel hello", ["patel"], "hello"),
        ("visit patel, ruth said hello", ["patel"], "ruth said hello"),
        ("visit patel, asked about backs", ["patel"], "asked about backs"),
        ("visit patel and talked", ["patel"], "and talked"),
        ("visit patel: osei sent her", ["patel"], "osei sent her"),
        ("visit quay physio, dropped cards", [], "dropped cards"),
    ],
)
def test_who_was_there(store: BookStore, line: str, people: list[str], note: str) -> None:
    reading = read(store, line)
    assert reading.problem is None
    assert ([person.id for person in reading.people], reading.note) == (people, note)


def test_a_name_of_several_people_in_the_list_is_asked_about(store: BookStore) -> None:
    problem = read(store, "visit patel, lee yesterday hello").problem
    assert isinstance(problem, Ambiguous)
    assert problem.name_text == "lee"
    chosen = read_line("visit patel, lee yesterday hello", store.book, TODAY, chosen={"lee": "ben"})
    assert [person.id for person in chosen.people] == ["patel", "ben"]


def test_the_name_that_is_being_typed_is_completed(store: BookStore) -> None:
    assert read(store, "visit patel, os").completion == "Osei"
    assert [person.id for person in read(store, "visit patel, os").people] == ["patel"]


def test_one_touch_with_all_of_them_keeps_what_was_due_and_gives_each_a_next_step(store: BookStore) -> None:
    reading = read(store, "visit patel, osei today both well; next in 3 weeks call")
    assert echo(reading, TODAY)[0] == "visit with Priya Patel, Dr Amara Osei · Mon 23 Nov · in person"
    assert {step.id for step in reading.closes} == {"late-osei", "today-patel"}
    store.commit(to_act(reading, store.book, store.author))
    store.apply_arrived()
    touch = store.book.touches_with("osei")[0]
    assert touch.practitioners == ("patel", "osei")
    for person in ("patel", "osei"):
        assert [s.due for s in store.book.follow_ups_of(person) if s.from_touch == touch.id] == [date(2026, 12, 14)]
    store.close()


@pytest.mark.parametrize(
    ("line", "day", "at"),
    [
        ("plan visit patel fri 9:00", date(2026, 11, 27), time(9)),
        ("plan visit patel fri at 9 about backs", date(2026, 11, 27), time(9)),
        ("planned call patel 2:30pm", TODAY, time(14, 30)),
        ("plan patel tomorrow 12am", date(2026, 11, 24), time(0)),
        ("plan visit patel", TODAY, None),
        ("visit patel +2w 16h", date(2026, 12, 7), time(16)),
        ("plan visit patel fri 9 cards", date(2026, 11, 27), None),
        ("plan visit patel, osei fri 9.15", date(2026, 11, 27), time(9, 15)),
    ],
)
def test_a_plan_has_a_day_ahead_and_may_have_a_time(store: BookStore, line: str, day: date, at: time | None) -> None:
    reading = read(store, line)
    assert (reading.problem, reading.planned, reading.day, reading.time) == (None, True, day, at)
    act = to_act(reading, store.book, store.author)
    touch = act.changes[0].record
    assert isinstance(touch, Touch)
    assert (touch.planned_for, touch.planned_time, touch.done_on, touch.two_way) == (day, at, None, False)


def test_a_time_of_what_is_done_stays_in_the_note(store: BookStore) -> None:
    assert read(store, "visit patel yesterday 9:00 hello").note == "9:00 hello"


def test_a_plan_for_a_day_gone_by_is_told(store: BookStore) -> None:
    problem = read(store, "plan visit patel yesterday").problem
    assert isinstance(problem, PlanHasPassed)
    assert problem.sentence == "Sun 22 Nov has passed: a plan needs a day from today on."


def test_a_planned_visit_turns_into_a_done_one_without_retyping(store: BookStore) -> None:
    store.commit(to_act(read(store, "plan visit patel today 9:00 about backs"), store.book, store.author))
    store.apply_arrived()
    reading = read(store, "visit patel she liked it; owe: our list")
    assert reading.completes is not None
    store.commit(to_act(reading, store.book, store.author))
    store.apply_arrived()
    touch = store.book.touches[reading.completes.id]
    assert (touch.done_on, touch.note) == (TODAY, "about backs\nshe liked it")
    assert touch.promised == (Promise(by=PromisedBy.US, text="our list"),)
    store.close()


US, THEM = PromisedBy.US, PromisedBy.THEM


@pytest.mark.parametrize(
    ("line", "note", "promised"),
    [
        ("visit patel hello; owe: our list", "hello", [(US, "our list")]),
        ("visit patel hello; owe our list", "hello", [(US, "our list")]),
        (
            "visit patel hello; I owe her our list; they owe: the protocol",
            "hello",
            [(US, "our list"), (THEM, "the protocol")],
        ),
        ("visit patel owe: our list they owe: the protocol", "", [(US, "our list"), (THEM, "the protocol")]),
        ("visit patel hello. She promised: the protocol.", "hello.", [(THEM, "the protocol")]),
        ("visit patel hello; owe: list; then a chat", "hello; then a chat", [(US, "list")]),
        ("visit patel hello; owe:", "hello", []),
        ("visit patel she said we owe nothing", "she said we owe nothing", []),
        ("visit patel owed: a lot", "owed: a lot", []),
        ("visit patel hello; owe: list; next call fri", "hello", [(US, "list")]),
    ],
)
def test_promises_both_ways(store: BookStore, line: str, note: str, promised: list[tuple[PromisedBy, str]]) -> None:
    reading = read(store, line)
    assert reading.problem is None
    assert (reading.note, [(each.by, each.text) for each in reading.promised]) == (note, promised)


def test_tags_are_taken_and_stay_in_the_note(store: BookStore) -> None:
    reading = read(store, "visit patel about backs #low-back #running, not#this #low-back; owe: list")
    assert reading.tags == ("low-back", "running")
    assert reading.note == "about backs #low-back #running, not#this #low-back"
    assert echo(reading, TODAY)[1].endswith(
        "you owe: list · tags: low-back, running · closes: send the figures (today)"
    )


def test_what_is_understood_is_what_is_saved(store: BookStore) -> None:
    act = to_act(read(store, "visit patel, osei #x owe: list; next fri"), store.book, store.author)
    kinds = [type(change.record).__name__ for change in act.changes if change.before is None]
    assert kinds == ["Touch", "FollowUp", "FollowUp"]
    steps = [change.record for change in act.changes if isinstance(change.record, FollowUp)]
    assert {step.practitioner for step in steps} == {"patel", "osei"}
    touch = act.changes[0].record
    assert isinstance(touch, Touch)
    assert (touch.kind, touch.tags) == (TouchKind.VISIT, ("x",))


@given(st.text(max_size=60))
def test_nothing_typed_is_lost(segment: str) -> None:
    left, promised = read_promises(segment)
    assert segment.startswith(left)
    for promise in promised:
        assert promise.text in segment
    assert all(tag in segment for tag in tags_in(segment))
