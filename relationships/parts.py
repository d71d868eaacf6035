"""The values that stand inside records, without an identity of their own (DOMAIN.md section 3)."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from relationships.vocabulary import Channel, PromisedBy, Stage


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A value inside a record, without an identity of its own."""

    unknown: dict[str, Any] | None = msgspec.field(default=None, name="__unknown__")
    """Keys that this version does not know, kept as those of a record are."""


class Gatekeeper(Part, frozen=True, kw_only=True):
    """Who controls access to a practice: receptionist, manager, referral coordinator."""

    name: str
    role: str = ""
    note: str = ""


class Accepts(Part, frozen=True, kw_only=True):
    """Whom a practice takes."""

    conditions: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()
    requirements: str = ""


class ReportPreference(Part, frozen=True, kw_only=True):
    """How a practitioner wants reports."""

    format: str = ""
    channel: Channel | None = None
    interval: int | None = None
    """Days between reports."""


class CadenceOverride(Part, frozen=True, kw_only=True):
    """A rhythm set for one person, in days (DOMAIN.md section 4: tier cadence)."""

    target: int
    limit: int


class StageOverride(Part, frozen=True, kw_only=True):
    """A stage set by hand: needs a reason (DOMAIN.md section 3, states)."""

    stage: Stage
    reason: str
    on: date
    by: str = ""


class Promise(Part, frozen=True, kw_only=True):
    """Something one side said it would do, open until kept."""

    by: PromisedBy
    text: str
    kept_on: date | None = None


class Snooze(Part, frozen=True, kw_only=True):
    """One putting-off of a follow-up."""

    on: date
    until: date
    reason: str
    by: str = ""


class Move(Part, frozen=True, kw_only=True):
    """One step of a state: when, who and why (DOMAIN.md section 3, states)."""

    state: str
    on: date
    by: str = ""
    why: str = ""


class Loop(Part, frozen=True, kw_only=True):
    """The days on which the referrer was told what happened."""

    ack: date | None = None
    start: date | None = None
    summary: date | None = None
    last_report: date | None = None
    outcome: str = ""
