"""What holds for every book: nobody is nagged, no late entry moves a day, nothing drops off, the order is one."""

from __future__ import annotations

from datetime import date

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from relationships.book import Book
from relationships.cadence import LOOP_RULES
from relationships.cards import CARDS_A_DAY
from relationships.dates import DateStyle
from relationships.records import Practice, Practitioner, Record, Touch
from relationships.rule_days import DEFAULTS
from relationships.rules import PERSON_RULES, loops, outreach
from relationships.today import agreed_sections, due_sections, sections
from relationships.vocabulary import (
    Channel,
    Direction,
    OfferKind,
    OfferState,
    Purpose,
    ReferralDirection,
    ReferralState,
    Tier,
    TouchKind,
)
from tests.rule_cases import (
    TODAY,
    book_of,
    came,
    day,
    letter,
    made,
    offer,
    owing,
    person,
    planned,
    practice,
    step,
    talk,
    touch,
)

STYLE = DateStyle()
WHO = st.sampled_from([("p1",), ("p2",), ("p1", "p2"), ("p3",)])
KINDS = [TouchKind.VISIT, TouchKind.LETTER, TouchKind.PHONE_CALL, TouchKind.CARD_DROP, TouchKind.OWN_TREATMENT]
RECEIVED = [ReferralState.RECEIVED, ReferralState.STARTED, ReferralState.NO_SHOW, ReferralState.COMPLETED]
DAYS = st.integers(-130, 3)
TOUCHES = st.builds(
    lambda at, who, kind, two_way, direction, purpose: touch(
        at, "t", practitioners=who, kind=kind, two_way=two_way, direction=direction, purpose=purpose
    ),
    DAYS,
    WHO,
    st.sampled_from(
        [TouchKind.VISIT, TouchKind.LETTER, TouchKind.PHONE_CALL, TouchKind.CARD_DROP, TouchKind.OWN_TREATMENT]
    ),
    st.booleans(),
    st.sampled_from(Direction),
    st.sampled_from([(), (Purpose.ASK_INPUT,), (Purpose.ASK_REFERRAL,), (Purpose.THANK,)]),
)
OTHERS = st.one_of(
    st.builds(lambda at, who: planned(at, practitioners=who), DAYS, WHO),
    st.builds(lambda at, who: step(at, practitioner=who[0]), DAYS, WHO),
    st.builds(lambda at, who: owing(at, practitioners=who), DAYS, WHO),
    st.builds(
        lambda at, who, state: came(at, practitioner=who[0], state=state),
        DAYS,
        WHO,
        st.sampled_from(
            [ReferralState.RECEIVED, ReferralState.STARTED, ReferralState.NO_SHOW, ReferralState.COMPLETED]
        ),
    ),
    st.builds(
        lambda at, who, state: came(
            at, practitioner=who[0], state=state, direction=ReferralDirection.GIVEN, received_on=None, sent_on=day(at)
        ),
        DAYS,
        WHO,
        st.sampled_from([ReferralState.DRAFT, ReferralState.SENT, ReferralState.SEEN]),
    ),
    st.builds(lambda at, who: offer(at, practitioner=who[0]), DAYS, WHO),
    st.builds(
        lambda at, who: offer(at, practitioner=who[0], kind=OfferKind.INVITATION, state=OfferState.INVITED), DAYS, WHO
    ),
)


def numbered(records: list[Record]) -> list[Record]:
    return [msgspec.structs.replace(record, id=f"i{number}") for number, record in enumerate(records)]


def people() -> list[Practitioner | Practice]:
    return [
        person("p1", tier=Tier.A, practices=("x1",)),
        person("p2", tier=Tier.B, practices=("x1",), channel_preferred=Channel.POST),
        person("p3"),
        practice(),
    ]


def a_book(records: list[Record]) -> Book:
    return book_of(*people(), *numbered(records))


BOOKS = st.lists(st.one_of(TOUCHES, OTHERS), max_size=14).map(a_book)


@given(BOOKS, st.sampled_from([0, -1]))
def test_nobody_is_asked_to_be_contacted_who_was_spoken_to_yesterday(book: Book, at: int) -> None:
    spoken = [talk(at, f"talk {id}", practitioners=(id,)) for id in ("p1", "p2", "p3")]
    told = book_of(*people(), *spoken, *(r for table in book.tables.values() for r in table.values()))
    contact = {rule for rule, about in PERSON_RULES.items() if about.contact}
    raised = outreach(told, TODAY, DEFAULTS, TODAY)
    assert not {each.rule for each in raised} & {*contact, "offer_no_reply", "invitation_no_reply"}


CLOCKS = ("cadence", "flow_quiet", "lapsed", "offer_no_reply", "invitation_no_reply", "given_no_word", "slowing")


def due_days(book: Book) -> dict[tuple[str, str | None], date]:
    raised = (*outreach(book, TODAY, DEFAULTS), *loops(book, TODAY, DEFAULTS))
    return {(each.key, each.practitioner): each.window.due for each in raised if each.rule in CLOCKS}


@given(st.lists(st.one_of(TOUCHES, OTHERS), max_size=10), st.integers(-300, -1), st.booleans())
def test_a_late_entry_moves_no_clock(records: list[Record], late: int, two_way: bool) -> None:
    """An older touch makes nothing due earlier or later: the last two-way touch and the last of all decide."""
    last = [talk(-8, "last two-way"), letter(-8, "last", kind=TouchKind.EMAIL)]
    older = touch(min(late, -9), "late", kind=TouchKind.PHONE_CALL, two_way=two_way)
    before = [r for r in numbered(records) if not isinstance(r, Touch) or r.done_on is None or r.done_on <= day(-9)]
    assert due_days(book_of(*people(), *before, *last)) == due_days(book_of(*people(), *before, *last, older))


@given(BOOKS)
def test_at_most_seven_the_rest_is_counted_and_none_past_its_limit_is_hidden(book: Book) -> None:
    shown = due_sections(book, TODAY, STYLE)
    every = due_sections(book, TODAY, STYLE, every=True)
    cards = [card for section in shown for card in section.cards]
    late = sum(card.tone == "late" for card in cards)
    assert len(cards) <= max(CARDS_A_DAY, late)
    for some, whole in zip(shown, every, strict=True):
        assert len(some.cards) + some.more == len(whole.cards)
        assert whole.more == 0
        assert [card for card in whole.cards if card in some.cards] == list(some.cards)
        assert {card.id for card in whole.cards if card.tone == "late"} <= {card.id for card in some.cards}


@given(BOOKS)
def test_every_card_has_its_rule_its_fact_its_day_and_its_key(book: Book) -> None:
    for section in sections(book, TODAY, STYLE, every=True):
        for card in section.cards:
            assert card.why.endswith(".")
            assert len(card.why) > 20
            assert card.key in ("x", "l", "f")
            assert book.find(card.record.table, card.record.id) == card.record
            if section.key == "now":
                assert card.due is not None
                assert card.due <= TODAY
            if card.raised_by:
                assert card.raised_by.startswith(f"{card.rule}:{card.record.id}")
                assert any(character.isdigit() for character in card.why)


@given(st.lists(st.one_of(TOUCHES, OTHERS), max_size=14))
def test_the_order_is_one_whatever_the_order_of_the_file(records: list[Record]) -> None:
    known = numbered(records)
    turned = list(reversed(known))
    first, second = (
        [card.id for section in sections(book_of(*people(), *some), TODAY, STYLE) for card in section.cards]
        for some in (known, turned)
    )
    assert first == second
    assert len(set(first)) == len(first)


@given(BOOKS)
def test_now_stands_by_loop_then_by_how_far_past_the_target(book: Book) -> None:
    now, week = due_sections(book, TODAY, STYLE, every=True)
    rest = [card.weight for card in now.cards if card.rule not in LOOP_RULES]
    assert rest == sorted(rest, reverse=True)
    first = [card.rule in LOOP_RULES for card in now.cards]
    assert first == sorted(first, reverse=True)
    days = [card.due for card in week.cards if card.due is not None]
    assert days == sorted(days)


@given(BOOKS)
def test_what_is_agreed_keeps_its_order_when_the_rules_come_in(book: Book) -> None:
    agreed = agreed_sections(book, TODAY, STYLE)
    for section, whole in zip(agreed, due_sections(book, TODAY, STYLE, every=True), strict=True):
        ids = [card.id for card in section.cards]
        assert [card.id for card in whole.cards if card.id in set(ids)] == ids


@given(BOOKS)
def test_people_who_do_not_want_it_are_never_asked_for(book: Book) -> None:
    changed = [
        msgspec.structs.replace(record, do_not_contact=True) if isinstance(record, Practitioner) else record
        for table in book.tables.values()
        for record in table.values()
    ]
    silent = book_of(*changed)
    assert outreach(silent, TODAY, DEFAULTS) == []
    assert {each.key for each in loops(silent, TODAY, DEFAULTS)} == {each.key for each in loops(book, TODAY, DEFAULTS)}


@given(BOOKS)
def test_an_act_gives_the_cards_of_a_book_made_anew(book: Book) -> None:
    """The indexes that the rules ask are kept up to date, not made again."""
    from relationships.changes import Act, Change

    sections(book, TODAY, STYLE)
    new: list[Record] = [
        talk(-2, "n1"),
        came(-3, "n2"),
        owing(-9, "n3"),
        offer(-20, "n4"),
        made(Practice, "x2", name="X"),
    ]
    gone = [record for table in book.tables.values() for record in table.values() if record.id.startswith("i")][:2]
    changes = (*(Change(None, record) for record in new), *(Change(record, None) for record in gone))
    book.apply(Act(id="a", name="do", changes=changes, at=new[0].created_at, by="sam", sequence=1))
    anew = book_of(*(record for table in book.tables.values() for record in table.values()))
    assert [c.id for s in sections(book, TODAY, STYLE) for c in s.cards] == [
        c.id for s in sections(anew, TODAY, STYLE) for c in s.cards
    ]
