"""What a trainer meets when the disk, the permissions or the book itself do not play along: nothing typed is lost."""

from __future__ import annotations

import errno
import os
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from relationships.changes import Clock
from storage.book_store import BookStore
from storage.errors import BookDamaged, BookError
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, Session

SIZES = ((80, 24), (120, 40))


class FullDisk(SystemCalls):
    """The real calls, until the disk is full."""

    full = False

    def write(self, fd: int, content: bytes) -> int:
        """Refuse while the disk is full."""
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(fd, content)


class ClosedFolder(SystemCalls):
    """The real calls in a place where this user may only read."""

    def may_write(self, path: Path) -> bool:
        """Nowhere."""
        return False

    def open(self, path: str | Path, flags: int, mode: int = 0o600) -> int:
        """Only for reading."""
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return super().open(path, flags, mode)


async def fill_in_a_person(session: Session) -> None:
    """Begin to add a practitioner."""
    await session.press("2", "a")
    await session.on("PractitionerForm")
    await session.fill(name="Noor Haddad", practices="Bay Clinic", notes="met at the race")


@pytest.mark.parametrize("size", SIZES)
async def test_a_full_disk_keeps_the_form_until_there_is_room(
    open_app: OpenApp, studio_book: Path, size: tuple[int, int]
) -> None:
    calls = FullDisk()
    async with open_app(size=size, calls=calls) as session:
        await fill_in_a_person(session)
        calls.full = True
        await session.press("ctrl+s")
        await session.sees("There is no room left for the book")
        await session.on("PractitionerForm")
        assert session.value("name") == "Noor Haddad"
        assert session.value("practices") == "Bay Clinic"
        assert session.value("notes") == "met at the race"
        assert session.on_disk().sequence == 0

        calls.full = False
        await session.press("ctrl+s")
        await session.sees("Noor Haddad is in the book.")
        book = session.on_disk()
    assert "Noor Haddad" in [person.name for person in book.all_practitioners()]
    assert [practice.name for practice in book.all_practices()].count("Bay Clinic") == 1


async def test_escape_after_a_failure_still_asks(open_app: OpenApp, studio_book: Path) -> None:
    calls = FullDisk()
    async with open_app(calls=calls) as session:
        await fill_in_a_person(session)
        calls.full = True
        await session.press("ctrl+s")
        await session.sees("There is no room left for the book")
        await session.press("escape")
        await session.sees("Not saved yet: esc again drops what you typed")
        await session.press("escape")
        await session.on("ContactsScreen")


async def test_a_full_disk_keeps_the_log_line(open_app: OpenApp, studio_book: Path) -> None:
    line = "visit patel yesterday asked about post-rehab; next in 3 weeks"
    calls = FullDisk()
    async with open_app(calls=calls) as session:
        await session.press("l")
        await session.on("LogLine")
        await session.type(line)
        calls.full = True
        await session.press("enter")
        await session.sees("Not saved: the disk is full")
        await session.on("LogLine")
        assert session.app.screen.query_one(Input).value == line
        await session.press("escape")
        await session.sees("Not saved yet: esc again drops the line")
        calls.full = False
        await session.press("enter")
        await session.sees("Logged: visit with Priya Patel.")
        assert len(session.on_disk().touches_with("patel")) == 2


async def test_a_full_disk_leaves_what_cannot_be_undone_as_it_is(open_app: OpenApp, studio_book: Path) -> None:
    calls = FullDisk()
    async with open_app(calls=calls) as session:
        await session.press("3")
        await session.at("visit-patel")
        await session.press("d")
        await session.sees("In the trash: visit with Priya Patel.")
        calls.full = True
        await session.press("u")
        await session.sees("Not saved: the disk is full")
        assert session.on_disk().touches["visit-patel"].trashed_at is not None
        calls.full = False
        await session.press("u")
        await session.sees("Undone: trash touch: visit with Priya Patel.", "She wants range-of-motion")
        assert session.on_disk().touches["visit-patel"].trashed_at is None


@pytest.mark.parametrize("size", SIZES)
async def test_a_read_only_book_shows_all_and_offers_no_writing(
    open_app: OpenApp, studio_book: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size, calls=ClosedFolder()) as session:
        await session.sees("Mon 23 Nov · read only", "thank her for K-014")
        for place in "12345":
            await session.press(place)
            assert "read only" in session.lines[0]
            for word in (" log", "add", "edit", "undo", "later", "done", "trash", "offer   "):
                assert word not in session.keys
            await session.press("l", "u", "f", "r", "a", "e", "d", "x", "s")
            assert len(session.app.screen_stack) <= 2
        await session.press("2")
        await session.at("patel")
        await session.press("enter")
        await session.on("PractitionerScreen")
        await session.sees("She wants range-of-motion")
        await session.press("enter", "o", "question_mark")
        await session.on("HelpDialog")
        await session.sees_no("Log a touch in one line")
        assert session.on_disk().sequence == 0


@pytest.mark.parametrize("size", SIZES)
async def test_the_app_is_there_before_the_book(
    open_app: OpenApp, studio_book: Path, clock: Clock, size: tuple[int, int]
) -> None:
    opening: Future[BookStore] = Future()
    async with open_app(size=size, opening=opening) as session:
        await session.sees("Opening the book ...", "1 Today", "Mon 23 Nov")
        await session.press("l", "a", "u", "2", "e", "5", "1")
        assert session.app.screen_stack[-1].query("RecordList")
        opening.set_result(BookStore.open(studio_book, user="sam", clock=clock))
        await session.sees("thank her for K-014", "l log")
        await session.press("2")
        await session.sees("Priya Patel")


async def test_a_book_that_cannot_be_opened_ends_the_app_with_its_sentence(
    open_app: OpenApp, studio_book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opening: Future[BookStore] = Future()
    async with open_app(opening=opening) as session:
        await session.sees("Opening the book ...")
        opening.set_exception(BookDamaged("Line 3 is no JSON."))
        await session.until(lambda: not session.app.is_running or session.app.return_code is not None)
    assert session.app.return_code == 2
    assert "The book is damaged: Line 3 is no JSON." in " ".join(capsys.readouterr().err.split())


async def test_a_book_that_failed_before_the_first_frame_says_the_same(
    open_app: OpenApp, studio_book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opening: Future[BookStore] = Future()
    opening.set_exception(BookError("It is upside down."))
    async with open_app(opening=opening) as session:
        await session.until(lambda: not session.app.is_running or session.app.return_code is not None)
    assert session.app.return_code == 2
    assert "It is upside down." in " ".join(capsys.readouterr().err.split())


async def test_a_form_keeps_its_text_when_the_terminal_changes_size(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await fill_in_a_person(session)
        for size in ((120, 40), (60, 15), (80, 24)):
            await session.pilot.resize_terminal(*size)
            await session.settle()
            await session.on("PractitionerForm")
            assert session.value("name") == "Noor Haddad"
            assert session.value("notes") == "met at the race"
        await session.press("ctrl+s")
        await session.sees("Noor Haddad is in the book.")


async def test_a_log_line_keeps_its_text_when_the_terminal_changes_size(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("l")
        await session.on("LogLine")
        await session.type("visit patel yest")
        await session.pilot.resize_terminal(40, 12)
        await session.settle()
        await session.type("erday hi")
        assert session.app.screen.query_one(Input).value == "visit patel yesterday hi"
        await session.pilot.resize_terminal(120, 40)
        await session.sees("visit with Priya Patel (Quay Physio) · Sun 22 Nov")


async def test_a_book_that_vanishes_is_told_and_what_was_loaded_stays(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.sees("thank her for K-014")
        away = studio_book.parent.rename(studio_book.parent.with_name("away"))
        await session.sees("The book is gone.", "thank her for K-014")
        await session.press("l")
        await session.on("LogLine")
        await session.type("visit ruth today hi")
        await session.press("enter")
        await session.sees("The book is gone")
        await session.on("LogLine")
        away.rename(studio_book.parent)
        await session.press("enter")
        await session.sees("Logged: visit with Ruth Cohen.")
        assert len(session.on_disk().touches_with("ruth")) == 1
