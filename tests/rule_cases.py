"""What the tables of cases of the rules are written with: records by days from a fixed today, and what rules raise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from relationships.book import Book
from relationships.case import Raised
from relationships.parts import Loop, Move, Promise
from relationships.records import FollowUp, Offer, Practice, Practitioner, Record, Referral, Touch
from relationships.rule_days import DEFAULTS, RuleSettings
from relationships.rules import loops, outreach
from relationships.vocabulary import (
    Channel,
    Direction,
    Discipline,
    OfferState,
    PromisedBy,
    Purpose,
    ReferralDirection,
    ReferralState,
    TouchKind,
)

R = TypeVar("R", bound=Record)
TODAY = date(2026, 11, 23)
"""A Monday."""
MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 6, 9, tzinfo=UTC)


def made(kind: type[R], id: str, /, **fields: Any) -> R:
    stamp: dict[str, Any] = {"created_at": MORNING, "created_by": "sam", "updated_at": MORNING, "updated_by": "sam"}
    return kind(id=id, **{**stamp, **fields})


def book_of(*records: Record) -> Book:
    tables: dict[str, dict[str, Record]] = {}
    for record in records:
        tables.setdefault(record.table, {})[record.id] = record
    return Book(tables)


def day(ahead: int) -> date:
    return TODAY + timedelta(days=ahead)


def person(id: str = "p1", **fields: Any) -> Practitioner:
    usual = {"name": f"Name {id}", "discipline": Discipline.PHYSIOTHERAPIST, "created_at": LONG_AGO}
    return made(Practitioner, id, **{**usual, **fields})


def practice(id: str = "x1", **fields: Any) -> Practice:
    return made(Practice, id, **{"name": f"Practice {id}", **fields})


def talk(at: int, id: str = "talk", **fields: Any) -> Touch:
    """A two-way call."""
    usual = {"kind": TouchKind.PHONE_CALL, "channel": Channel.PHONE, "two_way": True}
    return touch(at, id, **{**usual, **fields})


def visit(at: int, id: str = "visit", **fields: Any) -> Touch:
    """A visit at which both sides talked."""
    return touch(at, id, **{"kind": TouchKind.VISIT, "two_way": True, **fields})


def letter(at: int, id: str = "letter", **fields: Any) -> Touch:
    """A letter that was not answered."""
    return touch(at, id, **{"kind": TouchKind.LETTER, "channel": Channel.POST, **fields})


def call(at: int, id: str = "call", **fields: Any) -> Touch:
    """A call that nobody took."""
    return touch(at, id, **{"kind": TouchKind.PHONE_CALL, "channel": Channel.PHONE, **fields})


def touch(at: int, id: str, /, **fields: Any) -> Touch:
    usual = {"practitioners": ("p1",), "done_on": day(at), "direction": Direction.OUT}
    return made(Touch, id, **{**usual, **fields})


def planned(at: int, id: str = "plan", **fields: Any) -> Touch:
    return touch(0, id, **{"kind": TouchKind.VISIT, "done_on": None, "planned_for": day(at), **fields})


def step(at: int, id: str = "step", **fields: Any) -> FollowUp:
    return made(FollowUp, id, **{"practitioner": "p1", "due": day(at), "what": "ring her", **fields})


def came(at: int, id: str = "ref", **fields: Any) -> Referral:
    """A referral from p1."""
    usual = {"direction": ReferralDirection.RECEIVED, "received_on": day(at), "client_code": "K-014"}
    return made(Referral, id, **{"practitioner": "p1", **usual, **fields})


def gave(at: int, id: str = "ref", **fields: Any) -> Referral:
    """A referral to p1."""
    usual = {"direction": ReferralDirection.GIVEN, "sent_on": day(at), "state": ReferralState.SENT}
    return made(Referral, id, **{"practitioner": "p1", "client_code": "K-020", **usual, **fields})


def moved(state: ReferralState, at: int) -> dict[str, Any]:
    """The fields of a referral that moved into a state on a day."""
    loop = Loop(start=day(at)) if state is ReferralState.STARTED else Loop()
    return {"state": state, "moves": (Move(state=state.value, on=day(at)),), "loop": loop}


def offer(at: int, id: str = "offer", **fields: Any) -> Offer:
    return made(Offer, id, **{"practitioner": "p1", "made_on": day(at), "state": OfferState.MADE, **fields})


def owing(at: int, id: str = "owing", **fields: Any) -> Touch:
    """A letter in which something was promised."""
    ours = (Promise(by=PromisedBy.US, text="send the list"),)
    return letter(at, id, **{"promised": ours, "purpose": (Purpose.THANK,), **fields})


def all_raised(book: Book, settings: RuleSettings = DEFAULTS, today: date = TODAY) -> dict[str, Raised]:
    """What all rules ask for that is due up to that day, by rule; the first of each."""
    found: dict[str, Raised] = {}
    for raised in (*loops(book, today, settings, today), *outreach(book, today, settings, today)):
        found.setdefault(raised.rule, raised)
    return found


def asked(rule: str, *records: Record, settings: RuleSettings = DEFAULTS, today: date = TODAY) -> Raised | None:
    """What one rule asks for."""
    return all_raised(book_of(*records), settings, today).get(rule)
