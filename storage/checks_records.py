"""What can be wrong between records that can each be read: references that lead nowhere, and moments that cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from relationships.records import FollowUp, Offer, Practice, Practitioner, Record, Referral, Touch
from storage.findings import Finding, Severity

SLACK = timedelta(minutes=10)
"""By how much the clocks of two moments may differ without a word: time is set, sessions wait for each other."""

_ONE: tuple[tuple[type[Record], str, type[Record]], ...] = (
    (Touch, "practice", Practice),
    (FollowUp, "practitioner", Practitioner),
    (FollowUp, "practice", Practice),
    (FollowUp, "from_touch", Touch),
    (FollowUp, "done_touch", Touch),
    (Offer, "practitioner", Practitioner),
    (Referral, "practitioner", Practitioner),
    (Referral, "attributed_touch", Touch),
)
_MANY: tuple[tuple[type[Record], str, type[Record]], ...] = (
    (Practitioner, "practices", Practice),
    (Touch, "practitioners", Practitioner),
)


def dangling(tables: Mapping[str, Mapping[str, Record]], file: str) -> Iterator[Finding]:
    """Every reference to a record that is not in the book. One in the trash is in it."""
    links = [(kind, field, to, False) for kind, field, to in _ONE] + [(*link, True) for link in _MANY]
    for kind, field, to, many in links:
        known = tables[to.table]
        for record in tables[kind.table].values():
            value = getattr(record, field)
            for wanted in value if many else (value,):
                if wanted is not None and wanted not in known:
                    yield Finding(
                        severity=Severity.WARNING,
                        file=file,
                        table=kind.table,
                        record=record.id,
                        what=f"The {kind.noun} names a {to.noun} that is not in the book: {wanted}.",
                        mend=f"Edit the {kind.noun} in the app, and choose the {to.noun} again; or leave it as it is.",
                    )


def moments(tables: Mapping[str, Mapping[str, Record]], file: str, now: datetime) -> Iterator[Finding]:
    """Records that were changed before they were made, or after this moment: a clock was wrong."""
    for table, records in tables.items():
        for record in records.values():
            latest = max(record.created_at, record.updated_at)
            if record.updated_at < record.created_at - SLACK:
                what = "It was changed before it was made: a clock ran backwards."
                yield Finding(severity=Severity.NOTE, file=file, table=table, record=record.id, what=what)
            elif latest > now + SLACK:
                yield Finding(
                    severity=Severity.WARNING,
                    file=file,
                    table=table,
                    record=record.id,
                    what=f"It was written at {latest:%Y-%m-%d %H:%M} UTC, which is still to come: a clock is wrong.",
                    mend="Look at the clock of this machine. The record itself is sound.",
                )
