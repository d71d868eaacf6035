"""A believable made-up book of any size, to look at, to measure with and to test against. Nobody in it is real."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final

from relationships.records import KINDS, Record, Touch
from relationships.vocabulary import Channel, Purpose, TouchKind
from trainer_tui.demo_cast import Standing
from trainer_tui.demo_follow_ups import LATER, made_up_follow_ups
from trainer_tui.demo_offers import made_up_offers, made_up_referrals
from trainer_tui.demo_pen import Pen
from trainer_tui.demo_people import Person, made_up_people, made_up_practices, people_for
from trainer_tui.demo_script import QUIET_SINCE, SCENES, SCRIPTED, Scene
from trainer_tui.demo_touches import Decks, Past, shares, tell

DEMO_TOUCHES: Final = 400
DEMO_SEED: Final = 7
"""The book that pictures are taken of."""

_PLANS: Final = (
    (TouchKind.VISIT, Channel.IN_PERSON, Purpose.ASK_ABOUT_PRACTICE),
    (TouchKind.PHONE_CALL, Channel.PHONE, Purpose.ASK_INPUT),
    (TouchKind.LUNCH_AND_LEARN, Channel.IN_PERSON, Purpose.OFFER),
    (TouchKind.WORKOUT_SESSION, Channel.IN_PERSON, Purpose.INVITE),
)


def demo_tables(touches: int, seed: int, today: date, now: datetime) -> dict[str, dict[str, Record]]:
    """The records of a made-up book with exactly so many touches, by table and id.

    The same arguments give the same book. `today` is the local day around which it is told, `now` that moment in UTC:
    nothing was entered after it. A fresh look at it finds 4 to 12 follow-ups overdue, 2 to 4 for today and 3 to 6 for
    this week at any size.

    Raises:
        ValueError: `touches` is negative.
    """
    if touches < 0:
        raise ValueError("A book cannot have fewer than no touches.")
    pen = Pen(seed, today, now)
    count = people_for(touches)
    practices = made_up_practices(pen, count)
    people = made_up_people(pen, count, practices)
    past = _past(pen, people, touches)
    records: dict[str, Iterable[Record]] = {
        "practitioners": (person.record for person in people),
        "practices": practices,
        "touches": past.touches,
        "follow_ups": [*made_up_follow_ups(pen, people, past, touches), *past.follow_ups],
        "offers": made_up_offers(pen, people),
        "referrals": made_up_referrals(pen, people, past),
    }
    return {kind.table: {record.id: record for record in records[kind.table]} for kind in KINDS}


def _past(pen: Pen, people: list[Person], touches: int) -> Past:
    past = Past()
    scenes = sorted(SCENES, key=lambda scene: abs(scene.ago))[:touches]
    planned = _plans(people, touches - len(scenes))
    told = [_unscripted(person, place) for place, person in enumerate(people)]
    decks = Decks(pen)
    colleagues = _colleagues(people)
    counts = shares(pen, told, touches - len(scenes) - len(planned))
    for person, count in zip(told, counts, strict=True):
        known = colleagues.get(person.record.practices[0], [])
        near = [other.id for other in known if other.begun > person.begun]
        tell(pen, decks, past, person, count, near)
    for scene in sorted(scenes, key=lambda scene: -scene.ago):
        _play(pen, past, people[scene.who], scene)
    past.touches.extend(_planned(pen, person) for person in planned)
    return past


def _unscripted(person: Person, place: int) -> Person:
    """The person as far as chance may write about them: the latest scenes of the first four are written by hand."""
    if place not in SCRIPTED:
        return person
    until = QUIET_SINCE[place]
    if until is None:
        return replace(person, standing=Standing.PROSPECT)
    return replace(person, latest=until)


def _colleagues(people: list[Person]) -> dict[str, list[Person]]:
    """Whom one may meet beside another at each practice: nobody who has not been met otherwise."""
    found: dict[str, list[Person]] = {}
    for person in people[len(SCRIPTED) :]:
        if person.standing >= Standing.MET and not person.over:
            found.setdefault(person.record.practices[0], []).append(person)
    return found


def _play(pen: Pen, past: Past, person: Person, scene: Scene) -> None:
    ahead = scene.ago < 0
    day = pen.ago(scene.ago)
    touch = pen.new(
        Touch,
        pen.today if ahead else day,
        scene.by,
        practitioners=(person.id,),
        practice=person.record.practices[0],
        kind=scene.kind,
        channel=scene.channel,
        direction=scene.direction,
        purpose=scene.purpose,
        planned_for=day if ahead else None,
        done_on=None if ahead else day,
        minutes=scene.minutes,
        two_way=scene.two_way,
        note=scene.note,
        learned=scene.learned,
        promised=scene.promised,
    )
    past.touches.append(touch)
    if not ahead:
        past.of.setdefault(person.id, []).append(touch)


def _plans(people: list[Person], touches: int) -> list[Person]:
    """Those with whom something is planned: a few, in a book of any size."""
    met = [person for person in people[len(SCRIPTED) :] if person.standing >= Standing.MET and not person.over]
    return met[: min(40, touches // 60)]


def _planned(pen: Pen, person: Person) -> Touch:
    kind, channel, purpose = pen.pick(_PLANS)
    return pen.new(
        Touch,
        pen.ago(pen.between(0, 6)),
        person.record.owner,
        practitioners=(person.id,),
        practice=person.record.practices[0],
        kind=kind,
        channel=channel,
        purpose=(purpose,),
        planned_for=pen.ago(-pen.between(LATER, 60)),
        planned_time=time(pen.between(8, 17), pen.pick((0, 15, 30))) if pen.odds(0.6) else None,
        note=pen.fill("about {case}"),
    )
