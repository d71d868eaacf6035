"""What there is to see in the made-up book: every sort of record, name and standing, and nobody real."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from functools import cache

import msgspec
import pytest

from relationships.book import Book, records_of
from relationships.cadence import next_step
from relationships.records import Record
from relationships.stages import activity, stage
from relationships.vocabulary import (
    Activity,
    Channel,
    Direction,
    Discipline,
    FollowUpState,
    OfferKind,
    OfferState,
    PromisedBy,
    Purpose,
    ReferralState,
    Stage,
    Tier,
    TouchKind,
)
from trainer_tui.demo import DEMO_SEED, DEMO_TOUCHES, demo_tables
from trainer_tui.demo_names import NAMES, TRAINERS

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 15, 4, tzinfo=UTC)
Tables = dict[str, dict[str, Record]]


@cache
def book(touches: int = DEMO_TOUCHES, seed: int = DEMO_SEED) -> Book:
    return Book(demo_tables(touches, seed, TODAY, NOW))


@pytest.mark.parametrize("seed", [DEMO_SEED, 0, 1, 2, 3, 99])
def test_everything_occurs_in_the_usual_book(seed: int) -> None:
    found = book(DEMO_TOUCHES, seed)
    touches = found.touches.values()
    assert {touch.kind for touch in touches} == set(TouchKind)
    assert {touch.channel for touch in touches} == set(Channel)
    assert {purpose for touch in touches for purpose in touch.purpose} == set(Purpose)
    assert {touch.direction for touch in touches} == set(Direction)
    assert {promise.by for touch in touches for promise in touch.promised} == set(PromisedBy)
    assert {p.discipline for p in found.practitioners.values()} == set(Discipline)
    assert {p.tier for p in found.practitioners.values()} == {*Tier, None}
    assert {o.state for o in found.offers.values()} == set(OfferState)
    assert {o.kind for o in found.offers.values()} == set(OfferKind)
    assert {r.state for r in found.referrals.values()} == set(ReferralState)
    assert {f.state for f in found.follow_ups.values()} == set(FollowUpState)
    assert {record.created_by for record in records_of(found)} == set(TRAINERS)
    for part in ("learned", "minutes", "cost", "outcome", "ask_outcome", "cancelled_on", "people_met", "next_touch_on"):
        assert any(getattr(touch, part) for touch in touches), part
    assert any(f.snoozes for f in found.follow_ups.values())
    assert any(f.repeat for f in found.open_follow_ups())
    assert any(len(touch.note) >= 300 for touch in touches)
    assert any(touch.planned for touch in touches)
    assert any(len(touch.practitioners) > 1 for touch in touches)


@pytest.mark.parametrize("seed", [DEMO_SEED, 0, 1, 2, 3, 99])
def test_every_standing_occurs(seed: int) -> None:
    found = book(DEMO_TOUCHES, seed)
    live = found.all_practitioners()
    assert {stage(found, p, TODAY) for p in live} == set(Stage)
    assert {activity(found, p.id, TODAY) for p in live} == set(Activity)
    reachable = [p for p in live if not p.do_not_contact and p.archived_at is None and p.stage_override is None]
    assert 2 <= sum(next_step(found, p.id) is None for p in reachable) <= 8
    assert any(not found.touches_with(p.id) for p in reachable)
    everybody = found.practitioners.values()
    assert sum(p.trashed_at is not None for p in everybody) == 1
    assert [p.archive_reason for p in everybody if p.archived_at is not None] == [
        "Retired; the pharmacy has a new lead."
    ]
    parked = [p for p in everybody if p.tier is Tier.PARKED]
    assert [bool(p.stage_override and p.stage_override.reason) for p in parked] == [True]
    quiet = [p for p in everybody if p not in reachable]
    assert len(quiet) == 4
    assert all(next_step(found, p.id) is None for p in quiet)


def test_places_are_shared() -> None:
    found = book()
    addresses = [practice.address for practice in found.all_practices()]
    assert len(set(addresses)) < len(addresses)
    assert any(len(p.practices) == 2 for p in found.all_practitioners())
    assert all(practice.hours and practice.gatekeepers for practice in found.all_practices())
    assert "Quay studio" in {practice.name for practice in found.all_practices()}


@pytest.mark.parametrize("touches", [0, 10, 400, 3_000])
def test_hostile_names_at_any_size(touches: int) -> None:
    found = book(touches)
    shown = [f"{p.name} {p.post_nominals}".strip() for p in found.all_practitioners()]
    for part in ("PT [DPT]", "Lee [/]", 'Ana "Nina" Ortiz', "O'R"):
        assert any(part in name for name in shown), part
    assert any(unicodedata.combining(character) for name in shown for character in name)
    assert max(map(len, shown)) > 100


def test_many_scripts() -> None:
    letters = "".join(p.name for p in book().all_practitioners())
    for script in ("LATIN", "CJK", "ARABIC", "CYRILLIC", "GREEK"):
        assert any(unicodedata.name(letter, "").startswith(script) for letter in letters), script
    assert "ễ" in letters
    assert "Ł" in letters
    assert all(family and given_names for _, given_names, family in NAMES)


@pytest.mark.parametrize("touches", [10, 400, 3_000])
def test_nobody_is_real(touches: int) -> None:
    people, places = book(touches).practitioners.values(), book(touches).practices.values()
    numbers = [p.phone for p in people] + [p.phone for p in places] + [p.fax for p in places]
    assert all(re.fullmatch(r"(020 7946 0\d{3}|07700 900\d{3})?", number) for number in numbers)
    mails = [p.email for p in people] + [p.email for p in places]
    assert all(re.fullmatch(r"([a-z0-9]+@[a-z0-9]+\.example)?", mail) for mail in mails)


@pytest.mark.parametrize("touches", [10, 400, 3_000])
def test_clients_are_codes(touches: int) -> None:
    codes = [referral.client_code for referral in book(touches).all_referrals()]
    assert all(re.fullmatch(r"K-\d{3,}", code) for code in codes)
    assert len(set(codes)) == len(codes)
    assert "K-014" in codes


def test_records_are_of_the_usual_size() -> None:
    found = book(3_000)
    notes = [len(msgspec.json.encode(touch)) for touch in found.touches.values()]
    assert 340 <= sum(notes) / len(notes) <= 430


def test_first_four_are_those_of_the_mock_ups() -> None:
    found = book()
    first = list(found.practitioners.values())[:4]
    assert [p.name for p in first] == ["Priya Patel", "Dr Amara Osei", "Leo Marchetti", "Ruth Cohen"]
    priya, amara, leo, ruth = first
    assert found.practices[priya.practices[0]].name == "Quay Physio"
    assert (amara.tier, found.practices[amara.practices[0]].name) == (Tier.A, "Harbour Practice")
    assert [t.kind for t in found.touches_with(leo.id)] == [TouchKind.LETTER, TouchKind.LETTER]
    ahead, latest, *_ = found.touches_with(priya.id)
    assert (ahead.planned_for, ahead.note) == (date(2026, 11, 26), "about K-009's shoulder")
    assert latest.note.startswith("She wants range-of-motion figures monthly")
    steps = {p.name: next_step(found, p.id) for p in first}
    assert {name: step.day for name, step in steps.items() if step} == {
        "Priya Patel": TODAY,
        "Dr Amara Osei": date(2026, 11, 21),
        "Leo Marchetti": date(2026, 11, 26),
        "Ruth Cohen": date(2026, 11, 27),
    }
    assert stage(found, ruth, TODAY) is Stage.MET
