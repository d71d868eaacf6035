"""Records, their fields and what stands in them, in the words that a trainer reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, Final

import msgspec

from relationships.dates import echo, short_day
from relationships.parts import CadenceOverride, Gatekeeper, Move, Part, Promise, Snooze, StageOverride
from relationships.records import FollowUp, Offer, Practice, Practitioner, Record, Referral, Touch
from relationships.vocabulary import Direction, PromisedBy, ReferralDirection, Term

Find = Callable[[str, str], Record | None]
"""Looks up a record by table and id: `Book.find`."""

_NAMES: Final[Mapping[str, str]] = {
    "post_nominals": "letters after name",
    "channel_preferred": "prefers",
    "practices": "practice",
    "practitioners": "practitioner",
    "source": "known from",
    "done_on": "day",
    "two_way": "they took part",
    "promised": "promises",
    "limit": "at the latest",
    "snoozes": "put off",
    "moves": "steps",
    "client_code": "client",
    "restrictions": "limits",
    "drop_reason": "reason dropped",
    "cancel_reason": "reason cancelled",
    "from_touch": "agreed at",
    "done_touch": "kept by",
    "attributed_touch": "came of",
    "next_touch_on": "next touch",
    "tier_reason": "reason for the tier",
    "stage_override": "stage set by hand",
    "cadence_override": "rhythm",
    "trashed_at": "trash",
    "archived_at": "archive",
    "unknown": "fields of a later version",
}
_REFERENCES: Final[Mapping[str, str]] = {
    "practitioner": "practitioners",
    "practitioners": "practitioners",
    "practice": "practices",
    "practices": "practices",
    "from_touch": "touches",
    "done_touch": "touches",
    "attributed_touch": "touches",
}
"""Fields that hold ids, and the table that they point into."""
_SIDES: Final[Mapping[Direction, str]] = {Direction.OUT: "we began it", Direction.IN: "they began it"}


def field_name(field: str) -> str:
    """A field as the forms call it: "letters after name"."""
    return _NAMES.get(field) or field.replace("_on", "").replace("_", " ")


def field_names(fields: tuple[str, ...]) -> str:
    """Some fields in a sentence, each once: "phone, email"."""
    return ", ".join(dict.fromkeys(map(field_name, fields)))


def value_words(field: str, value: Any, find: Find, today: date) -> str:
    """What stands in a field: ids as names, days as a calendar says them; empty when it says nothing."""
    if value is None or value in ("", ()):
        return ""
    if field in ("trashed_at", "archived_at"):
        return f"{'in the trash' if field == 'trashed_at' else 'set aside'} since {echo(value.date(), today)}"
    if isinstance(value, tuple):
        between = "; " if any(isinstance(each, Part) for each in value) else ", "
        return between.join(value_words(field, each, find, today) for each in value)
    if field in _REFERENCES:
        found = find(_REFERENCES[field], value)
        return record_words(found, find, today) if found is not None else f"a record that is gone ({value})"
    if isinstance(value, Part):
        return _part_words(value, find, today)
    return _plain_words(value, today)


def _plain_words(value: Any, today: date) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Direction):
        return _SIDES[value]
    if isinstance(value, Term):
        return value.words
    if isinstance(value, datetime):
        return echo(value.date(), today)
    if isinstance(value, date):
        return echo(value, today)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, dict):
        return "; ".join(f"{name} {each}" for name, each in value.items())
    return str(value)


def _part_words(part: Part, find: Find, today: date) -> str:
    if isinstance(part, Move):
        return _said(f"{part.state.replace('_', ' ')} {short_day(part.on, today)}", part.why)
    if isinstance(part, Snooze):
        return _said(f"to {short_day(part.until, today)}", part.reason)
    if isinstance(part, Promise):
        kept = f" (kept {short_day(part.kept_on, today)})" if part.kept_on is not None else ""
        return f"{'we owe' if part.by is PromisedBy.US else 'they owe'} {part.text}{kept}"
    if isinstance(part, Gatekeeper):
        return _said(", ".join(filter(None, (part.name, part.role))), part.note)
    if isinstance(part, CadenceOverride):
        return f"every {part.target} days, {part.limit} at the most"
    if isinstance(part, StageOverride):
        return _said(f"{part.stage.words} since {short_day(part.on, today)}", part.reason)
    said = ((name, value_words(name, getattr(part, name), find, today)) for name in part.__struct_fields__)
    return ", ".join(f"{field_name(name)} {words}" for name, words in said if words)


def _said(what: str, why: str) -> str:
    return f"{what}: {why}" if why else what


def record_words(record: Record, find: Find, today: date) -> str:
    """A record in a few words: "Priya Patel", "visit with Priya Patel, Sat 14 Nov"."""
    if isinstance(record, Practitioner | Practice):
        return record.name or record.noun
    if isinstance(record, Touch):
        with_whom = _names("practitioners", record.practitioners, find) or _names("practices", [record.practice], find)
        with_whom = with_whom or ", ".join(record.people_met)
        return f"{record.kind.words}{f' with {with_whom}' if with_whom else ''}, {echo(record.day, today)}"
    if isinstance(record, FollowUp):
        with_whom = _names("practitioners", [record.practitioner], find) or _names("practices", [record.practice], find)
        return f"next step{f' with {with_whom}' if with_whom else ''}, {echo(record.due, today)}"
    if isinstance(record, Offer):
        return f"{'invitation' if record.kind.value == 'invitation' else 'offer'} to {_name(record.practitioner, find)}"
    if isinstance(record, Referral):
        way = "from" if record.direction is ReferralDirection.RECEIVED else "to"
        return f"referral {record.client_code} {way} {_name(record.practitioner, find)}".replace("  ", " ")
    return record.noun


def _name(practitioner: str, find: Find) -> str:
    return _names("practitioners", [practitioner], find) or "somebody"


def _names(table: str, ids: Any, find: Find) -> str:
    found = (find(table, record_id) for record_id in ids if record_id)
    return ", ".join(each.name for each in found if isinstance(each, Practitioner | Practice))


class FieldChange(msgspec.Struct, frozen=True):
    """One field before and after, in words; empty words for nothing."""

    name: str
    before: str
    after: str


def field_change(field: str, before: Any, after: Any, find: Find, today: date) -> FieldChange:
    """What became of a field; of a list of promises, moves and the like only the entries that came or went."""
    if isinstance(before, tuple) and isinstance(after, tuple) and any(isinstance(e, Part) for e in (*before, *after)):
        before, after = (
            tuple(each for each in before if each not in after),
            tuple(each for each in after if each not in before),
        )
    return FieldChange(
        field_name(field), value_words(field, before, find, today), value_words(field, after, find, today)
    )


def moment_words(at: datetime, today: date) -> str:
    """When something was saved, in this machine's time: "at 10:15", "yesterday at 10:15", "Sat 14 Nov at 10:15"."""
    local = at.astimezone()
    days = (today - local.date()).days
    day = {0: "", 1: "yesterday "}.get(days, f"{echo(local.date(), today)} ")
    return f"{day}at {local:%H:%M}"
