"""Every rule by its id, and what all of them ask for on a day (DOMAIN.md section 4, behaviours a, e and h).

`loops` are about clients in hand and cost what is open. `outreach` looks at everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import date
from itertools import product
from typing import Final, Literal

import msgspec

from relationships import first_steps, loop_rules, open_rules, opening_rule, rhythm_rules
from relationships.book import Book
from relationships.cadence import LOOP_RULES, paused, resting, rule_of
from relationships.case import Case, Raised
from relationships.records import FollowUp, Practitioner, Referral
from relationships.rule_days import RuleSettings
from relationships.vocabulary import ReferralState

With = Literal["anybody", "unanswered", "spoken", "lately", "referrer"]
"""Whom a rule can ask for at all: nobody has answered yet, somebody was spoken to, within a month, or has referred."""


class PersonRule(msgspec.Struct, frozen=True):
    """A rule about a practitioner. `contact`: it wants them spoken to, so it yields to what is agreed already."""

    raises: Callable[[Case], Raised | None]
    whom: With
    contact: bool = True


PERSON_RULES: Final[Mapping[str, PersonRule]] = {
    "introduced_call": PersonRule(first_steps.introduced_call, "unanswered"),
    "letters_only": PersonRule(first_steps.letters_only, "unanswered"),
    "first_meeting_thanks": PersonRule(first_steps.first_meeting_thanks, "lately", contact=False),
    "second_contact": PersonRule(first_steps.second_contact, "spoken"),
    "opening_sequence": PersonRule(opening_rule.opening_sequence, "anybody"),
    "visit_thanks": PersonRule(first_steps.visit_thanks, "lately", contact=False),
    "workout_thanks": PersonRule(first_steps.workout_thanks, "lately", contact=False),
    "treatment_thanks": PersonRule(first_steps.treatment_thanks, "lately", contact=False),
    "treatment_next": PersonRule(first_steps.treatment_next, "spoken"),
    "route_missing": PersonRule(first_steps.route_missing, "spoken", contact=False),
    "cadence": PersonRule(rhythm_rules.cadence, "anybody"),
    "flow_quiet": PersonRule(rhythm_rules.flow_quiet, "referrer"),
    "slowing": PersonRule(rhythm_rules.slowing, "referrer"),
    "lapsed": PersonRule(rhythm_rules.lapsed, "referrer"),
    "question_unanswered": PersonRule(rhythm_rules.question_unanswered, "anybody"),
    "ask_again": PersonRule(rhythm_rules.ask_again, "anybody"),
}
ReferralRule = Callable[[Case, Referral], Raised | None]
_OFFER_RULES: Final = (open_rules.offer_no_reply, open_rules.invitation_no_reply)
CONTACT_RULES: Final = frozenset(
    {*(rule for rule, about in PERSON_RULES.items() if about.contact), "offer_no_reply", "invitation_no_reply"}
)
"""Those that want somebody spoken to: putting one off puts off the others with the same person."""
REFERRAL_RULES: Final[Mapping[str, ReferralRule]] = {
    "referral_thanks": loop_rules.referral_thanks,
    "referral_client_call": loop_rules.referral_client_call,
    "first_session_told": loop_rules.first_session_told,
    "progress_report": loop_rules.progress_report,
    "discharge_summary": loop_rules.discharge_summary,
    "given_call": loop_rules.given_call,
    "given_ask_client": loop_rules.given_ask_client,
    "given_no_word": loop_rules.given_no_word,
    "given_reassessment": loop_rules.given_reassessment,
}

_NO_WORD: Final = (loop_rules.given_no_word, loop_rules.given_reassessment)
_BY_STATE: Final[Mapping[ReferralState, tuple[ReferralRule, ...]]] = {
    ReferralState.RECEIVED: (loop_rules.referral_thanks, loop_rules.referral_client_call),
    ReferralState.ACKNOWLEDGED: (loop_rules.referral_client_call,),
    ReferralState.NO_SHOW: (loop_rules.first_session_told,),
    ReferralState.STARTED: (loop_rules.first_session_told, loop_rules.progress_report),
    ReferralState.COMPLETED: (loop_rules.discharge_summary,),
    ReferralState.ENDED_EARLY: (loop_rules.discharge_summary,),
    ReferralState.SENT: (loop_rules.given_call, *_NO_WORD),
    ReferralState.ACCEPTED: _NO_WORD,
    ReferralState.SEEN: (loop_rules.given_ask_client, *_NO_WORD),
    ReferralState.REPORTED_BACK: (loop_rules.given_reassessment,),
}
"""The rules that may ask for something about a referral in a state: the others need not be asked."""

Cases = dict[str, Case]
"""Those looked at so far, by the id of the practitioner: the loops and the outreach of one day may share them."""


def loops(
    book: Book, today: date, settings: RuleSettings, until: date = date.max, cases: Cases | None = None
) -> list[Raised]:
    """What the referrals ask for that is due up to a day. Neither pauses nor `do_not_contact` silence it."""
    put_off = _put_off(book)
    cases = {} if cases is None else cases
    people = book.practitioners
    found: list[Raised] = []
    for referral in book.open_loops():
        person, rules = people.get(referral.practitioner), _BY_STATE.get(referral.state)
        if rules is None or person is None or person.trashed_at is not None or referral.day > today:
            continue
        case = _case(cases, book, person, today, settings, until)
        found += [raised for rule in rules if (raised := rule(case, referral)) is not None]
    return [raised for raised in found if (raised.practitioner, raised.key) not in put_off]


def outreach(
    book: Book, today: date, settings: RuleSettings, until: date = date.max, cases: Cases | None = None
) -> list[Raised]:
    """What all other rules ask for that is due up to a day; nothing while the whole studio is away."""
    if settings.paused(today):
        return []
    put_off = _put_off(book)
    later = {step.practitioner for step in book.open_follow_ups() if rule_of(step) in CONTACT_RULES}
    agreed = _agreed(book) | later
    cases = {} if cases is None else cases
    found: dict[str, Raised] = {}
    for person in book.all_practitioners():
        if resting(person) or paused(person, today):
            continue
        case = _case(cases, book, person, today, settings, until)
        for raised in _about_person(case, person.id in agreed):
            found.setdefault(_once(raised), raised)
    for raised in _about_open_things(book, today, settings, until, cases, later):
        found.setdefault(_once(raised), raised)
    return [raised for raised in found.values() if (raised.practitioner, raised.key) not in put_off]


def _about_person(case: Case, agreed: bool) -> Iterator[Raised]:
    met = case.last_two_way
    lately = met is not None and (case.today - met.day).days <= first_steps.THANKS_LAPSE_DAYS
    refers = bool(case.book.referrals_with(case.person.id))
    for rule in _ASKED[met is not None, lately, refers, not (agreed or case.spoken_lately)]:
        if (raised := rule(case)) is not None:
            yield raised


def _whom(spoken: bool, lately: bool, refers: bool) -> frozenset[With]:
    whom: dict[With, bool] = {
        "anybody": True,
        "unanswered": not spoken,
        "spoken": spoken,
        "lately": lately,
        "referrer": refers,
    }
    return frozenset(one for one, holds in whom.items() if holds)


_ASKED: Final[Mapping[tuple[bool, bool, bool, bool], tuple[Callable[[Case], Raised | None], ...]]] = {
    (spoken, lately, refers, contact): tuple(
        rule.raises
        for rule in PERSON_RULES.values()
        if rule.whom in _whom(spoken, lately, refers) and (contact or not rule.contact)
    )
    for spoken, lately, refers, contact in product((False, True), repeat=4)
}
"""The rules that can ask for somebody who was spoken to or not, lately or not, has referred or not, and may be asked to
be contacted or not: most need not be tried."""


def _about_open_things(
    book: Book, today: date, settings: RuleSettings, until: date, cases: Cases, later: Container[str | None]
) -> Iterator[Raised]:
    """Offers and invitations without an answer, promises of ours, practices to be asked."""

    people = book.practitioners

    def case_of(person_id: str) -> Case | None:
        person = people.get(person_id)
        if person is None or resting(person) or paused(person, today):
            return None
        return _case(cases, book, person, today, settings, until)

    for offer in book.waiting_offers():
        case = case_of(offer.practitioner)
        if case is not None and not case.spoken_lately and offer.practitioner not in later:
            for rule in _OFFER_RULES:
                if (raised := rule(case, offer)) is not None:
                    yield raised
    for touch in book.owing_touches():
        case = next((found for person_id in touch.practitioners if (found := case_of(person_id)) is not None), None)
        if case is not None:
            yield from open_rules.promise_owed(case, touch)
    for referral in book.open_loops():
        case = case_of(referral.practitioner) if referral.state is ReferralState.DRAFT else None
        if case is not None and (raised := open_rules.practice_facts(case, referral)) is not None:
            yield raised


def still_raised(book: Book, follow_up: FollowUp, today: date, settings: RuleSettings) -> bool:
    """Whether the rule that raised a follow-up would raise it today; True for one of no rule that is known here.

    What was put off and has been done meanwhile asks no more.
    """
    person = book.practitioners.get(follow_up.practitioner or "")
    if person is None or not _known(rule_of(follow_up)):
        return True
    return raised_again(book, person, follow_up.rule, today, settings) is not None


def raised_again(book: Book, person: Practitioner, key: str, today: date, settings: RuleSettings) -> Raised | None:
    """What a rule asks for with somebody, by the key that names rule and fact; None when it asks no more."""
    rule = key.partition(":")[0]
    if rule not in LOOP_RULES and settings.paused(today):
        return None
    case = Case(book, person, today, settings)
    found = _raised_by(rule, case) if _known(rule) else ()
    return next((raised for raised in found if raised.key == key), None)


def _known(rule: str) -> bool:
    return rule in PERSON_RULES or rule in REFERRAL_RULES or rule in _OPEN_RULES


def _raised_by(rule: str, case: Case) -> Iterable[Raised]:
    """What one rule raises about one person."""
    if rule in PERSON_RULES:
        about = PERSON_RULES[rule]
        if about.contact and case.spoken_lately:
            return []
        found = [about.raises(case)]
    elif rule in REFERRAL_RULES:
        found = [REFERRAL_RULES[rule](case, each) for each in case.book.referrals_with(case.person.id)]
    else:
        found = list(_OPEN_RULES[rule](case))
    return [raised for raised in found if raised is not None]


_OPEN_RULES: Final[Mapping[str, Callable[[Case], Iterable[Raised | None]]]] = {
    "offer_no_reply": lambda case: [open_rules.offer_no_reply(case, o) for o in case.book.offers_to(case.person.id)],
    "invitation_no_reply": lambda case: [
        open_rules.invitation_no_reply(case, offer) for offer in case.book.offers_to(case.person.id)
    ],
    "promise_owed": lambda case: [raised for t in case.done() for raised in open_rules.promise_owed(case, t)],
    "practice_facts": lambda case: [
        open_rules.practice_facts(case, referral) for referral in case.book.referrals_with(case.person.id)
    ],
}


def _case(cases: Cases, book: Book, person: Practitioner, today: date, settings: RuleSettings, until: date) -> Case:
    case = cases.get(person.id)
    if case is None:
        case = cases[person.id] = Case(book, person, today, settings, until)
    return case


def _once(raised: Raised) -> str:
    """What is about a practice is asked for once, not with each of its people."""
    return raised.key if raised.practice is not None and raised.fact.id == raised.practice else raised.id


def _put_off(book: Book) -> set[tuple[str | None, str]]:
    """Whom and what follow-ups hold that were made by putting a card off."""
    return {(step.practitioner, step.rule) for step in book.open_follow_ups() if step.rule}


def _agreed(book: Book) -> set[str | None]:
    """Everybody with whom a trainer has set the next touch."""
    people: set[str | None] = {person for touch in book.planned_touches() for person in touch.practitioners}
    people.update(step.practitioner for step in book.open_follow_ups() if not _known(rule_of(step)))
    return people
