"""Rules about what is open between the two sides, each with its table of cases (DOMAIN.md section 1)."""

from __future__ import annotations

from typing import Any

import pytest

from relationships.cadence import Lateness
from relationships.dates import DateStyle
from relationships.parts import Accepts, Promise
from relationships.records import Record
from relationships.rule_days import DEFAULTS, RuleDays, RuleSettings
from relationships.today import Card, due_sections
from relationships.vocabulary import OfferKind, OfferState, PromisedBy, Purpose, ReferralState, TouchKind
from tests.rule_cases import (
    MORNING,
    TODAY,
    all_raised,
    asked,
    book_of,
    call,
    day,
    gave,
    letter,
    offer,
    owing,
    person,
    planned,
    practice,
    step,
    talk,
)

ON_TIME, AMBER, RED = Lateness.ON_TIME, Lateness.PAST_TARGET, Lateness.PAST_LIMIT
SILENT: dict[str, Any] = {"do_not_contact": True}
AWAY: dict[str, Any] = {"paused_until": day(1)}
INVITED: dict[str, Any] = {"kind": OfferKind.INVITATION, "state": OfferState.INVITED}
DRAFT: dict[str, Any] = {"state": ReferralState.DRAFT, "sent_on": None}
ABOUT: dict[str, Any] = {"purpose": (Purpose.ASK_ABOUT_PRACTICE,)}
KEPT = (Promise(by=PromisedBy.US, text="send the list", kept_on=day(-1)),)
THEIRS = (Promise(by=PromisedBy.THEM, text="send the list"),)

TABLES: dict[str, list[tuple[str, dict[str, Any], list[Record], Lateness | None]]] = {
    "offer_no_reply": [
        ("before", {}, [offer(-13)], None),
        ("on the day", {}, [offer(-14)], ON_TIME),
        ("past it", {}, [offer(-20)], AMBER),
        ("at the limit", {}, [offer(-21)], AMBER),
        ("past the limit", {}, [offer(-22)], RED),
        ("accepted", {}, [offer(-22, state=OfferState.ACCEPTED)], None),
        ("closed", {}, [offer(-22, state=OfferState.NO_REPLY)], None),
        ("a draft", {}, [offer(-22, state=OfferState.DRAFT)], None),
        ("a talk restarts it", {}, [offer(-22), talk(-9)], None),
        ("from its own day", {}, [offer(-40), talk(-15)], AMBER),
        ("a talk before it", {}, [offer(-22), talk(-30)], RED),
        ("a call buys seven days", {}, [offer(-22), call(-3)], None),
        ("undated", {}, [offer(0, made_on=None)], AMBER),
        ("not to be contacted", SILENT, [offer(-22)], None),
        ("away", AWAY, [offer(-22)], None),
        ("put off", {}, [offer(-22), step(2, rule="offer_no_reply:offer")], None),
        ("trashed", {}, [offer(-22, trashed_at=MORNING)], None),
    ],
    "invitation_no_reply": [
        ("before", {}, [offer(-6, **INVITED)], None),
        ("on the day", {}, [offer(-7, **INVITED)], ON_TIME),
        ("past it", {}, [offer(-8, **INVITED)], AMBER),
        ("a talk restarts it", {}, [offer(-8, **INVITED), talk(-2)], None),
        ("spoken to yesterday", {}, [offer(-8, **INVITED), talk(-1)], None),
        ("a call buys seven days", {}, [offer(-8, **INVITED), call(-3)], None),
        ("postponed", {}, [offer(-8, kind=OfferKind.INVITATION, state=OfferState.POSTPONED)], None),
        ("not to be contacted", SILENT, [offer(-8, **INVITED)], None),
        ("away", AWAY, [offer(-8, **INVITED)], None),
        ("put off", {}, [offer(-8, **INVITED), step(2, rule="invitation_no_reply:offer")], None),
    ],
    "promise_owed": [
        ("before", {}, [owing(-6)], None),
        ("on the day", {}, [owing(-7)], ON_TIME),
        ("past it", {}, [owing(-8)], AMBER),
        ("long past it", {}, [owing(-400)], AMBER),
        ("kept", {}, [owing(-8, promised=KEPT)], None),
        ("theirs", {}, [owing(-8, promised=THEIRS)], None),
        ("a talk does not keep it", {}, [owing(-8), talk(-2)], AMBER),
        ("nor what is agreed", {}, [owing(-8), step(3)], AMBER),
        ("promised for a visit to come", {}, [planned(3, promised=owing(0).promised)], None),
        ("with somebody else too", {}, [owing(-8, practitioners=("gone", "p1"))], AMBER),
        ("not to be contacted", SILENT, [owing(-8)], None),
        ("away", AWAY, [owing(-8)], None),
        ("put off", {}, [owing(-8), step(2, rule="promise_owed:owing")], None),
        ("trashed", {}, [owing(-8, trashed_at=MORNING)], None),
    ],
    "practice_facts": [
        ("never asked", {}, [practice(), gave(0, **DRAFT)], AMBER),
        ("known", {}, [practice(accepts=Accepts(conditions=("knees",))), gave(0, **DRAFT)], None),
        ("asked", {}, [practice(), gave(0, **DRAFT), talk(-364, **ABOUT)], None),
        ("asked over a year ago", {}, [practice(), gave(0, **DRAFT), talk(-365, **ABOUT)], AMBER),
        ("asked in vain", {}, [practice(), gave(0, **DRAFT), letter(-3, **ABOUT)], AMBER),
        ("sent already", {}, [practice(), gave(0)], None),
        ("no practice", {"practices": ()}, [gave(0, **DRAFT)], None),
        ("not to be contacted", SILENT, [practice(), gave(0, **DRAFT)], None),
        ("away", AWAY, [practice(), gave(0, **DRAFT)], None),
        ("put off", {}, [practice(), gave(0, **DRAFT), step(2, rule="practice_facts:ref")], None),
    ],
}


@pytest.mark.parametrize(
    ("rule", "fields", "records", "expected"),
    [
        pytest.param(rule, fields, records, expected, id=f"{rule}-{name}")
        for rule, table in TABLES.items()
        for name, fields, records, expected in table
    ],
)
def test_the_tables(rule: str, fields: dict[str, Any], records: list[Record], expected: Lateness | None) -> None:
    found = asked(rule, person(**{"practices": ("x1",), **fields}), *records)
    assert (found.lateness(TODAY) if found is not None else None) is expected


@pytest.mark.parametrize("rule", TABLES)
def test_a_rule_can_be_switched_off(rule: str) -> None:
    records = next(records for _, fields, records, expected in TABLES[rule] if expected is AMBER and not fields)
    one = person(practices=("x1",))
    assert asked(rule, one, *records) is not None
    assert asked(rule, one, *records, settings=RuleSettings(days={rule: None})) is None
    assert asked(rule, one, *records, settings=RuleSettings(days={rule: RuleDays(900)})) is None
    assert asked(rule, one, *records, settings=RuleSettings(paused_until=day(1))) is None
    assert asked(rule, *records) is None


@pytest.mark.parametrize(
    ("rule", "records", "what", "why", "does"),
    [
        (
            "offer_no_reply",
            [offer(-15)],
            "no reply to your offer: ask",
            "An offer is asked about after 14 days and then closed; it was made on 8 Nov.",
            "offer",
        ),
        (
            "offer_no_reply",
            [offer(-21)],
            "close the offer: no reply",
            "An offer is asked about after 14 days and then closed; it was made on 2 Nov.",
            "offer",
        ),
        (
            "invitation_no_reply",
            [offer(-8, **INVITED)],
            "no reply to your invitation: ask",
            "An invitation is asked about after 7 days; you sent it on 15 Nov.",
            "offer",
        ),
        (
            "promise_owed",
            [owing(-20)],
            "you owe them: send the list",
            "A promise is kept within 7 days; you gave this one on 3 Nov (2 weeks ago).",
            "touch",
        ),
        (
            "practice_facts",
            [gave(0, **DRAFT)],
            "ask Practice x1 whom they take",
            "A practice is asked about itself before somebody is sent there; a referral has been in draft since 2 Nov.",
            "log",
        ),
    ],
)
def test_what_to_do_and_why(rule: str, records: list[Record], what: str, why: str, does: str) -> None:
    found = asked(rule, practice(), person(practices=("x1",)), *records)
    assert found is not None
    assert (found.what, found.why, found.does, found.fact) == (what, why, does, records[0])


def test_every_promise_of_a_touch_is_asked_for() -> None:
    promised = (*KEPT, *THEIRS, Promise(by=PromisedBy.US, text="one"), Promise(by=PromisedBy.US, text="two"))
    card = only_card(person(), owing(-8, promised=promised), step(20))
    assert (card.what, card.also) == ("you owe them: one", ("you owe them: two",))
    assert card.raised_by == "promise_owed:owing:2"
    put_off = step(20, "put off", rule="promise_owed:owing:2")
    rest = only_card(person(), owing(-8, promised=promised), step(20), put_off)
    assert (rest.what, rest.also) == ("you owe them: two", ())


def only_card(*records: Record, settings: RuleSettings = DEFAULTS) -> Card:
    due = due_sections(book_of(*records), TODAY, DateStyle(), settings=settings)
    (card,) = (card for section in due for card in section.cards)
    return card


@pytest.mark.parametrize(
    ("at", "what", "due", "when"),
    [
        (0, "joint visit", day(0), "today"),
        (1, "prepare for tomorrow: joint visit", day(0), "today"),
        (3, "prepare for Thu: joint visit", day(2), "Wed"),
        (7, "prepare for in 7 days: joint visit", day(6), "Sun"),
        (-1, "joint visit", day(-1), "1 day late"),
    ],
)
def test_a_joint_appointment_is_prepared_the_day_before(at: int, what: str, due: Any, when: str) -> None:
    card = only_card(person(), planned(at, kind=TouchKind.JOINT_APPOINTMENT))
    assert (card.what, card.due, card.when, card.key, card.id) == (what, due, when, "l", "plan")
    assert card.why.startswith("A joint appointment is prepared 1 day before. ") is (at > 0)
    assert card.rule == ("joint_day_before" if at > 0 else "")


def test_a_joint_appointment_by_other_settings() -> None:
    joint = planned(5, kind=TouchKind.JOINT_APPOINTMENT)
    off = RuleSettings(days={"joint_day_before": None})
    assert only_card(person(), joint, settings=off).due == day(5)
    early = RuleSettings(days={"joint_day_before": RuleDays(9)})
    assert only_card(person(), joint, settings=early).due == TODAY


def test_a_planned_touch_whose_day_has_passed_is_asked_about_and_silenced_by_nothing() -> None:
    card = only_card(person(**SILENT, **AWAY), planned(-3), settings=RuleSettings(paused_until=day(9)))
    assert (card.what, card.when, card.does) == ("visit", "3 days late", "log")
    assert card.why.endswith("say how it went, or choose another day.")


def test_an_empty_book_asks_for_nothing() -> None:
    assert all_raised(book_of()) == {}
