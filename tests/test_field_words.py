"""Records, fields and values as a trainer reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from relationships.book import Book
from relationships.changes import Act, Author, Change
from relationships.field_words import field_change, field_name, field_names, moment_words, record_words, value_words
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
from relationships.records import KINDS, FollowUp, Offer, Practice, Practitioner, Record, Referral, Touch
from relationships.vocabulary import (
    Channel,
    Direction,
    Discipline,
    OfferKind,
    PromisedBy,
    ReferralDirection,
    Stage,
    Tier,
    TouchKind,
)

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW

    def today(self) -> date:
        return TODAY


def book() -> Book:
    """Two people, a practice, a touch."""
    author = Author("sam", Still(), lambda: "x")
    records: list[Record] = [
        msgspec.structs.replace(author.new(Practice, name="Quay Physio"), id="quay"),
        msgspec.structs.replace(author.new(Practitioner, name="Priya Patel"), id="patel"),
        msgspec.structs.replace(author.new(Practitioner, name="Ann Lee"), id="ann"),
        msgspec.structs.replace(author.new(Touch, kind=TouchKind.VISIT, done_on=date(2026, 11, 14)), id="visit"),
    ]
    found = Book()
    changes = tuple(Change(None, record) for record in records)
    found.apply(Act(id="a", name="add", changes=changes, at=NOW, by="sam", sequence=1))
    return found


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("phone", "", ""),
        ("tier", None, ""),
        ("tags", (), ""),
        ("two_way", False, "no"),
        ("do_not_contact", True, "yes"),
        ("tags", ("gp", "run"), "gp, run"),
        ("tier", Tier.A, "A"),
        ("discipline", Discipline.GENERAL_PRACTITIONER, "general practitioner"),
        ("due", date(2026, 11, 26), "Thu 26 Nov"),
        ("due", date(2027, 1, 5), "Tue 5 Jan 2027"),
        ("due_time", time(9, 5), "09:05"),
        ("cost", Decimal("12.50"), "12.50"),
        ("minutes", 20, "20"),
        ("practices", ("quay", "gone"), "Quay Physio, a record that is gone (gone)"),
        ("practitioners", ("patel", "ann"), "Priya Patel, Ann Lee"),
        ("done_touch", "visit", "visit, Sat 14 Nov"),
        ("direction", Direction.OUT, "we began it"),
        ("direction", Direction.IN, "they began it"),
        ("direction", ReferralDirection.GIVEN, "given"),
        ("trashed_at", NOW, "in the trash since Mon 23 Nov"),
        ("archived_at", NOW, "set aside since Mon 23 Nov"),
        ("some_moment", NOW, "Mon 23 Nov"),
        ("moves", (Move(state="no_reply", on=TODAY, why="rang twice"),), "no reply 23 Nov: rang twice"),
        ("snoozes", (Snooze(on=TODAY, until=date(2026, 12, 1), reason="ill"),), "to 1 Dec: ill"),
        (
            "promised",
            (Promise(by=PromisedBy.US, text="figures"), Promise(by=PromisedBy.THEM, text="tea", kept_on=TODAY)),
            "we owe figures; they owe tea (kept 23 Nov)",
        ),
        ("gatekeepers", (Gatekeeper(name="Jo", role="reception", note="kind"),), "Jo, reception: kind"),
        ("gatekeepers", (Gatekeeper(name="Jo"),), "Jo"),
        ("cadence_override", CadenceOverride(target=20, limit=30), "every 20 days, 30 at the most"),
        ("stage_override", StageOverride(stage=Stage.PARKED, reason="away", on=TODAY), "parked since 23 Nov: away"),
        ("report_preference", ReportPreference(format="PDF", channel=Channel.POST), "format PDF, channel post"),
        ("accepts", Accepts(), ""),
        ("loop", Loop(ack=TODAY), "ack Mon 23 Nov"),
        ("unknown", {"shoe": 42}, "shoe 42"),
    ],
)
def test_values_in_words(field: str, value: Any, words: str) -> None:
    assert value_words(field, value, book().find, TODAY) == words


def test_every_field_of_every_record_has_words() -> None:
    for kind in KINDS:
        for name in kind.__struct_fields__:
            said = field_name(name)
            assert said
            assert "_" not in said
            assert said == said.lower()
    assert field_names(("done_on", "phone", "done_on")) == "day, phone"


def test_records_in_words() -> None:
    author, find = Author("sam", Still(), lambda: "x"), book().find
    due = date(2026, 11, 26)
    words = {
        "visit with Priya Patel, Ann Lee, Mon 23 Nov": author.new(
            Touch, kind=TouchKind.VISIT, practitioners=("patel", "ann"), done_on=TODAY
        ),
        "visit with Quay Physio, Mon 23 Nov": author.new(
            Touch, kind=TouchKind.VISIT, practice="quay", done_on=TODAY, people_met=("Jo",)
        ),
        "visit with Jo, Mon 23 Nov": author.new(Touch, kind=TouchKind.VISIT, people_met=("Jo",), done_on=TODAY),
        "next step with Priya Patel, Thu 26 Nov": author.new(FollowUp, practitioner="patel", due=due),
        "next step with Quay Physio, Thu 26 Nov": author.new(FollowUp, practice="quay", due=due),
        "next step, Thu 26 Nov": author.new(FollowUp, due=due),
        "offer to Priya Patel": author.new(Offer, practitioner="patel"),
        "invitation to somebody": author.new(Offer, practitioner="gone", kind=OfferKind.INVITATION),
        "referral K-014 from Priya Patel": author.new(
            Referral, practitioner="patel", client_code="K-014", direction=ReferralDirection.RECEIVED
        ),
        "referral to Priya Patel": author.new(Referral, practitioner="patel", direction=ReferralDirection.GIVEN),
        "Quay Physio": author.new(Practice, name="Quay Physio"),
        "practitioner": author.new(Practitioner, name=""),
        "record": Nameless(id="x", created_at=NOW, created_by="", updated_at=NOW, updated_by=""),
    }
    assert {record_words(record, find, TODAY) for record in words.values()} == set(words)


class Nameless(Record, frozen=True, kw_only=True):
    """A kind of record that came later."""

    table = "nameless"
    noun = "record"


def test_of_a_list_of_parts_only_what_came_or_went_is_told() -> None:
    made, accepted = Move(state="made", on=TODAY), Move(state="accepted", on=TODAY, why="[/] yes")
    change = field_change("moves", (made,), (made, accepted), book().find, TODAY)
    assert (change.name, change.before, change.after) == ("steps", "", "accepted 23 Nov: [/] yes")
    tags = field_change("tags", ("a",), ("a", "b"), book().find, TODAY)
    assert (tags.before, tags.after) == ("a", "a, b")


def test_moments_in_words() -> None:
    local = datetime(2026, 11, 23, 10, 15).astimezone()
    assert moment_words(local.astimezone(UTC), TODAY) == "at 10:15"
    assert moment_words(local - timedelta(days=1), TODAY) == "yesterday at 10:15"
    assert moment_words(local - timedelta(days=9), TODAY) == "Sat 14 Nov at 10:15"
    assert moment_words(local + timedelta(days=1), TODAY) == "Tue 24 Nov at 10:15"
