"""The records of a book: frozen, typed, one class per kind (DOMAIN.md section 3).

Days (`_on`, `due`) are local calendar days; moments (`_at`) are UTC. References are record ids. A change is a new
record.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

import msgspec

from relationships.parts import (
    Accepts,
    CadenceOverride,
    Gatekeeper,
    Loop,
    Move,
    Promise,
    ReportPreference,
    Snooze,
    StageOverride,
)
from relationships.vocabulary import (
    Channel,
    Direction,
    Discipline,
    FollowUpState,
    OfferKind,
    OfferState,
    PracticeKind,
    Purpose,
    ReasonClosed,
    ReferralDirection,
    ReferralRoute,
    ReferralState,
    Tier,
    TouchKind,
)


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What every record carries."""

    table: ClassVar[str]
    """The table of the book file that holds this kind, named in the plural."""
    noun: ClassVar[str]
    """What a trainer calls this kind."""

    id: str
    """Stable and random; never TinyDB's document number."""
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    version: int = 1
    """Counts the edits, from 1."""
    archived_at: datetime | None = None
    """Set aside but kept in reports."""
    archive_reason: str = ""
    trashed_at: datetime | None = None
    """In the trash: shown nowhere but there, until restored."""
    unknown: dict[str, Any] | None = msgspec.field(default=None, name="__unknown__")
    """Keys that this version does not know, kept as they were read; in the file they stand beside the known ones."""


class Practice(Record, frozen=True, kw_only=True):
    """A place and its staff."""

    table: ClassVar[str] = "practices"
    noun: ClassVar[str] = "practice"

    name: str
    kind: PracticeKind = PracticeKind.CLINIC
    address: str = ""
    city: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    hours: str = ""
    best_times: str = ""
    gatekeepers: tuple[Gatekeeper, ...] = ()
    referral_route: ReferralRoute | None = None
    route_given_on: date | None = None
    accepts: Accepts = Accepts()
    distance_min: int | None = None
    """Minutes of travel from the studio."""
    notes: str = ""
    tags: tuple[str, ...] = ()
    owner: str = ""


class Practitioner(Record, frozen=True, kw_only=True):
    """A person with a discipline; may work at several practices."""

    table: ClassVar[str] = "practitioners"
    noun: ClassVar[str] = "practitioner"

    name: str
    post_nominals: str = ""
    discipline: Discipline = Discipline.OTHER
    specialties: tuple[str, ...] = ()
    practices: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""
    channel_preferred: Channel | None = None
    do_not_contact: bool = False
    report_preference: ReportPreference = ReportPreference()
    stage_override: StageOverride | None = None
    tier: Tier | None = None
    tier_reason: str = ""
    cadence_override: CadenceOverride | None = None
    paused_until: date | None = None
    """Away, or wants to be left alone for a while: rules ask for no contact before this day."""
    pause_reason: str = ""
    expects_from_trainer: str = ""
    source: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    owner: str = ""


class Touch(Record, frozen=True, kw_only=True):
    """One dated contact of any kind, planned or done, in either direction."""

    table: ClassVar[str] = "touches"
    noun: ClassVar[str] = "touch"

    practitioners: tuple[str, ...] = ()
    practice: str | None = None
    people_met: tuple[str, ...] = ()
    """Names of staff met who have no record of their own."""
    kind: TouchKind
    channel: Channel = Channel.IN_PERSON
    direction: Direction = Direction.OUT
    purpose: tuple[Purpose, ...] = ()
    planned_for: date | None = None
    planned_time: time | None = None
    done_on: date | None = None
    cancelled_on: date | None = None
    cancel_reason: str = ""
    minutes: int | None = None
    two_way: bool = False
    """The practitioner or practice answered or took part."""
    clients: tuple[str, ...] = ()
    release: str | None = None
    note: str = ""
    learned: str = ""
    promised: tuple[Promise, ...] = ()
    outcome: str = ""
    ask_outcome: str = ""
    cost: Decimal | None = None
    next_touch_on: date | None = None
    """The day that was agreed for the next touch; the promise itself is a follow-up."""
    tags: tuple[str, ...] = ()

    @property
    def planned(self) -> bool:
        """Still ahead: neither done nor cancelled."""
        return self.done_on is None and self.cancelled_on is None

    @property
    def day(self) -> date:
        """The day it stands under: done, else cancelled, else planned, else entered."""
        return self.done_on or self.cancelled_on or self.planned_for or self.created_at.date()


class FollowUp(Record, frozen=True, kw_only=True):
    """A dated promise to touch again."""

    table: ClassVar[str] = "follow_ups"
    noun: ClassVar[str] = "follow-up"

    practitioner: str | None = None
    practice: str | None = None
    due: date
    due_time: time | None = None
    limit: date | None = None
    """The day after which it is not only due but too late."""
    what: str = ""
    kind: TouchKind | None = None
    state: FollowUpState = FollowUpState.OPEN
    why: str = ""
    rule: str = ""
    """The id of the rule that raised it; empty when a trainer set it."""
    from_touch: str | None = None
    done_touch: str | None = None
    done_on: date | None = None
    drop_reason: str = ""
    repeat: str = ""
    """An RFC 5545 recurrence rule; empty for once."""
    snoozes: tuple[Snooze, ...] = ()
    owner: str = ""
    note: str = ""


class Offer(Record, frozen=True, kw_only=True):
    """A cross-referral proposal or an invitation to train once. No fee, no quota, the client chooses."""

    table: ClassVar[str] = "offers"
    noun: ClassVar[str] = "offer"

    kind: OfferKind = OfferKind.CROSS_REFERRAL
    practitioner: str
    what: str = ""
    terms: str = ""
    made_on: date | None = None
    via: Channel | None = None
    state: OfferState = OfferState.DRAFT
    replied_on: date | None = None
    ended_on: date | None = None
    value: Decimal | None = None
    moves: tuple[Move, ...] = ()
    note: str = ""


class Referral(Record, frozen=True, kw_only=True):
    """A person sent by a practitioner to the trainer, or the other way."""

    table: ClassVar[str] = "referrals"
    noun: ClassVar[str] = "referral"

    direction: ReferralDirection
    practitioner: str
    client: str | None = None
    client_code: str = ""
    """The code or initials shown for the person; never a full name."""
    reason: str = ""
    conditions: tuple[str, ...] = ()
    restrictions: str = ""
    received_on: date | None = None
    sent_on: date | None = None
    via: Channel | None = None
    state: ReferralState = ReferralState.RECEIVED
    reason_closed: ReasonClosed | None = None
    loop: Loop = Loop()
    attributed_touch: str | None = None
    moves: tuple[Move, ...] = ()
    note: str = ""

    @property
    def day(self) -> date:
        """The day it came or went, else the day it was entered."""
        return self.received_on or self.sent_on or self.created_at.date()


KINDS: tuple[type[Record], ...] = (Practitioner, Practice, Touch, FollowUp, Offer, Referral)
"""Every kind of record, in the order of the tables in the book file."""

KIND_OF_TABLE: dict[str, type[Record]] = {kind.table: kind for kind in KINDS}
