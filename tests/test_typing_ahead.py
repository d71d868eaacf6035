"""Keys that come faster than the screen: they reach the dialog that they were typed for, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual import events

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, Session

KEYS = {" ": "space", ";": "semicolon", "\r": "enter"}


def at_once(session: Session, text: str) -> None:
    """Everything in one chunk, as a slow wire delivers it."""
    for character in text:
        session.app.post_message(events.Key(KEYS.get(character, character), character))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_whole_log_line_in_one_chunk_is_logged(
    open_app: OpenApp, studio_book: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await session.press("2")
        await session.sees("Ann Lee")
        before = len(session.on_disk().touches)
        at_once(session, "lvisit patel asked about dvjx\r")
        book = await session.saved(lambda book: len(book.touches) == before + 1)
        newest = max(book.touches.values(), key=lambda touch: touch.created_at)
        assert newest.note == "asked about dvjx"
        assert not any(person.trashed_at for person in book.practitioners.values() if person.name == "Ann Lee")
        assert len(session.app.screen_stack) == 2


async def test_a_form_takes_what_was_typed_before_it_came(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("2")
        await session.sees("Ann Lee")
        at_once(session, "adr quick")
        await session.on("PractitionerForm")
        await session.until(lambda: session.value("name") == "dr quick")


async def test_the_palette_runs_a_command_by_its_name(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("colon")
        await session.on("CommandPalette")
        await session.type("visits")
        await session.sees("Visits: go to Visits")
        await session.press("enter")
        await session.on("VisitsScreen")


async def test_every_command_in_the_palette_survives_its_own_words(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("2")
        await session.at("patel")
        await session.press("enter")
        await session.on("PractitionerScreen")
        await session.press("colon")
        await session.on("CommandPalette")
        await session.type("kind")
        await session.sees("Key: left bracket", "Key: right bracket")
