"""Every form over the app, filled in and saved: each field arrives in its record on the disk."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relationships.parts import Gatekeeper
from relationships.vocabulary import (
    Channel,
    Direction,
    Discipline,
    OfferKind,
    OfferState,
    PracticeKind,
    ReasonClosed,
    ReferralDirection,
    ReferralRoute,
    ReferralState,
    Tier,
    TouchKind,
)

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, Session

TODAY = date(2026, 11, 23)
FORMS = {
    "PractitionerForm": ("2", "patel", "e"),
    "PracticeForm": ("2", "patel", "p"),
    "TouchForm": ("3", "visit-patel", "e"),
    "OfferForm": ("4", "offer-patel", "e"),
    "ReferralForm": ("4", "referral-osei", "e"),
    "FollowUpForm": ("5", "today-patel", "e"),
    "SnoozeForm": ("5", "today-patel", "s"),
    "MoveForm": ("4", "offer-patel", "x"),
}
"""Where each form is opened: the screen, the record, the key."""


async def open_form(session: Session, form: str) -> None:
    """Go to the screen, put the cursor on the record, press the key."""
    place, record_id, key = FORMS[form]
    await session.press(place)
    await session.at(record_id)
    await session.press(key)
    await session.on(form)


async def save(session: Session, said: str) -> None:
    """Save the form and wait for what is said of it."""
    await session.press("ctrl+s")
    await session.sees(said)


async def test_a_practitioner_with_everything(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("2", "a")
        await session.on("PractitionerForm")
        await session.fill(
            name="Noor Haddad",
            discipline="osteo",
            practices="quay physio; Bay Clinic",
            phone="01 23",
            email="n@bay.example",
            tier="b",
            post_nominals="MOst",
            specialties="backs, knees",
            channel="email",
            do_not_contact="yes",
            tags="runner",
            source="K-002",
            notes="Ask about the café",
        )
        await save(session, "Noor Haddad is in the book.")
        book = session.on_disk()
    (noor,) = (person for person in book.all_practitioners() if person.name == "Noor Haddad")
    (bay,) = (practice for practice in book.all_practices() if practice.name == "Bay Clinic")
    assert noor.practices == ("quay", bay.id)
    assert (noor.discipline, noor.tier, noor.channel_preferred) == (Discipline.OSTEOPATH, Tier.B, Channel.EMAIL)
    assert (noor.phone, noor.email, noor.post_nominals) == ("01 23", "n@bay.example", "MOst")
    assert (noor.specialties, noor.tags, noor.source) == (("backs", "knees"), ("runner",), "K-002")
    assert (noor.do_not_contact, noor.notes, noor.owner) == (True, "Ask about the café", "sam")


async def test_a_practice_with_everything(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("2", "P")
        await session.on("PracticeForm")
        await session.fill(
            name="Bay Clinic",
            kind="rehab",
            address="1 Pier",
            city="Baytown",
            phone="99",
            email="desk@bay.example",
            hours="9 to 5",
            best_times="Tue after 4",
            gatekeepers="Jo, receptionist; Ann",
            route="form",
            distance="12",
            notes="Blue door",
        )
        await save(session, "The practice is in the book.")
        (bay,) = (practice for practice in session.on_disk().all_practices() if practice.name == "Bay Clinic")
    assert (bay.kind, bay.referral_route, bay.distance_min) == (PracticeKind.REHAB_CENTRE, ReferralRoute.FORM, 12)
    assert (bay.address, bay.city, bay.phone, bay.email) == ("1 Pier", "Baytown", "99", "desk@bay.example")
    assert (bay.hours, bay.best_times, bay.notes) == ("9 to 5", "Tue after 4", "Blue door")
    assert bay.gatekeepers == (Gatekeeper(name="Jo", role="receptionist"), Gatekeeper(name="Ann"))


async def test_a_touch_is_changed(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await open_form(session, "TouchForm")
        await session.fill(kind="lunch", day="yesterday", note="Two of them", outcome="one asked", minutes="40 min")
        await session.fill(two_way="no", direction="they", channel="video", cost="12,50")
        await save(session, "Saved: visit with Priya Patel.")
        touch = session.on_disk().touches["visit-patel"]
    assert (touch.kind, touch.done_on, touch.note) == (TouchKind.LUNCH_AND_LEARN, date(2026, 11, 22), "Two of them")
    assert (touch.outcome, touch.minutes, touch.cost) == ("one asked", 40, Decimal("12.50"))
    assert (touch.two_way, touch.direction, touch.channel) == (False, Direction.IN, Channel.VIDEO)
    assert (touch.practitioners, touch.practice, touch.version) == (("patel",), "quay", 2)


async def test_an_invitation_is_made(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("4", "a")
        await session.on("PickPractitioner")
        await session.sees("An offer to whom?")
        await session.type("coh")
        await session.sees_no("Ann Lee")
        await session.press("enter")
        await session.on("OfferForm")
        await session.sees("Offer to Ruth Cohen")
        await session.fill(kind="inv", what="one session", day="yesterday", via="email", note="she rows")
        await save(session, "The offer to Ruth Cohen is noted.")
        (offer,) = session.on_disk().offers_to("ruth")
    assert (offer.kind, offer.state, offer.what) == (OfferKind.INVITATION, OfferState.INVITED, "one session")
    assert (offer.made_on, offer.via, offer.note) == (date(2026, 11, 22), Channel.EMAIL, "she rows")
    assert offer.terms == "No fee and no quota either way; the client chooses."
    assert [(move.state, move.on, move.by) for move in offer.moves] == [("invited", date(2026, 11, 22), "sam")]


@pytest.mark.parametrize(
    ("keys", "direction", "state"),
    [
        ("received", ReferralDirection.RECEIVED, ReferralState.RECEIVED),
        ("given", ReferralDirection.GIVEN, ReferralState.SENT),
    ],
)
async def test_a_referral_is_noted(
    open_app: OpenApp, studio_book: Path, keys: str, direction: ReferralDirection, state: ReferralState
) -> None:
    async with open_app() as session:
        await session.press("2")
        await session.at("patel")
        await session.press("r")
        await session.on("ReferralForm")
        await session.fill(direction=keys, client_code="K-021", reason="shoulder", conditions="cuff tear, pain")
        await session.fill(restrictions="no overhead", day="yesterday", via="phone", note="rang at noon")
        await save(session, "The referral is noted: Priya Patel.")
        (referral,) = session.on_disk().referrals_with("patel")
    assert (referral.direction, referral.state, referral.client_code) == (direction, state, "K-021")
    assert (referral.reason, referral.conditions) == ("shoulder", ("cuff tear", "pain"))
    assert (referral.restrictions, referral.via, referral.note) == ("no overhead", Channel.PHONE, "rang at noon")
    assert referral.day == date(2026, 11, 22)
    assert (referral.sent_on is None) is (direction is ReferralDirection.RECEIVED)


async def test_a_next_step_is_set(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("5", "a")
        await session.on("PickPractitioner")
        await session.type("ruth")
        await session.press("enter")
        await session.on("FollowUpForm")
        await session.type("in 3 weeks")
        await session.sees("When: Mon 14 Dec")
        await session.fill(what="ask about rowing", kind="phone", limit="20 dec", note="after lunch")
        await session.sees_no("When:")
        await save(session, "Next step with Ruth Cohen is set.")
        (step,) = session.on_disk().follow_ups_of("ruth")
    assert (step.due, step.limit) == (date(2026, 12, 14), date(2026, 12, 20))
    assert (step.what, step.kind, step.note) == ("ask about rowing", TouchKind.PHONE_CALL, "after lunch")
    assert (step.owner, step.created_by) == ("sam", "sam")


async def test_putting_off_needs_a_day_ahead_and_a_reason(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await open_form(session, "SnoozeForm")
        await session.type("+3d")
        await session.sees("Until: Thu 26 Nov")
        await session.press("ctrl+s")
        await session.sees("Why is needed.")
        await session.fill(reason="on holiday", until="yesterday")
        await session.press("ctrl+s")
        await session.sees("Until: give a day that is still ahead.")
        await session.fill(until="+3d")
        await save(session, "Put off: next step with Priya Patel.")
        step = session.on_disk().follow_ups["today-patel"]
    (snooze,) = step.snoozes
    assert step.due == snooze.until == date(2026, 11, 26)
    assert (snooze.on, snooze.reason, snooze.by) == (TODAY, "on holiday", "sam")


async def test_what_became_of_an_offer_is_noted_until_its_end(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await open_form(session, "MoveForm")
        await session.fill(state="declined", day="tomorrow", why="no time")
        await session.press("ctrl+s")
        await session.sees("tomorrow")
        await session.on("MoveForm")
        await session.fill(day="yesterday")
        await save(session, "Noted: offer, Priya Patel.")
        await session.sees("ENDED", "declined")
        offer = session.on_disk().offers["offer-patel"]
        assert (offer.state, offer.replied_on) == (OfferState.DECLINED, date(2026, 11, 22))
        assert (offer.moves[-1].why, offer.moves[-1].by) == ("no time", "sam")
        await session.at("offer-patel")
        await session.press("x")
        await session.sees("This offer has come to its end: declined.")


async def test_closing_a_referral_needs_a_reason(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("4")
        await session.at("referral-osei")
        await session.press("x")
        await session.on("MoveForm")
        await session.fill(state="closed")
        await session.press("ctrl+s")
        await session.sees("Closing it needs a reason.")
        await session.fill(reason="cost")
        await save(session, "Noted: referral, Dr Amara Osei.")
        referral = session.on_disk().referrals["referral-osei"]
    assert (referral.state, referral.reason_closed) == (ReferralState.CLOSED, ReasonClosed.COST)
