"""The book in memory: its indexes answer after any sequence of acts as they would in a book built afresh."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from relationships.book import Book, records_of
from relationships.changes import Act, Author, Change
from relationships.records import KINDS, FollowUp, Offer, Practice, Practitioner, Record, Referral, Touch
from relationships.vocabulary import FollowUpState, ReferralDirection, TouchKind

PEOPLE = ("p1", "p2", "p3")
PLACES = ("x1", "x2")
MONDAY = date(2026, 11, 23)


class SlowClock:
    """A clock that ticks at every second look, so that some records share a moment."""

    def __init__(self) -> None:
        self._looks = count()

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 9, tzinfo=UTC) + timedelta(minutes=next(self._looks) // 2)

    def today(self) -> date:
        return MONDAY


def author() -> Author:
    ids = count(1)
    return Author("sam", SlowClock(), lambda: f"r{next(ids)}")


few_days = st.none() | st.integers(-3, 3).map(lambda step: MONDAY + timedelta(days=step))
people = st.lists(st.sampled_from(PEOPLE), unique=True, max_size=2).map(tuple)
names = st.sampled_from(("Anna", "anna", "Ørjan", "Zoë"))
FIELDS: dict[type[Record], st.SearchStrategy[dict[str, Any]]] = {
    Practitioner: st.fixed_dictionaries(
        {"name": names, "practices": st.lists(st.sampled_from(PLACES), unique=True).map(tuple)}
    ),
    Practice: st.fixed_dictionaries({"name": names}),
    Touch: st.fixed_dictionaries(
        {
            "kind": st.just(TouchKind.VISIT),
            "practitioners": people,
            "practice": st.none() | st.sampled_from(PLACES),
            "planned_for": few_days,
            "done_on": few_days,
            "cancelled_on": few_days,
        }
    ),
    FollowUp: st.fixed_dictionaries(
        {
            "practitioner": st.none() | st.sampled_from(PEOPLE),
            "practice": st.none() | st.sampled_from(PLACES),
            "due": few_days.map(lambda day: day or MONDAY),
            "state": st.sampled_from(FollowUpState),
        }
    ),
    Offer: st.fixed_dictionaries({"practitioner": st.sampled_from(PEOPLE), "made_on": few_days}),
    Referral: st.fixed_dictionaries(
        {
            "practitioner": st.sampled_from(PEOPLE),
            "direction": st.sampled_from(ReferralDirection),
            "received_on": few_days,
        }
    ),
}


def answers(book: Book) -> dict[str, list[Any]]:
    """What every index method of a book answers for every key."""
    found: dict[str, list[Any]] = {
        "practitioners": book.all_practitioners(),
        "practices": book.all_practices(),
        "touches": book.all_touches(),
        "planned": book.planned_touches(),
        "open": book.open_follow_ups(),
        "offers": book.all_offers(),
        "referrals": book.all_referrals(),
    }
    for person in PEOPLE:
        found[f"touches {person}"] = book.touches_with(person)
        found[f"offers {person}"] = book.offers_to(person)
        found[f"referrals {person}"] = book.referrals_with(person)
    for place in PLACES:
        found[f"touches {place}"] = book.touches_at(place)
        found[f"people {place}"] = book.practitioners_at(place)
    for subject in (*PEOPLE, *PLACES, ""):
        found[f"follow-ups {subject}"] = book.follow_ups_of(subject)
    return {key: list(records) for key, records in found.items()}


def any_change(data: st.DataObject, writer: Author, tables: dict[str, dict[str, Record]]) -> Change:
    """An addition, or the edit, trashing, restoring or removal of a record that is there."""
    records = [record for table in tables.values() for record in table.values()]
    deed = data.draw(st.sampled_from(("add", "edit", "trash", "restore", "remove"))) if records else "add"
    if deed == "add":
        kind = data.draw(st.sampled_from(KINDS))
        return writer.add(writer.new(kind, **data.draw(FIELDS[kind])))
    record = data.draw(st.sampled_from(records))
    if deed == "edit":
        return writer.edit(record, msgspec.structs.replace(record, **data.draw(FIELDS[type(record)])))
    if deed == "trash":
        return writer.trash(record)
    if deed == "restore":
        return writer.restore(record)
    return Change(before=record, after=None)


def any_acts(data: st.DataObject, writer: Author) -> Iterator[Act]:
    """Acts of one to three changes, each beginning from what the ones before it left."""
    tables: dict[str, dict[str, Record]] = {kind.table: {} for kind in KINDS}
    for _ in range(data.draw(st.integers(0, 12), label="acts")):
        changes = []
        for _ in range(data.draw(st.integers(1, 3), label="changes")):
            change = any_change(data, writer, tables)
            if change.after is None:
                del tables[change.table][change.id]
            else:
                tables[change.table][change.id] = change.after
            changes.append(change)
        yield writer.act("do something", *changes)


@given(st.data())
def test_a_book_that_took_in_acts_answers_like_one_built_afresh(data: st.DataObject) -> None:
    book = Book()
    for act in any_acts(data, author()):
        book.apply(act)
        if data.draw(st.booleans(), label="look"):
            assert answers(book) == answers(Book(book.tables))
    assert answers(book) == answers(Book(book.tables))


@given(st.data())
def test_acts_on_a_loaded_book_that_nobody_looked_at_yet(data: st.DataObject) -> None:
    writer = author()
    acts = list(any_acts(data, writer))
    half = len(acts) // 2
    begun = Book()
    for act in acts[:half]:
        begun.apply(act)
    loaded = Book(begun.tables)
    for act in acts[half:]:
        loaded.apply(act)
    assert answers(loaded) == answers(Book(loaded.tables))


@given(st.data())
def test_undoing_every_act_gives_the_book_before_them_and_redoing_the_book_after(data: st.DataObject) -> None:
    writer = author()
    book = Book()
    acts = list(any_acts(data, writer))
    for act in acts:
        book.apply(act)
    after = {table: dict(records) for table, records in book.tables.items()}
    undone = [writer.undo(act) for act in reversed(acts)]
    for act in undone:
        book.apply(act)
    assert not any(book.tables.values())
    assert not any(answers(book).values())
    for act in reversed(undone):
        book.apply(writer.redo(act))
    assert book.tables == after


def filled(*records: Record) -> Book:
    book = Book()
    writer = author()
    book.apply(writer.act("fill", *(writer.add(record) for record in records)))
    return book


def test_touches_stand_by_their_day_not_by_their_entry() -> None:
    writer = author()
    days = {"old": -30, "late": -60, "new": -1}
    touches = {
        name: writer.new(
            Touch, kind=TouchKind.VISIT, practitioners=("p1",), practice="x1", done_on=MONDAY + timedelta(days=ago)
        )
        for name, ago in days.items()
    }
    planned = writer.new(
        Touch, kind=TouchKind.VISIT, practitioners=("p1", "p2"), planned_for=MONDAY + timedelta(days=9)
    )
    book = filled(*touches.values(), planned)
    assert book.touches_with("p1") == [planned, touches["new"], touches["old"], touches["late"]]
    assert book.touches_with("p2") == [planned] == book.planned_touches()
    assert book.touches_at("x1") == [touches["new"], touches["old"], touches["late"]]
    assert book.touches_with("nobody") == []


def test_touches_of_one_day_stand_latest_entered_first() -> None:
    writer = author()
    first, _, second = (
        writer.new(Touch, kind=TouchKind.EMAIL, practitioners=("p1",), done_on=MONDAY) for _ in range(3)
    )
    assert filled(first, second).touches_with("p1") == [second, first]


def test_what_is_trashed_is_in_the_tables_and_nowhere_else() -> None:
    writer = author()
    touch = writer.new(Touch, kind=TouchKind.VISIT, practitioners=("p1",), practice="x1", planned_for=MONDAY)
    book = filled(touch)
    trash = writer.trash(touch)
    book.apply(writer.act("trash a visit", trash))
    assert not any(answers(book).values())
    assert book.find("touches", touch.id) == trash.after == book.touches[touch.id]
    assert not any(answers(Book(book.tables)).values())
    assert trash.after is not None
    book.apply(writer.act("restore a visit", writer.restore(trash.after)))
    assert [found.id for found in book.touches_with("p1")] == [touch.id]
    assert book.touches[touch.id].version == 3


def test_a_person_stands_under_each_practice_by_name() -> None:
    writer = author()
    zoe = writer.new(Practitioner, name="zoe", practices=("x1", "x2"))
    anna = writer.new(Practitioner, name="Anna", practices=("x1",))
    place = writer.new(Practice, name="Quay Physio")
    book = filled(zoe, anna, place)
    assert book.practitioners_at("x1") == [anna, zoe] == book.all_practitioners()
    assert book.practitioners_at("x2") == [zoe]
    book.apply(writer.act("leave", writer.edit(zoe, msgspec.structs.replace(zoe, practices=("x1",)))))
    assert book.practitioners_at("x2") == []
    assert (book.practitioners[zoe.id].version, book.practices[place.id]) == (2, place)


def test_a_follow_up_stands_under_the_person_before_the_practice() -> None:
    writer = author()
    both = writer.new(FollowUp, practitioner="p1", practice="x1", due=MONDAY)
    place_only = writer.new(FollowUp, practice="x1", due=MONDAY - timedelta(days=1))
    kept = writer.new(FollowUp, practice="x1", due=MONDAY, state=FollowUpState.DONE)
    note = writer.new(FollowUp, due=MONDAY + timedelta(days=1))
    book = filled(both, place_only, kept, note)
    assert book.follow_ups_of("p1") == [both]
    assert book.follow_ups_of("x1") == [place_only, kept]
    assert book.open_follow_ups() == [place_only, both, note]


def test_the_sequence_is_that_of_the_last_saved_act() -> None:
    writer = author()
    book = Book(sequence=7)
    act = writer.act("add", writer.add(writer.new(Practice, name="Quay")))
    book.apply(act)
    assert book.sequence == 7
    book.apply(msgspec.structs.replace(act, sequence=8))
    assert book.sequence == 8


def test_a_book_does_not_share_the_tables_that_it_was_built_from() -> None:
    writer = author()
    place = writer.new(Practice, name="Quay")
    tables = {"practices": {place.id: place}}
    book = Book(tables)
    book.apply(writer.act("remove", Change(before=place, after=None)))
    assert tables == {"practices": {place.id: place}}
    assert book.find("practices", place.id) is None
    assert book.find("unheard_of", place.id) is None


def test_records_come_table_by_table_as_in_the_file() -> None:
    writer = author()
    records = [writer.new(kind, **fields) for kind, fields in one_of_each()]
    assert list(records_of(filled(*reversed(records)))) == records


def one_of_each() -> Iterator[tuple[type[Record], dict[str, Any]]]:
    yield Practitioner, {"name": "Anna"}
    yield Practice, {"name": "Quay"}
    yield Touch, {"kind": TouchKind.VISIT}
    yield FollowUp, {"due": MONDAY}
    yield Offer, {"practitioner": "p1"}
    yield Referral, {"practitioner": "p1", "direction": ReferralDirection.GIVEN}
