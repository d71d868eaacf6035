"""What happened lately with the first four practitioners of the made-up book, written by hand (SCREENS.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from relationships.parts import Promise
from relationships.vocabulary import Channel, Direction, PromisedBy, Purpose, ReferralState, TouchKind

PRIYA, AMARA, LEO, RUTH = range(4)
SCRIPTED: Final = (PRIYA, AMARA, LEO, RUTH)
QUIET_SINCE: Final = (76, 48, None, None)
"""For each of them: generated touches end so many days ago; None: there are none."""


@dataclass(frozen=True)
class Scene:
    """A touch written by hand. `ago` is days before today; it lies ahead when negative."""

    who: int
    ago: int
    kind: TouchKind
    channel: Channel
    by: str
    note: str
    purpose: tuple[Purpose, ...] = ()
    inbound: bool = False
    two_way: bool = False
    minutes: int | None = None
    learned: str = ""
    promised: tuple[Promise, ...] = ()

    @property
    def direction(self) -> Direction:
        """Which side began it."""
        return Direction.IN if self.inbound else Direction.OUT


@dataclass(frozen=True)
class Sent:
    """A received referral written by hand, with the state that it reached and the days between its moves."""

    who: int
    ago: int
    code: str
    reason: str
    restrictions: str
    path: tuple[tuple[ReferralState, int], ...]


@dataclass(frozen=True)
class Owed:
    """An open follow-up written by hand; `ahead` is days after today, or the place in the days left of this week."""

    who: int
    ahead: int
    this_week: bool
    kind: TouchKind | None
    what: str
    why: str
    by: str
    repeat: str = ""


_K = TouchKind
_C = Channel
_P = Purpose
_R = ReferralState


def _we(text: str) -> tuple[Promise, ...]:
    return (Promise(by=PromisedBy.US, text=text),)


SCENES: Final = (
    Scene(PRIYA, -3, _K.PHONE_CALL, _C.PHONE, "sam", "about K-009's shoulder", (_P.ASK_INPUT,)),
    Scene(PRIYA, 9, _K.VISIT, _C.IN_PERSON, "sam",
          "She wants range-of-motion figures monthly; showed me the new protocol. Owe: our equipment list",
          (_P.ASK_INPUT,), two_way=True, minutes=25, learned="new shoulder protocol from this autumn on",
          promised=(*_we("send our equipment list"), Promise(by=PromisedBy.THEM, text="a copy of the protocol"))),
    Scene(PRIYA, 14, _K.REPORT_SENT, _C.EMAIL, "alex", "progress report 3, K-009", (_P.REPORT,)),
    Scene(PRIYA, 20, _K.PHONE_CALL, _C.PHONE, "alex", "thanked her for K-012; we ring the client tomorrow", (_P.THANK,),
          two_way=True, minutes=6),
    Scene(PRIYA, 31, _K.CASE_DISCUSSION, _C.VIDEO, "sam", "K-009: how far to load overhead; she says 2 kg until review",
          (_P.ASK_INPUT,), two_way=True, minutes=20, learned="reviews shoulders at week 12"),
    Scene(PRIYA, 44, _K.REPORT_SENT, _C.EMAIL, "alex", "progress report 2, K-009", (_P.REPORT,)),
    Scene(PRIYA, 58, _K.LUNCH_AND_LEARN, _C.IN_PERSON, "mina",
          "Twelve minutes on load after surgery for her team of five; many questions on the cable column",
          (_P.OFFER,), two_way=True, minutes=45),
    Scene(PRIYA, 75, _K.REPORT_SENT, _C.EMAIL, "alex", "progress report 1, K-009", (_P.REPORT,)),
    Scene(AMARA, 3, _K.PHONE_CALL, _C.PHONE, "jo", "rang about K-014: blood pressure, wants a slow start",
          inbound=True, two_way=True, minutes=5),
    Scene(AMARA, 21, _K.VISIT, _C.IN_PERSON, "sam", "asked about blood pressure cases", (_P.ASK_ABOUT_PRACTICE,),
          two_way=True, minutes=15, learned="sends people she can follow every six weeks",
          promised=_we("send her the post-rehab certificate")),
    Scene(AMARA, 33, _K.EMAIL, _C.EMAIL, "sam", "Two lines on strength work and blood pressure, and the review"),
    Scene(AMARA, 47, _K.THANK_YOU_NOTE, _C.POST, "mina", "handwritten thanks for the tour", (_P.THANK,)),
    Scene(LEO, 19, _K.LETTER, _C.POST, "alex", "second letter, with the sheet on low back pain", (_P.INTRODUCE,)),
    Scene(LEO, 47, _K.LETTER, _C.POST, "alex", "introduced Quay studio; asked how he likes to be told things",
          (_P.INTRODUCE, _P.ASK_ABOUT_PRACTICE)),
    Scene(RUTH, 12, _K.EMAIL, _C.EMAIL, "mina", "She asks whether we weigh clients, and how often; wants a call",
          inbound=True, two_way=True),
    Scene(RUTH, 40, _K.VISIT, _C.IN_PERSON, "mina", "Short and friendly; takes new people on Thursdays only",
          (_P.ASK_ABOUT_PRACTICE,), two_way=True, minutes=18, learned="does not want calorie targets from us"),
    Scene(RUTH, 61, _K.LETTER, _C.EMAIL, "mina", "introduced Quay studio after a client named her", (_P.INTRODUCE,)),
)  # fmt: skip

_STARTED: Final = ((_R.ACKNOWLEDGED, 1), (_R.CONTACTED, 1), (_R.BOOKED, 2), (_R.STARTED, 4))

SENT: Final = (
    Sent(AMARA, 3, "K-014", "blood pressure, wants to get strong again", "heart rate below 120", ()),
    Sent(PRIYA, 21, "K-012", "low back", "no lifting over 10 kg", _STARTED),
    Sent(PRIYA, 106, "K-009", "shoulder, six months after surgery", "no overhead work yet", _STARTED),
    Sent(AMARA, 78, "K-010", "blood pressure, desk work", "", (*_STARTED, (_R.COMPLETED, 60))),
    Sent(AMARA, 160, "K-007", "falls", "", (*_STARTED, (_R.COMPLETED, 84))),
    Sent(PRIYA, 190, "K-005", "knee after physio ended", "", (*_STARTED, (_R.COMPLETED, 90))),
    Sent(PRIYA, 260, "K-003", "low back", "", (*_STARTED, (_R.ENDED_EARLY, 40))),
    Sent(PRIYA, 330, "K-002", "shoulder", "", (*_STARTED, (_R.COMPLETED, 120))),
)

OWED: Final = (
    Owed(AMARA, -2, False, None, "thank her for the referral of K-014",
         "A referral is acknowledged within 1 day; K-014 came by phone", "sam"),
    Owed(PRIYA, 0, False, _K.REPORT_SENT, "report on K-009", "Every 30 days", "alex", "FREQ=DAILY;INTERVAL=30"),
    Owed(LEO, 2, True, None, "two letters, no visit yet: go and see him", "A letter alone brings little", "alex"),
    Owed(RUTH, 3, True, None, "asked a question 12 days ago: ring her", "An open question is answered soon", "mina"),
)  # fmt: skip
