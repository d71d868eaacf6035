"""Text that would break a terminal, markup or a line: drawn as typed, controls made visible, and whole on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from relationships.changes import Clock
from storage.book_store import BookStore

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, Session

SIZES = ((80, 24), (120, 40))
NAMES = {
    "PT [DPT]": "PT [DPT]",
    "Lee [/]": "Lee [/]",
    "[b]Bo[/b] [red": "[b]Bo[/b] [red",
    "Ann\x1b[31mRed": "Ann␛[31mRed",
    "Two\nLines": "Two ⏎ Lines",
    "Zoë 👩‍⚕️ Kit": "Zoë 👩⚕ Kit",
    "د. ليلى حداد": "د. ليلى حداد",
    "陳大文 醫師": "陳大文 醫師",
    "Al\u202eeht": "Al‹U+202E›eht",
    'O"Neil; Bo, $name': 'O"Neil; Bo, $name',
}
"""Names as they stand in the book, and as the screen draws them."""
LONG = "She said: " + "word " * 1998 + "end"


def rewrite(path: Path, clock: Clock, name: str) -> None:
    """Give everybody and everything in the book this text, as an import or another program may have done."""
    store = BookStore.open(path, user="sam", clock=clock)
    author, book = store.author, store.book
    changes = [
        author.edit(
            book.practitioners["patel"], replace(book.practitioners["patel"], name=name, notes=name, tags=(name,))
        ),
        author.edit(book.practices["quay"], replace(book.practices["quay"], name=name, address=name)),
        author.edit(book.touches["visit-patel"], replace(book.touches["visit-patel"], note=name, people_met=(name,))),
        author.edit(book.follow_ups["today-patel"], replace(book.follow_ups["today-patel"], what=name, note=name)),
        author.edit(book.offers["offer-patel"], replace(book.offers["offer-patel"], what=name, terms=name)),
        author.edit(book.referrals["referral-osei"], replace(book.referrals["referral-osei"], reason=name)),
    ]
    store.commit(author.act("import", *changes, subject=name))
    store.close()


def beginning(drawn: str) -> str:
    """As much of a drawn text as the narrowest column has room for."""
    return drawn[:9].rstrip()


async def escape_to(session: Session, screen: str) -> None:
    """Leave whatever is open."""
    for _ in range(4):
        if type(session.app.screen).__name__ == screen:
            return
        await session.press("escape")
    await session.on(screen)


@pytest.mark.parametrize(("name", "size"), [(name, SIZES[at % 2]) for at, name in enumerate(NAMES)])
async def test_every_screen_and_dialog_draws_it_as_typed(
    open_app: OpenApp, studio_book: Path, clock: Clock, name: str, size: tuple[int, int]
) -> None:
    rewrite(studio_book, clock, name)
    drawn = NAMES[name]
    dialogs = {
        "2": (("e", "PractitionerForm"), ("p", "PracticeForm"), ("f", "FollowUpForm"), ("r", "ReferralForm")),
        "3": (("e", "TouchForm"),),
        "4": (("e", "OfferForm"), ("x", "MoveForm")),
        "5": (("e", "FollowUpForm"), ("s", "SnoozeForm"), ("x", "LogLine")),
    }
    records = {"2": "patel", "3": "visit-patel", "4": "offer-patel", "5": "today-patel"}
    async with open_app(size=size) as session:
        await session.sees(beginning(drawn))
        for place, opened in dialogs.items():
            await session.press(place)
            await session.sees(beginning(drawn))
            await session.at(records[place])
            under = type(session.app.screen).__name__
            for key, dialog in opened:
                await session.press(key)
                await session.on(dialog)
                await session.sees("esc cancel")
                assert session.text.replace("\n", "").isprintable()
                await escape_to(session, under)
            await session.press("enter")
            await session.on("PractitionerScreen")
            await session.sees(beginning(drawn))
            assert session.text.replace("\n", "").isprintable()
            await session.press("escape")
        await session.press("4", "a")
        await session.on("PickPractitioner")
        await session.sees(beginning(drawn))
        await session.press("escape", "u")
        await session.sees("Undone: import:")
        assert session.on_disk().practitioners["patel"].name == "Priya Patel"
        await session.press("U")
        await session.sees("Done again: import:")
        assert session.on_disk().practitioners["patel"].name == name


@pytest.mark.parametrize("name", NAMES)
async def test_editing_something_else_of_a_person_loses_nothing_of_the_name(
    open_app: OpenApp, studio_book: Path, clock: Clock, name: str
) -> None:
    rewrite(studio_book, clock, name)
    async with open_app() as session:
        await session.press("2")
        await session.at("patel")
        await session.press("e")
        await session.on("PractitionerForm")
        await session.fill(phone="111")
        await session.press("ctrl+s")
        await session.sees("Saved:")
        patel = session.on_disk().practitioners["patel"]
    assert (patel.name, patel.phone, patel.notes) == (name, "111", name)
    assert patel.practices == ("quay",)


@pytest.mark.parametrize("name", [name for name in NAMES if name.isprintable()])
async def test_a_name_that_is_typed_is_saved_and_logged_as_typed(
    open_app: OpenApp, studio_book: Path, name: str
) -> None:
    async with open_app() as session:
        await session.press("2", "a")
        await session.on("PractitionerForm")
        await session.paste(name)
        await session.press("ctrl+s")
        await session.sees("is in the book.")
        (person,) = (person for person in session.on_disk().all_practitioners() if person.name == name)
        await session.at(person.id)
        await session.press("enter")
        await session.on("PractitionerScreen")
        await session.press("l")
        await session.on("LogLine")
        await session.type("said [b]no[/] to $name")
        await session.press("enter")
        await session.sees("Logged: visit with")
        await session.sees("said [b]no[/] to $name")
        (visit,) = session.on_disk().touches_with(person.id)
    assert visit.note == "said [b]no[/] to $name"


@pytest.mark.parametrize("size", SIZES)
async def test_ten_thousand_characters_of_note_are_all_kept(
    open_app: OpenApp, studio_book: Path, size: tuple[int, int]
) -> None:
    assert len(LONG) > 10_000
    async with open_app(size=size) as session:
        await session.press("3")
        await session.at("visit-patel")
        await session.press("e")
        await session.on("TouchForm")
        await session.press("end")
        await session.paste("\n" + LONG)
        await session.press("ctrl+s")
        await session.sees("Saved: visit with Priya Patel.")
        note = session.on_disk().touches["visit-patel"].note
        assert note == "She wants range-of-motion figures monthly\n" + LONG
        await session.press("enter")
        await session.on("PractitionerScreen")
        await session.sees("She said: word word")
        await session.press("enter")
        await session.on("TouchForm")
        assert session.value("note") == note
        await session.press("escape")
        await session.press("u")
        await session.sees("Undone: edit visit")
        assert session.on_disk().touches["visit-patel"].note == "She wants range-of-motion figures monthly"


async def test_ten_thousand_characters_in_a_log_line_are_all_kept(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("l")
        await session.on("LogLine")
        await session.type("visit ruth today ")
        await session.paste(LONG)
        await session.press("enter")
        await session.sees("Logged: visit with Ruth Cohen.")
        (visit,) = session.on_disk().touches_with("ruth")
    assert visit.note == LONG


@pytest.mark.parametrize("words", ["[/]", "[b]", "$name", "(", "*", "\\", "tag:", "last>", "-", '"'])
async def test_a_filter_takes_any_text(open_app: OpenApp, studio_book: Path, words: str) -> None:
    async with open_app() as session:
        for place in "12345":
            await session.press(place, "slash")
            await session.paste(words)
            await session.sees(" found")
            assert "\x1b" not in session.text
            await session.press("escape")
            await session.sees("? help")


@pytest.mark.parametrize(
    "line", ["[/]", "visit [/] today", "visit [DPT", "\x1b[31m", ";;;", "visit patel ; next", "<", '"']
)
async def test_a_log_line_takes_any_text(open_app: OpenApp, studio_book: Path, line: str) -> None:
    async with open_app() as session:
        await session.press("l")
        await session.on("LogLine")
        await session.paste(line)
        await session.sees("Log ", "esc cancel")
        assert "\x1b" not in session.text
        await session.press("down", "up", "tab", "escape", "escape")
        await session.on("TodayScreen")
        assert session.on_disk().sequence == 0
