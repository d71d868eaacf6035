"""What acts tell of the past: which stand, what they are about, how they are found, and their words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from msgspec.structs import replace

from relationships.act_words import act_in_brief, changes_in_words
from relationships.book import Book
from relationships.changes import Act, Author
from relationships.dates import DateStyle
from relationships.past import ActFilter, concerns, read_filter, taken_back
from relationships.records import FollowUp, Practice, Practitioner, Touch
from relationships.vocabulary import FollowUpState, Tier, TouchKind

TODAY = date(2026, 11, 23)


class Ticking:
    """A clock that moves on a minute at each look."""

    def __init__(self) -> None:
        self._minutes = count()

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 9, tzinfo=UTC) + timedelta(minutes=next(self._minutes))

    def today(self) -> date:
        return TODAY


def author(user: str = "sam") -> Author:
    ids = count(1)
    return Author(user, Ticking(), lambda: f"{user}-{next(ids)}")


WRITER = author()
PATEL = WRITER.new(Practitioner, name="Priya Patel", phone="1", tier=Tier.A)
QUAY = WRITER.new(Practice, name="Quay Physio")
ADDED = WRITER.act("add practitioner", WRITER.add(QUAY), WRITER.add(PATEL), subject="Priya Patel")


def undo(act: Act) -> Act:
    return WRITER.undo(act)


def test_an_act_falls_when_one_that_stands_takes_it_back() -> None:
    first = undo(ADDED)
    again = WRITER.redo(first)
    second = undo(again)
    assert taken_back([ADDED]) == frozenset()
    assert taken_back([first, ADDED]) == {ADDED.id}
    assert taken_back([again, first, ADDED]) == {first.id}
    assert taken_back([second, again, first, ADDED]) == {again.id, ADDED.id}


def test_what_an_act_is_about() -> None:
    touch = WRITER.new(Touch, kind=TouchKind.VISIT, practitioners=(PATEL.id,), practice=QUAY.id)
    step = WRITER.new(FollowUp, practitioner=PATEL.id, due=TODAY)
    logged, set_step = WRITER.act("log", WRITER.add(touch)), WRITER.act("set", WRITER.add(step))
    dropped = WRITER.act("drop", WRITER.add(step).inverse())
    assert all(concerns(act, PATEL.id) for act in (ADDED, logged, set_step, dropped))
    assert [concerns(act, QUAY.id) for act in (ADDED, logged, set_step)] == [True, True, False]
    assert concerns(logged, touch.id)
    assert not concerns(logged, step.id)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", ActFilter()),
        ("Patel PHONE", ActFilter(words=("patel", "phone"))),
        ("by:Alex", ActFilter(by="alex")),
        ("BY:me", ActFilter(by="sam")),
        ("on:yesterday", ActFilter(since=date(2026, 11, 22), until=date(2026, 11, 22))),
        ("since:14 nov patel", ActFilter(since=date(2026, 11, 14), words=("patel",))),
        ("since: 14 nov patel", ActFilter(since=date(2026, 11, 14), words=("patel",))),
        (
            "until:2026-11-01 a since:fri b",
            ActFilter(since=date(2026, 11, 20), until=date(2026, 11, 1), words=("a", "b")),
        ),
        ("since:", ActFilter()),
        ("at:home", ActFilter(words=("at:home",))),
        ("[/] \x1b", ActFilter(words=("[/]", "\x1b"))),
    ],
)
def test_a_filter_is_read(typed: str, wanted: ActFilter) -> None:
    assert read_filter(typed, "sam", TODAY, DateStyle()) == wanted


@pytest.mark.parametrize("typed", ["since:nonsense", "on:31 feb"])
def test_a_day_that_is_none_is_told_and_left_out_of_account(typed: str) -> None:
    read = read_filter(typed, "sam", TODAY, DateStyle())
    assert read.problem
    assert (read.since, read.until) == (date.min, date.max)


def test_a_filter_lets_through() -> None:
    local = ADDED.at.astimezone().date()
    assert ActFilter().lets_through(ADDED, "")
    assert ActFilter(by="sa", words=("pri",), since=local, until=local).lets_through(ADDED, "add priya patel")
    assert not ActFilter(by="alex").lets_through(ADDED, "")
    assert not ActFilter(words=("ruth",)).lets_through(ADDED, "add priya patel")
    assert not ActFilter(since=local + timedelta(days=1)).lets_through(ADDED, "")
    assert not ActFilter(until=local - timedelta(days=1)).lets_through(ADDED, "")
    assert (ActFilter().needs_text, ActFilter(words=("x",)).needs_text) == (False, True)


def told(act: Act) -> list[tuple[str, str, list[tuple[str, str]]]]:
    found = changes_in_words(act, Book().find, TODAY)
    return [(change.record, change.verb, list(change.lines())) for change in found]


def test_acts_in_words() -> None:
    at_quay = WRITER.edit(PATEL, replace(PATEL, practices=(QUAY.id,), phone="", tier=None))
    edit = WRITER.act("edit", WRITER.add(QUAY), at_quay)
    assert told(edit) == [
        ("Quay Physio", "added", [("name", "Quay Physio")]),
        (
            "Priya Patel",
            "changed",
            [("practice", "(empty) → Quay Physio"), ("phone", "1 → (empty)"), ("tier", "A → (empty)")],
        ),
    ]
    assert act_in_brief(edit) == "practice added; practitioner: practice, phone, tier"
    trashed = WRITER.trash(PATEL)
    assert told(WRITER.act("trash", trashed)) == [("Priya Patel", "moved to the trash", [])]
    assert told(WRITER.act("undo", trashed.inverse())) == [("Priya Patel", "brought back from the trash", [])]
    gone = undo(ADDED)
    assert told(gone)[0] == (
        "Priya Patel",
        "taken out of the book",
        [("name", "Priya Patel"), ("phone", "1"), ("tier", "A")],
    )
    assert act_in_brief(gone) == "practitioner taken out of the book; practice taken out of the book"
    assert act_in_brief(WRITER.act("trash", trashed)) == "moved to the trash"


def test_an_act_in_brief_names_the_fields() -> None:
    step = WRITER.new(FollowUp, due=TODAY)
    done = WRITER.edit(step, replace(step, state=FollowUpState.DONE, done_on=TODAY))
    assert act_in_brief(WRITER.act("done", done)) == "state, day"
    assert act_in_brief(WRITER.act("touch", WRITER.edit(step, step))) == "nothing"
    two_way = WRITER.new(Touch, kind=TouchKind.VISIT, two_way=True)
    answered = WRITER.act("edit", WRITER.edit(two_way, replace(two_way, two_way=False)))
    assert told(answered)[0][2] == [("they took part", "yes → no")]
