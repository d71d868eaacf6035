"""Every form over the app: filled in, saved, left, and told what it cannot take."""

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
    from app_driving import OpenApp, Session

SIZES = ((80, 24), (120, 40))
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


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", FORMS)
async def test_every_form_is_whole_on_the_screen_and_leaves_without_asking(
    open_app: OpenApp, studio_book: Path, form: str, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await open_form(session, form)
        await session.sees("ctrl+s save", "tab next field", "esc cancel")
        under = session.app.screen_stack[-2]
        await session.press("escape")
        await session.until(lambda: session.app.screen is under)
        assert session.on_disk().sequence == 0


@pytest.mark.parametrize("form", FORMS)
async def test_every_form_asks_before_it_drops_what_was_typed(open_app: OpenApp, studio_book: Path, form: str) -> None:
    async with open_app() as session:
        await open_form(session, form)
        under = session.app.screen_stack[-2]
        await session.press("end")
        await session.type("1")
        await session.press("escape")
        await session.sees("Not saved yet: esc again drops what you typed, ctrl+s saves it.")
        await session.on(form)
        await session.press("escape")
        await session.until(lambda: session.app.screen is under)
        assert session.on_disk().sequence == 0


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ("SnoozeForm", "MoveForm")])
async def test_saving_a_form_that_was_not_changed_writes_nothing(
    open_app: OpenApp, studio_book: Path, form: str
) -> None:
    async with open_app() as session:
        await open_form(session, form)
        under = session.app.screen_stack[-2]
        await session.press("ctrl+s")
        await session.until(lambda: session.app.screen is under)
        assert session.on_disk().sequence == 0


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


async def test_a_practitioner_without_a_name_is_not_saved(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("2", "a")
        await session.on("PractitionerForm")
        await session.fill(phone="01 23")
        await session.press("ctrl+s")
        await session.sees("Name is needed.")
        assert session.app.focused is not None
        assert session.app.focused.id == "field-name"
        assert session.value("phone") == "01 23"


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


async def test_a_practice_a_word_of_minutes_away_is_not_saved(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await open_form(session, "PracticeForm")
        await session.fill(distance="far")
        await session.press("ctrl+s")
        await session.sees("“far” is no number of minutes.")
        await session.fill(distance="7")
        await save(session, "Saved: Quay Physio.")
        quay = session.on_disk().practices["quay"]
    assert (quay.distance_min, quay.gatekeepers) == (7, (Gatekeeper(name="Jo", role="receptionist"),))


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


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("minutes", "an hour", "“an hour” is no number of minutes."),
        ("cost", "-3", "“-3” is no sum of money."),
        ("day", "31 feb", "feb"),
        ("day", "", "Day: give a day"),
    ],
)
async def test_a_touch_names_what_it_cannot_take(
    open_app: OpenApp, studio_book: Path, field: str, typed: str, sentence: str
) -> None:
    async with open_app() as session:
        await open_form(session, "TouchForm")
        await session.fill(**{field: typed})
        await session.press("ctrl+s")
        await session.sees(sentence)
        await session.on("TouchForm")
        assert session.value(field) == typed
        assert session.app.focused is not None
        assert session.app.focused.id == f"field-{field}"


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


async def test_an_offer_needs_to_say_what(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await open_form(session, "OfferForm")
        await session.fill(what="")
        await session.press("ctrl+s")
        await session.sees("What is needed.")


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


async def test_a_referral_needs_a_code(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await open_form(session, "ReferralForm")
        await session.fill(client_code=" ")
        await session.press("ctrl+s")
        await session.sees("Client is needed.")


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


async def test_a_limit_before_the_day_is_not_saved(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await open_form(session, "FollowUpForm")
        await session.fill(limit="2026-11-01")
        await session.press("ctrl+s")
        await session.sees("At the latest cannot be before the day itself.")


@pytest.mark.parametrize("words", ["31 feb", "blurb", "30.2.2027"])
async def test_a_day_that_is_none_is_named_while_it_is_typed(open_app: OpenApp, studio_book: Path, words: str) -> None:
    async with open_app() as session:
        await session.press("2")
        await session.at("ruth")
        await session.press("f")
        await session.on("FollowUpForm")
        await session.type(words)
        remark = session.app.screen.query_one("#form-remark").region.y
        assert words.split()[-1] in session.lines[remark].casefold()
        await session.press("ctrl+s")
        await session.on("FollowUpForm")
        assert session.value("due") == words
        assert not session.on_disk().follow_ups_of("ruth")


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


async def test_a_choice_is_stepped_through_with_arrows_space_and_letters(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await open_form(session, "PractitionerForm")
        await session.focus("tier")
        await session.sees("‹ A: refers now ›", "2/5")
        seen = []
        for key in ("right", "space", "left", "left", "left"):
            await session.press(key)
            seen.append(session.value("tier"))
        assert seen == ["B", "C", "B", "A", ""]
        await session.press("left")
        assert session.value("tier") == "parked"
        await session.type("likely")
        assert session.value("tier") == "B"


async def test_enter_goes_from_field_to_field_and_saves_in_the_last(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await open_form(session, "SnoozeForm")
        await session.type("+3d")
        await session.press("enter")
        await session.type("on holiday")
        await session.press("enter")
        await session.sees("Put off: next step with Priya Patel.")
        assert session.on_disk().follow_ups["today-patel"].due == date(2026, 11, 26)


async def test_the_arrows_go_from_field_to_field(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await open_form(session, "SnoozeForm")
        await session.press("down")
        await session.type("on holiday")
        await session.press("up")
        await session.type("+3d")
        assert (session.value("until"), session.value("reason")) == ("+3d", "on holiday")


async def test_picking_nobody_makes_nothing(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("4", "a")
        await session.on("PickPractitioner")
        await session.type("zzz")
        await session.sees("Nobody here has that in the name.")
        await session.press("enter")
        await session.on("PickPractitioner")
        await session.press("escape")
        await session.on("OffersScreen")
        assert session.on_disk().sequence == 0
