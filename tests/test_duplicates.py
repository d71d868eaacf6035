"""Who may be in the book already, and two records of one person brought together without a loss."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from relationships.book import Book
from relationships.changes import Clock
from relationships.duplicates import differing, likely_same, merge_act, together
from relationships.records import Practitioner
from relationships.vocabulary import Discipline, Tier
from storage.book_store import BookStore


@pytest.fixture
def store(studio_book: Path, clock: Clock) -> BookStore:
    return BookStore.open(studio_book, user="sam", clock=clock)


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ({"name": "priya PATEL"}, ["patel"]),
        ({"name": "Dr Priya Patel"}, ["patel"]),
        ({"name": "Patel"}, []),
        ({"phone": "+44 20 7946 0123"}, ["patel"]),
        ({"phone": "7946"}, []),
        ({"phone": ""}, []),
        ({"email": " PRIYA@quay.example "}, ["patel"]),
        ({"name": "Amara Osei", "email": "priya@quay.example"}, ["patel", "osei"]),
        ({"name": "Priya Patel", "but": "patel"}, []),
        ({"name": ""}, []),
    ],
)
def test_who_may_be_meant(store: BookStore, typed: dict[str, str], ids: list[str]) -> None:
    assert [each.practitioner.id for each in likely_same(store.book, **typed)] == ids


def test_the_strongest_reason_is_told(store: BookStore) -> None:
    (found,) = likely_same(store.book, name="Priya Patel", email="priya@quay.example")
    assert found.why == "the same email"


def two(store: BookStore) -> tuple[Practitioner, Practitioner]:
    patel, ann = store.book.practitioners["patel"], store.book.practitioners["ann"]
    other = replace(
        ann,
        name="P. Patel",
        discipline=Discipline.OSTEOPATH,
        practices=("harbour", "quay"),
        tags=("runner",),
        phone="999",
        tier=Tier.C,
        source="Kim",
        notes="likes tea",
    )
    return replace(patel, tags=("swimmer",), notes="likes coffee"), other


def test_where_they_differ_one_is_chosen_and_the_other_is_noted(store: BookStore) -> None:
    kept, other = two(store)
    assert [each.field for each in differing(kept, other)] == ["name", "discipline", "phone", "tier"]
    one = together(kept, other, frozenset({"tier"}))
    assert (one.id, one.name, one.tier, one.phone, one.source) == ("patel", "Priya Patel", Tier.C, kept.phone, "Kim")
    assert (one.practices, one.tags) == (("quay", "harbour"), ("swimmer", "runner"))
    assert one.notes == (
        "likes coffee\nlikes tea\nOf P. Patel, merged: name: P. Patel; discipline: osteopath; phone: 999; tier: A"
    )


def test_nothing_to_choose_leaves_no_remark(store: BookStore) -> None:
    patel = store.book.practitioners["patel"]
    assert together(patel, replace(patel, id="x", notes=patel.notes)) == patel


def named(book: Book, person: str) -> set[str]:
    return {
        record.id
        for table in book.tables.values()
        for record in table.values()
        if person in (getattr(record, "practitioner", None), *getattr(record, "practitioners", ()))
    }


def test_a_merge_is_one_act_that_undo_takes_back(store: BookStore) -> None:
    book = store.book
    kept, other = book.practitioners["patel"], book.practitioners["osei"]
    everything = named(book, "patel") | named(book, "osei")
    before = {record.id: record for table in book.tables.values() for record in table.values()}
    store.commit(merge_act(book, store.author, kept, other))
    store.apply_arrived()
    assert named(store.book, "patel") == everything
    assert named(store.book, "osei") == set()
    assert store.book.practitioners["osei"].trashed_at is not None
    assert {touch.id for touch in store.book.touches_with("patel")} == {"visit-patel", "call-osei"}
    store.undo()
    store.apply_arrived()
    after = {record.id: record for table in store.book.tables.values() for record in table.values()}
    assert after == before
    store.close()
