"""Acts of several records that meet what somebody else did: log lines, follow-ups put off, offers moved on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from relationships.parts import Snooze
from relationships.records import Offer, Record, Referral
from relationships.states import move_offer, move_referral
from relationships.vocabulary import FollowUpState, OfferState, ReferralState

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, Opening, OtherSession, Session

TODAY = date(2026, 11, 23)


def change(other_session: OtherSession, table: str, record_id: str, **fields: object) -> None:
    """Change a record as Alex."""
    alter(other_session, table, record_id, lambda record: replace(record, **fields))


def alter(other_session: OtherSession, table: str, record_id: str, altered: Callable[[Record], Record]) -> None:
    """Change a record as Alex."""
    with other_session("alex") as store:
        before = store.book.find(table, record_id)
        assert before is not None
        store.commit(store.author.act(f"edit {before.noun}", store.author.edit(before, altered(before))))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": FollowUpState.DONE, "done_on": TODAY}, "The next step was already changed by alex: done."),
        ({"due": date(2026, 11, 30)}, "The next step was already changed by alex: now due 30 Nov."),
        ({"trashed_at": None}, "The next step was already taken out of the book."),
    ],
)
@pytest.mark.parametrize("aware", [True, False])
async def test_a_touch_is_saved_and_leaves_a_next_step_alone_that_somebody_else_changed(
    open_app: OpenApp,
    other_session: OtherSession,
    unaware: Opening,
    fields: dict[str, object],
    words: str,
    aware: bool,
) -> None:
    opening = None if aware else unaware
    async with open_app(opening=opening) as session:
        await session.press("5")
        await session.at("today-patel")
        await session.press("x")
        await session.on("LogLine")
        await session.type("she liked them; next in 2 weeks")
        if "trashed_at" in fields:
            with other_session("alex") as store:
                step = store.book.follow_ups["today-patel"]
                store.commit(store.author.act("trash follow-up", store.author.trash(step)))
        else:
            change(other_session, "follow_ups", "today-patel", **fields)
        theirs = session.on_disk().follow_ups["today-patel"]
        if aware:
            await session.until(lambda: session.app.open_book.book.follow_ups["today-patel"] == theirs)
        await session.press("enter")
        await session.sees("Logged: visit with Priya Patel.", " ".join(words.split()[:4]))
        assert words in session.text.replace("\n ", " ")
        book = session.on_disk()
        assert book.follow_ups["today-patel"] == theirs
        assert book.touches_with("patel")[0].note == "she liked them"
        assert [step.due for step in book.follow_ups_of("patel") if step.from_touch] == [date(2026, 12, 7)]
        await session.press("u")
        await session.sees("Undone: log a visit: Priya Patel.")
        assert session.on_disk().follow_ups["today-patel"] == theirs
    unaware.result().close()


@pytest.mark.parametrize("theirs", ["done", "note"])
async def test_a_planned_touch_that_somebody_else_changed(
    open_app: OpenApp, other_session: OtherSession, unaware: Opening, theirs: str
) -> None:
    async with open_app(opening=unaware) as session:
        await session.press("l")
        await session.on("LogLine")
        await session.type("tour ben 10 dec he came; next in 2 weeks")
        await session.press("escape", "escape")
        change(other_session, "touches", "tour-ben", planned_for=date(2026, 11, 20))
        await session.press("u", "2")
        await session.on("ContactsScreen")
        await log_tour(session, other_session, theirs)
        book = session.on_disk()
        tours = book.touches_with("ben")
        if theirs == "note":
            (tour,) = tours
            assert (tour.id, tour.done_on, tour.cost) == ("tour-ben", TODAY, None)
            assert tour.people_met == ("Jo",)
        else:
            assert {tour.id for tour in tours} > {"tour-ben"}
            assert book.touches["tour-ben"].note == "alex was there"
            (mine,) = (tour for tour in tours if tour.id != "tour-ben")
            assert mine.note.endswith("he came")
            (step,) = (step for step in book.follow_ups_of("ben") if step.from_touch)
            assert step.from_touch == mine.id


async def log_tour(session: Session, other_session: OtherSession, theirs: str) -> None:
    """Log the planned tour while Alex changes it."""
    store = session.app.open_book.store
    assert store is not None
    store.refresh()
    session.app.open_book.take_in()
    await session.press("l")
    await session.on("LogLine")
    await session.type("tour ben today he came; next in 2 weeks")
    if theirs == "note":
        change(other_session, "touches", "tour-ben", people_met=("Jo",))
    else:
        change(other_session, "touches", "tour-ben", done_on=TODAY, note="alex was there")
    await session.press("enter")
    await session.sees("Logged: studio tour with Ben Lee.")


@pytest.mark.parametrize(("keys", "state"), [(("enter",), FollowUpState.DONE), (("down", "enter"), FollowUpState.OPEN)])
async def test_putting_off_what_somebody_else_closed_is_asked_about(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path, keys: tuple[str, ...], state: FollowUpState
) -> None:
    async with open_app() as session:
        await session.press("5")
        await session.at("today-patel")
        await session.press("s")
        await session.on("SnoozeForm")
        await session.fill(until="+7d", reason="on holiday")
        change(other_session, "follow_ups", "today-patel", state=FollowUpState.DONE, done_on=TODAY)
        await session.press("ctrl+s")
        await session.on("Decision")
        await session.sees("alex closed this next step: done", "You gave it another day.", "leave it done")
        await session.press("escape")
        await session.on("SnoozeForm")
        assert (session.value("until"), session.value("reason")) == ("2026-11-30", "on holiday")
        await session.press("ctrl+s")
        await session.on("Decision")
        await session.press(*keys)
        await session.on("FollowUpsScreen")
        said = "The next step stays as it is." if state is FollowUpState.DONE else "Open again: next step with Priya"
        await session.sees(said)
        step = session.on_disk().follow_ups["today-patel"]
        assert step.state is state
        assert [s.reason for s in step.snoozes] == (["on holiday"] if state is FollowUpState.OPEN else [])


async def test_both_put_it_off(open_app: OpenApp, other_session: OtherSession, studio_book: Path) -> None:
    async with open_app() as session:
        await session.press("5")
        await session.at("today-patel")
        await session.press("s")
        await session.on("SnoozeForm")
        await session.fill(until="+7d", reason="on holiday")
        with other_session("alex") as store:
            step = store.book.follow_ups["today-patel"]
            off = Snooze(on=TODAY, until=date(2026, 12, 1), reason="she is ill", by="alex")
            later = replace(step, due=off.until, snoozes=(off,))
            store.commit(store.author.act("put off follow-up", store.author.edit(step, later)))
        await session.press("ctrl+s")
        await session.on("ConflictDialog")
        await session.sees("Due", "Tue 1 Dec", "Mon 30 Nov", "also changed by alex: put off")
        await session.press("enter")
        await session.sees("Put off: next step with Priya Patel.")
        saved = session.on_disk().follow_ups["today-patel"]
    assert saved.due == date(2026, 11, 30)
    assert [each.reason for each in saved.snoozes] == ["she is ill", "on holiday"]


def moved(state: OfferState) -> Callable[[Record], Record]:
    def move(record: Record) -> Record:
        assert isinstance(record, Offer)
        return move_offer(record, state, TODAY, by="alex", why="she said so")

    return move


@pytest.mark.parametrize(("keys", "note"), [(("enter",), "rang her"), (("down", "enter"), "")])
async def test_a_move_that_is_not_legal_any_more_is_refused_and_its_note_is_kept(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path, keys: tuple[str, ...], note: str
) -> None:
    async with open_app() as session:
        await session.press("4")
        await session.at("offer-patel")
        await session.press("x")
        await session.on("MoveForm")
        await session.fill(why="rang her")
        alter(other_session, "offers", "offer-patel", moved(OfferState.DECLINED))
        await session.press("ctrl+s")
        await session.on("Decision")
        await session.sees("alex noted declined at ", "An offer that is declined cannot become accepted.")
        await session.sees("Your note: rang her", "leave it declined, and add your note to it")
        await session.press(*keys)
        await session.on("OffersScreen")
        await session.sees("Your note is saved" if note else "Left as alex noted it: declined.")
        offer = session.on_disk().offers["offer-patel"]
    assert (offer.state, offer.note, [move.by for move in offer.moves]) == (OfferState.DECLINED, note, ["sam", "alex"])


async def test_another_move_can_follow_theirs(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await session.press("4")
        await session.at("offer-patel")
        await session.press("x")
        await session.on("MoveForm")
        await session.fill(why="rang her")
        alter(other_session, "offers", "offer-patel", moved(OfferState.ACCEPTED))
        await session.press("ctrl+s")
        await session.on("Decision")
        await session.press("end", "enter")
        await session.on("MoveForm")
        await session.sees("Offer, Priya Patel: accepted", "It is accepted now, says alex.")
        assert (session.value("state"), session.value("why")) == ("active", "rang her")
        await session.press("ctrl+s")
        await session.sees("Noted: offer, Priya Patel. u undoes.")
        offer = session.on_disk().offers["offer-patel"]
    assert [(move.state, move.by) for move in offer.moves] == [("made", "sam"), ("accepted", "alex"), ("active", "sam")]


async def test_a_move_that_is_still_legal_comes_after_theirs(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    def acknowledged(record: Record) -> Record:
        assert isinstance(record, Referral)
        return move_referral(record, ReferralState.ACKNOWLEDGED, TODAY, by="alex")

    async with open_app() as session:
        await session.press("4")
        await session.at("referral-osei")
        await session.press("x")
        await session.on("MoveForm")
        await session.fill(state="closed", reason="cost")
        alter(other_session, "referrals", "referral-osei", acknowledged)
        await session.press("ctrl+s")
        await session.sees("Noted after what alex noted meanwhile, acknowledged: referral, Dr Amara Osei.")
        referral = session.on_disk().referrals["referral-osei"]
    assert [move.state for move in referral.moves] == ["received", "acknowledged", "closed"]
    assert referral.loop.ack == TODAY


async def test_a_trashed_offer_that_i_move_on_is_asked_about(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await session.press("4")
        await session.at("offer-patel")
        await session.press("x")
        await session.on("MoveForm")
        with other_session("alex") as store:
            store.commit(store.author.act("trash offer", store.author.trash(store.book.offers["offer-patel"])))
        await session.press("ctrl+s")
        await session.on("Decision")
        await session.sees("Priya Patel is in the trash", "restore it, with your changes")
        await session.press("enter")
        await session.sees("Restored, with your changes: Priya Patel.")
        offer = session.on_disk().offers["offer-patel"]
    assert (offer.state, offer.trashed_at) == (OfferState.ACCEPTED, None)
