"""Another program changes the book while it is open: it is loaded again, and what changed is marked and told once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tinydb import TinyDB, where

from relationships.records import Touch
from relationships.vocabulary import TouchKind
from screens.widgets.record_list import RecordList
from storage.book_store import BookStore
from trainer_tui.upkeep import CHANGED_OUTSIDE

if TYPE_CHECKING:
    from tests.app_driving import OtherSession
    from tests.app_watching import Watching

SIZES = ((80, 24), (120, 40))


def log(store: BookStore, practitioner: str, note: str) -> None:
    author, day = store.author, date(2026, 11, 23)
    touch = author.new(Touch, practitioners=(practitioner,), kind=TouchKind.VISIT, done_on=day, two_way=True, note=note)
    store.commit(author.act("log a visit", author.add(touch)))


def rename(path: Path, old: str, new: str) -> None:
    """What a script with stock TinyDB does, in place."""
    with TinyDB(path) as db:
        assert db.table("practitioners").update({"name": new}, where("name") == old)


def edited(path: Path, old: str = "Ruth Cohen", new: str = "Ruth Ames") -> bytes:
    """The content as an editor would save it."""
    content = path.read_bytes()
    assert content.count(old.encode()) == 1
    return content.replace(old.encode(), new.encode())


def name_on_disk(path: Path) -> str:
    with TinyDB(path) as db:
        (ruth,) = db.table("practitioners").search(where("id") == "ruth")
        return str(ruth["name"])


@pytest.mark.parametrize("size", SIZES)
async def test_a_script_with_tinydb_changes_the_row_that_is_shown(
    watching: Watching, studio_book: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[frozenset[str]] = []
    touch_up = RecordList.touch_up

    def marks(records: RecordList, ids: frozenset[str]) -> None:
        marked.append(frozenset(ids))
        touch_up(records, ids)

    async with watching(size) as watched:
        session = watched.session
        monkeypatch.setattr(RecordList, "touch_up", marks)
        await session.at("osei")
        rename(studio_book, "Ruth Cohen", "Ruth Ames")
        await session.sees("Ruth Ames", CHANGED_OUTSIDE)
        assert {"ruth"} in marked
        assert all(ids <= {"ruth"} for ids in marked)
        await session.press("l")
        await session.on("LogLine")
        await session.type("visit ruth today hi")
        await session.press("enter")
        await session.sees("Logged: visit with Ruth Ames.")
        await watched.rest()
        assert CHANGED_OUTSIDE not in session.text
        assert session.highlighted == "osei"
    assert name_on_disk(studio_book) == "Ruth Ames"


async def test_the_journal_is_replayed_on_top(
    watching: Watching, other_session: OtherSession, studio_book: Path
) -> None:
    async with watching() as watched:
        session = watched.session
        with other_session("alex") as store:
            log(store, "ruth", "before the script")
            await session.until(lambda: session.app.open_book.book.touches_with("ruth"))
            rename(studio_book, "Ruth Cohen", "Ruth Ames")
            await session.sees("Ruth Ames", CHANGED_OUTSIDE)
            log(store, "ruth", "after the script")
            await session.until(lambda: len(session.app.open_book.book.touches_with("ruth")) == 2)
    assert name_on_disk(studio_book) == "Ruth Ames"
    with TinyDB(studio_book) as db:
        assert {touch["note"] for touch in db.table("touches")} >= {"before the script", "after the script"}


async def test_an_editor_that_saves_by_renaming(watching: Watching, studio_book: Path) -> None:
    async with watching() as watched:
        temporary = studio_book.with_name("book.json~new")
        temporary.write_bytes(edited(studio_book))
        temporary.chmod(0o600)
        watched.hold()
        studio_book.rename(studio_book.with_name("book.json~"))
        await watched.look()
        assert "gone" not in watched.session.text
        temporary.rename(studio_book)
        watched.go_on()
        await watched.session.sees("Ruth Ames", CHANGED_OUTSIDE)


async def test_a_file_that_is_half_written_is_not_complained_of(watching: Watching, studio_book: Path) -> None:
    content = edited(studio_book)
    async with watching() as watched:
        session = watched.session
        watched.hold()
        with studio_book.open("wb") as file:
            for start in range(0, 3_600, 400):
                file.write(content[start : start + 400])
                file.flush()
                await watched.look()
                assert "damaged" not in session.text
                assert "Ruth Cohen" in session.text
            file.write(content[3_600:])
        watched.go_on()
        await session.sees("Ruth Ames", CHANGED_OUTSIDE)
        assert session.app.open_book.trouble is None


async def test_a_commit_that_meets_the_change_first_says_it_too(watching: Watching, studio_book: Path) -> None:
    async with watching() as watched:
        session = watched.session
        await session.press("l")
        await session.on("LogLine")
        await session.type("visit ruth today hi")
        session.app._suspend_signal()
        rename(studio_book, "Ruth Cohen", "Ruth Ames")
        await session.press("enter")
        await session.sees(CHANGED_OUTSIDE, "Ruth Ames")
        assert len(session.on_disk().touches_with("ruth")) == 1
