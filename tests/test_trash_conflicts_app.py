"""The trash against an edit, both ways, and records that are gone from the book: asked about, and no text is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from relationships.records import Practitioner, Record
from storage.book_store import BookStore

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, Opening, OtherSession, Session

SIZES = ((80, 24), (120, 40))


def change(store: BookStore, record_id: str, **fields: object) -> None:
    """Change a practitioner as another trainer."""
    before = store.book.practitioners[record_id]
    store.commit(store.author.act("edit practitioner", store.author.edit(before, replace(before, **fields))))


def trash(store: BookStore, table: str, record_id: str) -> None:
    """Move a record to the trash as another trainer."""
    record = store.book.find(table, record_id)
    assert record is not None
    store.commit(store.author.act(f"trash {record.noun}", store.author.trash(record)))


def take_out(store: BookStore, record: Record) -> None:
    """Take a record out of the book, as the undo of its adding does."""
    undo = store.author.undo(store.author.act("add", store.author.add(record)))
    store.commit(undo)


async def edit_ruth(session: Session, **values: str) -> None:
    """Open the form of Ruth and type."""
    await session.press("2")
    await session.at("ruth")
    await session.press("e")
    await session.on("PractitionerForm")
    await session.fill(**values)


def ruth(session: Session) -> Practitioner:
    return session.on_disk().practitioners["ruth"]


@pytest.mark.parametrize("size", SIZES)
async def test_what_i_edit_was_moved_to_the_trash(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await edit_ruth(session, phone="111")
        with other_session("alex") as store:
            trash(store, "practitioners", "ruth")
        await session.press("ctrl+s")
        await session.on("Decision")
        await session.sees("Ruth Cohen is in the trash", "alex moved it there at ", "leave it in the trash", "esc back")
        await session.press("escape")
        await session.on("PractitionerForm")
        assert session.value("phone") == "111"
        await session.press("ctrl+s")
        await session.on("Decision")
        await session.press("enter")
        await session.sees("Restored, with your changes: Ruth Cohen.")
        assert (ruth(session).phone, ruth(session).trashed_at) == ("111", None)
        await session.sees("▌ Ruth Cohen")


async def test_what_i_edit_may_stay_in_the_trash(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await edit_ruth(session, phone="111")
        with other_session("alex") as store:
            trash(store, "practitioners", "ruth")
        await session.press("ctrl+s")
        await session.on("Decision")
        await session.press("down", "enter")
        await session.sees("Ruth Cohen stays in the trash.")
        assert ruth(session).phone == ""
        assert ruth(session).trashed_at is not None


async def test_the_form_over_a_timeline_stays_when_the_person_is_trashed(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await session.press("2")
        await session.at("ruth")
        await session.press("enter")
        await session.on("PractitionerScreen")
        await session.press("e")
        await session.on("PractitionerForm")
        await session.fill(phone="111")
        with other_session("alex") as store:
            trash(store, "practitioners", "ruth")
            await session.until(lambda: session.app.open_book.book.practitioners["ruth"].trashed_at is not None)
        await session.settle()
        assert session.value("phone") == "111"
        await session.press("ctrl+s")
        await session.on("Decision")
        await session.press("down", "enter")
        await session.on("ContactsScreen")
        await session.sees_no("Ruth Cohen   ")


@pytest.mark.parametrize(("keys", "gone"), [(("enter",), False), (("down", "enter"), True), (("escape",), False)])
async def test_what_i_trash_was_changed(
    open_app: OpenApp, other_session: OtherSession, unaware: Opening, keys: tuple[str, ...], gone: bool
) -> None:
    async with open_app(opening=unaware) as session:
        await session.press("2")
        await session.at("ruth")
        with other_session("alex") as store:
            change(store, "ruth", phone="222")
        await session.press("d")
        await session.on("Decision")
        await session.sees("alex changed it at ", "phone", "(empty)", "→ 222", "move it to the trash all the same")
        await session.press(*keys)
        await session.sees("In the trash: Ruth Cohen." if gone else "Kept: Ruth Cohen.")
        assert (ruth(session).trashed_at is not None) is gone
        assert ruth(session).phone == "222"


async def test_what_i_trash_is_there_already_or_gone(
    open_app: OpenApp, other_session: OtherSession, unaware: Opening
) -> None:
    async with open_app(opening=unaware) as session:
        await session.press("2")
        await session.at("ruth")
        with other_session("alex") as store:
            trash(store, "practitioners", "ruth")
        await session.press("d")
        await session.sees("In the trash already: alex moved Ruth Cohen there at ")
        await session.at("ben")
        with other_session("alex") as store:
            take_out(store, store.book.practitioners["ben"])
        await session.press("d")
        await session.sees("Ben Lee: it is gone from the book already.")


async def test_a_record_that_is_gone_can_be_added_again(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await edit_ruth(session, phone="111")
        with other_session("alex") as store:
            take_out(store, store.book.practitioners["ruth"])
        await session.press("ctrl+s")
        await session.on("Decision")
        await session.sees("This practitioner is gone from the book", "alex took it out of the book at ")
        await session.press("escape")
        await session.on("PractitionerForm")
        assert session.value("phone") == "111"
        await session.press("ctrl+s", "enter")
        await session.sees("Added again: Ruth Cohen.")
        book = session.on_disk()
        (again,) = (person for person in book.all_practitioners() if person.name == "Ruth Cohen")
        assert (again.phone, again.version, again.created_by) == ("111", 1, "sam")
        assert again.id != "ruth"
        await session.press("u")
        await session.sees("Undone: edit practitioner")


async def test_a_record_that_is_gone_may_stay_out(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await session.press("3")
        await session.at("call-osei")
        await session.press("e")
        await session.on("TouchForm")
        await session.fill(outcome="good")
        with other_session("alex") as store:
            take_out(store, store.book.touches["call-osei"])
        await session.press("ctrl+s")
        await session.on("Decision")
        await session.press("down", "enter")
        await session.sees("The touch stays out of the book.")
        assert "call-osei" not in session.on_disk().touches
        assert session.on_disk().follow_ups["week-ann"].due == date(2026, 11, 26)
