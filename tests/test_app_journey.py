"""The main journey, key by key: from an empty book to a timeline that is there again after a restart."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tinydb import TinyDB

from relationships.book import Book
from relationships.records import Practitioner
from relationships.vocabulary import Discipline, FollowUpState, OfferState, TouchKind

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, Session

SIZES = ((80, 24), (120, 40))
YESTERDAY = date(2026, 11, 22)
IN_THREE_WEEKS = date(2026, 12, 14)


async def add_patel(session: Session) -> None:
    """Press `a` and fill in a practitioner with a practice, as the form asks for it."""
    await session.sees("An empty book. Press a to add the first practitioner")
    await session.press("a")
    await session.on("PractitionerForm")
    await session.type("Priya Patel")
    await session.press("tab")
    await session.type("physio")
    await session.press("tab")
    await session.type("Quay Physio")
    await session.sees("Quay Physio will be added")
    await session.press("ctrl+s")
    await session.sees("Priya Patel is in the book. l logs a touch, f sets a next step.")


async def log_visit(session: Session) -> None:
    """Log yesterday's visit and the next step in one line."""
    await session.press("l")
    await session.on("LogLine")
    await session.type("visit patel yesterday asked about post-rehab; next in 3 weeks")
    await session.sees("visit with Priya Patel (Quay Physio) · Sun 22 Nov", "next: touch on Mon 14 Dec")
    await session.press("enter")
    await session.sees("Logged: visit with Priya Patel.")


async def open_timeline(session: Session) -> None:
    """From anywhere: Contacts, and enter on the only one there is."""
    await session.press("2")
    await session.on("ContactsScreen")
    await session.sees("Priya Patel")
    await session.press("enter")
    await session.on("PractitionerScreen")


async def make_offer(session: Session) -> None:
    """Make an offer from the timeline."""
    await session.press("o")
    await session.on("OfferForm")
    await session.type("runners to her")
    await session.press("ctrl+s")
    await session.sees("The offer to Priya Patel is noted.")


def patel(book: Book) -> Practitioner:
    """The only practitioner."""
    (person,) = book.all_practitioners()
    return person


@pytest.mark.parametrize("size", SIZES)
async def test_the_main_journey_survives_a_restart(open_app: OpenApp, empty_book: Path, size: tuple[int, int]) -> None:
    async with open_app(size=size) as session:
        await add_patel(session)
        await log_visit(session)
        await open_timeline(session)
        await session.sees("● visit", "asked about post-rehab", "14 Dec ◇ follow-up")
        await make_offer(session)
        await session.sees("made: runners to her")
        await session.press("ctrl+q")
    assert session.app.return_code == 0

    with TinyDB(empty_book) as plain:
        assert len(plain.table("touches")) == 1
    async with open_app(size=size) as session:
        await session.sees("Mon 23 Nov · studio")
        await open_timeline(session)
        await session.sees("● visit", "asked about post-rehab", "14 Dec ◇ follow-up", "made: runners to her")
        await session.sees("Quay Physio", "physiotherapist")

    book = session.on_disk()
    person = patel(book)
    assert (person.name, person.discipline) == ("Priya Patel", Discipline.PHYSIOTHERAPIST)
    assert [book.practices[practice].name for practice in person.practices] == ["Quay Physio"]
    (visit,) = book.touches_with(person.id)
    assert (visit.kind, visit.done_on, visit.note) == (TouchKind.VISIT, YESTERDAY, "asked about post-rehab")
    (step,) = book.open_follow_ups()
    assert (step.due, step.from_touch, step.practitioner) == (IN_THREE_WEEKS, visit.id, person.id)
    (offer,) = book.offers_to(person.id)
    assert (offer.what, offer.state) == ("runners to her", OfferState.MADE)


async def test_undo_takes_back_one_act_at_a_time_also_after_a_restart(open_app: OpenApp, empty_book: Path) -> None:
    async with open_app() as session:
        await add_patel(session)
        await log_visit(session)
        await open_timeline(session)
        await make_offer(session)
        await session.press("u")
        await session.sees("Undone: make offer: Priya Patel. U does it again.")
        await session.sees_no("made: runners to her")
        assert not session.on_disk().all_offers()

    async with open_app() as session:
        await open_timeline(session)
        await session.press("u")
        await session.sees("Undone: log a visit: Priya Patel.")
        await session.sees_no("● visit", "14 Dec")
        book = session.on_disk()
        assert not book.all_touches()
        assert not book.open_follow_ups()

        await session.press("U")
        await session.sees("Done again: log a visit: Priya Patel.", "● visit", "14 Dec ◇ follow-up")
        assert [step.state for step in session.on_disk().open_follow_ups()] == [FollowUpState.OPEN]
        await session.press("U")
        await session.sees("Done again: make offer: Priya Patel.", "made: runners to her")

    book = session.on_disk()
    assert len(book.all_touches()) == len(book.all_offers()) == len(book.open_follow_ups()) == 1


async def test_undo_goes_back_to_the_empty_book_and_then_says_so(open_app: OpenApp, empty_book: Path) -> None:
    async with open_app() as session:
        await add_patel(session)
        await session.press("u")
        await session.sees("Undone: add practitioner: Priya Patel.", "An empty book.")
        assert not session.on_disk().practitioners
        assert not session.on_disk().practices
        await session.press("u")
        await session.sees("You have done nothing in this book that could be undone.")


async def test_the_visit_shows_on_every_screen_that_is_about_it(open_app: OpenApp, empty_book: Path) -> None:
    async with open_app() as session:
        await add_patel(session)
        await log_visit(session)
        await open_timeline(session)
        await make_offer(session)
        await session.press("3")
        await session.on("VisitsScreen")
        await session.sees("yesterday  ●  visit", "Priya Patel", "asked about post-rehab")
        await session.press("4")
        await session.on("OffersScreen")
        await session.sees("OFFERS WAITING", "Priya Patel", "made", "runners to her")
        await session.press("5")
        await session.on("FollowUpsScreen")
        await session.sees("LATER", "Priya Patel", "in 3 weeks")
        await session.press("1")
        await session.on("TodayScreen")
        await session.sees("THIS WEEK", "thank-you by hand", "tomorrow")
        await session.sees("A first meeting is answered with thanks within 2 days; a visit took place")
