"""Rules of a relationship that goes on, each with its table of cases (DOMAIN.md section 4; section 1, row 16 on)."""

from __future__ import annotations

from typing import Any

import pytest

from relationships.cadence import Lateness, Rhythm
from relationships.parts import CadenceOverride
from relationships.records import Record
from relationships.rule_days import DaySettings, RuleDays, RuleSettings
from relationships.vocabulary import Channel, Direction, FollowUpState, Purpose, ReasonClosed, Tier, TouchKind
from tests.rule_cases import MORNING, TODAY, asked, call, came, day, letter, person, planned, step, talk

ON_TIME, AMBER, RED = Lateness.ON_TIME, Lateness.PAST_TARGET, Lateness.PAST_LIMIT
SILENT: dict[str, Any] = {"do_not_contact": True}
AWAY: dict[str, Any] = {"paused_until": day(1)}
A: dict[str, Any] = {"tier": Tier.A}
B: dict[str, Any] = {"tier": Tier.B}
C: dict[str, Any] = {"tier": Tier.C}
OWN = CadenceOverride(target=10, limit=20)
QUESTION: dict[str, Any] = {"purpose": (Purpose.ASK_INPUT,)}
ASK: dict[str, Any] = {"purpose": (Purpose.ASK_REFERRAL,)}


def flow(*at: int) -> list[Record]:
    return [came(day_, f"r{number}") for number, day_ in enumerate(at)]


SLOW = flow(-35, -45, -55, -65, -75)
TABLES: dict[str, list[tuple[str, dict[str, Any], list[Record], Lateness | None]]] = {
    "cadence": [
        ("A before", A, [talk(-29)], None),
        ("A on the day", A, [talk(-30)], ON_TIME),
        ("A past it", A, [talk(-31)], AMBER),
        ("A at the limit", A, [talk(-45)], AMBER),
        ("A past the limit", A, [talk(-46)], RED),
        ("B before", B, [talk(-59)], None),
        ("B on the day", B, [talk(-60)], ON_TIME),
        ("B past the limit", B, [talk(-91)], RED),
        ("C before", C, [talk(-89)], None),
        ("C on the day", C, [talk(-90)], ON_TIME),
        ("C past the limit", C, [talk(-121)], RED),
        ("parked", {"tier": Tier.PARKED}, [talk(-900)], None),
        ("no tier", {}, [talk(-900)], None),
        ("their own", {**C, "cadence_override": OWN}, [talk(-21)], RED),
        ("nothing was ever sent", A, [], None),
        ("nobody has answered", A, [letter(-8)], RED),
        ("spoken to since", A, [talk(-46), talk(-20, "two")], None),
        ("restarts from its own day", A, [talk(-46), talk(-31, "two")], AMBER),
        ("entered late", A, [talk(-20), talk(-46, "late")], None),
        ("a call buys seven days", A, [talk(-46), call(-6)], None),
        ("and no more: the limit stays", A, [talk(-46), call(-8)], RED),
        ("on the seventh day", A, [talk(-46), call(-7)], ON_TIME),
        ("their letter buys none", A, [talk(-46), letter(-2, direction=Direction.IN)], RED),
        ("what is planned does not count", A, [talk(-46), talk(1, "tomorrow")], RED),
        ("cancelled", A, [talk(-46), planned(-3, cancelled_on=day(-4))], RED),
        ("agreed", A, [talk(-46), step(40)], None),
        ("planned", A, [talk(-46), planned(3)], None),
        ("agreed and done", A, [talk(-46), step(-3, done_on=day(-2), state=FollowUpState.DONE)], RED),
        ("not to be contacted", {**A, **SILENT}, [talk(-46)], None),
        ("away", {**A, **AWAY}, [talk(-46)], None),
        ("put off", A, [talk(-46), step(2, rule="cadence:talk")], None),
        ("archived", {**A, "archived_at": MORNING}, [talk(-46)], None),
        ("referrals flow", A, [talk(-46), came(-20)], None),
        ("and stop", A, [talk(-46), came(-21)], RED),
    ],
    "flow_quiet": [
        ("before", {}, flow(-20), None),
        ("on the day", {}, flow(-21), ON_TIME),
        ("past it", {}, flow(-22, -400), AMBER),
        ("at the limit", {}, flow(-28), AMBER),
        ("past the limit", {}, flow(-29), RED),
        ("lapsed", {}, flow(-91), None),
        ("spoken to since", {}, [*flow(-29), talk(-20)], None),
        ("restarts from its own day", {}, [*flow(-29), talk(-22)], AMBER),
        ("a call buys seven days", {}, [*flow(-29), call(-2)], None),
        ("agreed", {}, [*flow(-29), step(5)], None),
        ("not to be contacted", SILENT, flow(-29), None),
        ("away", AWAY, flow(-29), None),
        ("put off", {}, [*flow(-29), step(2, rule="flow_quiet:r0")], None),
        ("only given", {}, [], None),
    ],
    "slowing": [
        ("slow", {}, SLOW, AMBER),
        ("not before", {}, flow(-5, -10, -45, -55, -65), None),
        ("too few to tell", {}, flow(-45, -55), None),
        ("they were asked", {}, [*SLOW, talk(-2)], None),
        ("they were spoken to before it began", {}, [*SLOW, talk(-20)], AMBER),
        ("agreed", {}, [*SLOW, step(5)], None),
        ("not to be contacted", SILENT, SLOW, None),
        ("away", AWAY, SLOW, None),
        ("put off", {}, [*SLOW, step(2, rule="slowing:r0")], None),
    ],
    "lapsed": [
        ("before", {}, flow(-89), None),
        ("on the day", {}, flow(-90), ON_TIME),
        ("past it", {}, flow(-91), AMBER),
        ("never", {}, [], None),
        ("asked since", {}, [*flow(-120), talk(-29)], None),
        ("asked before it lapsed", {}, [*flow(-120), talk(-31)], AMBER),
        ("asked long ago", {}, [*flow(-400), talk(-91)], AMBER),
        ("a duplicate is none", {}, [*flow(-120), came(-3, "dup", reason_closed=ReasonClosed.DUPLICATE)], AMBER),
        ("agreed", {}, [*flow(-120), step(5)], None),
        ("not to be contacted", SILENT, flow(-120), None),
        ("away", AWAY, flow(-120), None),
        ("put off", {}, [*flow(-120), step(2, rule="lapsed:r0")], None),
    ],
    "question_unanswered": [
        ("before", {}, [letter(-9, **QUESTION)], None),
        ("on the day", {}, [letter(-10, **QUESTION)], ON_TIME),
        ("past it", {}, [letter(-11, **QUESTION)], AMBER),
        ("past the limit", {}, [letter(-21, **QUESTION)], RED),
        ("answered", {}, [letter(-11, two_way=True, **QUESTION)], None),
        ("spoken to since", {}, [letter(-21, **QUESTION), talk(-5)], None),
        ("spoken to before", {}, [letter(-21, **QUESTION), talk(-25)], RED),
        ("a call buys seven days", {}, [letter(-21, **QUESTION), call(-5)], None),
        ("their question", {}, [letter(-21, direction=Direction.IN, **QUESTION)], None),
        ("agreed", {}, [letter(-21, **QUESTION), step(3)], None),
        ("not to be contacted", SILENT, [letter(-21, **QUESTION)], None),
        ("away", AWAY, [letter(-21, **QUESTION)], None),
        ("put off", {}, [letter(-21, **QUESTION), step(2, rule="question_unanswered:letter")], None),
    ],
    "ask_again": [
        ("before", {}, [talk(-59, **ASK)], None),
        ("on the day", {}, [talk(-60, **ASK)], ON_TIME),
        ("past it", {}, [talk(-61, **ASK)], AMBER),
        ("half a year later it is a new ask", {}, [talk(-183, **ASK)], None),
        ("asked again", {}, [talk(-61, **ASK), talk(-30, "two", **ASK)], None),
        ("somebody came", {}, [talk(-61, **ASK), came(-30)], None),
        ("somebody came before", {}, [talk(-61, **ASK), came(-62)], AMBER),
        ("spoken to yesterday", {}, [talk(-61, **ASK), talk(-1, "two")], None),
        ("a call buys seven days", {}, [talk(-61, **ASK), call(-2)], None),
        ("agreed", {}, [talk(-61, **ASK), step(3)], None),
        ("not to be contacted", SILENT, [talk(-61, **ASK)], None),
        ("away", AWAY, [talk(-61, **ASK)], None),
        ("put off", {}, [talk(-61, **ASK), step(2, rule="ask_again:talk")], None),
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
    found = asked(rule, person(**{"created_at": talk(-60).created_at.replace(month=1), **fields}), *records)
    assert (found.lateness(TODAY) if found is not None else None) is expected
    if found is not None:
        assert found.window.due <= TODAY


@pytest.mark.parametrize(
    ("rule", "records", "what", "kind"),
    [
        ("cadence", [talk(-40)], "call: keep in touch", TouchKind.PHONE_CALL),
        ("flow_quiet", flow(-25), "call: a word after a quiet spell", TouchKind.PHONE_CALL),
        ("slowing", SLOW, "ask how your reports serve them: fewer referrals", TouchKind.PHONE_CALL),
        ("lapsed", flow(-120), "ask what has changed", TouchKind.PHONE_CALL),
        (
            "question_unanswered",
            [letter(-12, **QUESTION)],
            "asked a question 12 days ago: ask again",
            TouchKind.PHONE_CALL,
        ),
        (
            "question_unanswered",
            [letter(-25, **QUESTION)],
            "asked a question 3 weeks ago: ring them",
            TouchKind.PHONE_CALL,
        ),
        ("ask_again", [talk(-70, **ASK)], "ask for referrals once more", None),
    ],
)
def test_the_words(rule: str, records: list[Record], what: str, kind: TouchKind | None) -> None:
    found = asked(rule, person(tier=Tier.A), *records)
    assert found is not None
    assert (found.what, found.kind) == (what, kind)


@pytest.mark.parametrize(
    ("rule", "records", "why"),
    [
        ("cadence", [talk(-40)], "The rhythm of tier A is 30 days, 45 at most; the last two-way touch was on 14 Oct."),
        ("cadence", [letter(-40)], "The rhythm of tier A is 30 days, 45 at most; nobody has answered yet."),
        (
            "flow_quiet",
            flow(-25),
            "Where referrals flow, a quiet spell of 21 days is worth a word; the last came on 29 Oct.",
        ),
        ("lapsed", flow(-120), "No referral for 90 days counts as lapsed; the last came on 26 Jul."),
        (
            "slowing",
            SLOW,
            "The last 30 days brought at most 60 % of the monthly mean of the three months before; the last referral "
            "came on 19 Oct.",
        ),
        (
            "question_unanswered",
            [letter(-12, **QUESTION)],
            "A question is asked again after 10 days; it went on 11 Nov.",
        ),
        (
            "ask_again",
            [talk(-70, **ASK)],
            "An ask is repeated after 60 days; you asked on 14 Sep, and nobody came since.",
        ),
    ],
)
def test_the_rule_and_the_fact_are_named(rule: str, records: list[Record], why: str) -> None:
    found = asked(rule, person(tier=Tier.A), *records)
    assert found is not None
    assert found.why == why


def test_slowing_began_on_its_first_day() -> None:
    found = asked("slowing", person(), *SLOW)
    assert found is not None
    assert found.window.due == day(-5)
    earlier = asked("slowing", person(), *SLOW, today=day(-6))
    assert earlier is None


def test_the_way_they_prefer() -> None:
    found = asked("cadence", person(tier=Tier.A, channel_preferred=Channel.IN_PERSON), talk(-40))
    assert found is not None
    assert (found.what, found.kind) == ("visit: keep in touch", TouchKind.VISIT)


def test_the_settings_reach_the_rhythm_and_hold_it() -> None:
    weekly = RuleSettings(people={"name p1": DaySettings(rhythm=Rhythm(7, 9))})
    found = asked("cadence", person(), talk(-8), settings=weekly)
    assert found is not None
    assert (found.window.due, found.window.limit, found.window.target) == (day(-1), day(1), 7)
    assert found.why.startswith("The rhythm set for them is 7 days, 9 at most;")
    assert asked("cadence", person(tier=Tier.A), talk(-40), came(-3)) is None
    unheld = RuleSettings(days={"flow_quiet": None})
    assert asked("cadence", person(tier=Tier.A), talk(-40), came(-3), settings=unheld) is not None


@pytest.mark.parametrize("rule", [rule for rule in TABLES if rule != "cadence"])
def test_a_rule_can_be_switched_off_and_given_other_days(rule: str) -> None:
    by_rule: dict[str, list[Record]] = {
        "flow_quiet": flow(-25),
        "slowing": SLOW,
        "lapsed": flow(-120),
        "question_unanswered": [letter(-12, **QUESTION)],
        "ask_again": [talk(-70, **ASK)],
    }
    records = by_rule[rule]
    assert asked(rule, person(), *records) is not None
    assert asked(rule, person(), *records, settings=RuleSettings(days={rule: None})) is None
    assert asked(rule, person(), *records, settings=RuleSettings(days={rule: RuleDays(200)})) is None
