"""Touches of the made-up book, and the follow-ups that led from one to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

import msgspec

from relationships.parts import Promise, Snooze
from relationships.records import FollowUp, Touch
from relationships.vocabulary import Channel, Direction, FollowUpState, PromisedBy, Purpose, TouchKind
from trainer_tui.demo_cast import Standing
from trainer_tui.demo_names import STAFF, TAGS, TRAINERS
from trainer_tui.demo_pen import Deck, Pen, opened
from trainer_tui.demo_people import Person
from trainer_tui.demo_words import GRAMMAR


class Shape(NamedTuple):
    """A sort of contact: how likely it was two-way, and about how many minutes it took (0: not counted)."""

    kind: TouchKind
    channel: Channel
    purpose: tuple[Purpose, ...] = ()
    two_way: float = 0.0
    minutes: int = 0
    inbound: bool = False


_K = TouchKind
_C = Channel
_P = Purpose

OPENING: Final = (
    Shape(_K.LETTER, _C.POST, (_P.INTRODUCE,)),
    Shape(_K.LETTER, _C.VIA_CLIENT, (_P.INTRODUCE,)),
    Shape(_K.EMAIL, _C.EMAIL, (_P.INTRODUCE, _P.ASK_ABOUT_PRACTICE)),
    Shape(_K.LETTER, _C.FAX, (_P.INTRODUCE,)),
    Shape(_K.CARD_DROP, _C.IN_PERSON, (_P.INTRODUCE,), 0.0, 5),
)
"""What a relationship begins with: none of it counts as a meeting."""

MEETING: Final = (
    *(Shape(_K.VISIT, _C.IN_PERSON, (_P.ASK_ABOUT_PRACTICE,), 0.9, 20),) * 3,
    *(Shape(_K.PHONE_CALL, _C.PHONE, (), 0.8, 7),) * 3,
    Shape(_K.PHONE_CALL, _C.PHONE, (_P.ASK_ABOUT_PRACTICE,), 1.0, 8, inbound=True),
    Shape(_K.PHONE_CALL, _C.PHONE, (_P.REACTIVATE,), 0.6, 5),
    *(Shape(_K.EMAIL, _C.EMAIL, (), 0.4),) * 2,
    Shape(_K.EMAIL, _C.EMAIL, (), 1.0, inbound=True),
    Shape(_K.TEXT_MESSAGE, _C.TEXT, (), 0.7),
    Shape(_K.TEXT_MESSAGE, _C.TEXT, (), 1.0, inbound=True),
    Shape(_K.CARD_DROP, _C.IN_PERSON, (), 0.0, 5),
    Shape(_K.THANK_YOU_NOTE, _C.POST, (_P.THANK,)),
    Shape(_K.STUDY_SHARED, _C.EMAIL, (_P.OFFER,), 0.3),
    Shape(_K.STUDIO_TOUR, _C.IN_PERSON, (_P.INVITE,), 1.0, 35),
    Shape(_K.LUNCH_AND_LEARN, _C.IN_PERSON, (_P.OFFER,), 1.0, 45),
    Shape(_K.EVENT, _C.IN_PERSON, (), 0.9, 30),
    Shape(_K.OWN_TREATMENT, _C.IN_PERSON, (_P.ASK_ABOUT_PRACTICE,), 1.0, 50),
    Shape(_K.OTHER, _C.IN_PERSON, (), 0.5, 10),
)

WORKING: Final = (
    *MEETING,
    *(Shape(_K.REPORT_SENT, _C.EMAIL, (_P.REPORT, _P.ASK_INPUT), 0.5),) * 2,
    Shape(_K.REPORT_SENT, _C.PORTAL, (_P.REPORT,), 0.4),
    Shape(_K.REPORT_SENT, _C.FAX, (_P.REPORT,), 0.2),
    Shape(_K.REPORT_SENT, _C.VIA_CLIENT, (_P.REPORT,), 0.4),
    Shape(_K.CASE_DISCUSSION, _C.PHONE, (_P.ASK_INPUT,), 1.0, 15),
    Shape(_K.CASE_DISCUSSION, _C.PORTAL, (_P.ASK_INPUT,), 0.8, 10, inbound=True),
    Shape(_K.JOINT_APPOINTMENT, _C.IN_PERSON, (_P.ASK_INPUT,), 1.0, 45),
    Shape(_K.VIDEO_CALL, _C.VIDEO, (_P.ASK_INPUT,), 1.0, 15),
    Shape(_K.WORKOUT_SESSION, _C.IN_PERSON, (_P.INVITE,), 1.0, 60),
    Shape(_K.PLACEMENT_SHIFT, _C.IN_PERSON, (), 1.0, 240),
    Shape(_K.VISIT, _C.IN_PERSON, (_P.ASK_REFERRAL,), 1.0, 20),
    Shape(_K.PHONE_CALL, _C.PHONE, (_P.RESOLVE_CONCERN,), 1.0, 10),
)

_COSTS: Final[Mapping[TouchKind, tuple[str, ...]]] = {
    _K.LUNCH_AND_LEARN: ("38.40", "52.00", "61.75"),
    _K.OWN_TREATMENT: ("45.00", "60.00", "72.50"),
    _K.THANK_YOU_NOTE: ("3.20", "4.75"),
    _K.CARD_DROP: ("2.10",),
    _K.EVENT: ("15.00", "120.00"),
}

_FIRST_VISIT: Final = Shape(_K.VISIT, _C.IN_PERSON, (_P.INTRODUCE,), 1.0, 15)
_FIRST_TALK: Final = Shape(_K.CASE_DISCUSSION, _C.IN_PERSON, (_P.ASK_INPUT,), 1.0, 20)


@dataclass
class Past:
    """What has been written so far."""

    touches: list[Touch] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    of: dict[str, list[Touch]] = field(default_factory=dict)
    """The done touches of each practitioner, oldest first."""


class Decks:
    """The shapes of contact to deal from, for the whole book."""

    def __init__(self, pen: Pen) -> None:
        self.opening = Deck(pen, OPENING)
        self.meeting = Deck(pen, MEETING)
        self.working = Deck(pen, WORKING)

    def deal(self, person: Person, place: int) -> Shape:
        """The shape of the touch at a place (from 0) in the story with a person."""
        if place == 0 or person.standing is Standing.INTRODUCED:
            return self.opening.deal()
        if place == 1:
            return _FIRST_VISIT
        if person.standing is Standing.MET:
            return self.meeting.deal()
        return _FIRST_TALK if place == 2 else self.working.deal()


def shares(pen: Pen, people: Sequence[Person], touches: int) -> list[int]:
    """How many touches fall to each person; together exactly so many."""
    weights = [(0.0, 0.8, 7.0, 14.0, 20.0)[person.standing] * (0.6 + pen.share()) for person in people]
    total = sum(weights)
    counts: list[int] = []
    reached, given = 0.0, 0
    for weight in weights:
        reached += weight
        upto = int(touches * reached / total + 1e-6)
        counts.append(upto - given)
        given = upto
    return counts


def days_of(pen: Pen, person: Person, count: int) -> list[date]:
    """The days of so many touches, oldest first: closer together lately, seldom on a weekend."""
    span = person.begun - person.latest
    agos = sorted((person.latest + int(span * pen.share() ** 1.45) for _ in range(count)), reverse=True)
    days = [pen.ago(ago) for ago in agos]
    return [day - timedelta(days=day.weekday() - 4) if day.weekday() > 4 and pen.odds(0.9) else day for day in days]


def tell(pen: Pen, decks: Decks, past: Past, person: Person, count: int, colleagues: Sequence[str]) -> None:
    """Write so many touches with a person, and the follow-ups between them."""
    days = sorted(days_of(pen, person, count))
    promised: FollowUp | None = None
    for place, day in enumerate(days):
        ahead = days[place + 1] if place + 1 < count and pen.odds(0.35) else None
        due = ahead + timedelta(days=pen.between(-4, 6)) if ahead is not None else None
        if due is not None and due <= day:
            due = day + timedelta(days=1)
        touch = _touch(pen, person, decks.deal(person, place), place, day, colleagues, due)
        past.touches.append(touch)
        if touch.done_on is not None and person.id in touch.practitioners:
            past.of.setdefault(person.id, []).append(touch)
        if promised is not None:
            past.follow_ups.append(_kept(pen, promised, touch))
        promised = _promise(pen, person, touch, due) if due is not None and touch.done_on is not None else None


def _touch(
    pen: Pen, person: Person, shape: Shape, place: int, day: date, colleagues: Sequence[str], due: date | None
) -> Touch:
    record = person.record
    fields: dict[str, Any] = {"done_on": day, "practitioners": (record.id,), "next_touch_on": due}
    by = record.owner if pen.odds(0.75) else pen.pick(TRAINERS)
    chance = pen.share()
    if place > 2 and chance < 0.02:
        fields |= {"done_on": None, "next_touch_on": None, "planned_for": day, "cancelled_on": day}
        fields["cancel_reason"] = pen.say("cancel_reason")
    elif chance < 0.2:
        fields["planned_for"] = day
        if chance < 0.07:
            fields["planned_time"] = time(pen.between(8, 17), pen.pick((0, 15, 30)))
    if record.practices and (shape.channel is Channel.IN_PERSON or pen.odds(0.25)):
        fields["practice"] = pen.pick(record.practices)
        _who_else(pen, shape, place, colleagues, fields)
    if shape.minutes:
        fields["minutes"] = max(2, int(shape.minutes * (0.6 + pen.share())))
    if fields["done_on"] is not None:
        _what_came_of_it(pen, shape, day, fields)
    return pen.new(
        Touch,
        day,
        by,
        kind=shape.kind,
        channel=shape.channel,
        direction=Direction.IN if shape.inbound else Direction.OUT,
        purpose=shape.purpose,
        note=_note(pen, shape.kind),
        **fields,
    )


def _who_else(pen: Pen, shape: Shape, place: int, colleagues: Sequence[str], fields: dict[str, Any]) -> None:
    if colleagues and shape.kind in (_K.LUNCH_AND_LEARN, _K.EVENT, _K.STUDIO_TOUR) and pen.odds(0.5):
        fields["practitioners"] = (*fields["practitioners"], pen.pick(colleagues))
    elif place > 2 and shape.kind is _K.CARD_DROP and pen.odds(0.5):
        fields["practitioners"] = ()
    if pen.odds(0.15) or not fields["practitioners"]:
        fields["people_met"] = (pen.pick(STAFF),)


def _what_came_of_it(pen: Pen, shape: Shape, day: date, fields: dict[str, Any]) -> None:
    fields["two_way"] = two_way = pen.odds(shape.two_way)
    if two_way and pen.odds(0.2):
        fields["learned"] = pen.say("fact")
    if two_way and pen.odds(0.15):
        fields["promised"] = tuple(_promises(pen, day))
    if two_way and pen.odds(0.2):
        fields["outcome"] = pen.say("outcome")
    if Purpose.ASK_REFERRAL in shape.purpose:
        fields["ask_outcome"] = pen.say("answer")
    if shape.kind in _COSTS and pen.odds(0.7):
        fields["cost"] = Decimal(pen.pick(_COSTS[shape.kind]))
    if pen.odds(0.05):
        fields["tags"] = (pen.pick(TAGS),)


def _promises(pen: Pen, day: date) -> list[Promise]:
    sides = pen.pick(((PromisedBy.US,), (PromisedBy.THEM,), (PromisedBy.US, PromisedBy.THEM)))
    promises = []
    for side in sides:
        kept = min(day + timedelta(days=pen.between(1, 20)), pen.today) if pen.odds(0.75) else None
        promises.append(Promise(by=side, text=pen.say(f"owe_{side.value}"), kept_on=kept))
    return promises


def _note(pen: Pen, kind: TouchKind) -> str:
    note = pen.fill(pen.pick(GRAMMAR[kind.value]))
    length = pen.share()
    if length < 0.03:
        while len(note) < 300:
            note = f"{note} {pen.say('detail')}"
    elif length < 0.15:
        note = f"{note} {pen.say('detail')}"
    return ". ".join(opened(part) for part in note.split(". "))


def _promise(pen: Pen, person: Person, touch: Touch, due: date) -> FollowUp:
    return pen.new(
        FollowUp,
        touch.day,
        touch.created_by,
        practitioner=person.id,
        due=due,
        limit=due + timedelta(days=15) if pen.odds(0.3) else None,
        what=pen.say("do"),
        why=opened(pen.say("why")),
        from_touch=touch.id,
        owner=touch.created_by,
    )


def _kept(pen: Pen, promised: FollowUp, touch: Touch) -> FollowUp:
    """The follow-up as it stands once the next touch has been made, or was called off."""
    done = touch.done_on is not None and not pen.odds(0.04)
    snoozes: tuple[Snooze, ...] = ()
    if promised.due <= touch.day and pen.odds(0.15):
        on = max(promised.created_at.date(), promised.due - timedelta(days=3))
        snoozes = (Snooze(on=on, until=promised.due, reason=pen.say("later_reason"), by=promised.owner),)
    return msgspec.structs.replace(
        promised,
        state=FollowUpState.DONE if done else FollowUpState.DROPPED,
        done_on=touch.done_on if done else None,
        done_touch=touch.id if done else None,
        kind=touch.kind if done else None,
        drop_reason="" if done else pen.say("drop_reason"),
        snoozes=snoozes,
        version=2 + len(snoozes),
        updated_at=max(touch.created_at, promised.created_at),
        updated_by=touch.created_by,
    )
