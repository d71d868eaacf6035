"""Two trainers at one book: what one writes appears in the other's app, and nothing there jumps or is lost."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from relationships.records import FollowUp, Practitioner, Touch
from relationships.vocabulary import TouchKind
from screens.widgets.filter_line import FilterLine
from screens.widgets.record_list import RecordList
from storage.book_store import BookStore

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, OtherSession

SIZES = ((80, 24), (120, 40))


def log(store: BookStore, practitioner: str, note: str, day: date = date(2026, 11, 23)) -> str:
    """Log a visit as another trainer; its id."""
    author = store.author
    touch = author.new(Touch, practitioners=(practitioner,), kind=TouchKind.VISIT, done_on=day, two_way=True, note=note)
    store.commit(author.act("log a visit", author.add(touch)))
    return touch.id


def rename(store: BookStore, practitioner: str, **fields: object) -> None:
    """Change a practitioner as another trainer."""
    store.refresh()
    store.apply_arrived()
    before = store.book.practitioners[practitioner]
    author = store.author
    store.commit(author.act("edit practitioner", author.edit(before, replace(before, **fields))))


@pytest.mark.parametrize("size", SIZES)
async def test_what_the_other_logs_is_there_within_a_second_and_the_cursor_stays(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await session.press("3")
        await session.at("call-osei")
        with other_session("alex") as store:
            begun = time.monotonic()
            log(store, "ruth", "they want a talk")
            await session.sees("they want a talk")
            assert time.monotonic() - begun < 1.0
        assert session.highlighted == "call-osei"


async def test_every_screen_takes_it_in_whichever_is_on_top(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        for place in "23451":
            await session.press(place)
        with other_session("alex") as store:
            log(store, "ruth", "they want a talk")
            step = store.author.new(FollowUp, practitioner="ruth", due=date(2026, 11, 20), what="send the slides")
            store.commit(store.author.act("set follow-up", store.author.add(step)))
            await session.sees("send the slides", "3 days late")
        await session.press("5")
        await session.sees("send the slides", "alex")
        await session.press("3")
        await session.sees("they want a talk")
        await session.press("2")
        await session.at("ruth")
        await session.press("enter")
        await session.sees("they want a talk", "send the slides")


async def test_the_timeline_that_is_open_changes_in_place(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await session.press("2")
        await session.at("patel")
        await session.press("enter")
        await session.on("PractitionerScreen")
        await session.at("visit-patel")
        with other_session("alex") as store:
            log(store, "patel", "met at the door")
            await session.sees("met at the door", "alex")
        assert session.highlighted == "visit-patel"
        assert session.app.screen.query_one(RecordList).marks == frozenset()


async def test_marks_and_the_sort_order_stay(open_app: OpenApp, other_session: OtherSession, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("2")
        await session.press("o")
        await session.sees("Sorted by next due.")
        await session.at("patel")
        await session.press("space")
        with other_session("alex") as store:
            rename(store, "ruth", name="Ruth Cohen-Ames")
            await session.sees("Ruth Cohen-Ames")
        records = session.app.screen.query_one(RecordList)
        assert records.highlighted == "patel"
        assert records.marks == frozenset({"patel"})
        rows = [line for line in session.lines if "Osei" in line or "Ann Lee" in line]
        assert "Osei" in rows[0]


async def test_a_half_typed_form_is_left_alone(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await session.press("2", "a")
        await session.on("PractitionerForm")
        await session.type("Noor Had")
        with other_session("alex") as store:
            log(store, "ruth", "they want a talk")
            await session.until(lambda: len(session.app.open_book.book.touches_with("ruth")) == 1)
        await session.type("dad")
        assert session.value("name") == "Noor Haddad"
        await session.press("ctrl+s")
        await session.sees("Noor Haddad is in the book.")
        book = session.on_disk()
    assert len(book.touches_with("ruth")) == 1
    assert "Noor Haddad" in [person.name for person in book.all_practitioners()]


async def test_a_half_typed_log_line_is_left_alone_and_knows_whom_the_other_added(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await session.press("l")
        await session.on("LogLine")
        await session.type("visit zoe")
        await session.sees("Nobody here is called “zoe”.")
        with other_session("alex") as store:
            zoe = store.author.new(Practitioner, name="Zoe Quist")
            store.commit(store.author.act("add practitioner", store.author.add(zoe)))
            await session.until(lambda: zoe.id in session.app.open_book.book.practitioners)
        assert session.app.screen.query_one(Input).value == "visit zoe"
        await session.type(" today hello")
        await session.sees("visit with Zoe Quist")
        await session.press("enter")
        await session.sees("Logged: visit with Zoe Quist.")
        assert len(session.on_disk().touches_with(zoe.id)) == 1


async def test_a_half_typed_filter_is_left_alone(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await session.press("3", "slash")
        await session.type("talk")
        await session.sees("0 found")
        with other_session("alex") as store:
            log(store, "ruth", "they want a talk")
            log(store, "ann", "about the menu")
            await session.sees("they want a talk")
        await session.sees_no("about the menu")
        assert session.app.screen.query_one(FilterLine).query_one(Input).value == "talk"
        await session.type("s")
        await session.sees_no("they want a talk")


async def test_what_the_other_did_is_not_mine_to_undo(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await session.press("3")
        with other_session("alex") as store:
            touch_id = log(store, "ruth", "they want a talk")
            await session.sees("they want a talk")
        await session.press("u")
        await session.sees("You have done nothing in this book that could be undone.")
        assert touch_id in session.on_disk().touches


async def test_an_act_that_the_other_built_on_cannot_be_undone(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await session.press("2")
        await session.at("ruth")
        await session.press("e")
        await session.on("PractitionerForm")
        await session.fill(phone="111")
        await session.press("ctrl+s")
        await session.sees("Saved: Ruth Cohen.")
        with other_session("alex") as store:
            rename(store, "ruth", phone="222")
        await session.press("u")
        await session.sees("cannot be")
        assert session.on_disk().practitioners["ruth"].phone == "222"


async def test_a_person_whom_the_other_trashes_closes_the_timeline(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await session.press("2")
        await session.at("ruth")
        await session.press("enter")
        await session.on("PractitionerScreen")
        with other_session("alex") as store:
            author = store.author
            store.commit(author.act("trash practitioner", author.trash(store.book.practitioners["ruth"])))
            await session.on("ContactsScreen")
        await session.sees_no("Ruth Cohen")
