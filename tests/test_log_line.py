"""The quick log line over the app: names that are not clear, the form behind it, and leaving it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from relationships.vocabulary import Direction, FollowUpState, PromisedBy, TouchKind

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, Session

SIZES = ((80, 24), (120, 40))
TODAY = date(2026, 11, 23)
YESTERDAY = date(2026, 11, 22)


async def begin(session: Session, line: str) -> None:
    """Open the log line and type."""
    await session.press("l")
    await session.on("LogLine")
    await session.type(line)


def typed(session: Session) -> str:
    """What stands in the line."""
    return session.app.screen.query_one(Input).value


@pytest.mark.parametrize("size", SIZES)
async def test_a_name_that_two_have_is_picked_with_the_arrows(
    open_app: OpenApp, studio_book: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await begin(session, "visit lee yesterday talked menus")
        await session.sees("▸ Ann Lee (dietitian)", "Ben Lee (osteo)", "enter choose")
        await session.press("down")
        await session.sees("▸ Ben Lee (osteo)")
        await session.press("enter")
        await session.sees("visit with Ben Lee · Sun 22 Nov", "enter save")
        assert typed(session) == "visit lee yesterday talked menus"
        assert not session.on_disk().touches_with("ann")
        await session.press("enter")
        await session.sees("Logged: visit with Ben Lee.")
        visit = session.on_disk().touches_with("ben")[-1]
    assert (visit.kind, visit.done_on, visit.note) == (TouchKind.VISIT, YESTERDAY, "talked menus")


async def test_the_arrows_go_round(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await begin(session, "visit lee")
        await session.sees("▸ Ann Lee")
        await session.press("down", "down")
        await session.sees("▸ Ann Lee")
        await session.press("up")
        await session.sees("▸ Ben Lee")


async def test_an_unknown_name_offers_the_nearest(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await begin(session, "call patal today about the figures")
        await session.sees("Nobody here is called “patal”.", "▸ Priya Patel", "add “patal” to the book")
        await session.press("enter")
        await session.sees("call with Priya Patel")
        await session.press("enter")
        await session.sees("Logged: phone call with Priya Patel.")
        call = session.on_disk().touches_with("patel")[0]
    assert (call.kind, call.done_on, call.note) == (TouchKind.PHONE_CALL, TODAY, "about the figures")


@pytest.mark.parametrize("size", SIZES)
async def test_an_unknown_name_is_added_and_the_line_stands_again(
    open_app: OpenApp, studio_book: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await begin(session, "visit Zed yesterday met at the race; next in 2 weeks")
        await session.sees("Nobody here is called “Zed”.", "add “Zed” to the book")
        await session.press("up", "enter")
        await session.on("PractitionerForm")
        assert session.value("name") == "Zed"
        await session.press("ctrl+s")
        await session.on("LogLine")
        assert typed(session) == "visit Zed yesterday met at the race; next in 2 weeks"
        await session.sees("visit with Zed · Sun 22 Nov")
        await session.press("enter")
        await session.sees("Logged: visit with Zed.")
        book = session.on_disk()
    (zed,) = (person for person in book.all_practitioners() if person.name == "Zed")
    (visit,) = book.touches_with(zed.id)
    assert visit.note == "met at the race"
    assert [step.due for step in book.follow_ups_of(zed.id)] == [date(2026, 12, 7)]


async def test_leaving_the_form_of_a_new_person_keeps_the_line(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await begin(session, "visit Zed yesterday met at the race")
        await session.press("up", "enter")
        await session.on("PractitionerForm")
        await session.press("escape")
        await session.on("LogLine")
        assert typed(session) == "visit Zed yesterday met at the race"
        assert len(session.on_disk().practitioners) == 5


@pytest.mark.parametrize("size", SIZES)
async def test_tab_opens_the_form_with_what_the_line_says(
    open_app: OpenApp, studio_book: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await begin(session, "visit patel yesterday asked about post-rehab; next in 3 weeks")
        await session.press("tab")
        await session.on("TouchForm")
        await session.sees("Touch with Priya Patel", "asked about post-rehab", "2026-11-22")
        await session.fill(
            people_met="Jo, Ann", learned="she rows", we_owe="our equipment list; a poster", they_owe="the protocol"
        )
        await session.press("ctrl+s")
        await session.sees("Logged: visit with Priya Patel.")
        book = session.on_disk()
    visit = book.touches_with("patel")[0]
    assert (visit.done_on, visit.note, visit.learned) == (YESTERDAY, "asked about post-rehab", "she rows")
    assert visit.people_met == ("Jo", "Ann")
    assert [(promise.by, promise.text) for promise in visit.promised] == [
        (PromisedBy.US, "our equipment list"),
        (PromisedBy.US, "a poster"),
        (PromisedBy.THEM, "the protocol"),
    ]
    assert date(2026, 12, 14) in [step.due for step in book.follow_ups_of("patel")]


async def test_escape_from_the_form_goes_back_to_the_line(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await begin(session, "visit patel yesterday asked about post-rehab")
        await session.press("tab")
        await session.on("TouchForm")
        await session.press("escape")
        await session.on("LogLine")
        assert typed(session) == "visit patel yesterday asked about post-rehab"
        await session.press("escape")
        await session.sees("Not saved yet")
        await session.press("escape")
        await session.on("TodayScreen")
        assert len(session.on_disk().touches) == 3


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("visit patel 31 feb asked", "feb"),
        ("visit patel yesterday asked; next 31 feb", "feb"),
        ("visit patel today asked; next yesterday", "has passed"),
        ("visit", "Who was it?"),
    ],
)
async def test_what_cannot_be_saved_says_why_and_stays(
    open_app: OpenApp, studio_book: Path, line: str, sentence: str
) -> None:
    async with open_app() as session:
        await begin(session, line)
        reading = "\n".join(session.lines[-5:])
        assert sentence in reading.replace(line, "")
        await session.press("enter", "tab")
        await session.on("LogLine")
        assert typed(session) == line
        assert len(session.on_disk().touches) == 3


async def test_escape_asks_once_when_something_was_typed(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await begin(session, "visit patel yesterday")
        await session.press("escape")
        await session.sees("Not saved yet: esc again drops the line, enter saves it.")
        await session.type("!")
        await session.press("escape")
        await session.on("LogLine")
        await session.press("escape")
        await session.on("TodayScreen")
        await session.press("l")
        await session.on("LogLine")
        assert typed(session) == ""
        await session.press("escape")
        await session.on("TodayScreen")
        assert len(session.on_disk().touches) == 3


async def test_a_touch_with_next_step_takes_less_than_twelve_keys_beside_the_note(
    open_app: OpenApp, studio_book: Path
) -> None:
    note = "asked about knees"
    async with open_app() as session:
        await session.press("2")
        await session.on("ContactsScreen")
        await session.at("ruth")
        await session.press("enter")
        await session.on("PractitionerScreen")
        await session.press("l")
        await session.on("LogLine")
        await session.type(f"{note};next +3w")
        await session.press("enter")
        await session.sees("Logged: visit with Ruth Cohen.")
        book = session.on_disk()
    (visit,) = book.touches_with("ruth")
    assert (visit.done_on, visit.note) == (TODAY, note)
    assert [step.due for step in book.follow_ups_of("ruth")] == [date(2026, 12, 14)]
    assert 1 + len(";next +3w") + 1 < 12


async def test_a_day_ahead_plans(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await begin(session, "visit ruth tomorrow take the leaflet")
        await session.sees("planned visit with Ruth Cohen · Tue 24 Nov")
        await session.press("enter")
        await session.sees("Planned: visit with Ruth Cohen.")
        (visit,) = session.on_disk().touches_with("ruth")
    assert (visit.planned_for, visit.done_on) == (date(2026, 11, 24), None)


async def test_what_they_began_is_in(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await begin(session, "<call osei she has two cases")
        await session.sees("call from Dr Amara Osei")
        await session.press("enter")
        await session.sees("Logged: phone call with Dr Amara Osei.")
        call = session.on_disk().touches_with("osei")[0]
    assert (call.direction, call.two_way) == (Direction.IN, True)


async def test_doing_a_follow_up_closes_it(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("5")
        await session.on("FollowUpsScreen")
        await session.at("today-patel")
        await session.press("x")
        await session.on("LogLine")
        await session.sees("closes: send the figures (today)")
        await session.type("sent them by post")
        await session.press("enter")
        await session.sees("with Priya Patel.")
        await session.sees_no("send the figures")
        book = session.on_disk()
    step = book.follow_ups["today-patel"]
    assert (step.state, step.done_on) == (FollowUpState.DONE, TODAY)
    assert step.done_touch is not None
    assert book.touches[step.done_touch].note == "sent them by post"


async def test_the_rest_of_a_name_is_offered_and_taken_with_the_right_arrow(
    open_app: OpenApp, studio_book: Path
) -> None:
    async with open_app() as session:
        await begin(session, "call coh")
        await session.sees("call cohen")
        assert typed(session) == "call coh"
        await session.press("right")
        assert typed(session) == "call cohen"
