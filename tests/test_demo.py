"""The made-up book is whole, lawful, lively and the same each time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationships.book import Book, records_of
from relationships.dates import DateStyle
from relationships.records import FollowUp, Offer, Record, Referral
from relationships.states import (
    FIRST_OFFER_STATES,
    FIRST_REFERRAL_STATES,
    OFFER_MOVES,
    REFERRAL_MOVES,
    move_referral,
    next_referral_states,
)
from relationships.today import due_sections
from relationships.vocabulary import (
    FollowUpState,
    OfferState,
    ReferralState,
)
from trainer_tui.demo import DEMO_SEED, DEMO_TOUCHES, demo_tables
from trainer_tui.demo_names import TRAINERS

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 15, 4, tzinfo=UTC)
Tables = dict[str, dict[str, Record]]

sizes = st.integers(0, 300)
seeds = st.integers(0, 2**32)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@cache
def book(touches: int = DEMO_TOUCHES, seed: int = DEMO_SEED) -> Book:
    return Book(demo_tables(touches, seed, TODAY, NOW))


def told(touches: int, seed: int, today: date) -> Book:
    return Book(demo_tables(touches, seed, today, datetime(today.year, today.month, today.day, 15, tzinfo=UTC)))


def links(record: Record) -> Iterator[tuple[str, str]]:
    """Every reference of a record: table and id."""
    plain = cast("dict[str, Any]", msgspec.to_builtins(record))
    own = plain.get("practitioners", ()) if record.table == "touches" else ()
    yield from (("practitioners", found) for found in own)
    yield from (("practices", found) for found in plain.get("practices", ()))
    for name, table in (
        ("practitioner", "practitioners"),
        ("practice", "practices"),
        ("from_touch", "touches"),
        ("done_touch", "touches"),
        ("attributed_touch", "touches"),
    ):
        if name in plain:
            yield table, plain[name]
    assert not {"client", "clients", "release"} & plain.keys(), "there are no such records yet"


def sections(found: Book, today: date) -> tuple[int, int, int]:
    """Open follow-ups overdue, for today, and for the rest of this week: to Sunday, or the six days after one."""
    ahead = [(follow_up.due - today).days for follow_up in found.open_follow_ups()]
    left = 6 - today.weekday() or 6
    assert not [days for days in ahead if left < days < 8], "nothing between this week and later, however counted"
    return sum(d < 0 for d in ahead), sum(d == 0 for d in ahead), sum(0 < d <= left for d in ahead)


@given(sizes, seeds, days)
@settings(max_examples=25, deadline=None)
def test_same_arguments_same_book(touches: int, seed: int, today: date) -> None:
    now = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    first, again = (demo_tables(touches, seed, today, now) for _ in range(2))
    assert msgspec.json.encode(first) == msgspec.json.encode(again)
    assert set(demo_tables(touches, seed + 1, today, now)["practitioners"]) != set(first["practitioners"])


@given(sizes, seeds, days)
@settings(max_examples=60, deadline=None)
def test_whole_at_any_size(touches: int, seed: int, today: date) -> None:
    found = told(touches, seed, today)
    assert len(found.touches) == touches
    assert len(found.practitioners) >= 12
    for record in records_of(found):
        assert re.fullmatch(r"[0-9a-f]{16}", record.id)
        assert record.created_by in TRAINERS
        assert record.created_at <= record.updated_at
        for table, target in links(record):
            other = found.find(table, target)
            assert other is not None, (record, table)
            assert other.trashed_at is None


@given(sizes, seeds, days)
@settings(max_examples=60, deadline=None)
def test_nothing_done_lies_ahead(touches: int, seed: int, today: date) -> None:
    found = told(touches, seed, today)
    for record in records_of(found):
        assert record.created_at.date() <= today
    for touch in found.touches.values():
        if touch.planned:
            assert touch.planned_for is not None
            assert touch.planned_for > today
        else:
            assert touch.day <= today
            assert today - touch.day <= timedelta(days=3 * 366)
        assert all(touch.day <= promise.kept_on <= today for promise in touch.promised if promise.kept_on is not None)
    moves = [move for offer in found.all_offers() for move in offer.moves]
    moves += [move for referral in found.all_referrals() for move in referral.moves]
    assert all(move.on <= today for move in moves)
    for referral in found.all_referrals():
        told_on = (referral.loop.ack, referral.loop.start, referral.loop.summary, referral.loop.last_report)
        assert all(referral.day <= day <= today for day in told_on if day is not None)


@given(sizes, seeds, days)
@settings(max_examples=60, deadline=None)
def test_follow_ups_hang_together(touches: int, seed: int, today: date) -> None:
    found = told(touches, seed, today)
    for follow_up in found.follow_ups.values():
        assert follow_up.what
        done = follow_up.state is FollowUpState.DONE
        assert (follow_up.done_on is not None) == (follow_up.done_touch is not None) == done
        assert bool(follow_up.drop_reason) == (follow_up.state is FollowUpState.DROPPED)
        if follow_up.done_touch is not None:
            touch = found.touches[follow_up.done_touch]
            assert touch.done_on == follow_up.done_on
        assert all(snooze.on <= today and snooze.reason and snooze.on <= snooze.until for snooze in follow_up.snoozes)
        if follow_up.snoozes:
            assert follow_up.snoozes[-1].until == follow_up.due


@given(sizes, seeds, days)
@settings(max_examples=80, deadline=None)
def test_first_screen_is_alive(touches: int, seed: int, today: date) -> None:
    overdue, now, week = sections(told(touches, seed, today), today)
    assert 4 <= overdue <= 12
    assert 2 <= now <= 4
    assert 3 <= week <= 6


@given(sizes, seeds, days)
@settings(max_examples=80, deadline=None)
def test_today_screen_shows_them_with_what_is_planned(touches: int, seed: int, today: date) -> None:
    found = told(touches, seed, today)
    now, week = due_sections(found, today, DateStyle(), every=True)
    agreed = [card.due for card in now.cards if not card.raised_by and card.due is not None]
    assert 4 <= sum(day < today for day in agreed) <= 12
    assert 2 <= sum(day == today for day in agreed) <= 5
    assert 3 <= sum(not card.raised_by for card in week.cards) <= 6
    assert "referral_thanks" in {card.rule for card in now.cards}


@pytest.mark.parametrize("touches", [3_000, 20_000])
def test_big_books_stay_calm(touches: int) -> None:
    found = book(touches)
    overdue, now, week = sections(found, TODAY)
    assert (4 <= overdue <= 12, 2 <= now <= 4, 3 <= week <= 6) == (True, True, True)
    assert len(found.practitioners) == touches // 40
    assert abs(len(found.practices) - touches / 120) <= 1
    assert len(found.planned_touches()) <= 41
    ages = [(TODAY - touch.day).days for touch in found.all_touches()]
    assert max(ages) > 800
    assert sum(0 <= age < 365 for age in ages) > 2 * sum(365 <= age < 730 for age in ages)


def test_referrals_walked_legally() -> None:
    for referral in book().all_referrals():
        states = [ReferralState(move.state) for move in referral.moves]
        moves = REFERRAL_MOVES[referral.direction]
        start = FIRST_REFERRAL_STATES[referral.direction]
        path = states if states and states[0] in start else [start[-1], *states]
        assert all(after in moves[before] for before, after in pairwise(path))
        assert referral.state is path[-1]
        assert all(earlier.on <= later.on for earlier, later in pairwise(referral.moves))
        assert (referral.reason_closed is not None) == (referral.state is ReferralState.CLOSED)
        for state in next_referral_states(referral):
            if state is not ReferralState.CLOSED:
                assert move_referral(referral, state, TODAY).state is state


def test_offers_walked_legally() -> None:
    for offer in book().all_offers():
        states = [OfferState(move.state) for move in offer.moves]
        moves = OFFER_MOVES[offer.kind]
        starts = [first for first in FIRST_OFFER_STATES[offer.kind] if not states or states[0] in moves.get(first, ())]
        assert starts
        assert all(after in moves[before] for before, after in pairwise(states))
        assert offer.state is (states[-1] if states else offer.state)
        assert states or offer.state in FIRST_OFFER_STATES[offer.kind]
        assert (offer.made_on is None) == (offer.state is OfferState.DRAFT)
        assert "no fee" in offer.terms


def test_negative_size_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than no touches"):
        demo_tables(-1, 7, TODAY, NOW)


def test_tables_survive_the_file() -> None:
    for table, records in demo_tables(60, 7, TODAY, NOW).items():
        for key, record in records.items():
            assert (record.table, record.id) == (table, key)
            assert msgspec.json.decode(msgspec.json.encode(record), type=type(record)) == record
            assert isinstance(record, FollowUp | Offer | Referral) or record.version == 1
