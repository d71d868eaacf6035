"""The history on the screen: of a record, of the whole book, found by words, and taken back from there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from relationships.changes import Clock
from screens.history import HistoryScreen
from screens.widgets.record_list import RecordList
from storage.book_store import BookStore
from storage.errors import BookError

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, OtherSession, Session

SIZES = ((80, 24), (120, 40))


def change(store: BookStore, record_id: str, *, table: str = "practitioners", name: str = "", **fields: object) -> None:
    """Change a record as another trainer."""
    store.refresh()
    store.apply_arrived()
    before = store.book.find(table, record_id)
    assert before is not None
    author = store.author
    act = author.act(f"edit {before.noun}", author.edit(before, replace(before, **fields)), subject=name)
    store.commit(act)
    store.apply_arrived()


@pytest.fixture
def past(studio_book: Path, other_session: OtherSession) -> Path:
    """A book in which alex and kim changed people."""
    with other_session("alex") as store:
        change(store, "ruth", name="Ruth Cohen", phone="111", notes="likes tea")
        change(store, "osei", name="Dr Amara Osei", phone="222")
    with other_session("kim") as store:
        change(store, "ruth", name="Ruth Cohen", phone="333")
        change(store, "visit-patel", table="touches", name="Priya Patel", note="rewritten")
    return studio_book


async def history_of(session: Session, place: str, record_id: str) -> None:
    """Go to a record and ask for its history."""
    await session.press(place)
    await session.at(record_id)
    await session.press("at")
    await session.on("HistoryScreen")


@pytest.mark.parametrize("size", SIZES)
async def test_the_history_of_a_record_and_then_of_the_whole_book(
    open_app: OpenApp, past: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await history_of(session, "2", "ruth")
        await session.sees("History of Ruth Cohen", " 2 acts ", "TODAY", "kim", "alex", "phone, notes")
        await session.sees_no("Dr Amara Osei")
        rows = [line for line in session.lines if "  edit practitioner: Ruth Cohen " in line and ":00" in line]
        assert "kim" in rows[0]
        assert "alex" in rows[1]
        await session.press("at")
        await session.sees("History of the whole book", " 4 acts ", "edit practitioner: Dr Amara Osei", "edit touch")
        await session.press("escape")
        await session.sees("History of Ruth Cohen")
        await session.press("escape")
        await session.on("ContactsScreen")


@pytest.mark.parametrize(
    ("place", "record_id", "whose"),
    [
        ("1", "late-osei", "Dr Amara Osei"),
        ("3", "visit-patel", "visit with Priya Patel, Sat 14 Nov"),
        ("4", "offer-patel", "offer to Priya Patel"),
        ("4", "referral-osei", "referral K-014 from Dr Amara Osei"),
        ("5", "week-ann", "next step with Ann Lee, Thu 26 Nov"),
    ],
)
async def test_any_record_has_its_history(
    open_app: OpenApp, past: Path, place: str, record_id: str, whose: str
) -> None:
    async with open_app() as session:
        await history_of(session, place, record_id)
        await session.sees(f"History of {whose}")
        await session.sees("edit" if record_id in ("late-osei", "visit-patel") else "Nothing was changed yet.")


async def test_an_entry_of_a_timeline_has_its_history(open_app: OpenApp, past: Path) -> None:
    async with open_app() as session:
        await session.press("2")
        await session.at("patel")
        await session.press("enter")
        await session.on("PractitionerScreen")
        await session.at("visit-patel")
        await session.press("at")
        await session.sees("History of visit with Priya Patel, Sat 14 Nov", "edit touch: Priya Patel")
        await session.press("escape")
        await session.on("PractitionerScreen")


async def test_a_book_without_a_past(open_app: OpenApp, empty_book: Path) -> None:
    async with open_app() as session:
        await session.press("at")
        await session.on("HistoryScreen")
        await session.sees("History of the whole book", " 0 acts ", "Nothing was changed yet.")
        await session.press("enter", "u", "at", "escape")
        await session.on("TodayScreen")


@pytest.mark.parametrize("size", SIZES)
async def test_a_whole_act_is_shown_and_taken_back_when_its_effect_was_seen(
    open_app: OpenApp, past: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await history_of(session, "2", "ruth")
        await session.sees("kim")
        await session.press("enter")
        await session.on("WholeAct")
        await session.sees("kim, at ", "Ruth Cohen: changed", "111 → 333", "u take it back")
        await session.press("u")
        await session.on("Decision")
        await session.sees("Take back “edit practitioner: Ruth Cohen”", "333 → 111", "take it back", "esc leave it")
        assert session.on_disk().practitioners["ruth"].phone == "333"
        await session.press("escape")
        await session.on("HistoryScreen")
        assert session.on_disk().practitioners["ruth"].phone == "333"
        await session.press("u")
        await session.on("Decision")
        await session.press("enter")
        await session.sees("Taken back: edit practitioner: Ruth Cohen.", " 3 acts ", "taken back")
        assert session.on_disk().practitioners["ruth"].phone == "111"
        assert "u take back" not in session.keys, "the cursor stays on the act, which is taken back now"
        await session.press("enter")
        await session.on("WholeAct")
        await session.sees("taken back")
        assert "u take it back" not in session.text
        await session.press("u", "escape", "U")
        await session.sees("Done again: edit practitioner: Ruth Cohen.")
        await session.sees(" 4 acts ")
        assert session.on_disk().practitioners["ruth"].phone == "333"


async def test_an_undo_is_taken_back_as_well(open_app: OpenApp, past: Path) -> None:
    async with open_app() as session:
        await history_of(session, "2", "ruth")
        await session.sees("kim")
        await session.press("u")
        await session.on("Decision")
        await session.press("enter")
        await session.sees("Taken back:")
        await session.press("home", "u")
        await session.on("Decision")
        await session.sees("111 → 333")
        await session.press("enter")
        await session.sees("redo edit practitioner: Ruth")
        assert session.on_disk().practitioners["ruth"].phone == "333"


async def test_what_moved_on_cannot_be_taken_back_and_the_reason_is_said(open_app: OpenApp, past: Path) -> None:
    async with open_app() as session:
        await history_of(session, "2", "ruth")
        await session.sees("kim")
        await session.press("end", "u")
        await session.on("Decision")
        await session.press("enter")
        await session.sees("“edit practitioner: Ruth Cohen” cannot be", "taken back: kim changed it since.")
        ruth = session.on_disk().practitioners["ruth"]
    assert (ruth.phone, ruth.notes) == ("333", "likes tea")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("by:alex", 2),
        ("by:kim phone", 1),
        ("osei", 1),
        ("tea", 1),
        ("333", 1),
        ("on:today", 4),
        ("since:tomorrow", 0),
        ("until:yesterday", 0),
        ("nobody", 0),
    ],
)
async def test_acts_are_found_by_user_day_and_words(open_app: OpenApp, past: Path, typed: str, found: int) -> None:
    async with open_app() as session:
        await session.press("2", "at", "at")
        await session.sees(" 4 acts ")
        await session.press("slash")
        await session.paste(typed)
        await session.sees(f"{found} found")
        await session.press("enter")
        await session.sees(f"/ {typed}", f"{found} found · esc clears")
        await session.press("escape")
        await session.sees(" 4 acts ")


async def test_a_day_that_is_none_is_told(open_app: OpenApp, past: Path) -> None:
    async with open_app() as session:
        await session.press("2", "at", "slash")
        await session.paste("on:31 feb")
        await session.press("enter")
        await session.sees("February 2026 has 28 days")


async def test_what_others_do_appears_and_the_cursor_stays(
    open_app: OpenApp, past: Path, other_session: OtherSession
) -> None:
    async with open_app() as session:
        await session.press("2", "at", "at")
        await session.sees(" 4 acts ")
        await session.press("end")
        at = session.highlighted
        with other_session("lee") as store:
            change(store, "ann", name="Ann Lee", phone="9")
            await session.sees(" 5 acts ", "lee ", "edit practitioner: Ann Lee")
            change(store, "ann", name="Ann Lee", phone="10")
            await session.sees(" 6 acts ")
        assert session.highlighted == at


async def test_a_long_past_is_read_as_it_is_looked_at(open_app: OpenApp, studio_book: Path, clock: Clock) -> None:
    days = Days()
    store = BookStore.open(studio_book, user="alex", clock=days)
    for number in range(450):
        change(store, "ruth", name=f"act {number}", phone=str(number))
    store.close()
    async with open_app() as session:
        await session.press("2", "at", "at")
        await session.sees("act 449", " 200+ acts ")
        records = session.app.screen.query_one(RecordList)
        await session.press("end")
        await session.until(lambda: records.position[1] == 400)
        await session.press("end")
        await session.sees(" 450 acts ")
        await session.press("end")
        await session.sees("act 0 ", "TUE 1 SEP")
        assert records.position == (450, 450)
        await session.press("slash")
        await session.paste("act 3 by:alex on:1 sep")
        await session.sees("act 3 ", "4 found")
        await session.press("escape", "escape", "at")
        await session.on("HistoryScreen")
        await session.press("slash")
        await session.paste("17.")
        await session.sees("0 found")


class Days:
    """A clock that goes from 1 September on, seven acts a day."""

    def __init__(self) -> None:
        self._looks = count()

    def now(self) -> datetime:
        return datetime(2026, 9, 1, 9, tzinfo=UTC) + timedelta(hours=next(self._looks) / 2)

    def today(self) -> date:
        return self.now().date()


async def test_a_history_that_cannot_be_read_is_told(
    open_app: OpenApp, past: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(store: BookStore, record_id: str | None = None) -> None:
        raise BookError("the history cannot be read today")

    async with open_app() as session:
        await session.press("2")
        await session.on("ContactsScreen")
        monkeypatch.setattr("screens.act_pages.ActPages.read", unreadable)
        await session.press("at")
        await session.sees("the history cannot be read today")
        await session.press("escape")
        await session.on("ContactsScreen")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["PT [/] [red", "Ann\x1b[31mRed", "Two\nLines", "陳大文 醫師", "Al\u202eeht"])
async def test_any_text_is_drawn_as_typed(
    open_app: OpenApp, studio_book: Path, other_session: OtherSession, size: tuple[int, int], name: str
) -> None:
    with other_session(f"al[/]{name[:3]}") as store:
        change(store, "ruth", name=name, phone=name, notes=f"{name}\n{name}", tags=(name,))
    async with open_app(size=size) as session:
        await history_of(session, "2", "ruth")
        await session.sees("History of", "al[/]", "edit practitioner: ")
        await session.press("enter")
        await session.on("WholeAct")
        await session.sees("(empty) → ")
        assert session.text.replace("\n", "").isprintable()
        await session.press("u")
        await session.on("Decision")
        await session.sees("→ (empty)")
        assert session.text.replace("\n", "").isprintable()
        await session.press("enter")
        await session.sees("Taken back:")
        assert session.on_disk().practitioners["ruth"].phone == ""


async def test_a_history_needs_an_open_book(open_app: OpenApp, past: Path) -> None:
    async with open_app() as session:
        session.app.open_book.store, store = None, session.app.open_book.store
        with pytest.raises(RuntimeError, match="not loaded"):
            HistoryScreen(session.app.open_book)
        session.app.open_book.store = store
