"""What was half typed when a session died is offered again, filled in again, and never saved twice or unseen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from storage.drafts import DraftFolder
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, Session

SIZES = ((80, 24), (120, 40))
LINE = "visit patel yesterday asked about post-rehab; next in 3 weeks"


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """Where the sessions of the tests keep their drafts."""
    return tmp_path / "drafts"


def kept(drafts: Path) -> list[Path]:
    """The drafts that are there."""
    return sorted(drafts.glob("*.json")) if drafts.is_dir() else []


async def begin_a_line(session: Session, line: str = LINE) -> None:
    await session.press("l")
    await session.on("LogLine")
    await session.type(line)


async def die(session: Session) -> None:
    """What a signal does before the app closes, and then the kernel, which frees the locks of a process."""
    session.app.keep_typing()
    for journey in session.app.open_book.drafting.under_way:
        journey.leave()


async def taken_up(session: Session, dialog: str) -> None:
    """Go on with what is offered."""
    await session.on("DraftText")
    await session.press("enter")
    await session.on(dialog)


def line_of(session: Session) -> str:
    return session.app.screen.query_one(Input).value


@pytest.mark.parametrize("size", SIZES)
async def test_a_line_is_taken_up_and_saved_once(
    open_app: OpenApp, studio_book: Path, drafts: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await begin_a_line(session)
        await die(session)
    async with open_app(size=size) as session:
        await session.sees("You were writing a visit with Priya Patel when the session ended (Mon 23", "Nov ", LINE)
        await taken_up(session, "LogLine")
        assert line_of(session) == LINE
        await session.press("escape")
        await session.sees("Not saved yet: esc again drops the line")
        await session.press("enter")
        await session.sees("Logged: visit with Priya Patel.")
        await session.until(lambda: not kept(drafts), "the draft is still there")
        assert len(session.on_disk().touches_with("patel")) == 2


async def test_a_draft_is_written_while_one_types(open_app: OpenApp, studio_book: Path, drafts: Path) -> None:
    async with open_app() as session:
        session.app.open_book.drafting.pause = 0.05
        await begin_a_line(session, "visit pat")
        await session.until(lambda: kept(drafts), "no draft was written")
        await session.type("el")
        await session.until(lambda: b'"visit patel"' in kept(drafts)[0].read_bytes(), "it was not written again")
        assert len(kept(drafts)) == 1


async def test_what_comes_in_one_piece_is_written_at_once(open_app: OpenApp, studio_book: Path, drafts: Path) -> None:
    async with open_app() as session:
        session.app.open_book.drafting.pause = 1000.0
        await begin_a_line(session, "visit patel " + "x" * 200)
        await session.until(lambda: kept(drafts), "no draft was written")


async def test_a_dialog_in_which_nothing_was_typed_leaves_nothing(
    open_app: OpenApp, studio_book: Path, drafts: Path
) -> None:
    async with open_app() as session:
        session.app.open_book.drafting.pause = 0.01
        await session.at("today-patel")
        await session.press("x")
        await session.on("LogLine")
        await session.type("y")
        await session.until(lambda: kept(drafts), "no draft was written")
        await session.press("backspace")
        await session.until(lambda: not kept(drafts), "a draft of nothing")
        await die(session)
    assert kept(drafts) == []


async def test_what_is_cancelled_or_left_on_purpose_is_dropped(
    open_app: OpenApp, studio_book: Path, drafts: Path
) -> None:
    async with open_app() as session:
        await begin_a_line(session)
        session.app.open_book.drafting.write_now()
        session.app.open_book.drafting.ended = False
        assert len(kept(drafts)) == 1
        await session.press("escape", "escape")
        await session.until(lambda: not kept(drafts), "the draft is still there")

        await begin_a_line(session)
        session.app.open_book.drafting.write_now()
        assert len(kept(drafts)) == 1
        await session.press("ctrl+q")
        await session.sees("Not saved yet")
        await session.press("ctrl+q")
        assert kept(drafts) == []


async def test_a_form_after_the_line_comes_back_with_both(open_app: OpenApp, studio_book: Path, drafts: Path) -> None:
    async with open_app() as session:
        await begin_a_line(session)
        await session.press("tab")
        await session.on("TouchForm")
        await session.fill(people_met="Jo", day="2026-11-20")
        await die(session)
    async with open_app() as session:
        await session.sees("You were writing “Touch with Priya Patel”", "People met: Jo")
        await taken_up(session, "TouchForm")
        assert session.value("people_met") == "Jo"
        assert session.value("day") == "2026-11-20"
        assert session.value("note") == "asked about post-rehab"
        await session.press("escape", "escape")
        await session.on("LogLine")
        assert line_of(session) == LINE
        await session.press("tab")
        await session.on("TouchForm")
        await session.press("ctrl+s")
        await session.sees("Logged: visit with Priya Patel.")
        await session.until(lambda: not kept(drafts), "the draft is still there")


async def test_a_new_name_in_the_line_comes_back_with_the_form_for_it(
    open_app: OpenApp, studio_book: Path, drafts: Path
) -> None:
    async with open_app() as session:
        await begin_a_line(session, "call Noor Haddad: said hello")
        await session.press("up")
        await session.press("enter")
        await session.on("PractitionerForm")
        await session.fill(phone="020 1")
        await die(session)
    async with open_app() as session:
        await session.sees("You were writing “Practitioner” (Noor Haddad)")
        await taken_up(session, "PractitionerForm")
        assert session.value("phone") == "020 1"
        await session.press("ctrl+s")
        await session.on("LogLine")
        await session.until(lambda: len(kept(drafts)) == 1, "the line is not kept")
        await session.press("enter")
        await session.sees("Logged: phone call with Noor Haddad.")
        await session.until(lambda: not kept(drafts), "the draft is still there")


async def test_whom_it_was_about_is_not_asked_again(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("4", "a")
        await session.on("PickPractitioner")
        await session.type("cohen")
        await session.press("enter")
        await session.on("OfferForm")
        await session.fill(what="share runners")
        await die(session)
    async with open_app() as session:
        await taken_up(session, "OfferForm")
        await session.sees("Offer to Ruth Cohen")
        assert session.value("what") == "share runners"


async def test_keys_typed_ahead_go_where_they_were_meant(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await begin_a_line(session)
        await die(session)
    async with open_app() as session:
        await session.press("l")
        await session.on("LogLine")
        await session.type("call osei hello")
        await session.press("enter")
        await session.sees("Logged: phone call with Dr Amara Osei.")
        await session.on("DraftText")


async def test_what_was_saved_already_is_not_offered(open_app: OpenApp, studio_book: Path, drafts: Path) -> None:
    """The session died after the commit and before the draft was removed."""
    async with open_app() as session:
        await begin_a_line(session)
        session.app.keep_typing()
        written = kept(drafts)[0].read_bytes()
        session.app.open_book.drafting.ended = False
        await session.press("enter")
        await session.sees("Logged: visit with Priya Patel.")
        act = next(iter(session.app.open_book.saved_here))
        store = session.app.open_book.store
        assert store is not None
        folder = DraftFolder(SystemCalls(), drafts)
        path = folder.new(store.book_id, "died").path
        path.write_bytes(written)
        (file,) = folder.left(store.book_id)
        assert file.draft is not None
        file.keep(replace(file.draft, act=act))
        file.leave()
    async with open_app() as session:
        await session.sees("Dr Amara Osei")
        await session.until(lambda: not kept(drafts), "it is still there")
        assert type(session.app.screen).__name__ == "TodayScreen"
