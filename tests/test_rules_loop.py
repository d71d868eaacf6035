"""Rules that keep the loop of a referral closed, each with its table of cases (DOMAIN.md section 4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from relationships.cadence import Lateness
from relationships.case import Case, next_working_day
from relationships.parts import Loop, Move, ReportPreference
from relationships.records import Record, Referral
from relationships.rule_days import DEFAULTS, RuleDays, RuleSettings
from relationships.rules import REFERRAL_RULES, loops
from relationships.vocabulary import Purpose, ReasonClosed, ReferralState, TouchKind
from tests.rule_cases import (
    MORNING,
    TODAY,
    asked,
    book_of,
    call,
    came,
    day,
    gave,
    letter,
    moved,
    person,
    step,
    talk,
    touch,
)

ON_TIME, AMBER, RED = Lateness.ON_TIME, Lateness.PAST_TARGET, Lateness.PAST_LIMIT
ACKNOWLEDGED, STARTED, NO_SHOW = ReferralState.ACKNOWLEDGED, ReferralState.STARTED, ReferralState.NO_SHOW
SEEN, COMPLETED, ENDED = ReferralState.SEEN, ReferralState.COMPLETED, ReferralState.ENDED_EARLY
REPORT: dict[str, Any] = {"kind": TouchKind.REPORT_SENT}
NOTE: dict[str, Any] = {"kind": TouchKind.THANK_YOU_NOTE}


def started(at: int, **loop: Any) -> dict[str, Any]:
    return {"state": STARTED, "loop": Loop(**{"start": day(at), **loop})}


TABLES: dict[str, list[tuple[str, list[Record], Lateness | None]]] = {
    "referral_thanks": [
        ("the same day", [came(0)], None),
        ("on the day", [came(-1)], ON_TIME),
        ("at the limit", [came(-2)], AMBER),
        ("past the limit", [came(-3)], RED),
        ("acknowledged", [came(-3, state=ACKNOWLEDGED)], None),
        ("acknowledged in the loop", [came(-3, loop=Loop(ack=day(-2)))], None),
        ("thanked by note", [came(-3), touch(-2, "note", **NOTE)], None),
        ("thanked in a talk", [came(-3), talk(-2, purpose=(Purpose.THANK,))], None),
        ("thanked for something before", [came(-3), touch(-4, "note", **NOTE)], RED),
        ("a talk is no thanks", [came(-3), talk(-2)], RED),
        ("closed", [came(-3, state=ReferralState.CLOSED, reason_closed=ReasonClosed.COST)], None),
        ("put off", [came(-3), step(2, rule="referral_thanks:ref")], None),
        ("given", [gave(-3)], None),
        ("trashed", [came(-3, trashed_at=MORNING)], None),
    ],
    "referral_client_call": [
        ("on Friday, and it is Monday", [came(-3)], ON_TIME),
        ("on Saturday", [came(-2)], ON_TIME),
        ("on Thursday", [came(-4)], AMBER),
        ("on Wednesday", [came(-5)], RED),
        ("today", [came(0)], None),
        ("acknowledged is not called", [came(-5, state=ACKNOWLEDGED)], RED),
        ("called", [came(-5, state=ReferralState.CONTACTED)], None),
        ("a talk with the referrer is none", [came(-5), talk(-1)], RED),
        ("put off", [came(-5), step(2, rule="referral_client_call:ref")], None),
    ],
    "first_session_told": [
        ("the same day", [came(-9, **moved(STARTED, 0))], None),
        ("on the day", [came(-9, **moved(STARTED, -1))], ON_TIME),
        ("at the limit", [came(-9, **moved(STARTED, -2))], AMBER),
        ("past the limit", [came(-9, **moved(STARTED, -3))], RED),
        ("missed", [came(-9, **moved(NO_SHOW, -3))], RED),
        ("without a move", [came(-3, state=STARTED)], RED),
        ("told in a talk", [came(-9, **moved(STARTED, -3)), talk(-2)], None),
        ("told by a report", [came(-9, **moved(STARTED, -3)), letter(-2, **REPORT)], None),
        ("told by letter", [came(-9, **moved(STARTED, -3)), letter(-2, purpose=(Purpose.REPORT,))], None),
        ("nobody took the call", [came(-9, **moved(STARTED, -3)), call(-2)], RED),
        ("spoken to before", [came(-9, **moved(STARTED, -3)), talk(-4)], RED),
        ("in the loop", [came(-9, **started(-3, summary=day(-2)))], None),
        ("put off", [came(-9, **moved(STARTED, -3)), step(2, rule="first_session_told:ref")], None),
    ],
    "progress_report": [
        ("before", [came(-40, **started(-29))], None),
        ("on the day", [came(-40, **started(-30))], ON_TIME),
        ("past it", [came(-40, **started(-31))], AMBER),
        ("a report since", [came(-90, **started(-80, last_report=day(-29)))], None),
        ("a report that was logged", [came(-90, **started(-80)), letter(-29, **REPORT)], None),
        ("a report long ago", [came(-90, **started(-80)), letter(-31, **REPORT)], AMBER),
        ("paused training", [came(-90, **{**started(-80), "state": ReferralState.PAUSED})], None),
        ("put off", [came(-40, **started(-31)), step(2, rule="progress_report:ref")], None),
    ],
    "discharge_summary": [
        ("before", [came(-90, **moved(COMPLETED, -6))], None),
        ("on the day", [came(-90, **moved(COMPLETED, -7))], ON_TIME),
        ("past it", [came(-90, **moved(ENDED, -8))], AMBER),
        ("told in the loop", [came(-90, **{**moved(ENDED, -8), "loop": Loop(outcome="runs again")})], None),
        ("a last report", [came(-90, **{**moved(ENDED, -8), "loop": Loop(last_report=day(-7))})], None),
        ("a report that was logged", [came(-90, **moved(ENDED, -8)), letter(-3, **REPORT)], None),
        ("a report before the end", [came(-90, **moved(ENDED, -8)), letter(-9, **REPORT)], AMBER),
        ("a talk is no summary", [came(-90, **moved(ENDED, -8)), talk(-3)], AMBER),
        ("put off", [came(-90, **moved(ENDED, -8)), step(2, rule="discharge_summary:ref")], None),
    ],
    "given_call": [
        ("the same day", [gave(0)], None),
        ("on the day", [gave(-1)], ON_TIME),
        ("past it", [gave(-2)], AMBER),
        ("no word has its turn", [gave(-21)], None),
        ("called, nobody there", [gave(-2), call(-1)], None),
        ("they rang", [gave(-2), talk(-1)], None),
        ("a letter is no call", [gave(-2), letter(-1)], AMBER),
        ("accepted", [gave(-2, state=ReferralState.ACCEPTED)], None),
        ("still a draft", [gave(-2, state=ReferralState.DRAFT)], None),
        ("put off", [gave(-2), step(2, rule="given_call:ref")], None),
        ("received", [came(-2)], None),
    ],
    "given_ask_client": [
        ("before", [gave(-20, **moved(SEEN, -6))], None),
        ("on the day", [gave(-20, **moved(SEEN, -7))], ON_TIME),
        ("past it", [gave(-20, **moved(SEEN, -8))], AMBER),
        ("reported back", [gave(-20, **moved(ReferralState.REPORTED_BACK, -8))], None),
        ("a talk is not with the client", [gave(-20, **moved(SEEN, -8)), talk(-2)], AMBER),
        ("put off", [gave(-20, **moved(SEEN, -8)), step(2, rule="given_ask_client:ref")], None),
    ],
    "given_no_word": [
        ("before", [gave(-20)], None),
        ("on the day", [gave(-21)], ON_TIME),
        ("past it", [gave(-22)], AMBER),
        ("accepted", [gave(-22, state=ReferralState.ACCEPTED)], AMBER),
        ("reported back", [gave(-22, state=ReferralState.REPORTED_BACK)], None),
        ("a talk restarts it", [gave(-22), talk(-20)], None),
        ("from its own day", [gave(-42), talk(-22)], AMBER),
        ("a talk before it", [gave(-22), talk(-30)], AMBER),
        ("a call buys seven days", [gave(-22), call(-6)], None),
        ("put off", [gave(-22), step(2, rule="given_no_word:ref")], None),
    ],
    "given_reassessment": [
        ("before", [gave(-41)], None),
        ("on the day", [gave(-42)], ON_TIME),
        ("past it", [gave(-43, **moved(ReferralState.REPORTED_BACK, -9))], AMBER),
        ("back again", [gave(-43, state=ReferralState.RETURNED)], None),
        ("declined", [gave(-43, state=ReferralState.DECLINED)], None),
        ("a talk is not with the client", [gave(-43), talk(-2)], AMBER),
        ("put off", [gave(-43), step(2, rule="given_reassessment:ref")], None),
    ],
}


@pytest.mark.parametrize(
    ("rule", "records", "expected"),
    [
        pytest.param(rule, records, expected, id=f"{rule}-{name}")
        for rule, table in TABLES.items()
        for name, records, expected in table
    ],
)
@pytest.mark.parametrize(
    "fields", [{}, {"do_not_contact": True}, {"paused_until": day(9)}, {"archived_at": MORNING}], ids=repr
)
def test_the_tables(rule: str, fields: dict[str, Any], records: list[Record], expected: Lateness | None) -> None:
    """A client is in hand: neither a pause nor `do_not_contact` silences the loop."""
    found = asked(rule, person(**fields), *records)
    assert (found.lateness(TODAY) if found is not None else None) is expected


@pytest.mark.parametrize("rule", TABLES)
def test_the_loop_goes_on_while_the_studio_is_away_but_not_with_those_in_the_trash(rule: str) -> None:
    records = next(records for name, records, expected in TABLES[rule] if expected in (AMBER, RED))
    assert asked(rule, person(), *records, settings=RuleSettings(paused_until=day(9))) is not None
    assert asked(rule, person(trashed_at=MORNING), *records) is None
    assert asked(rule, *records) is None
    assert asked(rule, person(), *records, settings=RuleSettings(days={rule: None})) is None
    assert asked(rule, person(), *records, settings=RuleSettings(days={rule: RuleDays(500)})) is None


@pytest.mark.parametrize(
    ("rule", "record", "what", "why"),
    [
        (
            "referral_thanks",
            came(-3),
            "thank them for the referral of K-014",
            "A referral is acknowledged within 1 day; K-014 came on 20 Nov.",
        ),
        (
            "referral_client_call",
            came(-3, client_code=""),
            "call the client",
            "Somebody who was referred is called within 1 working day; the client came on 20 Nov.",
        ),
        (
            "first_session_told",
            came(-9, **moved(STARTED, -1)),
            "tell them that K-014 has started",
            "A referrer hears of the first session within 1 day; K-014 started on 22 Nov.",
        ),
        (
            "first_session_told",
            came(-9, **moved(NO_SHOW, -1)),
            "tell them that K-014 did not come",
            "A referrer hears of the first session within 1 day; K-014 missed the first session on 22 Nov.",
        ),
        (
            "progress_report",
            came(-40, **started(-31)),
            "report on K-014, every 30 days",
            "A referrer gets a report every 30 days; the last word on K-014 was on 23 Oct.",
        ),
        (
            "discharge_summary",
            came(-90, **moved(ENDED, -8)),
            "write the discharge summary of K-014",
            "When the training has ended, the referrer hears how within 7 days; K-014 ended on 15 Nov.",
        ),
        (
            "given_call",
            gave(-2),
            "call the practice about K-020",
            "The practice is called 1 day after somebody was sent; K-020 went on 21 Nov.",
        ),
        (
            "given_ask_client",
            gave(-20, **moved(SEEN, -8)),
            "ask K-020 how the visit went",
            "A client is asked 7 days after the visit; K-020 was seen on 15 Nov.",
        ),
        (
            "given_no_word",
            gave(-22),
            "ask for word of K-020",
            "Word is asked for after 21 days of silence; K-020 was sent on 1 Nov.",
        ),
        (
            "given_reassessment",
            gave(-43),
            "reassess K-020",
            "A client who was sent on is assessed again after 42 days; K-020 was sent on 11 Oct.",
        ),
    ],
)
def test_what_to_do_and_why_without_health_details(rule: str, record: Record, what: str, why: str) -> None:
    found = asked(rule, person(), record)
    assert found is not None
    assert (found.what, found.why, found.fact) == (what, why, record)


def test_a_practitioner_who_wants_reports_at_another_pace() -> None:
    weekly = person(report_preference=ReportPreference(interval=7))
    found = asked("progress_report", weekly, came(-40, **started(-8)))
    assert found is not None
    assert (found.what, found.window.due) == ("report on K-014, every 7 days", day(-1))
    limited = RuleSettings(days={"progress_report": RuleDays(30, 40)})
    late = asked("progress_report", person(), came(-90, **started(-41)), settings=limited)
    assert late is not None
    assert late.lateness(TODAY) is RED


def test_what_comes_tomorrow_asks_for_nothing_today() -> None:
    assert asked("given_no_word", person(), gave(5)) is None


def test_the_last_move_into_a_state_counts() -> None:
    moves = tuple(
        Move(state=state.value, on=day(at)) for state, at in ((NO_SHOW, -20), (ACKNOWLEDGED, -10), (NO_SHOW, -1))
    )
    found = asked("first_session_told", person(), came(-30, state=NO_SHOW, moves=moves))
    assert found is not None
    assert found.window.due == TODAY


@pytest.mark.parametrize(
    ("since", "days", "expected"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 19), 2, date(2026, 11, 23)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date.max, 3, date.max),
    ],
)
def test_working_days(since: date, days: int, expected: date) -> None:
    assert next_working_day(since, days) == expected


@pytest.mark.parametrize("state", ReferralState)
@pytest.mark.parametrize("make", [came, gave])
def test_the_rules_that_are_tried_for_a_state_are_those_that_ask(
    make: Callable[..., Referral], state: ReferralState
) -> None:
    """Only the rules that a state can concern are tried on Today; asked one by one, the others keep silent."""
    one = person()
    record = make(-50, state=state)
    case = Case(book_of(one, record), one, TODAY, DEFAULTS)
    alone = {name for name, rule in REFERRAL_RULES.items() if rule(case, record) is not None}
    assert alone == {raised.rule for raised in loops(case.book, TODAY, DEFAULTS)}
