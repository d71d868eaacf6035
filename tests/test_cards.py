"""The cards of Today: their order, grouping and number, and what puts them off (DOMAIN.md section 4, behaviours)."""

from __future__ import annotations

from itertools import count

import pytest
from msgspec.structs import replace

from relationships.cadence import rule_of, silenced
from relationships.cards import CARDS_A_DAY, due_words
from relationships.changes import Author
from relationships.dates import DateStyle
from relationships.parts import Snooze
from relationships.putting_off import follow_up_for
from relationships.records import FollowUp, Practitioner, Record
from relationships.rule_days import DEFAULTS, RuleSettings
from relationships.rules import PERSON_RULES, REFERRAL_RULES, raised_again, still_raised
from relationships.today import Card, Section, due_sections, sections
from relationships.vocabulary import OfferState, Tier, TouchKind
from tests.rule_cases import (
    MORNING,
    TODAY,
    asked,
    book_of,
    came,
    day,
    letter,
    offer,
    owing,
    person,
    practice,
    step,
    talk,
    visit,
)
from tests.studio_book import FixedClock

STYLE = DateStyle()
BECAUSE = "The rhythm of tier A is 30 days, 45 at most; the last two-way touch was on 4 Oct."
OLD = visit(-700, "old", practitioners=("p1", "p2", "p3"))


def due(*records: Record, every: bool = False, settings: RuleSettings = DEFAULTS) -> tuple[Section, ...]:
    return due_sections(book_of(*records), TODAY, STYLE, every=every, settings=settings, user="sam")


def now(*records: Record, settings: RuleSettings = DEFAULTS) -> list[Card]:
    return list(due(*records, settings=settings)[0].cards)


def a_tier(*ids: str, practices: tuple[str, ...] = ()) -> list[Practitioner]:
    return [person(id, tier=Tier.A, practices=practices) for id in ids]


def test_a_card_says_rule_fact_day_and_key() -> None:
    fact = talk(-40)
    (card,) = now(*a_tier("p1"), OLD, fact)
    assert card == Card(
        id="cadence:talk/p1",
        practitioner_id="p1",
        practice_id=None,
        who="Name p1, physio",
        what="call: keep in touch",
        when="10 days late",
        due=day(-10),
        limit=day(5),
        tone="due",
        why="The rhythm of tier A is 30 days, 45 at most; the last two-way touch was on 14 Oct. It was due Fri 13 Nov.",
        rule="cadence",
        record=fact,
        key="x",
        does="log",
        kind=TouchKind.PHONE_CALL,
        weight=10 / 30,
        raised_by="cadence:talk",
        people=frozenset({"p1"}),
    )


def test_red_says_the_limit_too() -> None:
    (card,) = now(*a_tier("p1"), talk(-50))
    assert (card.tone, card.limit) == ("late", day(-5))
    assert card.why.endswith("It was due Tue 3 Nov, and Wed 18 Nov was the limit.")
    assert due_words(TODAY, None, TODAY) == "it is due today"
    assert due_words(day(3), day(9), TODAY) == "it is due Thu 26 Nov"


def test_short_rhythms_win_and_loop_items_come_first() -> None:
    records = [
        *a_tier("p1"),
        person("p2", tier=Tier.C),
        person("p3"),
        OLD,
        talk(-36, "one"),
        talk(-100, "two", practitioners=("p2",)),
        came(-1, practitioner="p3"),
        step(-9, "set", practitioner="p3", created_at=MORNING),
    ]
    cards = now(*records)
    assert [card.id for card in cards] == [
        "referral_client_call:ref/p3",
        "referral_thanks:ref/p3",
        "set",
        "cadence:one/p1",
        "cadence:two/p2",
    ]
    assert [card.weight for card in cards] == [0, 0, 9 / 12, 6 / 30, 10 / 90]


def test_this_week_stands_by_day() -> None:
    records = [
        *a_tier("p1", "p2"),
        OLD,
        talk(-28, "one"),
        talk(-27, "two", practitioners=("p2",)),
        step(1, practitioner="p2"),
    ]
    _, week = due(*records, step(6, "sunday", practitioner=None), step(7, "monday", practitioner=None))
    assert [(card.id, card.when) for card in week.cards] == [
        ("step", "tomorrow"),
        ("cadence:one/p1", "Wed"),
        ("sunday", "Sun"),
    ]


def test_one_card_for_a_person_says_what_else_there_is() -> None:
    (card,) = now(*a_tier("p1"), OLD, talk(-50), owing(-9), offer(-60))
    assert (card.what, card.also) == (
        "close the offer: no reply",
        ("call: keep in touch", "you owe them: send the list"),
    )


def test_past_its_limit_comes_before_the_more_overdue() -> None:
    (card,) = now(*a_tier("p1"), OLD, talk(-50), owing(-30))
    assert (card.rule, card.tone) == ("cadence", "late")
    assert card.also == ("you owe them: send the list",)


def test_one_card_for_a_practice_names_who_else_is_due_there() -> None:
    place = practice(route_given_on=TODAY)
    people = a_tier("p1", "p2", "p3", practices=("x1",))
    records = [place, *people, OLD, talk(-40, "one"), talk(-50, "two", practitioners=("p2",))]
    (card,) = now(*records, talk(-5, "three", practitioners=("p3",)))
    assert (card.practitioner_id, card.others, card.tone) == ("p2", ("Name p1",), "late")
    assert card.people == frozenset({"p1", "p2"})
    apart = [person(one.id, tier=Tier.A) for one in people]
    assert len(now(*apart, *records[4:], talk(-5, "three", practitioners=("p3",)))) == 2


def test_loop_items_and_what_is_agreed_keep_cards_of_their_own() -> None:
    place = practice(route_given_on=TODAY)
    people = a_tier("p1", "p2", practices=("x1",))
    cards = now(place, *people, OLD, talk(-50), came(-3, practitioner="p2"), step(-2, practitioner="p2"))
    assert {card.rule for card in cards} == {"cadence", "referral_thanks", "referral_client_call", ""}


def test_what_is_missing_at_a_practice_is_asked_for_once() -> None:
    people = [person(id, practices=("x1",)) for id in ("p1", "p2")]
    (card,) = now(
        practice(), *people, visit(-40, practitioners=("p1", "p2")), step(9), step(9, "s2", practitioner="p2")
    )
    assert (card.rule, card.others, card.does, card.record) == ("route_missing", (), "practice", practice())


@pytest.mark.parametrize(("amber", "red"), [(3, 2), (7, 0), (9, 0), (9, 4), (5, 9), (0, 12)])
def test_at_most_seven_and_none_past_its_limit_is_hidden(amber: int, red: int) -> None:
    people = a_tier(*(f"a{n}" for n in range(amber)), *(f"r{n}" for n in range(red)))
    touches = [talk(-50 if one.id[0] == "r" else -40, f"t{one.id}", practitioners=(one.id,)) for one in people]
    found, week = due(*people, *touches)
    assert len(found.cards) == max(min(amber + red, CARDS_A_DAY), red)
    assert sum(card.tone == "late" for card in found.cards) == red
    assert len(found.cards) + found.more == amber + red
    assert (week.cards, week.more) == ((), 0)
    every, _ = due(*people, *touches, every=True)
    assert (len(every.cards), every.more) == (amber + red, 0)
    assert found.people == every.people == {one.id for one in people}


def test_the_seven_are_shared_with_this_week() -> None:
    people = a_tier(*(f"a{n}" for n in range(9)))
    touches = [talk(-40 if n < 5 else -28, f"t{n}", practitioners=(f"a{n}",)) for n in range(9)]
    old = [visit(-700, f"v{n}", practitioners=(f"a{n}",)) for n in range(9)]
    found, week = due(*people, *touches, *old)
    assert (len(found.cards), found.more, len(week.cards), week.more) == (5, 0, 2, 2)


def test_nobody_whom_a_hidden_card_names_is_proposed_again() -> None:
    people = a_tier(*(f"a{n}" for n in range(9)))
    touches = [talk(-40, f"t{one.id}", practitioners=(one.id,)) for one in people]
    found = sections(book_of(*people, *touches), TODAY, STYLE)
    assert [(section.key, len(section.cards), section.more) for section in found] == [
        ("now", 7, 2),
        ("this_week", 0, 0),
        ("no_next_step", 0, 0),
        ("never_visited", 0, 0),
    ]


def test_a_paused_studio_shows_what_is_agreed_and_clients_in_hand_only() -> None:
    away = RuleSettings(paused_until=day(30), pause_reason="holiday")
    records = [*a_tier("p1"), person("p2"), talk(-50), came(-3, practitioner="p2"), step(-1, practitioner="p2")]
    found = sections(book_of(*records), TODAY, STYLE, settings=away)
    assert {card.rule for section in found for card in section.cards} == {
        "referral_thanks",
        "referral_client_call",
        "",
    }


def test_a_paused_person_is_proposed_nowhere() -> None:
    records = [person(paused_until=day(2), pause_reason="on leave"), talk(-90)]
    assert [section.cards for section in sections(book_of(*records), TODAY, STYLE)] == [()] * 4
    back = sections(book_of(person(paused_until=TODAY), talk(-90)), TODAY, STYLE)
    assert sum(len(section.cards) for section in back) == 1


def author() -> Author:
    return Author("sam", FixedClock(), map(str, count(1)).__next__)


def put_off(card: Card, until: int, *records: Record) -> FollowUp:
    """What the snooze form makes of a card."""
    book = book_of(*records)
    raised = raised_again(book, book.practitioners["p1"], card.raised_by, TODAY, DEFAULTS)
    assert raised is not None
    snooze = Snooze(on=TODAY, until=day(until), reason="she is away", by="sam")
    return replace(follow_up_for(raised, author()), due=day(until), limit=None, snoozes=(snooze,))


def test_what_a_rule_asks_for_is_put_off_with_a_reason() -> None:
    records = [*a_tier("p1"), OLD, talk(-50)]
    (card,) = now(*records)
    waiting = put_off(card, 20, *records)
    assert (waiting.practitioner, waiting.rule, waiting.from_touch) == ("p1", "cadence:talk", "talk")
    assert (waiting.owner, waiting.why) == ("sam", BECAUSE)
    assert rule_of(waiting) == "cadence"
    assert now(*records, waiting) == []
    (back,) = now(*records, put_off(card, 0, *records))
    assert (back.record.table, back.does, back.rule, back.tone) == ("follow_ups", "follow_up", "cadence", "normal")
    assert back.why == f"{BECAUSE} It is due today. Put off once: she is away."


def test_putting_off_silences_the_other_rules_that_want_contact_but_not_the_rest() -> None:
    records = [*a_tier("p1"), OLD, talk(-50), offer(-60), owing(-9)]
    (card,) = now(*records)
    (left,) = now(*records, put_off(card, 20, *records))
    assert (card.rule, left.rule, left.also) == ("offer_no_reply", "promise_owed", ())


def test_what_was_put_off_and_is_done_asks_no_more() -> None:
    records = [*a_tier("p1"), OLD, talk(-50)]
    (card,) = now(*records)
    waiting = put_off(card, 0, *records)
    assert now(*records, waiting, talk(-1, "yesterday")) == []
    assert [c.id for c in now(*records, waiting)] == [waiting.id]
    assert now(person(tier=Tier.A, do_not_contact=True), OLD, talk(-50), waiting) == []
    assert now(person(tier=Tier.A, paused_until=day(1)), OLD, talk(-50), waiting) == []
    assert now(*records, waiting, settings=RuleSettings(paused_until=day(1))) == []


def test_a_client_in_hand_is_not_silenced_by_putting_off_alone() -> None:
    thank = came(-3)
    raised = asked("referral_thanks", person(), thank)
    assert raised is not None
    waiting = follow_up_for(raised, author())
    quiet = person(do_not_contact=True)
    away = RuleSettings(paused_until=day(1))
    cards = now(quiet, thank, waiting, settings=away)
    assert {card.rule for card in cards} == {"referral_thanks", "referral_client_call"}
    assert next(card for card in cards if card.rule == "referral_thanks").id == waiting.id
    assert not silenced(waiting, [quiet], TODAY)
    assert silenced(step(0, rule="cadence:talk"), [quiet], TODAY)
    assert not silenced(step(0), [quiet], TODAY)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("cadence:talk", True),
        ("cadence:other", False),
        ("referral_thanks:ref", True),
        ("referral_thanks:gone", False),
        ("offer_no_reply:offer", True),
        ("invitation_no_reply:offer", False),
        ("promise_owed:owing", True),
        ("promise_owed:owing:1", False),
        ("practice_facts:ref", False),
        ("of another program:talk", True),
    ],
)
def test_whether_a_rule_would_still_ask(rule: str, expected: bool) -> None:
    book = book_of(*a_tier("p1"), talk(-50), came(-30), offer(-60), owing(-61), step(0, rule=rule))
    assert still_raised(book, book.follow_ups["step"], TODAY, DEFAULTS) is expected
    assert still_raised(book_of(step(0, rule=rule)), book.follow_ups["step"], TODAY, DEFAULTS)


def test_every_rule_has_days_a_name_of_its_own_and_a_source() -> None:
    assert not set(PERSON_RULES) & set(REFERRAL_RULES)
    for name, function in {**{n: r.raises for n, r in PERSON_RULES.items()}, **REFERRAL_RULES}.items():
        assert function.__name__ == name
        assert "section" in (function.__doc__ or "")
        assert name == "cadence" or DEFAULTS.days_of(name) is not None


def test_an_answered_offer_is_forgotten() -> None:
    (card,) = now(person(), OLD, talk(-90), step(30), offer(-60))
    assert card.rule == "offer_no_reply"
    assert now(person(), OLD, talk(-90), step(30), offer(-60, state=OfferState.ACCEPTED)) == []


def test_a_letter_written_yesterday_lets_the_rhythm_rest() -> None:
    assert now(*a_tier("p1"), OLD, talk(-50), letter(-1)) == []
