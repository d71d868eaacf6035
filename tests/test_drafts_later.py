"""Drafts in a book that has moved on, or where the session died in the middle of saving."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from textual.widgets import Input, TextArea

from screens.journeys.by_name import JOURNEYS
from storage.drafts import Draft, DraftFile
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, OtherSession, Session

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


async def test_an_edit_meets_what_somebody_else_changed_meanwhile(
    open_app: OpenApp, studio_book: Path, other_session: OtherSession
) -> None:
    async with open_app() as session:
        await session.press("3")
        await session.at("visit-patel")
        await session.press("e")
        await session.on("TouchForm")
        await session.fill(outcome="mine")
        await die(session)
    with other_session("alex") as store:
        before = store.book.touches["visit-patel"]
        after = replace(before, outcome="theirs", learned="a thing")
        store.commit(store.author.act("edit visit", store.author.edit(before, after)))
    async with open_app() as session:
        await taken_up(session, "TouchForm")
        assert session.value("outcome") == "mine"
        assert session.value("learned") == "a thing"
        await session.sees("Outcome is “theirs” in the book by now. Saving keeps yours.")
        await session.press("ctrl+s")
        saved = await session.saved(lambda book: book.touches["visit-patel"].outcome == "mine")
        assert saved.touches["visit-patel"].learned == "a thing"


async def test_what_is_about_a_record_that_is_gone_can_be_copied(
    open_app: OpenApp, studio_book: Path, drafts: Path, other_session: OtherSession
) -> None:
    async with open_app() as session:
        await session.press("3")
        await session.at("visit-patel")
        await session.press("e")
        await session.on("TouchForm")
        await session.fill(outcome="a long story")
        await die(session)
    with other_session("alex") as store:
        store.commit(store.author.act("trash visit", store.author.trash(store.book.touches["visit-patel"])))
    async with open_app() as session:
        await session.sees("What it was about is gone from the book", "Outcome: a long story", "d drops it")
        assert "goes on writing" not in session.text
        await session.press("enter")
        await session.on("DraftText")
        assert session.app.screen.query_one(TextArea).text == "Outcome: a long story"
        await session.press("d")
        await session.sees("d again drops it for good")
        assert len(kept(drafts)) == 1
        await session.press("d")
        await session.on("TodayScreen")
        await session.until(lambda: not kept(drafts), "the draft is still there")


async def test_several_come_one_after_the_other_and_later_keeps_them(
    open_app: OpenApp, studio_book: Path, drafts: Path
) -> None:
    async with open_app() as session:
        await begin_a_line(session, "visit patel the older one")
        await die(session)
    (older,) = kept(drafts)
    older.rename(drafts / "aside")
    async with open_app() as session:
        await begin_a_line(session, "visit osei the newer one")
        await die(session)
    (drafts / "aside").rename(older)
    for _ in range(2):
        async with open_app() as session:
            await session.sees("Dr Amara Osei when the session ended", "the newer one")
            await session.press("escape")
            await session.sees("Priya Patel when the session ended", "the older one")
            await session.press("escape")
            await session.on("TodayScreen")
    assert len(kept(drafts)) == 2


class Watching(SystemCalls):
    """The real calls; notes what the draft says at the moment of the commit."""

    def __init__(self, drafts: Path) -> None:
        self.drafts = drafts
        self.seen: list[bytes] = []

    def sync_content(self, fd: int) -> None:
        self.seen += [path.read_bytes() for path in kept(self.drafts)]
        super().sync_content(fd)


async def test_while_an_act_is_saved_the_draft_names_it(open_app: OpenApp, studio_book: Path, drafts: Path) -> None:
    calls = Watching(drafts)
    async with open_app(calls=calls) as session:
        await begin_a_line(session)
        session.app.keep_typing()
        session.app.open_book.drafting.ended = False
        await session.press("enter")
        await session.sees("Logged: visit with Priya Patel.")
        (act,) = session.app.open_book.saved_here
    assert calls.seen
    assert f'"act":"{act}"'.encode() in calls.seen[0]


async def test_a_line_of_another_day_says_so(open_app: OpenApp, studio_book: Path, drafts: Path) -> None:
    async with open_app() as session:
        await begin_a_line(session)
        await die(session)
    (path,) = kept(drafts)
    path.write_bytes(path.read_bytes().replace(b'"day":"2026-11-23"', b'"day":"2026-11-21"'))
    async with open_app() as session:
        await taken_up(session, "LogLine")
        await session.sees("Typed on Sat 21 Nov: the days in it count from today now.")


async def test_a_page_that_does_not_come_up_again_is_shown(open_app: OpenApp, studio_book: Path, drafts: Path) -> None:
    """The line that led to the form is understood otherwise now; saving it does not lose what the form held."""
    async with open_app() as session:
        await begin_a_line(session, "visit patel yesterday hello")
        await session.press("tab")
        await session.on("TouchForm")
        await session.fill(outcome="much came of it")
        await die(session)
    (path,) = kept(drafts)
    path.write_bytes(path.read_bytes().replace(b"visit patel", b"visit lee"))
    async with open_app() as session:
        await taken_up(session, "LogLine")
        await session.press("enter", "enter")
        await session.sees("Logged: visit with")
        await session.sees("This did not come up again:", "Outcome: much came of it")
        await session.press("escape")
        await session.on("TodayScreen")
        assert len(kept(drafts)) == 1


async def test_a_place_where_drafts_cannot_be_kept_is_told_once(
    open_app: OpenApp, studio_book: Path, drafts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: DraftFile, draft: Draft) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(DraftFile, "keep", full)
    async with open_app() as session:
        session.app.open_book.drafting.pause = 0.01
        await begin_a_line(session)
        await session.until(lambda: session.app.open_book.drafting.told, "it was not told")
        await session.press("enter")
        await session.sees("Logged: visit with Priya Patel.")


def test_every_journey_with_something_to_type_is_known_by_its_name() -> None:
    begun = {
        word.split("(")[1].split(",")[0].rstrip(")")
        for source in (Path(__file__).parent.parent / "screens").glob("*.py")
        for word in source.read_text(encoding="utf-8").splitlines()
        if "self.begin(" in word
    }
    nothing_is_typed = {"trash", "bring_back", "self._show_act", "self._take_back"}
    assert begun - nothing_is_typed == set(JOURNEYS)
