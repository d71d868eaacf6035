"""A quick log line is saved as one act: the touch, what it settles, the next step (DESIGN.md section 7, journey 2)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.book import Book
from relationships.changes import Act, Author
from relationships.quick_log import echo, read_line, to_act
from relationships.records import FollowUp, Practice, Practitioner, Record, Touch
from relationships.vocabulary import Channel, Direction, FollowUpState, TouchKind

R = TypeVar("R", bound=Record)
TODAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Standing:
    """A clock that stands still."""

    def now(self) -> datetime:
        return MORNING

    def today(self) -> date:
        return TODAY


def made(kind: type[R], id: str, /, **fields: Any) -> R:
    stamp: dict[str, Any] = {"created_at": MORNING, "created_by": "sam", "updated_at": MORNING, "updated_by": "sam"}
    return kind(id=id, **{**stamp, **fields})


QUAY = made(Practice, "quay", name="Quay Physio")
PRIYA = made(Practitioner, "priya", name="Priya Patel", practices=("quay",))
AMARA = made(Practitioner, "amara", name="Dr Amara Osei")


def book_of(*records: Record) -> Book:
    tables: dict[str, dict[str, Record]] = {}
    for record in (QUAY, PRIYA, AMARA, *records):
        tables.setdefault(record.table, {})[record.id] = record
    return Book(tables)


def promise(id: str, due: date, **fields: Any) -> FollowUp:
    return made(FollowUp, id, **{"practitioner": "priya", "due": due, **fields})


def plan(id: str, day: date, **fields: Any) -> Touch:
    return made(Touch, id, **{"kind": TouchKind.VISIT, "practitioners": ("priya",), "planned_for": day, **fields})


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def log(line: str, book: Book) -> Act:
    ids = count(1)
    author = Author("kim", Standing(), lambda: f"new{next(ids)}")
    act = to_act(read_line(line, book, TODAY), book, author)
    book.apply(act)
    return act


def closed_by(line: str, *follow_ups: FollowUp, touches: tuple[Touch, ...] = ()) -> list[str]:
    return [follow_up.id for follow_up in read_line(line, book_of(*follow_ups, *touches), TODAY).closes]


def test_one_act_of_touch_closed_and_next_follow_up() -> None:
    book = book_of(promise("f1", days(2), kind=TouchKind.PHONE_CALL, what="about shoulder"))
    act = log("visit priya yesterday asked about post-rehab; next call in 3 weeks about K-009", book)
    assert act.words == "log a visit: Priya Patel"
    touch, closed, following = (change.after for change in act.changes)
    assert isinstance(touch, Touch)
    assert (touch.kind, touch.practitioners, touch.practice) == (TouchKind.VISIT, ("priya",), "quay")
    assert (touch.done_on, touch.planned_for, touch.two_way) == (days(-1), None, True)
    assert (touch.note, touch.next_touch_on, touch.created_by) == ("asked about post-rehab", date(2026, 12, 14), "kim")
    assert isinstance(closed, FollowUp)
    assert (closed.id, closed.state, closed.version) == ("f1", FollowUpState.DONE, 2)
    assert (closed.done_on, closed.done_touch, closed.what) == (days(-1), touch.id, "about shoulder")
    assert isinstance(following, FollowUp)
    assert (following.practitioner, following.practice) == ("priya", None)
    assert (following.due, following.kind, following.what) == (date(2026, 12, 14), TouchKind.PHONE_CALL, "about K-009")
    assert (following.from_touch, following.owner, following.state) == (touch.id, "kim", FollowUpState.OPEN)
    assert book.touches_with("priya") == [touch]
    assert book.open_follow_ups() == [following]


def test_the_act_can_be_taken_back() -> None:
    book = book_of(promise("f1", TODAY), plan("t1", TODAY, note="bring the list"))
    before = {name: dict(table) for name, table in book.tables.items()}
    act = log("visit priya hello; next fri", book)
    author = Author("kim", Standing(), lambda: "undo")
    book.apply(author.undo(act))
    assert book.tables == before


def test_a_day_ahead_is_planned() -> None:
    book = book_of(promise("f1", days(1)))
    act = log("email priya tomorrow the new study", book)
    assert act.words == "plan an email: Priya Patel"
    (touch,) = book.touches_with("priya")
    assert (touch.planned_for, touch.done_on, touch.two_way, touch.planned) == (days(1), None, False, True)
    assert touch.channel is Channel.EMAIL
    assert [follow_up.id for follow_up in book.open_follow_ups()] == ["f1"]


def test_what_came_in_is_saved_as_such() -> None:
    book = book_of()
    log("<call osei no lifting over 10 kg", book)
    (touch,) = book.touches_with("amara")
    assert (touch.direction, touch.two_way, touch.practice) == (Direction.IN, True, None)


def test_a_touch_with_a_practice() -> None:
    book = book_of(promise("f1", TODAY, practitioner=None, practice="quay"), promise("f2", TODAY))
    act = log("lunch quay physio; next visit fri", book)
    (touch,) = book.touches_at("quay")
    assert (touch.practitioners, touch.practice, act.subject) == ((), "quay", "Quay Physio")
    assert [f.state for f in book.follow_ups_of("quay")] == [FollowUpState.DONE, FollowUpState.OPEN]
    assert book.follow_ups_of("quay")[1].practice == "quay"
    assert [f.state for f in book.follow_ups_of("priya")] == [FollowUpState.OPEN]


@pytest.mark.parametrize("line", ["", "visit", "visit zorb", "visit priya 31 feb", "visit priya; next"])
def test_what_cannot_be_read_is_not_saved(line: str) -> None:
    book = book_of()
    reading = read_line(line, book, TODAY)
    assert reading.problem is not None
    with pytest.raises(ValueError, match=re.escape(reading.problem.sentence)):
        log(line, book)


@given(st.integers(-30, 30), st.integers(-400, 400))
def test_a_two_way_touch_closes_what_is_due_up_to_a_week_after_it(touched: int, due: int) -> None:
    line = f"visit priya {days(touched).isoformat()}"
    assert closed_by(line, promise("f1", days(due))) == (["f1"] if touched <= 0 and due - touched <= 7 else [])


def test_an_unanswered_touch_closes_only_its_own_kind() -> None:
    call = promise("call", TODAY, kind=TouchKind.PHONE_CALL)
    visit = promise("visit", TODAY, kind=TouchKind.VISIT)
    plain = promise("any", TODAY)
    assert closed_by("call priya", call, visit, plain) == ["any", "call", "visit"]
    assert closed_by("call priya no answer", call, visit, plain) == ["call"]
    assert closed_by("email priya", call, visit, plain) == []
    assert closed_by("email priya", promise("e", days(8), kind=TouchKind.EMAIL)) == []


def test_what_is_settled_or_of_somebody_else_stays() -> None:
    assert closed_by("visit priya", promise("f1", TODAY, state=FollowUpState.DROPPED)) == []
    assert closed_by("visit priya", promise("f1", TODAY, practitioner="amara")) == []
    assert closed_by("visit priya", promise("f1", TODAY, trashed_at=MORNING)) == []


def test_an_earlier_touch_entered_late_does_not_keep_a_later_promise() -> None:
    later = made(Touch, "t1", kind=TouchKind.VISIT, practitioners=("priya",), done_on=days(-3))
    agreed = promise("f1", days(-1), from_touch="t1")
    assert closed_by("visit priya 5 days ago", agreed, touches=(later,)) == []
    assert closed_by("visit priya 3 days ago", agreed, touches=(later,)) == ["f1"]
    assert closed_by("visit priya yesterday", agreed, touches=(later,)) == ["f1"]


def test_a_planned_touch_is_completed_instead_of_added() -> None:
    book = book_of(plan("t1", days(-1), note="bring the list", minutes=20, practice="old"))
    act = log("visit priya yesterday no answer", book)
    (touch,) = book.touches_with("priya")
    assert (touch.id, touch.version, touch.planned_for, touch.done_on) == ("t1", 2, days(-1), days(-1))
    assert (touch.note, touch.minutes, touch.practice) == ("bring the list\nno answer", 20, "old")
    assert (touch.two_way, touch.planned, len(act.changes)) == (False, False, 1)
    book = book_of(plan("t1", days(-1)))
    log("visit priya", book)
    assert (book.touches["t1"].note, book.touches["t1"].practice) == ("", "quay")


@pytest.mark.parametrize(
    ("planned", "line", "completed"),
    [
        (plan("t", TODAY), "visit priya", True),
        (plan("t", days(-40)), "visit priya", True),
        (plan("t", days(1)), "visit priya", False),
        (plan("t", days(-1)), "visit priya 2 days ago", False),
        (plan("t", days(1)), "visit priya tomorrow", False),
        (plan("t", TODAY, kind=TouchKind.EVENT), "visit priya", False),
        (plan("t", TODAY, practitioners=("amara",)), "visit priya", False),
        (plan("t", TODAY, cancelled_on=days(-1)), "visit priya", False),
        (plan("t", TODAY, done_on=TODAY), "visit priya", False),
        (plan("t", TODAY, practitioners=(), practice="quay"), "visit quay", True),
        (plan("t", TODAY, practice="quay"), "visit quay", False),
    ],
)
def test_which_planned_touch_is_completed(planned: Touch, line: str, completed: bool) -> None:
    assert read_line(line, book_of(planned), TODAY).completes == (planned if completed else None)


def test_of_several_plans_the_one_for_that_day_is_completed() -> None:
    book = book_of(plan("old", days(-9)), plan("that", days(-2)), plan("new", TODAY))
    assert read_line("visit priya 2 days ago", book, TODAY).completes == book.touches["that"]
    both = book_of(plan("person", TODAY, practice="quay"), plan("place", days(-1), practitioners=(), practice="quay"))
    assert read_line("visit quay", both, TODAY).completes == both.touches["place"]


def test_the_echo_says_what_is_settled() -> None:
    book = book_of(
        promise("f1", days(3), kind=TouchKind.PHONE_CALL, what="about shoulder"),
        promise("f2", days(-2), what="send the certificate"),
        promise("f3", TODAY, kind=TouchKind.PHONE_CALL, what="call Jo"),
        promise("f4", days(1)),
        plan("t1", days(-1)),
    )
    assert echo(read_line("visit priya\tasked\nher", book, TODAY), TODAY) == (
        "visit with Priya Patel (Quay Physio) · Mon 23 Nov · in person",
        '"asked her" · was planned for Sun 22 Nov · closes: send the certificate (2 days late), call Jo (today), '
        "touch (tomorrow), call about shoulder (Thu)",
    )


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("call priya no answer", "call with Priya Patel (Quay Physio) · Mon 23 Nov · by phone · not answered"),
        ("email osei replied", "email to Dr Amara Osei · Mon 23 Nov · by email · answered"),
        ("<call osei", "call from Dr Amara Osei · Mon 23 Nov · by phone"),
        ("email from osei", "email from Dr Amara Osei · Mon 23 Nov · by email"),
        ("report osei", "report to Dr Amara Osei · Mon 23 Nov · by email"),
        ("letter osei 2 jan", "letter to Dr Amara Osei · Fri 2 Jan · by post"),
        ("other osei", "touch with Dr Amara Osei · Mon 23 Nov · in person"),
    ],
)
def test_the_first_line_of_the_echo(line: str, first: str) -> None:
    assert echo(read_line(line, book_of(), TODAY), TODAY)[0] == first


def test_a_name_that_would_break_the_line() -> None:
    book = Book({"practitioners": {"x": made(Practitioner, "x", name="Bo\nLee [/]")}})
    first, _ = echo(read_line("visit bo lee", book, TODAY), TODAY)
    assert first == "visit with Bo Lee [/] · Mon 23 Nov · in person"
