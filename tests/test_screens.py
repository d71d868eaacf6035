"""The screens at both sizes: what they show, teach and name in footer and help, and where enter leads."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relationships.changes import Clock
from relationships.records import FollowUp, Practitioner
from screens.book_screen import BookScreen
from screens.contacts import ContactsScreen
from screens.messages import BookChanged
from screens.widgets.record_list import RecordList
from storage.book_store import BookStore

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, Session

SIZES = ((80, 24), (120, 40))
PLACES = {
    "1": ("NOW", "Dr Amara Osei, GP", "thank her for K-014", "THIS WEEK", "Ann Lee, dietitian", "NEVER VISITED"),
    "2": ("Ann Lee", "Ben Lee", "Dr Amara Osei", "Priya Patel", "2 days late", "9 days"),
    "3": (
        "in 2 weeks",
        "tour",
        "── today ──",
        "9 days",
        "● ",
        "She wants range-of-motion",
        "call",
        "asked about blood",
    ),
    "4": ("OFFERS WAITING", "13 days", "offer", "made", "REFERRALS RECEIVED", "referred us", "K-014, low back"),
    "5": ("OVERDUE", "TODAY", "THIS WEEK", "LATER", "ring about the menu", "in 3 weeks", "bring the certificate"),
}
PANES = {
    "2": "ring about the menu",
    "3": "visit, in person, Sat 14 Nov",
    "4": "x: accepted, declined, no reply",
    "5": "Sat 21 Nov",
}


def rows(session: Session) -> int:
    """How many lines the list has."""
    return session.app.screen.query_one(RecordList).size.height


def footer_keys(session: Session) -> list[str]:
    """The keys that the footer names."""
    return [part.split()[0] for part in session.keys.replace("?", "   ?").split("   ") if part.strip()]


def book_screen(session: Session) -> BookScreen:
    """The screen on top."""
    screen = session.app.screen
    assert isinstance(screen, BookScreen)
    return screen


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", PLACES)
async def test_each_screen_shows_its_records(
    open_app: OpenApp, studio_book: Path, place: str, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await session.press(place)
        await session.sees(
            "1 Today  2 Contacts  3 Visits  4 Offers  5 Follow-ups", "Mon 23 Nov · studio", *PLACES[place]
        )
        await session.sees("? help")
        assert all(len(line) == size[0] for line in session.lines)
        if size[0] == 120 and place in PANES:
            await session.sees(PANES[place])


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("1", "An empty book. Press a to add the first practitioner"),
        ("2", "No contacts yet. Press a to add the first"),
        ("3", "No visits yet. Press l and type, for example: visit patel"),
        ("4", "No offers yet. Press a to offer"),
        ("5", "No follow-ups. Press a to set one"),
    ],
)
@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_screen_teaches_what_to_press(
    open_app: OpenApp, empty_book: Path, place: str, sentence: str, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await session.press(place)
        await session.until(lambda: sentence in " ".join(session.text.split()))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", PLACES)
async def test_the_footer_shows_at_most_eight_keys_and_all_of_them_work(
    open_app: OpenApp, studio_book: Path, place: str, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await session.press(place)
        await session.sees("? help")
        keys = footer_keys(session)
        assert 3 <= len(keys) <= 9
        assert keys[-1] == "?"
        working = {command.key_words for command in book_screen(session).all_commands()}
        assert set(keys) <= working


async def test_each_place_has_at_least_fourteen_rows_of_list_at_80_by_24(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app(size=(80, 24)) as session:
        for place in PLACES:
            await session.press(place)
            await session.sees("? help")
            assert rows(session) >= 14, place
        await session.press("2")
        await session.at("patel")
        await session.press("enter")
        await session.on("PractitionerScreen")
        assert rows(session) >= 14


async def test_the_cursor_reaches_every_card_of_a_long_today(open_app: OpenApp, empty_book: Path, clock: Clock) -> None:
    store = BookStore.open(empty_book, user="sam", clock=clock)
    people = [store.author.new(Practitioner, name=f"Person {number:02}") for number in range(30)]
    steps = [
        store.author.new(FollowUp, practitioner=person.id, due=date(2026, 11, 20), what=f"ring {person.name}")
        for person in people
    ]
    store.commit(store.author.act("add", *(store.author.add(record) for record in (*people, *steps))))
    store.close()
    async with open_app() as session:
        await session.sees("NOW", "Person", "23 more", "enter shows them")
        assert sum("ring Person" in line for line in session.lines) == 7
        await session.at("more-now")
        seventh = session.lines
        await session.press("enter")
        await session.sees_no("23 more")
        records = session.app.screen.query_one(RecordList)
        assert records.position == (8, 30)
        assert session.lines[2:10] == seventh[2:10]
        assert sum("ring Person" in line for line in session.lines) >= 13
        await session.press("end")
        assert records.position == (30, 30)


@pytest.mark.parametrize(
    ("place", "record_id", "person"),
    [
        ("1", "late-osei", "Dr Amara Osei"),
        ("2", "patel", "Priya Patel"),
        ("3", "tour-ben", "Ben Lee"),
        ("4", "referral-osei", "Dr Amara Osei"),
        ("5", "week-ann", "Ann Lee"),
    ],
)
async def test_enter_opens_the_timeline_and_escape_comes_back_to_the_row(
    open_app: OpenApp, studio_book: Path, place: str, record_id: str, person: str
) -> None:
    async with open_app() as session:
        await session.press(place)
        await session.at(record_id)
        under = session.app.screen
        await session.press("enter")
        await session.on("PractitionerScreen")
        await session.sees(person)
        await session.press("escape")
        await session.until(lambda: session.app.screen is under)
        assert session.highlighted == record_id


@pytest.mark.parametrize("size", SIZES)
async def test_the_timeline_has_the_card_what_is_ahead_and_what_was(
    open_app: OpenApp, studio_book: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await session.press("2")
        await session.at("patel")
        await session.press("enter")
        await session.sees("Priya Patel", "physiotherapist", "tier A", "Quay Physio", "020 7946 0123", "rhythm 30/45")
        await session.sees("20 Dec ◇ follow-up", "── today ──", "14 Nov ● visit", "10 Nov → offer")
        text = session.text
        assert text.index("bring the certificate") < text.index("── today ──") < text.index("She wants range")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", PLACES)
async def test_help_lists_every_command_of_the_screen(
    open_app: OpenApp, studio_book: Path, place: str, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await session.press(place)
        await session.sees("? help")
        commands = book_screen(session).all_commands()
        await session.press("question_mark")
        await session.on("HelpDialog")
        seen = session.text
        for _ in range(8):
            await session.press("pagedown")
            seen += session.text
        for command in commands:
            assert command.key_words in seen
            assert command.tooltip[:40] in seen, command.id
        assert "Go to the next record" in seen
        await session.press("escape")
        await session.sees("? help")


async def test_every_command_has_an_id_a_tooltip_and_a_key_of_its_own(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        for place in PLACES:
            await session.press(place)
            await session.sees("? help")
            commands = book_screen(session).all_commands()
            by_key: dict[str, set[str]] = {}
            for command in commands:
                assert command.id
                assert command.tooltip
                for key in command.key.split(","):
                    by_key.setdefault(key, set()).add(command.action)
            assert {key: actions for key, actions in by_key.items() if len(actions) > 1} == {}


async def test_a_resize_before_a_screen_is_there_does_no_harm(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        early = ContactsScreen(session.app.open_book)
        early.on_resize()
        early.on_book_changed(BookChanged())
        assert not early.ready
        assert early.check_action("edit", ()) is False
        await session.press("2")
        await session.sees("Ann Lee")
