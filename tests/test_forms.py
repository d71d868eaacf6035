"""Every form over the app: how it is left, moved about in, and what it says of what it cannot take."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relationships.parts import Gatekeeper

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, Session

SIZES = ((80, 24), (120, 40))
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
        await session.press("end", "right" if form == "MoveForm" else "1")
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


async def test_an_offer_needs_to_say_what(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await open_form(session, "OfferForm")
        await session.fill(what="")
        await session.press("ctrl+s")
        await session.sees("What is needed.")


async def test_a_referral_needs_a_code(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await open_form(session, "ReferralForm")
        await session.fill(client_code=" ")
        await session.press("ctrl+s")
        await session.sees("Client is needed.")


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
