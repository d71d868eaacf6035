"""Whom the Today screen proposes: people without a next step, people never visited (DOMAIN.md section 4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest

from relationships.book import Book
from relationships.dates import DateStyle
from relationships.parts import CadenceOverride, StageOverride
from relationships.records import FollowUp, Practitioner, Record, Touch
from relationships.today import Card, Section, agreed_sections, gap_sections
from relationships.vocabulary import Channel, Direction, Discipline, Stage, Tier, TouchKind

R = TypeVar("R", bound=Record)
TODAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)
STYLE = DateStyle()


def made(kind: type[R], id: str, /, **fields: Any) -> R:
    stamp: dict[str, Any] = {"created_at": MORNING, "created_by": "sam", "updated_at": MORNING, "updated_by": "sam"}
    return kind(id=id, **{**stamp, **fields})


def book_of(*records: Record) -> Book:
    tables: dict[str, dict[str, Record]] = {}
    for record in records:
        tables.setdefault(record.table, {})[record.id] = record
    return Book(tables)


def person(id: str = "p1", **fields: Any) -> Practitioner:
    return made(Practitioner, id, **{"name": f"Name {id}", "discipline": Discipline.PHYSIOTHERAPIST, **fields})


def day(ahead: int) -> date:
    return TODAY + timedelta(days=ahead)


def done(at: int, id: str = "t1", **fields: Any) -> Touch:
    return made(Touch, id, **{"kind": TouchKind.VISIT, "practitioners": ("p1",), "done_on": day(at), **fields})


def planned(at: int, id: str = "t9", **fields: Any) -> Touch:
    return done(at, id, **{"done_on": None, "planned_for": day(at), **fields})


def follow_up(at: int, id: str = "f1", **fields: Any) -> FollowUp:
    return made(FollowUp, id, **{"practitioner": "p1", "due": day(at), "what": "ring her", **fields})


def sections(book: Book) -> tuple[Section, ...]:
    """What is agreed, and whom it leaves: the rules have tests of their own."""
    agreed = agreed_sections(book, TODAY, STYLE)
    return (*agreed, *gap_sections(book, TODAY, agreed))


def shown(book: Book) -> dict[str, list[str]]:
    """The ids of the cards of each section that has any."""
    found = {section.key: [card.id for card in section.cards] for section in sections(book)}
    return {key: ids for key, ids in found.items() if ids}


def only_card(*records: Record) -> Card:
    (card,) = (card for section in sections(book_of(*records)) for card in section.cards)
    return card


PARKED = StageOverride(stage=Stage.PARKED, reason="on leave", on=TODAY)


@pytest.mark.parametrize(
    "fields", [{"do_not_contact": True}, {"archived_at": MORNING}, {"stage_override": PARKED}, {"tier": Tier.PARKED}]
)
def test_those_at_rest_are_proposed_nowhere_but_keep_what_a_trainer_set(fields: dict[str, Any]) -> None:
    assert shown(book_of(person(**fields), done(-300))) == {}
    assert shown(book_of(person(**fields))) == {}
    assert shown(book_of(person(**fields), follow_up(-1))) == {"now": ["f1"]}
    assert shown(book_of(person(**fields), planned(1))) == {"this_week": ["t9"]}


def test_do_not_contact_silences_what_a_rule_raised() -> None:
    assert shown(book_of(person(do_not_contact=True), follow_up(-1, rule="tier"))) == {}
    assert shown(book_of(person(), follow_up(-1, rule="tier"))) == {"now": ["f1"]}


def test_no_next_step_lists_the_longest_quiet_first() -> None:
    book = book_of(
        *(person(f"p{n}") for n in range(1, 6)),
        done(-20, "t1", practitioners=("p1",)),
        done(-90, "t2", practitioners=("p2",)),
        done(-50, "t3", practitioners=("p3",)),
        follow_up(40, practitioner="p3"),
        done(-50, "t4", practitioners=("p4",)),
        planned(40, practitioners=("p4",)),
        planned(-40, "cancelled", practitioners=("p5",), cancelled_on=day(-50)),
    )
    assert shown(book)["no_next_step"] == ["p2", "p1"]


def test_the_card_of_somebody_without_a_next_step_tells_no_notes() -> None:
    last = done(-82, kind=TouchKind.EMAIL, note="K-009's diagnosis", learned="K-009's diagnosis", two_way=True)
    card = only_card(person(tier=Tier.A), last)
    assert (card.what, card.key, card.when, card.record) == (
        "choose a next step",
        "f",
        "2 months ago",
        person(tier=Tier.A),
    )
    assert (card.due, card.tone) == (day(-52), "late")
    assert card.why == ("Nothing is agreed; the last touch was an email on 2 Sep, and the rhythm of tier A is 30 days.")


def test_a_rhythm_of_their_own_is_named_and_none_is_not() -> None:
    own = CadenceOverride(target=100, limit=120)
    card = only_card(person(cadence_override=own), done(-82, two_way=True))
    assert (card.due, card.tone) == (day(18), "normal")
    assert card.why.endswith("and the rhythm set for them is 100 days.")
    without = only_card(person(), done(-82))
    assert (without.due, without.why) == (None, "Nothing is agreed; the last touch was a visit on 2 Sep.")


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (done(-1, two_way=True), {}),
        (done(-6, two_way=True), {}),
        (done(-7, two_way=True), {"no_next_step": ["p1"]}),
        (done(-1, kind=TouchKind.LETTER), {}),
        (done(-7, kind=TouchKind.LETTER), {"no_next_step": ["p1"]}),
        (done(-1, kind=TouchKind.LETTER, direction=Direction.IN), {"no_next_step": ["p1"]}),
        (done(1, two_way=True), {"never_visited": ["p1"]}),
    ],
)
def test_a_week_of_rest_after_a_touch(last: Touch, expected: dict[str, list[str]]) -> None:
    assert shown(book_of(person(), last)) == expected


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((), {"never_visited": ["p1"]}),
        ((planned(3),), {"this_week": ["t9"]}),
        ((planned(30),), {}),
        ((follow_up(3),), {"this_week": ["f1"]}),
        ((follow_up(30),), {"never_visited": ["p1"]}),
        ((follow_up(30), done(-30, two_way=True)), {}),
        ((follow_up(30), done(-30)), {"never_visited": ["p1"]}),
        ((follow_up(30), done(-30, kind=TouchKind.OWN_TREATMENT, two_way=True)), {}),
        (
            (follow_up(30), done(-30, kind=TouchKind.PHONE_CALL, channel=Channel.PHONE, two_way=True)),
            {"never_visited": ["p1"]},
        ),
        ((follow_up(30), done(-30, kind=TouchKind.LETTER, two_way=True)), {"never_visited": ["p1"]}),
        ((done(-30, kind=TouchKind.LETTER),), {"no_next_step": ["p1"]}),
    ],
)
def test_who_was_never_visited(records: tuple[Record, ...], expected: dict[str, list[str]]) -> None:
    assert shown(book_of(person(), *records)) == expected


def test_the_cards_of_the_never_visited() -> None:
    card = only_card(person())
    assert (card.when, card.what, card.key, card.due, card.tone) == (
        "no touch yet",
        "go and see them",
        "f",
        None,
        "normal",
    )
    assert card.why == "In the book since 2 Nov and not met in person yet."
    written = only_card(person(), done(-30, kind=TouchKind.LETTER), follow_up(30))
    assert written.when == "4 weeks ago"
    assert written.why == "In the book since 2 Nov and not met in person yet; the last touch was a letter on 24 Oct."


def test_the_never_visited_stand_by_tier_then_by_a_beginning_made_then_by_age() -> None:
    book = book_of(
        person("none"),
        person("older", created_at=MORNING - timedelta(days=9)),
        person("c", tier=Tier.C),
        person("a", tier=Tier.A),
        person("written"),
        done(-30, practitioners=("written",), kind=TouchKind.LETTER),
        follow_up(30, practitioner="written"),
    )
    assert shown(book) == {"never_visited": ["a", "c", "written", "older", "none"]}


def test_proposals_are_folded_at_five() -> None:
    quiet = [person(f"q{n}") for n in range(7)]
    touches = [done(-30 - n, f"t{n}", practitioners=(f"q{n}",)) for n in range(7)]
    new = [person(f"n{n}") for n in range(6)]
    steps = [follow_up(-n, f"f{n}") for n in range(1, 13)]
    found = {s.key: s for s in sections(book_of(person(), *quiet, *touches, *new, *steps))}
    assert [card.id for card in found["no_next_step"].cards] == ["q6", "q5", "q4", "q3", "q2"]
    assert (found["no_next_step"].more, found["never_visited"].more, found["now"].more) == (2, 1, 5)
    assert (len(found["never_visited"].cards), len(found["now"].cards)) == (5, 7)
