"""The language of filters: what it finds, why it says a record was found, and what is not understood."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from relationships.book import Book
from relationships.changes import Clock
from relationships.parts import Promise
from relationships.query import Query, completion, parse_query
from relationships.query_fields import FIELDS, FLAGS, GAPS
from relationships.records import Touch
from relationships.vocabulary import PromisedBy, TouchKind
from storage.book_store import BookStore

TODAY = date(2026, 11, 23)


@pytest.fixture
def book(studio_book: Path, clock: Clock) -> Book:
    """The studio book, with a tag, somebody archived, a promise, and a letter that was not answered."""
    store = BookStore.open(studio_book, user="sam", clock=clock, new_id=lambda: "letter-ruth")
    author, now = store.author, store.book
    ann, ben, visit = now.practitioners["ann"], now.practitioners["ben"], now.touches["visit-patel"]
    promise = Promise(by=PromisedBy.US, text="the list")
    letter = author.new(Touch, kind=TouchKind.LETTER, done_on=date(2026, 9, 1), practitioners=("ruth",))
    store.commit(
        author.act(
            "prepare",
            author.edit(ann, replace(ann, tags=("Runner", "post rehab"), owner="Kim")),
            author.edit(ben, replace(ben, archived_at=ben.created_at)),
            author.edit(visit, replace(visit, minutes=25, people_met=("Jo Bloggs",), promised=(promise,))),
            author.add(letter),
        )
    )
    store.apply_arrived()
    store.close()
    return store.book


def found(book: Book, table: str, text: str) -> set[str]:
    query = parse_query(text, TODAY)
    assert query.problem == ""
    return {record.id for record in book.tables[table].values() if query.holds(book, record, TODAY)}


EVERYBODY = {"patel", "osei", "ann", "ben", "ruth"}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", EVERYBODY),
        ("tier:a", {"patel"}),
        ("-tier:a", EVERYBODY - {"patel"}),
        ("tier:A discipline:physio", {"patel"}),
        ("discipline:GP", {"osei"}),
        ("city:harb", {"patel", "osei"}),
        ("practice:quay", {"patel"}),
        ('practice:"harbour pr"', {"osei"}),
        ("tag:run", {"ann"}),
        ('tag:"post rehab"', {"ann"}),
        ("tag:rehab", {"ann"}),
        ("tag=rehab", set()),
        ("owner:kim", {"ann"}),
        ("by:sam", EVERYBODY),
        ("name:lee", {"ann", "ben"}),
        ("name:ee", set()),
        ("phone:7946", {"patel"}),
        ("phone:0207946-0123", {"patel"}),
        ("email:priya", {"patel"}),
        ("last>60d", {"ann", "ben", "ruth"}),
        ("last<10d", {"patel"}),
        ("last:never", {"ann", "ben"}),
        ("last<=21d", {"patel", "osei"}),
        ("last>2026-11-10", {"patel"}),
        ("last>=2026-11-14", {"patel"}),
        ("last<yesterday", {"patel", "osei", "ruth"}),
        ("due<1d", {"osei", "patel"}),
        ("due<=3d", {"osei", "patel", "ann"}),
        ("due>1w", {"ben"}),
        ("received>0", {"osei"}),
        ("received=0 given:0 tier:b", set()),
        ("touches>=1", {"patel", "osei", "ruth"}),
        ("is:archived", {"ben"}),
        ("archived", {"ben"}),
        ("-archived", EVERYBODY - {"ben"}),
        ("is:late", {"osei"}),
        ("is:visited", {"patel"}),
        ("no:phone", {"ann", "ben", "osei", "ruth"}),
        ("no:step", {"ruth"}),
        ("no:practice", {"ann", "ben", "ruth"}),
        ("-no:email", {"patel"}),
        ("stage:met", {"patel"}),
        ("stage:referring", {"osei"}),
        ("note:blood", {"osei"}),
    ],
)
def test_people(book: Book, text: str, ids: set[str]) -> None:
    assert found(book, "practitioners", text) == ids


@pytest.mark.parametrize(
    ("table", "text", "ids"),
    [
        ("touches", "kind:visit", {"visit-patel"}),
        ("touches", "kind:call", {"call-osei"}),
        ("touches", "tier:a", {"visit-patel"}),
        ("touches", "name:bloggs", {"visit-patel"}),
        ("touches", "is:planned", {"tour-ben"}),
        ("touches", "-is:planned", {"visit-patel", "call-osei", "letter-ruth"}),
        ("touches", "is:unanswered", {"letter-ruth"}),
        ("touches", "is:owed", {"visit-patel"}),
        ("touches", "on>2w", {"call-osei", "letter-ruth"}),
        ("touches", "on:14/11", {"visit-patel"}),
        ("touches", "minutes>20", {"visit-patel"}),
        ("touches", "minutes<=20", set()),
        ("follow_ups", "is:late", {"late-osei"}),
        ("follow_ups", "is:open due<=0d", {"late-osei", "today-patel"}),
        ("follow_ups", "name:patel", {"today-patel", "later-patel"}),
        ("offers", "state:made", {"offer-patel"}),
        ("offers", "on>1w", {"offer-patel"}),
        ("referrals", "kind:referral direction:received", {"referral-osei"}),
        ("practices", "name:jo", {"quay"}),
        ("practices", "last<10d", {"quay"}),
        ("practices", "no:touch", set()),
    ],
)
def test_other_records(book: Book, table: str, text: str, ids: set[str]) -> None:
    assert found(book, table, text) == ids


def test_plain_words_are_left_to_the_search() -> None:
    query = parse_query('rehab  "low back" -knee tier:a', TODAY)
    assert (query.words, query.without, len(query.conditions)) == ("rehab low back", ("knee",), 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour:red", "There is no field “colour”; there are name, discipline"),
        ("last>soon", "“last” is a day: write last>60d, last>yesterday or a date."),
        ("given>many", "“given” is a number: write given>2, not “many”."),
        ("given>²", "“given” is a number"),
        ("tier>a", "“tier” is text: write tier:a."),
        ("is:green", "“is:” takes archived, planned"),
        ("phone:abc", "“abc” has no digits."),
    ],
)
def test_what_is_not_understood_is_told_and_left_out(text: str, says: str) -> None:
    query = parse_query(f"{text} tier:a", TODAY)
    assert query.problem.startswith(says)
    assert [condition.typed for condition in query.conditions] == ["tier:a"]


def test_a_field_without_a_value_yet_asks_nothing() -> None:
    assert parse_query("tier: last> tag:", TODAY) == Query()


@pytest.mark.parametrize(
    ("text", "table", "record_id", "reasons"),
    [
        ("tag:run", "practitioners", "ann", ("tag Runner",)),
        ("last>60d", "practitioners", "ruth", ("last 2 months ago",)),
        ("last:never", "practitioners", "ann", ("last never",)),
        ("-tier:a no:phone", "practitioners", "ann", ("-tier:a", "no:phone")),
        ("minutes>20", "touches", "visit-patel", ("minutes 25",)),
    ],
)
def test_each_match_says_why(book: Book, text: str, table: str, record_id: str, reasons: tuple[str, ...]) -> None:
    record = book.find(table, record_id)
    assert record is not None
    assert parse_query(text, TODAY).reasons(book, record, TODAY) == reasons


@pytest.mark.parametrize(
    ("text", "known", "becomes"),
    [
        ("ti", (), "tier:"),
        ("x -ta", (), "-tag:"),
        ("la", (), "last"),
        ("tag:ru", ("Runner",), "tag:Runner"),
        ("city:har", ("Harbour Side",), 'city:"Harbour Side"'),
        ("is:arch", (), "is:archived"),
        ("-stage:coll", (), "-stage:collaborating"),
        ("zz", (), None),
        ("zz:a", (), None),
        ("tag:", ("Runner",), None),
        ("tag:zz", ("Runner",), None),
        ("", (), None),
    ],
)
def test_completion(text: str, known: tuple[str, ...], becomes: str | None) -> None:
    assert completion(text, known) == becomes


TERMS = st.one_of(
    st.text(max_size=12),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "-"]),
        st.sampled_from([*FIELDS]),
        st.sampled_from([":", "=", "<", ">", "<=", ">="]),
        st.one_of(st.text(max_size=8), st.sampled_from([*FLAGS, *GAPS, "60d", "1w", "today", "3", '"a b'])),
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(TERMS, max_size=4).map(" ".join))
def test_nothing_typed_breaks_it_and_what_it_understood_can_be_typed_again(book: Book, text: str) -> None:
    query = parse_query(text, TODAY)
    for table in book.tables.values():
        for record in table.values():
            if query.holds(book, record, TODAY):
                assert len(query.reasons(book, record, TODAY)) == len(query.conditions)
    again = parse_query(
        " ".join(condition.typed for condition in query.conditions if '"' not in condition.value), TODAY
    )
    assert [c.typed for c in again.conditions] == [c.typed for c in query.conditions if '"' not in c.value]
    completion(text, ("Runner",))
