"""Today by keys: the one key of each card, putting off, the cards beyond the seven, and a pause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from relationships.changes import Clock
from relationships.parts import Promise
from relationships.records import FollowUp, Practice, Practitioner, Record, Referral, Touch
from relationships.rule_days import RuleDays, RuleSettings
from relationships.vocabulary import FollowUpState, OfferState, PromisedBy, ReferralState, Tier, TouchKind
from screens.journeys.putting_off import put_off
from screens.today import TodayScreen
from screens.widgets.record_list import RecordList
from storage.book_store import BookStore

if TYPE_CHECKING:
    from tests.app_driving import OpenApp

SIZES = ((80, 24), (120, 40))
TODAY = date(2026, 11, 23)
Add = Callable[..., None]


@pytest.fixture
def add(studio_book: Path, clock: Clock) -> Add:
    """Put records into the book before the app opens it."""

    def added(*records: Record) -> None:
        store = BookStore.open(studio_book, user="sam", clock=clock)
        store.commit(store.author.act("add", *(store.author.add(record) for record in records)))
        store.close()

    return added


def day(ahead: int) -> date:
    return TODAY + timedelta(days=ahead)


def stamped(clock: Clock) -> dict[str, Any]:
    return {"created_at": clock.now(), "created_by": "sam", "updated_at": clock.now(), "updated_by": "sam"}


@pytest.mark.parametrize("size", SIZES)
async def test_loops_come_first_and_the_cursor_starts_there(
    open_app: OpenApp, studio_book: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await session.sees("thank them for the referral", "NEVER VISITED")
        assert session.highlighted == "referral_thanks:referral-osei/osei"
        await session.sees("Why: A referral is acknowledged within 1 day; K-014 came on 20 Nov. It was due")
        await session.sees("Last: call 2 Nov (3 weeks ago)")


async def test_x_moves_a_referral_on(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.sees("thank them for the referral")
        await session.press("x")
        await session.on("MoveForm")
        await session.press("ctrl+s")
        await session.sees_no("thank them for the referral")
        found = session.on_disk().find(Referral.table, "referral-osei")
    assert isinstance(found, Referral)
    assert found.state is ReferralState.ACKNOWLEDGED


async def test_x_logs_what_a_rule_asks_for(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.sees("thank-you by hand")
        await session.at("first_meeting_thanks:visit-patel/patel")
        await session.press("x")
        await session.on("LogLine")
        await session.type("for the figures")
        await session.press("enter")
        await session.sees_no("thank-you by hand")
        kinds = [touch.kind for touch in session.on_disk().touches_with("patel")]
    assert TouchKind.THANK_YOU_NOTE in kinds


async def test_x_moves_an_offer_on_and_edits_a_practice_and_a_promise(
    open_app: OpenApp, add: Add, studio_book: Path, clock: Clock
) -> None:
    owed = Touch(
        id="owed",
        practitioners=("ruth",),
        kind=TouchKind.PHONE_CALL,
        two_way=True,
        done_on=day(-9),
        promised=(Promise(by=PromisedBy.US, text="send the list"),),
        **stamped(clock),
    )
    add(owed)
    async with open_app() as session:
        await session.sees("you owe them: send the list")
        await session.at("promise_owed:owed/ruth")
        await session.press("x")
        await session.on("TouchForm")
        await session.fill(we_owe="")
        await session.press("ctrl+s")
        await session.sees_no("you owe them: send the list")
        await session.at("route_missing:harbour/osei")
        await session.press("x")
        await session.on("PracticeForm")
        await session.press("escape")
        await session.sees("give Harbour Practice")


async def test_a_next_step_is_chosen_after_a_treatment(
    open_app: OpenApp, add: Add, studio_book: Path, clock: Clock
) -> None:
    treated = Touch(
        id="treated",
        practitioners=("ruth",),
        kind=TouchKind.OWN_TREATMENT,
        done_on=day(-40),
        two_way=True,
        **stamped(clock),
    )
    add(treated, replace(treated, id="before", done_on=day(-90), kind=TouchKind.VISIT))
    async with open_app() as session:
        await session.sees("choose the next step after")
        await session.at("treatment_next:treated/ruth")
        await session.press("x")
        await session.on("FollowUpForm")


async def test_a_card_of_a_rule_is_put_off_and_undone(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.sees("thank them for the referral")
        await session.press("s")
        await session.on("SnoozeForm")
        await session.fill(until="thu", reason="she is away")
        await session.press("ctrl+s")
        await session.sees("Put off: thank them for the referral of K-014, Dr Amara Osei.")
        (step,) = (one for one in session.on_disk().open_follow_ups() if one.rule)
        assert (step.rule, step.due, step.state) == ("referral_thanks:referral-osei", day(3), FollowUpState.OPEN)
        assert [snooze.reason for snooze in step.snoozes] == ["she is away"]
        await session.at(step.id)
        await session.sees("Why: A referral is acknowledged within 1 day", "Put off once: she is away.")
        await session.press("u")
        await session.at("referral_thanks:referral-osei/osei")


async def test_what_was_done_meanwhile_is_not_put_off(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.sees("thank them for the referral")
        screen = session.app.screen
        assert isinstance(screen, TodayScreen)
        screen.begin(put_off, session.app.open_book.book.practitioners["osei"], "referral_thanks:another")
        await session.sees("That has been done meanwhile: nothing is left to put off.")


@pytest.mark.parametrize("size", SIZES)
async def test_the_cards_of_one_practice_name_each_other(
    open_app: OpenApp, add: Add, studio_book: Path, clock: Clock, size: tuple[int, int]
) -> None:
    place = Practice(id="mill", name="Mill Lane", route_given_on=TODAY, **stamped(clock))
    people = [
        Practitioner(id=f"m{n}", name=f"Mo {n}", practices=("mill",), tier=Tier.A, **stamped(clock)) for n in (1, 2)
    ]
    old = Touch(
        id="old", practitioners=("m1", "m2"), kind=TouchKind.VISIT, done_on=day(-300), two_way=True, **stamped(clock)
    )
    calls = [
        Touch(
            id=f"c{n}",
            practitioners=(f"m{n}",),
            kind=TouchKind.PHONE_CALL,
            done_on=day(-40 - 2 * n),
            two_way=True,
            **stamped(clock),
        )
        for n in (1, 2)
    ]
    add(place, *people, old, *calls)
    async with open_app(size=size) as session:
        await session.sees("Mo 2 +1", "call: keep in touch")
        await session.at("cadence:c2/m2")
        await session.sees(
            "Mo 2 · other · Mill Lane · tier A", "There too: Mo 1", "Why: The rhythm of tier A is 30 days"
        )


async def test_a_pause_of_the_studio_is_said_and_leaves_clients_in_hand(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        session.app.open_book.rules = RuleSettings(paused_until=date(2026, 12, 28), pause_reason="holiday")
        await session.sees("PAUSED UNTIL MON 28 DEC: HOLIDAY", "thank them for the referral", "send the figures")
        assert "thank-you by hand" not in session.text
        assert "NEVER VISITED" not in session.text


async def test_the_days_of_the_settings_reach_today_and_contacts(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        session.app.open_book.rules = RuleSettings(days={"referral_thanks": RuleDays(30)})
        await session.sees("call K-014")
        assert "thank them for the referral" not in session.text


async def test_an_offer_is_closed_from_today(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        session.app.open_book.rules = RuleSettings(
            days={"offer_no_reply": RuleDays(3, 5), "first_meeting_thanks": None}
        )
        await session.sees("close the offer: no reply")
        await session.at("offer_no_reply:offer-patel/patel")
        await session.press("x")
        await session.on("MoveForm")
        await session.press("ctrl+s")
        await session.sees_no("close the offer: no reply")
        assert session.on_disk().offers["offer-patel"].state is not OfferState.MADE


async def test_a_planned_touch_cannot_be_put_off_but_a_follow_up_can(
    open_app: OpenApp, add: Add, studio_book: Path, clock: Clock
) -> None:
    add(Touch(id="today", practitioners=("ruth",), kind=TouchKind.VISIT, planned_for=TODAY, **stamped(clock)))
    async with open_app() as session:
        await session.at("today")
        assert session.app.screen.check_action("snooze", ()) is False
        await session.at("today-patel")
        assert session.app.screen.check_action("snooze", ()) is True
        assert isinstance(session.on_disk().follow_ups["today-patel"], FollowUp)
        assert session.app.screen.query_one(RecordList).has_focus
