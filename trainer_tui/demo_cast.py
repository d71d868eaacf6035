"""Who stands first in every made-up book: practices and practitioners chosen by hand, one of each sort to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from relationships.parts import Gatekeeper
from relationships.vocabulary import Discipline, PracticeKind, Tier
from trainer_tui.demo_names import STUDIO


class Standing(IntEnum):
    """How far the made-up relationship came; the stage that the rules derive follows from its touches and referrals."""

    PROSPECT = 0
    INTRODUCED = 1
    MET = 2
    COLLABORATING = 3
    REFERRING = 4


class Flow(IntEnum):
    """How referrals come from someone who refers."""

    ACTIVE = 0
    SLOWING = 1
    LAPSED = 2
    REACTIVATED = 3


@dataclass(frozen=True)
class FirstPractice:
    """A practice chosen by hand."""

    name: str
    kind: PracticeKind
    address: str
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CastMember:
    """A practitioner chosen by hand."""

    name: str
    post_nominals: str
    discipline: Discipline
    tier: Tier | None
    standing: Standing
    practices: tuple[int, ...]
    flow: Flow = Flow.ACTIVE
    ending: str = ""
    """How it ended with this one: archived, trashed, do_not_contact, parked; empty when it goes on."""
    more: Mapping[str, Any] = field(default_factory=dict)


FIRST_PRACTICES: Final = (
    FirstPractice(
        "Quay Physio",
        PracticeKind.CLINIC,
        "Harbour House, 2 Quay Street",
        {
            "phone": "020 7946 0990",
            "best_times": "Tue and Thu after 4",
            "gatekeepers": (Gatekeeper(name="Jo", role="receptionist", note="ask at the desk"),),
        },
    ),
    FirstPractice("Harbour Practice", PracticeKind.GROUP_PRACTICE, "Harbour House, 2 Quay Street"),
    FirstPractice("Marchetti Osteopathy", PracticeKind.SOLO_PRACTICE, "Sail Loft, 9 Ropewalk"),
    FirstPractice("Tideway Nutrition", PracticeKind.OTHER, "Sail Loft, 9 Ropewalk"),
    FirstPractice("St Brendan's Hospital", PracticeKind.HOSPITAL, "40 St Brendan's Road"),
    FirstPractice(
        STUDIO,
        PracticeKind.GYM,
        "The Old Granary, 1 Quay Street",
        {"notes": "Our own place: tours, first workouts and the treatment room upstairs.", "distance_min": 0},
    ),
    FirstPractice("Ropewalk Pharmacy", PracticeKind.PHARMACY, "11 Ropewalk"),
    FirstPractice("Lighthouse Rehab Centre", PracticeKind.REHAB_CENTRE, "Lighthouse Court, 5 Harbour Lane"),
    FirstPractice("Foundry Yard Rooms", PracticeKind.CLINIC, "Lighthouse Court, 5 Harbour Lane"),
)

_D = Discipline
_S = Standing

CAST: Final = (
    CastMember(
        "Priya Patel",
        "MSc",
        _D.PHYSIOTHERAPIST,
        Tier.A,
        _S.REFERRING,
        (0,),
        more={
            "owner": "sam",
            "phone": "020 7946 0991",
            "email": "priya@quayphysio.example",
            "specialties": ("shoulder", "low back"),
            "notes": "Best Tue and Thu after 4; ask Jo at the desk.",
            "expects_from_trainer": "range-of-motion figures monthly, one page",
        },
    ),
    CastMember("Dr Amara Osei", "MRCGP", _D.GENERAL_PRACTITIONER, Tier.A, _S.REFERRING, (1,), more={"owner": "sam"}),
    CastMember("Leo Marchetti", "DO", _D.OSTEOPATH, Tier.B, _S.INTRODUCED, (2,), more={"owner": "alex"}),
    CastMember("Ruth Cohen", "RD", _D.DIETITIAN, Tier.B, _S.MET, (3,), more={"owner": "mina"}),
    CastMember('Ana "Nina" Ortiz', "BTEC", _D.MASSAGE_THERAPIST, Tier.C, _S.COLLABORATING, (5, 0)),
    CastMember("Lee [/]", "", _D.CHIROPRACTOR, Tier.C, _S.PROSPECT, (8,)),
    CastMember("Jordan Price", "PT [DPT]", _D.EXERCISE_PHYSIOLOGIST, Tier.B, _S.COLLABORATING, (7,)),
    CastMember("Jose\u0301 Nu\u0301ñez", "", _D.PODIATRIST, Tier.C, _S.MET, (8, 7)),
    CastMember(
        "Maria-Theresia Wilhelmina Alexandra van den Heuvel-Brzęczyszczykiewicz de Montmorency-Saint-Hilaire y Zúñiga",
        "PhD, CPsychol, FBPsS",
        _D.PSYCHOLOGIST,
        Tier.C,
        _S.INTRODUCED,
        (4,),
    ),
    CastMember(
        "Siobhán O'Rourke-Delaney", "", _D.OCCUPATIONAL_THERAPIST, Tier.C, _S.MET, (4,), ending="do_not_contact"
    ),
    CastMember(
        "Дмитрий Шевченко", "FRCP", _D.SPECIALIST_PHYSICIAN, Tier.PARKED, _S.COLLABORATING, (4,), ending="parked"
    ),
    CastMember("陈美玲", "", _D.PHARMACIST, Tier.C, _S.MET, (6,), ending="archived"),
    CastMember("Priya Patell", "", _D.PHYSIOTHERAPIST, None, _S.PROSPECT, (0,), ending="trashed"),
    CastMember("Nguyễn Thị Hồng Nhung", "", _D.PHARMACIST, Tier.B, _S.REFERRING, (6,), Flow.LAPSED),
    CastMember("محمد العلي", "FRCP", _D.SPECIALIST_PHYSICIAN, Tier.A, _S.REFERRING, (4, 1)),
    CastMember("Łukasz Wójcik", "MCSP", _D.PHYSIOTHERAPIST, Tier.B, _S.REFERRING, (7,), Flow.SLOWING),
    CastMember("Sunita Krishnamurthy", "", _D.NURSE_PRACTITIONER, Tier.B, _S.REFERRING, (1,), Flow.REACTIVATED),
    CastMember("Ελένη Παπαδοπούλου", "", _D.NATUROPATH, Tier.C, _S.COLLABORATING, (3,)),
    CastMember("Síle O'Donnell", "MRCGP", _D.GENERAL_PRACTITIONER, Tier.B, _S.REFERRING, (1,)),
    CastMember("Ben Carr-Whitlock", "MCSP [Neuro]", _D.PHYSIOTHERAPIST, Tier.A, _S.REFERRING, (0, 4)),
    CastMember("Farhan Desai", "DC", _D.CHIROPRACTOR, Tier.B, _S.REFERRING, (8,)),
    CastMember("欧阳思远", "", _D.MASSAGE_THERAPIST, Tier.C, _S.INTRODUCED, (2,)),
    CastMember("Zoë Müller-Lüdenscheidt", "", _D.OTHER, None, _S.PROSPECT, (3,)),
    CastMember("Grace Holloway", "CPsychol", _D.PSYCHOLOGIST, Tier.C, _S.MET, (8,)),
    CastMember("Imogen Penrose", "RD", _D.DIETITIAN, Tier.B, _S.COLLABORATING, (3, 1)),
    CastMember("Pádraig Mac Giolla Phádraig", "", _D.PODIATRIST, None, _S.MET, (7,)),
)
"""The first four are the ones of the mock-ups in SCREENS.md."""

NEEDED: Final = 13
"""So many of the cast stand in even the smallest book."""
