"""The books that the tests of the app stand on, and their clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest
from msgspec.structs import replace

from relationships.changes import Author
from relationships.parts import Gatekeeper, Move
from relationships.records import FollowUp, Offer, Practice, Practitioner, Record, Referral, Touch
from relationships.vocabulary import Discipline, OfferState, ReferralDirection, Tier, TouchKind
from storage.book_store import BookStore

R = TypeVar("R", bound=Record)

TODAY = date(2026, 11, 23)
"""A Monday."""


class FixedClock:
    """Always the same day; each look at the time of day finds it a second later."""

    def __init__(self) -> None:
        self._seconds = count()

    def now(self) -> datetime:
        """This moment, UTC."""
        return datetime(2026, 11, 23, 9, 0, tzinfo=UTC) + timedelta(seconds=next(self._seconds))

    def today(self) -> date:
        """Monday 23 November 2026."""
        return TODAY


@pytest.fixture
def clock() -> FixedClock:
    """Monday 23 November 2026."""
    return FixedClock()


@pytest.fixture
def book_path(tmp_path: Path) -> Path:
    """Where the book of the test stands; nothing is there yet."""
    return tmp_path / "studio" / "book.json"


@pytest.fixture
def empty_book(book_path: Path, clock: FixedClock) -> Path:
    """A book with nothing in it."""
    BookStore.create(book_path, user="sam", clock=clock).close()
    return book_path


@pytest.fixture
def studio_book(book_path: Path, clock: FixedClock) -> Path:
    """A small book with something for every screen; `studio_records` says what."""
    author = Author("sam", clock, map(str, count(1)).__next__)
    tables: dict[str, dict[str, Record]] = {}
    for record in studio_records(author):
        tables.setdefault(record.table, {})[record.id] = record
    BookStore.create(book_path, user="sam", clock=clock, tables=tables).close()
    return book_path


def studio_records(author: Author) -> list[Record]:
    """Five people, two practices, and something open and something past of every kind; ids say what they are."""

    def new(type_: type[R], id_: str, /, **fields: object) -> R:
        return replace(author.new(type_, **fields), id=id_)

    quay = new(
        Practice,
        "quay",
        name="Quay Physio",
        city="Harbourside",
        phone="020 7946 0991",
        best_times="Tue and Thu after 4",
        gatekeepers=(Gatekeeper(name="Jo", role="receptionist"),),
    )
    harbour = new(Practice, "harbour", name="Harbour Practice", city="Harbourside")
    people = [
        new(
            Practitioner,
            "patel",
            name="Priya Patel",
            post_nominals="MSc",
            discipline=Discipline.PHYSIOTHERAPIST,
            practices=("quay",),
            phone="020 7946 0123",
            email="priya@quay.example",
            tier=Tier.A,
        ),
        new(
            Practitioner,
            "osei",
            name="Dr Amara Osei",
            discipline=Discipline.GENERAL_PRACTITIONER,
            practices=("harbour",),
            tier=Tier.B,
        ),
        new(Practitioner, "ann", name="Ann Lee", discipline=Discipline.DIETITIAN),
        new(Practitioner, "ben", name="Ben Lee", discipline=Discipline.OSTEOPATH),
        new(Practitioner, "ruth", name="Ruth Cohen", discipline=Discipline.DIETITIAN),
    ]
    touches = [
        new(
            Touch,
            "visit-patel",
            practitioners=("patel",),
            practice="quay",
            kind=TouchKind.VISIT,
            done_on=date(2026, 11, 14),
            two_way=True,
            note="She wants range-of-motion figures monthly",
        ),
        new(
            Touch,
            "call-osei",
            practitioners=("osei",),
            kind=TouchKind.PHONE_CALL,
            done_on=date(2026, 11, 2),
            two_way=True,
            note="asked about blood pressure cases",
        ),
        new(
            Touch,
            "tour-ben",
            practitioners=("ben",),
            kind=TouchKind.STUDIO_TOUR,
            planned_for=date(2026, 12, 10),
            note="show him the rack",
        ),
    ]
    steps = [
        new(FollowUp, "late-osei", practitioner="osei", due=date(2026, 11, 21), what="thank her for K-014"),
        new(FollowUp, "today-patel", practitioner="patel", due=TODAY, what="send the figures"),
        new(FollowUp, "week-ann", practitioner="ann", due=date(2026, 11, 26), what="ring about the menu"),
        new(FollowUp, "later-patel", practitioner="patel", due=date(2026, 12, 20), what="bring the certificate"),
    ]
    made = (Move(state="made", on=date(2026, 11, 10), by="sam"),)
    came = (Move(state="received", on=date(2026, 11, 20), by="sam"),)
    offers = [
        new(
            Offer,
            "offer-patel",
            practitioner="patel",
            what="runners to her, post-rehab to me",
            made_on=date(2026, 11, 10),
            state=OfferState.MADE,
            moves=made,
        ),
        new(
            Referral,
            "referral-osei",
            practitioner="osei",
            direction=ReferralDirection.RECEIVED,
            client_code="K-014",
            reason="low back",
            received_on=date(2026, 11, 20),
            moves=came,
        ),
    ]
    return [quay, harbour, *people, *touches, *steps, *offers]
