"""Offers, invitations and referrals of the made-up book, each walked through legal moves only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, count
from typing import Final

import msgspec

from relationships.parts import Loop
from relationships.records import Offer, Referral
from relationships.states import move_offer, move_referral
from relationships.vocabulary import (
    Channel,
    OfferKind,
    OfferState,
    ReasonClosed,
    ReferralDirection,
    ReferralState,
)
from trainer_tui.demo_cast import CAST, Flow, Standing
from trainer_tui.demo_names import SPECIALTIES, TRAINERS
from trainer_tui.demo_pen import Deck, Pen
from trainer_tui.demo_people import Person
from trainer_tui.demo_script import PRIYA, SCRIPTED, SENT
from trainer_tui.demo_touches import Past

_O = OfferState
_R = ReferralState
Path = tuple[tuple[ReferralState, int], ...]
"""States in turn, each with the days since the one before."""

_BOOKED: Final[Path] = ((_R.ACKNOWLEDGED, 1), (_R.CONTACTED, 1), (_R.BOOKED, 2))
_STARTED: Final[Path] = (*_BOOKED, (_R.STARTED, 4))
_AFTER_ALL: Final[Path] = (*_BOOKED, (_R.NO_SHOW, 2), (_R.CONTACTED, 1), (_R.BOOKED, 1), (_R.STARTED, 3))

FRESH: Final[tuple[Path, ...]] = ((), _BOOKED[:1], _BOOKED[:2], _BOOKED, (*_BOOKED, (_R.NO_SHOW, 2)))
RUNNING: Final[tuple[Path, ...]] = (
    _STARTED,
    _AFTER_ALL,
    (*_STARTED, (_R.PAUSED, 9)),
    (*_STARTED, (_R.PAUSED, 6), (_R.STARTED, 5)),
    (*_STARTED, (_R.COMPLETED, 21)),
    (*_STARTED, (_R.ENDED_EARLY, 8)),
    (*_BOOKED[:2], (_R.CLOSED, 5)),
)
OVER: Final[tuple[Path, ...]] = (
    (*_STARTED, (_R.COMPLETED, 70)),
    (*_AFTER_ALL, (_R.COMPLETED, 56)),
    (*_STARTED, (_R.ENDED_EARLY, 30)),
    (*_BOOKED, (_R.CLOSED, 3)),
)
GIVEN: Final[tuple[Path, ...]] = (
    (),
    ((_R.SENT, 1),),
    ((_R.SENT, 0), (_R.ACCEPTED, 2)),
    ((_R.SENT, 0), (_R.ACCEPTED, 3), (_R.SEEN, 6)),
    ((_R.SENT, 1), (_R.ACCEPTED, 2), (_R.SEEN, 8), (_R.REPORTED_BACK, 7)),
    ((_R.SENT, 0), (_R.ACCEPTED, 1), (_R.SEEN, 5), (_R.REPORTED_BACK, 9), (_R.RETURNED, 20)),
    ((_R.SENT, 0), (_R.DECLINED, 4)),
    ((_R.SENT, 0), (_R.NO_REPLY, 21)),
    ((_R.SENT, 0), (_R.ACCEPTED, 2), (_R.DID_NOT_ATTEND, 9)),
)
OFFERED: Final[tuple[tuple[OfferState, ...], ...]] = (
    (_O.DRAFT,),
    (_O.DRAFT, _O.MADE),
    (_O.MADE, _O.ACCEPTED),
    (_O.MADE, _O.ACCEPTED, _O.ACTIVE),
    (_O.MADE, _O.ACCEPTED, _O.ACTIVE, _O.ENDED),
    (_O.MADE, _O.DECLINED),
    (_O.MADE, _O.NO_REPLY),
    (_O.INVITED,),
    (_O.INVITED, _O.ACCEPTED),
    (_O.INVITED, _O.ACCEPTED, _O.DONE),
    (_O.INVITED, _O.DECLINED),
    (_O.INVITED, _O.NO_REPLY),
    (_O.INVITED, _O.ACCEPTED, _O.POSTPONED),
    (_O.INVITED, _O.ACCEPTED, _O.POSTPONED, _O.CANCELLED),
    (_O.INVITED, _O.ACCEPTED, _O.POSTPONED, _O.ACCEPTED, _O.DONE),
)
_REASONS: Final = tuple(reason for reason in ReasonClosed if reason not in (ReasonClosed.DUPLICATE, ReasonClosed.ERROR))
"""Why something came to nothing that was meant."""


def made_up_offers(pen: Pen, people: Sequence[Person]) -> list[Offer]:
    """One offer or invitation for everybody who was met, dealt so that every state occurs early."""
    deck = Deck(pen, OFFERED)
    return [_offer(pen, person, deck.deal()) for person in people if person.standing >= Standing.MET]


def _offer(pen: Pen, person: Person, path: tuple[OfferState, ...]) -> Offer:
    kind = OfferKind.INVITATION if path[0] is OfferState.INVITED else OfferKind.CROSS_REFERRAL
    brief = len(path) <= 2 and path[-1] not in (_O.DECLINED, _O.NO_REPLY)
    ago = pen.between(4, 18) if brief else pen.between(60, 300)
    if person.over:
        ago += 100
    day = pen.ago(ago)
    offer = pen.new(
        Offer,
        day,
        person.record.owner,
        kind=kind,
        practitioner=person.id,
        what=pen.say("offer" if kind is OfferKind.CROSS_REFERRAL else "invitation"),
        terms="no fee, no quota, the client chooses",
        via=pen.pick((Channel.IN_PERSON, Channel.EMAIL, Channel.PHONE)),
        state=path[0],
        made_on=None if path[0] is OfferState.DRAFT else day,
        value=Decimal("45.00") if kind is OfferKind.INVITATION and pen.odds(0.6) else None,
    )
    for state in path[1:]:
        day = min(day + timedelta(days=21 if state is _O.NO_REPLY else pen.between(1, 12)), pen.today)
        why = pen.say("later_reason") if state in (_O.POSTPONED, _O.CANCELLED, _O.DECLINED) else ""
        offer = move_offer(offer, state, day, by=person.record.owner, why=why)
    return msgspec.structs.replace(offer, version=len(path))


def made_up_referrals(pen: Pen, people: Sequence[Person], past: Past) -> list[Referral]:
    """Referrals received and given; each client stands as a code only."""
    codes = (f"K-{number:03d}" for number in count(20))
    scripted = [
        _received(pen, people[sent.who], past, sent.ago, sent.path, sent.code, (sent.reason, sent.restrictions))
        for sent in SENT
    ]
    fresh, running, over, given = Deck(pen, FRESH), Deck(pen, RUNNING), Deck(pen, OVER), Deck(pen, GIVEN)
    referrals = []
    for place, person in enumerate(people):
        if person.standing is Standing.REFERRING and place not in SCRIPTED:
            for age in _ages(pen, person.flow, place < len(CAST)):
                ago = min(age, person.begun - 3)
                path = (fresh if ago < 10 else running if ago < 120 else over).deal()
                days = max(ago, sum(step for _, step in path) + pen.between(0, 2)) if ago < 10 else ago
                referrals.append(_received(pen, person, past, days, path, next(codes)))
        if person.standing >= Standing.MET:
            times = 3 if place == PRIYA else pen.pick((1, 1, 2))
            referrals.extend(_given_to(pen, person, given, codes) for _ in range(times))
    return scripted + referrals


def _ages(pen: Pen, flow: Flow, known: bool) -> list[int]:
    """Days since each referral came. Only the cast sends someone this very week: a big book stays calm."""
    newest = pen.between(0, 3) if known else pen.between(20, 88)
    if flow is Flow.ACTIVE:
        return list(accumulate((newest, *(pen.between(25, 85) for _ in range(pen.between(1, 4))))))
    older = sorted(pen.between(130, 1000) for _ in range(pen.between(0, 3)))
    if flow is Flow.SLOWING:
        return [38, 47, 55, 68, 80, *older]
    if flow is Flow.LAPSED:
        return [pen.between(95, 125), *older]
    return [newest, *(age + 100 for age in older or [90])]


def _received(
    pen: Pen, person: Person, past: Past, ago: int, path: Path, code: str, words: tuple[str, str] | None = None
) -> Referral:
    day = pen.ago(ago)
    by = person.record.owner
    reason, limits = words or (pen.say("reason"), pen.say("limit"))
    earlier = [touch.id for touch in past.of.get(person.id, ()) if touch.day <= day]
    referral = pen.new(
        Referral,
        day,
        by,
        direction=ReferralDirection.RECEIVED,
        practitioner=person.id,
        client_code=code,
        reason=reason,
        restrictions=limits,
        conditions=(pen.pick(SPECIALTIES),) if pen.odds(0.6) else (),
        received_on=day,
        via=pen.pick((Channel.PHONE, Channel.EMAIL, Channel.FAX, Channel.PORTAL, Channel.VIA_CLIENT)),
        state=ReferralState.RECEIVED,
        attributed_touch=earlier[-1] if earlier and pen.odds(0.6) else None,
    )
    return _told(pen, _walk(pen, referral, path, by))


def _given_to(pen: Pen, person: Person, deck: Deck[Path], codes: Iterator[str]) -> Referral:
    path = deck.deal()
    length = sum(step for _, step in path)
    ago = length + pen.between(0, 12) + (100 if person.over else 0)
    if len(path) > 2 and pen.odds(0.5):
        ago += pen.between(20, 600)
    draft = pen.new(
        Referral,
        pen.ago(ago),
        pen.pick(TRAINERS),
        direction=ReferralDirection.GIVEN,
        practitioner=person.id,
        client_code=next(codes),
        reason=pen.say("reason"),
        conditions=(pen.pick(SPECIALTIES),),
        via=pen.pick((Channel.EMAIL, Channel.VIA_CLIENT, Channel.PHONE)),
        state=ReferralState.DRAFT,
    )
    return _walk(pen, draft, path, draft.created_by)


def _walk(pen: Pen, referral: Referral, path: Path, by: str) -> Referral:
    """The referral moved along the path, as far as its days have come."""
    day = referral.day
    for steps, (state, days) in enumerate(path, start=2):
        day = _later(day, days)
        if day > pen.today:
            break
        closed = pen.pick(_REASONS) if state is ReferralState.CLOSED else None
        why = "called, nobody came" if state is ReferralState.NO_SHOW else ""
        referral = msgspec.structs.replace(
            move_referral(referral, state, day, by=by, why=why, reason_closed=closed), version=steps
        )
    return referral


def _later(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _told(pen: Pen, referral: Referral) -> Referral:
    """The referral with the days on which its sender heard how it goes."""
    start = referral.loop.start
    if start is None:
        return referral
    loop: Loop = referral.loop
    if _later(start, 7) <= pen.today and pen.odds(0.85):
        loop = msgspec.structs.replace(loop, summary=_later(start, pen.between(3, 7)))
    last = referral.moves[-1].on
    if referral.state in (ReferralState.COMPLETED, ReferralState.ENDED_EARLY):
        loop = msgspec.structs.replace(loop, last_report=last, outcome=pen.say("end"))
    elif _later(start, 30) <= pen.today:
        loop = msgspec.structs.replace(loop, last_report=pen.ago(pen.between(1, min(30, (pen.today - start).days - 8))))
    return msgspec.structs.replace(referral, loop=loop)
