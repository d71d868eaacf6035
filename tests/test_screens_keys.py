"""What the keys of the screens do: sort, filter, narrow, move on, trash, put off, mark, palette, leave."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relationships.vocabulary import OfferState, ReferralState
from screens.widgets.record_list import RecordList

if TYPE_CHECKING:
    from tests.app_driving import OpenApp

SIZES = ((80, 24), (120, 40))


async def test_kinds_narrow_the_timeline_one_after_the_other(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("2")
        await session.at("patel")
        await session.press("enter")
        await session.on("PractitionerScreen")
        await session.press("right_square_bracket")
        await session.sees("Only touches.", "She wants range-of-motion")
        await session.sees_no("made: runners", "bring the certificate")
        await session.press("right_square_bracket")
        await session.sees("Only offers.", "made: runners")
        await session.sees_no("She wants range-of-motion")
        await session.press("left_square_bracket")
        await session.sees("Only touches.", "She wants range-of-motion")


async def test_contacts_are_sorted_three_ways(open_app: OpenApp, studio_book: Path) -> None:
    async def order() -> list[str]:
        names = ("Ann Lee", "Ben Lee", "Dr Amara Osei", "Priya Patel", "Ruth Cohen")
        return [name for line in session.lines for name in names if name in line]

    async with open_app() as session:
        await session.press("2")
        await session.sees("Ann Lee")
        assert await order() == ["Ann Lee", "Ben Lee", "Dr Amara Osei", "Priya Patel", "Ruth Cohen"]
        await session.press("o")
        await session.sees("Sorted by next due.")
        assert (await order())[:3] == ["Dr Amara Osei", "Priya Patel", "Ann Lee"]
        await session.press("o")
        await session.sees("Sorted by last touch.")
        assert (await order())[:2] == ["Priya Patel", "Dr Amara Osei"]
        await session.press("o")
        await session.sees("Sorted by name.")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("place", "words", "stays", "goes"),
    [
        ("1", "ann lee", "Ann Lee", "Ruth Cohen"),
        ("2", "quay", "Priya Patel", "Ruth Cohen"),
        ("3", "blood", "Dr Amara Osei", "Ben Lee"),
        ("4", "runners", "Priya Patel", "K-014"),
        ("5", "menu", "Ann Lee", "bring the certificate"),
    ],
)
async def test_the_filter_answers_with_every_key(
    open_app: OpenApp, studio_book: Path, place: str, words: str, stays: str, goes: str, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await session.press(place, "slash")
        await session.type(words)
        await session.sees("1 found", stays)
        listed = "\n".join(line[:79] for line in session.lines[2:-2])
        assert goes not in listed
        await session.press("enter")
        await session.sees(f"/ {words}", "1 found · esc clears")
        await session.press("escape")
        await session.sees(goes)
        await session.sees_no("esc clears")
        assert session.app.screen.query_one(RecordList).has_focus


async def test_a_filter_that_finds_nothing_says_how_to_get_out(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("2", "slash")
        await session.type("zzz")
        await session.sees("0 found", "Nothing here has these words. esc clears the filter.")
        await session.press("escape")
        await session.sees("Ruth Cohen")


async def test_what_became_moves_an_offer_and_a_referral_on(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("4")
        await session.at("offer-patel")
        await session.press("x")
        await session.on("MoveForm")
        await session.sees("Offer, Priya Patel: made", "accepted")
        await session.press("ctrl+s")
        await session.sees("Noted: offer, Priya Patel. u undoes.", "accepted")
        assert session.on_disk().offers["offer-patel"].state is OfferState.ACCEPTED
        await session.at("referral-osei")
        await session.press("x")
        await session.on("MoveForm")
        await session.press("ctrl+s")
        await session.sees("Noted: referral, Dr Amara Osei.")
        referral = session.on_disk().referrals["referral-osei"]
        assert (referral.state, referral.loop.ack) == (ReferralState.ACKNOWLEDGED, date(2026, 11, 23))
        await session.press("u")
        await session.sees("Undone: move referral on")
        assert session.on_disk().referrals["referral-osei"].state is ReferralState.RECEIVED


@pytest.mark.parametrize(
    ("place", "record_id", "table"),
    [
        ("2", "ruth", "practitioners"),
        ("3", "call-osei", "touches"),
        ("4", "offer-patel", "offers"),
        ("5", "week-ann", "follow_ups"),
    ],
)
async def test_trash_takes_a_record_away_and_undo_brings_it_back(
    open_app: OpenApp, studio_book: Path, place: str, record_id: str, table: str
) -> None:
    async with open_app() as session:
        await session.press(place)
        await session.at(record_id)
        records = session.app.screen.query_one(RecordList)
        before = records.position[1]
        await session.press("d")
        await session.sees("In the trash:", "u brings it back.")
        record = session.on_disk().find(table, record_id)
        assert record is not None
        assert record.trashed_at is not None
        await session.until(lambda: records.position[1] == before - 1)
        await session.press("u")
        await session.sees("Undone: trash")
        record = session.on_disk().find(table, record_id)
        assert record is not None
        assert record.trashed_at is None
        await session.until(lambda: records.position[1] == before)


async def test_a_card_of_today_is_done_and_put_off(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.at("late-osei")
        await session.sees("Why: You set this on", "it was due Sat 21 Nov")
        await session.press("s")
        await session.on("SnoozeForm")
        await session.fill(until="tomorrow", reason="she is away")
        await session.press("ctrl+s")
        await session.sees("Put off: next step with Dr Amara Osei.", "Put off once: she is away.")
        await session.at("today-patel")
        await session.press("x")
        await session.on("LogLine")
        await session.type("sent")
        await session.press("enter")
        await session.sees_no("send the figures")
        book = session.on_disk()
    assert book.follow_ups["late-osei"].due == date(2026, 11, 24)
    assert "today-patel" not in [step.id for step in book.open_follow_ups()]


async def test_marks_are_set_and_escape_clears_them_before_it_goes_back(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("2", "V")
        records = session.app.screen.query_one(RecordList)
        assert len(records.marks) == 5
        await session.press("escape")
        assert records.marks == frozenset()
        await session.on("ContactsScreen")
        await session.press("escape")
        await session.on("TodayScreen")
        await session.press("escape")
        await session.sees("To leave the program press ctrl+q. Everything is saved already.")


@pytest.mark.parametrize("keys", [("ctrl+q",), ("l", "ctrl+q"), ("a", "ctrl+q"), ("question_mark", "ctrl+q")])
async def test_ctrl_q_leaves_from_anywhere(open_app: OpenApp, studio_book: Path, keys: tuple[str, ...]) -> None:
    async with open_app() as session:
        await session.sees("? help")
        for key in keys:
            await session.press(key)
            await session.pilot.pause()
        await session.until(lambda: session.app.return_code is not None or not session.app.is_running)
    assert session.app.return_code == 0
