"""Rules of a beginning, each with its table of cases (DOMAIN.md section 4; section 1, rows 1 and 19 to 27)."""

from __future__ import annotations

from typing import Any

import pytest

from relationships.cadence import Lateness
from relationships.case import Case
from relationships.first_steps import letters_only, letters_without_visit
from relationships.records import Record
from relationships.rhythm_rules import way_of
from relationships.rule_days import DEFAULTS, RuleDays, RuleSettings
from relationships.vocabulary import Channel, Direction, Purpose, Tier, TouchKind
from tests.rule_cases import (
    LONG_AGO,
    MORNING,
    TODAY,
    asked,
    book_of,
    call,
    came,
    day,
    letter,
    person,
    planned,
    practice,
    step,
    talk,
    touch,
    visit,
)

ON_TIME, AMBER, RED = Lateness.ON_TIME, Lateness.PAST_TARGET, Lateness.PAST_LIMIT
CARD: dict[str, Any] = {"kind": TouchKind.CARD_DROP, "channel": Channel.IN_PERSON}
WORKOUT: dict[str, Any] = {"kind": TouchKind.WORKOUT_SESSION}
TREATMENT: dict[str, Any] = {"kind": TouchKind.OWN_TREATMENT}
NOTE: dict[str, Any] = {"kind": TouchKind.THANK_YOU_NOTE, "channel": Channel.POST}
OLD_VISIT = visit(-200, "old")
SILENT: dict[str, Any] = {"do_not_contact": True}
AWAY: dict[str, Any] = {"paused_until": day(1)}

Cases = list[tuple[str, dict[str, Any], list[Record], Lateness | None]]


def check(rule: str, fields: dict[str, Any], records: list[Record], expected: Lateness | None) -> None:
    """The rule is silent, or asks for p1 with this lateness."""
    found = asked(rule, person(**fields), *records)
    assert (found.lateness(TODAY) if found is not None else None) is expected
    if found is not None:
        assert found.window.due <= TODAY
        assert found.why.endswith(".")


INTRODUCED: Cases = [
    ("before", {}, [letter(-4)], None),
    ("on the day", {}, [letter(-5)], ON_TIME),
    ("past it", {}, [letter(-6)], AMBER),
    ("an email", {}, [letter(-7, kind=TouchKind.EMAIL)], AMBER),
    ("past the limit", {}, [letter(-8)], RED),
    ("the visit has its turn", {}, [letter(-14)], None),
    ("they answered", {}, [letter(-8), talk(-5)], None),
    ("they wrote", {}, [letter(-8), letter(-5, "in", direction=Direction.IN)], None),
    ("nobody took the call", {}, [letter(-8), call(-2)], None),
    ("a card is no call", {}, [letter(-8), touch(-2, "card", **CARD)], RED),
    ("a late entry", {}, [letter(-8), talk(-30)], None),
    ("still to come", {}, [letter(-8), planned(3)], None),
    ("agreed", {}, [letter(-8), step(3)], None),
    ("not to be contacted", SILENT, [letter(-8)], None),
    ("away", AWAY, [letter(-8)], None),
    ("back today", {"paused_until": TODAY}, [letter(-8)], RED),
    ("put off", {}, [letter(-8), step(2, rule="introduced_call:letter")], None),
    ("trashed letter", {}, [letter(-8, trashed_at=MORNING)], None),
    ("only a card", {}, [touch(-8, "card", **CARD)], None),
]
LETTERS: Cases = [
    ("before", {}, [letter(-13)], None),
    ("on the day", {}, [letter(-14)], ON_TIME),
    ("past it", {}, [letter(-15)], AMBER),
    ("long past it", {}, [letter(-400)], AMBER),
    ("a card", {}, [touch(-14, "card", **CARD)], ON_TIME),
    ("a second letter", {}, [letter(-9), letter(0, "two")], ON_TIME),
    ("a second letter yesterday", {}, [letter(-9), letter(-1, "two", kind=TouchKind.EMAIL)], AMBER),
    ("a third", {}, [letter(-9), letter(-8, "two"), letter(-1, "three")], AMBER),
    ("a letter and a card", {}, [letter(-9), touch(-1, "card", **CARD)], None),
    ("a call buys seven days", {}, [letter(-20), call(-6)], None),
    ("and no more", {}, [letter(-20), call(-7)], ON_TIME),
    ("they came by", {}, [letter(-20), visit(-2)], None),
    ("they answered by letter", {}, [letter(-20), letter(-9, "two", two_way=True)], None),
    ("agreed", {}, [letter(-20), planned(3)], None),
    ("not to be contacted", SILENT, [letter(-20)], None),
    ("away", AWAY, [letter(-20)], None),
    ("put off", {}, [letter(-20), step(2, rule="letters_only:letter")], None),
]
FIRST_THANKS: Cases = [
    ("before", {}, [visit(-1)], None),
    ("on the day", {}, [visit(-2)], ON_TIME),
    ("past it", {}, [visit(-3)], AMBER),
    ("lapsed", {}, [visit(-31)], None),
    ("no second time", {}, [OLD_VISIT, visit(-3)], None),
    ("a call before is no meeting", {}, [talk(-9), visit(-3)], AMBER),
    ("a call is no meeting", {}, [talk(-3)], None),
    ("thanked", {}, [visit(-3), touch(-2, "note", **NOTE)], None),
    ("thanked in a letter", {}, [visit(-3), letter(-2, purpose=(Purpose.THANK,))], None),
    ("spoken to since", {}, [visit(-4), talk(-2)], None),
    ("agreed all the same", {}, [visit(-3), step(9)], AMBER),
    ("a letter buys seven days", {}, [visit(-4), letter(-3)], None),
    ("not to be contacted", SILENT, [visit(-3)], None),
    ("away", AWAY, [visit(-3)], None),
    ("put off", {}, [visit(-3), step(2, rule="first_meeting_thanks:visit")], None),
]
SECOND: Cases = [
    ("before", {}, [visit(-29)], None),
    ("on the day", {}, [visit(-30)], ON_TIME),
    ("past it", {}, [visit(-31)], AMBER),
    ("at the limit", {}, [visit(-90)], AMBER),
    ("past the limit", {}, [visit(-91)], RED),
    ("spoken to since", {}, [visit(-91), talk(-60)], None),
    ("a letter buys seven days", {}, [visit(-31), letter(-3)], None),
    ("past the limit after it", {}, [visit(-95), letter(-8)], RED),
    ("no second time", {}, [OLD_VISIT, visit(-91)], None),
    ("agreed", {}, [visit(-91), step(9)], None),
    ("not to be contacted", SILENT, [visit(-91)], None),
    ("away", AWAY, [visit(-91)], None),
    ("put off", {}, [visit(-91), step(2, rule="second_contact:visit")], None),
]
ROUTE: Cases = [
    ("before", {}, [practice(), visit(-6)], None),
    ("on the day", {}, [practice(), visit(-7)], ON_TIME),
    ("past it", {}, [practice(), talk(-8)], AMBER),
    ("given", {}, [practice(route_given_on=day(-1)), visit(-8)], None),
    ("not met", {}, [practice(), letter(-8)], None),
    ("no practice", {"practices": ()}, [visit(-8)], None),
    ("counts from the first", {}, [practice(), visit(-8), visit(-1, "two")], AMBER),
    ("agreed all the same", {}, [practice(), visit(-8), step(9)], AMBER),
    ("not to be contacted", SILENT, [practice(), visit(-8)], None),
    ("away", AWAY, [practice(), visit(-8)], None),
    ("put off", {}, [practice(), visit(-8), step(2, rule="route_missing:x1")], None),
]
TABLES = {
    "introduced_call": INTRODUCED,
    "letters_only": LETTERS,
    "first_meeting_thanks": FIRST_THANKS,
    "second_contact": SECOND,
    "route_missing": ROUTE,
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
    check(rule, {"practices": ("x1",), **fields}, records, expected)


@pytest.mark.parametrize(
    ("rule", "kind"), [("visit_thanks", {}), ("workout_thanks", WORKOUT), ("treatment_thanks", TREATMENT)]
)
@pytest.mark.parametrize(
    ("fields", "at", "more", "expected"),
    [
        ({}, -1, [], None),
        ({}, -2, [], ON_TIME),
        ({}, -3, [], AMBER),
        ({}, -30, [], AMBER),
        ({}, -31, [], None),
        ({}, -3, [touch(-3, "note", **NOTE)], None),
        ({}, -9, [talk(-2)], None),
        ({}, -3, [step(9)], AMBER),
        (SILENT, -3, [], None),
        (AWAY, -3, [], None),
    ],
)
def test_thanks_within_two_days(
    rule: str, kind: dict[str, Any], fields: dict[str, Any], at: int, more: list[Record], expected: Lateness | None
) -> None:
    check(rule, fields, [OLD_VISIT, visit(at, **kind), *more], expected)
    check(rule, fields, [OLD_VISIT, visit(at, **kind), *more, step(2, rule=f"{rule}:visit")], None)
    check(rule, fields, [visit(at, **kind), *more], None)


@pytest.mark.parametrize(
    ("fields", "records", "expected"),
    [
        ({}, [visit(-13, **TREATMENT)], None),
        ({}, [visit(-14, **TREATMENT)], ON_TIME),
        ({}, [visit(-15, **TREATMENT)], AMBER),
        ({}, [visit(-15, **TREATMENT), talk(-9)], None),
        ({}, [visit(-15, **TREATMENT), letter(-3)], None),
        ({}, [visit(-15, **TREATMENT), step(9)], None),
        (SILENT, [visit(-15, **TREATMENT)], None),
        (AWAY, [visit(-15, **TREATMENT)], None),
        ({}, [visit(-15, **TREATMENT), step(2, rule="treatment_next:visit")], None),
        ({}, [visit(-15)], None),
    ],
)
def test_a_treatment_has_a_next_step(fields: dict[str, Any], records: list[Record], expected: Lateness | None) -> None:
    check("treatment_next", fields, [OLD_VISIT, *records], expected)


def opening(*at: int, **fields: Any) -> list[Record]:
    return [call(day_, f"t{number}", **fields) for number, day_ in enumerate(at)]


@pytest.mark.parametrize(
    ("fields", "records", "due"),
    [
        ({}, opening(-11), day(0)),
        ({}, opening(-10), None),
        ({}, opening(-30), day(-19)),
        ({}, opening(-30, -20), day(-8)),
        ({}, opening(-30, -5), None),
        ({}, opening(-30, -20, -10), None),
        ({}, opening(-55, -50, -45, -40, -35), day(0)),
        ({}, opening(-56), None),
        ({}, opening(-55, -50, -45, -40, -35, -30), day(0)),
        ({}, [*opening(-55, -50, -45, -40), visit(-35), visit(-30, "v2")], None),
        ({}, [*opening(-30), came(-400)], None),
        ({}, [*opening(-30), talk(-1)], None),
        ({}, [*opening(-30), step(5)], None),
        (SILENT, opening(-30), None),
        (AWAY, opening(-30), None),
        ({}, [*opening(-30), step(2, rule="opening_sequence:x1")], None),
        ({}, [*opening(-30), touch(-29, "desk", practitioners=(), practice="x1", kind=TouchKind.VISIT)], day(-8)),
        ({}, [*opening(-30), person("p2", practices=("x1",)), talk(-400, practitioners=("p2",))], None),
        ({}, [*opening(-30), person("p2", practices=("x1",)), came(-4, practitioner="p2")], None),
    ],
)
def test_the_opening_sequence(fields: dict[str, Any], records: list[Record], due: Any) -> None:
    found = asked("opening_sequence", person(practices=("x1",), **fields), practice(), *records)
    assert (found.window.due if found is not None else None) == due


def test_the_opening_sequence_asks_for_visits_while_there_is_time() -> None:
    early = asked("opening_sequence", person(), *opening(-30))
    late = asked("opening_sequence", person(), *opening(-55, -50, -45, -40))
    assert early is not None
    assert (early.kind, early.what) == (TouchKind.PHONE_CALL, "call: touch 2 of 6 with them")
    assert early.why == (
        "A practice that has not referred yet gets 6 touches in 8 weeks, 2 of them in person; there were 1 since "
        "24 Oct, 0 in person."
    )
    assert late is not None
    assert (late.kind, late.what) == (TouchKind.VISIT, "visit: touch 5 of 6 with them")


def test_the_opening_sequence_asks_for_whoever_was_in_touch_last() -> None:
    two = person("p2", practices=("x1",))
    records = [practice(), person(practices=("x1",)), two, *opening(-40), call(-25, "c2", practitioners=("p2",))]
    found = asked("opening_sequence", *records)
    assert found is not None
    assert (found.practitioner, found.practice, found.key) == ("p2", "x1", "opening_sequence:x1")
    resting = asked("opening_sequence", *records, person("p2", practices=("x1",), do_not_contact=True))
    assert resting is not None
    assert resting.practitioner == "p1"


@pytest.mark.parametrize(
    ("letters", "preferred", "expected"),
    [
        (0, None, TouchKind.PHONE_CALL),
        (0, Channel.POST, TouchKind.LETTER),
        (1, Channel.POST, TouchKind.LETTER),
        (2, Channel.POST, TouchKind.VISIT),
        (2, Channel.EMAIL, TouchKind.VISIT),
        (2, Channel.PHONE, TouchKind.PHONE_CALL),
        (2, Channel.FAX, TouchKind.PHONE_CALL),
    ],
)
def test_no_rule_proposes_a_third_letter(letters: int, preferred: Channel | None, expected: TouchKind) -> None:
    sent = [letter(-40 - number, f"l{number}") for number in range(letters)]
    one = person(channel_preferred=preferred, tier=Tier.A)
    assert way_of(Case(book_of(one, *sent), one, TODAY, DEFAULTS)) is expected
    met = person(channel_preferred=preferred)
    assert way_of(Case(book_of(met, *sent, visit(-80)), met, TODAY, DEFAULTS)) is not TouchKind.VISIT


def test_letters_are_counted_until_somebody_is_spoken_to() -> None:
    two = [
        letter(-9),
        letter(-8, "two"),
        planned(3),
        touch(-7, "card", **CARD),
        letter(-1, "in", direction=Direction.IN),
    ]
    assert letters_without_visit(two) == 2
    assert letters_without_visit([*two, talk(-3)]) == 0


@pytest.mark.parametrize(
    ("records", "what"),
    [
        ([touch(-20, "card", **CARD)], "only a card, no visit yet: go and see them"),
        ([letter(-20)], "a letter, no visit yet: go and see them"),
        ([letter(-20), letter(-19, "two")], "two letters, no visit yet: go and see them"),
        ([letter(-20, f"l{n}") for n in range(12)], "12 letters, no visit yet: go and see them"),
    ],
)
def test_the_warning_counts_letters(records: list[Record], what: str) -> None:
    found = asked("letters_only", person(), *records)
    assert found is not None
    assert (found.what, found.kind, found.does) == (what, TouchKind.VISIT, "log")
    assert "Letters and cards alone rarely work" in found.why


@pytest.mark.parametrize("rule", [*TABLES, "visit_thanks", "treatment_next", "opening_sequence"])
def test_a_rule_can_be_switched_off_and_given_other_days(rule: str) -> None:
    by_rule: dict[str, list[Record]] = {
        "introduced_call": [letter(-8)],
        "letters_only": [letter(-20)],
        "second_contact": [visit(-40)],
        "visit_thanks": [OLD_VISIT, visit(-5)],
        "treatment_next": [visit(-20, **TREATMENT)],
        "opening_sequence": opening(-30),
    }
    records = by_rule.get(rule, [visit(-8)])
    place = [practice(), person(practices=("x1",))]
    assert asked(rule, *place, *records) is not None
    assert asked(rule, *place, *records, settings=RuleSettings(days={rule: None})) is None
    longer = RuleSettings(days={rule: RuleDays(200)})
    assert asked(rule, *place, *records, settings=longer) is None


def test_a_paused_studio_asks_for_nobody() -> None:
    away = RuleSettings(paused_until=day(1))
    assert asked("introduced_call", person(), letter(-8), settings=away) is None
    assert asked("introduced_call", person(), letter(-8), settings=RuleSettings(paused_until=TODAY)) is not None


def test_a_rule_is_a_function_of_a_case() -> None:
    one = person(created_at=LONG_AGO)
    case = Case(book_of(one, letter(-3)), one, TODAY, DEFAULTS)
    found = letters_only(case)
    assert found is not None
    assert found.window.due == day(11)
    assert letters_only(Case(book_of(one, letter(-3)), one, TODAY, DEFAULTS, until=day(10))) is None
