"""The page before a visit: what it says, what it leaves out, and how it prints."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from relationships.book import Book
from relationships.brief import brief, brief_text, promises
from relationships.changes import Clock
from relationships.parts import Promise
from relationships.records import Touch
from relationships.vocabulary import PromisedBy, TouchKind
from storage.book_store import BookStore

TODAY = date(2026, 11, 23)


@pytest.fixture
def book(studio_book: Path, clock: Clock) -> Book:
    """The studio book, with promises both ways."""
    store = BookStore.open(studio_book, user="sam", clock=clock)
    author, visit = store.author, store.book.touches["visit-patel"]
    promised = (
        Promise(by=PromisedBy.US, text="our equipment list"),
        Promise(by=PromisedBy.THEM, text="her new protocol"),
        Promise(by=PromisedBy.US, text="the poster", kept_on=date(2026, 11, 20)),
    )
    old = author.new(
        Touch,
        kind=TouchKind.PHONE_CALL,
        practitioners=("patel",),
        done_on=date(2026, 10, 1),
        promised=(Promise(by=PromisedBy.US, text="a date for lunch"),),
        people_met=("Jo",),
    )
    store.commit(author.act("prepare", author.edit(visit, replace(visit, promised=promised)), author.add(old)))
    store.apply_arrived()
    store.close()
    return store.book


def test_promises_are_open_until_kept_the_oldest_first(book: Book) -> None:
    assert [each.promise.text for each in promises(book, "patel", PromisedBy.US)] == [
        "a date for lunch",
        "our equipment list",
    ]
    assert [each.promise.text for each in promises(book, "patel", PromisedBy.THEM)] == ["her new protocol"]


def test_the_page_of_somebody_well_known(book: Book) -> None:
    page = brief(book, book.practitioners["patel"], TODAY)
    assert page.heading == "Priya Patel MSc · physiotherapist, met"
    said = {part.heading: part.lines for part in page.parts}
    assert said["Next"] == ("Mon 23 Nov: send the figures",)
    assert said["Last touches"][0].startswith("14 Nov, visit: She wants range-of-motion figures monthly")
    assert said["Last touches"][1].startswith("1 Oct, call (met Jo)")
    assert said["You owe"][1] == "our equipment list (since 14 Nov, 9 days)"
    assert said["Open between you"] == ("cross referral made 10 Nov: runners to her, post-rehab to me",)
    assert said["At the door"][:3] == (
        "Quay Physio, Harbourside",
        "ask for Jo (receptionist)",
        "good hours: Tue and Thu after 4",
    )
    assert "020 7946 0123 · priya@quay.example" in said["At the door"]
    assert "Leave the one-step way to refer to you." in said["Ask"]


def test_the_page_of_somebody_hardly_known_asks(book: Book) -> None:
    page = brief(book, book.practitioners["ruth"], TODAY)
    assert [part.heading for part in page.parts] == ["Ask"]
    assert "Where do they work, and who keeps the diary?" in page.parts[0].lines


def test_a_referral_and_a_wish_not_to_be_contacted_stand_there(book: Book) -> None:
    osei = replace(book.practitioners["osei"], do_not_contact=True)
    text = brief_text(brief(book, osei, TODAY))
    assert "referral received, received: K-014 low back" in text
    assert "referrals so far: received 1, given 0" in text
    assert "has asked not to be contacted" in text


@pytest.mark.parametrize("width", [30, 78])
def test_it_prints_within_the_width(book: Book, width: int) -> None:
    text = brief_text(brief(book, book.practitioners["patel"], TODAY), width)
    head, *lines = text.splitlines()
    assert head.startswith("Priya Patel")
    assert max(map(len, lines)) <= width
    assert "\n\nYOU OWE\n" in text
