"""Practices and practitioners of the made-up book."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from relationships.parts import Accepts, CadenceOverride, Gatekeeper, ReportPreference, StageOverride
from relationships.records import Practice, Practitioner
from relationships.vocabulary import Channel, Discipline, PracticeKind, ReferralRoute, Stage, Tier
from trainer_tui.demo_cast import CAST, FIRST_PRACTICES, NEEDED, CastMember, Flow, Standing
from trainer_tui.demo_names import (
    BEST_TIMES,
    HOURS,
    HOUSES,
    NAMES,
    PAYERS,
    PLACE_KINDS,
    PLACES,
    SOURCES,
    SPECIALTIES,
    STAFF,
    STAFF_ROLES,
    STREETS,
    TAGS,
    TITLES,
    TOWNS,
    TRAINERS,
)
from trainer_tui.demo_pen import Pen, opened

_THREE_YEARS: Final = 1095
_LETTERS: Final = str.maketrans({"Ł": "L", "ł": "l", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d", "Þ": "Th", "þ": "th"})


@dataclass(frozen=True)
class Person:
    """A practitioner and the story that the book tells of the two sides."""

    record: Practitioner
    standing: Standing
    flow: Flow
    begun: int
    """Days since the first touch."""
    latest: int
    """Days since the last generated touch."""
    over: bool
    """Nothing more is planned with this one."""

    @property
    def id(self) -> str:
        """The id of the practitioner's record."""
        return self.record.id


def people_for(touches: int) -> int:
    """How many practitioners a book of so many touches has: one for 40, and the whole cast from early on."""
    return max(NEEDED, min(len(CAST), NEEDED + touches // 20), touches // 40)


def made_up_practices(pen: Pen, people: int) -> list[Practice]:
    """About one practice for three practitioners; several share an address or a building."""
    practices = [
        _practice(pen, first.name, first.kind, first.address, "London", dict(first.more)) for first in FIRST_PRACTICES
    ]
    address, town = "", TOWNS[0]
    for _ in range(people // 3 - len(practices)):
        if not address or not pen.odds(0.3):
            address = f"{pen.between(1, 180)} {pen.pick(STREETS)}"
            if pen.odds(0.4):
                address = f"{pen.pick(HOUSES)}, {address}"
            town = pen.pick(TOWNS)
        kind = pen.pick(tuple(PracticeKind))
        name = f"{pen.pick(PLACES)} {pen.pick(PLACE_KINDS[kind.value])}"
        practices.append(_practice(pen, name, kind, address, town, {}))
    return practices


def _practice(pen: Pen, name: str, kind: PracticeKind, address: str, city: str, more: dict[str, Any]) -> Practice:
    written = pen.ago(pen.between(_THREE_YEARS, _THREE_YEARS + 60))
    fields: dict[str, Any] = {
        "phone": f"020 7946 0{pen.between(0, 989):03d}",
        "email": f"desk@{_plain(name)}.example",
        "hours": pen.pick(HOURS),
        "best_times": pen.pick(BEST_TIMES),
        "gatekeepers": tuple(
            Gatekeeper(
                name=pen.pick(STAFF),
                role=pen.pick(STAFF_ROLES),
                note=pen.pick(("", "knows everyone", "likes a call first")),
            )
            for _ in range(pen.between(1, 2))
        ),
        "distance_min": pen.between(3, 45),
        "tags": (pen.pick(TAGS),) if pen.odds(0.3) else (),
        "owner": pen.pick(TRAINERS),
    }
    if pen.odds(0.3):
        fields["fax"] = f"020 7946 0{pen.between(0, 989):03d}"
    if pen.odds(0.6):
        fields["referral_route"] = pen.pick(tuple(ReferralRoute))
        fields["route_given_on"] = pen.ago(pen.between(20, 900))
    if pen.odds(0.5):
        fields["accepts"] = Accepts(
            conditions=(pen.pick(SPECIALTIES),), payers=(pen.pick(PAYERS),), requirements=pen.pick(("", "letter first"))
        )
    fields |= more
    return pen.new(Practice, written, pen.pick(TRAINERS), name=name, kind=kind, address=address, city=city, **fields)


def made_up_people(pen: Pen, count: int, practices: list[Practice]) -> list[Person]:
    """So many practitioners: the cast first, then whoever chance brings."""
    return [_person(pen, CAST[n] if n < len(CAST) else _stranger(pen, len(practices)), practices) for n in range(count)]


def _stranger(pen: Pen, practices: int) -> CastMember:
    pattern, given, family = pen.pick(NAMES)
    first = pen.between(0, practices - 1)
    second = pen.between(0, practices - 1)
    standing = (Standing.PROSPECT, Standing.INTRODUCED, Standing.MET, Standing.COLLABORATING, Standing.REFERRING)
    return CastMember(
        pattern.format(given=pen.pick(given), family=pen.pick(family)),
        pen.pick(TITLES) if pen.odds(0.4) else "",
        pen.pick(tuple(Discipline)),
        pen.pick((Tier.A, Tier.B, Tier.B, Tier.C, Tier.C, None)),
        standing[min(4, int(pen.share() * 6.5))],
        (first, second) if second != first and pen.odds(0.12) else (first,),
        pen.pick(tuple(Flow)),
    )


def _person(pen: Pen, member: CastMember, practices: list[Practice]) -> Person:
    at = tuple(practices[number] for number in member.practices)
    begun = pen.between(200, _THREE_YEARS - 1) if pen.odds(0.8) else pen.between(130, 200)
    limit = {Tier.A: 28, Tier.B: 55, Tier.C: 85}.get(member.tier or Tier.PARKED, 110)
    latest = pen.between(100, 125) if member.ending else pen.between(1, limit)
    fields: dict[str, Any] = {
        "phone": f"07700 900{pen.between(0, 999):03d}" if pen.odds(0.7) else "",
        "email": f"{_plain(member.name) or 'desk'}@{_plain(at[0].name)}.example" if pen.odds(0.7) else "",
        "specialties": (pen.pick(SPECIALTIES),) if pen.odds(0.7) else (),
        "source": pen.pick(SOURCES) if pen.odds(0.6) else "",
        "notes": opened(pen.fill("{fact}.")) if pen.odds(0.5) else "",
        "tags": (pen.pick(TAGS),) if pen.odds(0.4) else (),
        "owner": pen.pick(TRAINERS),
    }
    fields |= _wishes(pen, member) | _ending(pen, member) | dict(member.more)
    record = pen.new(
        Practitioner,
        pen.ago(begun + pen.between(3, 20)),
        fields["owner"],
        name=member.name,
        post_nominals=member.post_nominals,
        discipline=member.discipline,
        tier=member.tier,
        practices=tuple(practice.id for practice in at),
        **fields,
    )
    return Person(record, member.standing, member.flow, begun, latest, bool(member.ending))


def _wishes(pen: Pen, member: CastMember) -> dict[str, Any]:
    wishes: dict[str, Any] = {}
    if pen.odds(0.4):
        wishes["channel_preferred"] = pen.pick((Channel.PHONE, Channel.EMAIL, Channel.IN_PERSON, Channel.POST))
    if member.standing >= Standing.COLLABORATING and pen.odds(0.6):
        wishes["report_preference"] = ReportPreference(
            format=pen.pick(("one page", "SOAP", "tick boxes")),
            channel=pen.pick((Channel.EMAIL, Channel.PORTAL)),
            interval=30,
        )
    if member.tier is Tier.A:
        wishes["tier_reason"] = "refers now"
    if pen.odds(0.05):
        wishes["cadence_override"] = CadenceOverride(target=45, limit=60)
    return wishes


def _ending(pen: Pen, member: CastMember) -> dict[str, Any]:
    on: date = pen.ago(pen.between(60, 95))
    if member.ending == "archived":
        return {"archived_at": pen.moment(on), "archive_reason": "Retired; the pharmacy has a new lead."}
    if member.ending == "trashed":
        return {"trashed_at": pen.moment(on), "notes": "Typed twice by mistake."}
    if member.ending == "do_not_contact":
        reason = "Asked us not to get in touch; has an agreement with another studio."
        override = StageOverride(stage=Stage.DECLINED, reason=reason, on=on, by="mina")
        return {"do_not_contact": True, "stage_override": override}
    if member.ending == "parked":
        override = StageOverride(stage=Stage.PARKED, reason="On sabbatical until spring.", on=on, by="alex")
        return {"stage_override": override, "tier_reason": "away"}
    return {}


def _plain(name: str) -> str:
    """The name in the letters that an address may have."""
    flat = unicodedata.normalize("NFKD", name).translate(_LETTERS).encode("ascii", "ignore").decode().lower()
    return "".join(character for character in flat if character.isalnum())[:24]
