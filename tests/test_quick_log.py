"""The quick log line is read as a trainer means it (issue 2, items 2 and 4; DESIGN.md section 7, journey 2)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, TypeVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relationships.book import Book
from relationships.dates import DateStyle
from relationships.names import Names
from relationships.quick_log import BadDay, Reading, echo, read_line
from relationships.records import Practice, Practitioner, Record, Touch
from relationships.vocabulary import Channel, Direction, Discipline, TouchKind

R = TypeVar("R", bound=Record)
TODAY = date(2026, 11, 23)
SUNDAY = date(2026, 11, 22)
MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)


def made(kind: type[R], id: str, /, **fields: Any) -> R:
    stamp: dict[str, Any] = {"created_at": MORNING, "created_by": "sam", "updated_at": MORNING, "updated_by": "sam"}
    return kind(id=id, **{**stamp, **fields})


def book_of(*records: Record) -> Book:
    tables: dict[str, dict[str, Record]] = {}
    for record in records:
        tables.setdefault(record.table, {})[record.id] = record
    return Book(tables)


QUAY = made(Practice, "quay", name="Quay Physio", city="Leeds")
HARBOUR = made(Practice, "harbour", name="Harbour Practice")
PRIYA = made(Practitioner, "priya", name="Priya Patel", practices=("quay",), post_nominals="MSc")
ARJUN = made(Practitioner, "arjun", name="Arjun Patel", discipline=Discipline.OSTEOPATH)
AMARA = made(Practitioner, "amara", name="Dr Amara Osei", practices=("harbour", "quay"))
CASE = made(Practitioner, "case", name="To Case")
TARO = made(Practitioner, "taro", name="田中 太郎")
ZOE = made(Practitioner, "zoe", name="Zoë Novák", trashed_at=MORNING)
BOOK = book_of(
    *(QUAY, HARBOUR, PRIYA, ARJUN, AMARA, CASE, TARO, ZOE),
    made(Touch, "t1", kind=TouchKind.VISIT, practitioners=("priya",), done_on=date(2026, 11, 2)),
    made(Touch, "t2", kind=TouchKind.VISIT, practitioners=("arjun",), done_on=date(2026, 10, 2)),
)


def read(line: str, **given: Any) -> Reading:
    return read_line(line, BOOK, TODAY, **given)


def test_the_line_of_the_design() -> None:
    reading = read("visit priya yesterday asked about post-rehab; next in 3 weeks")
    assert (reading.kind, reading.kind_assumed, reading.people) == (TouchKind.VISIT, False, (PRIYA,))
    assert (reading.practice, reading.day, reading.planned) == (QUAY, SUNDAY, False)
    assert (reading.direction, reading.channel, reading.two_way) == (Direction.OUT, Channel.IN_PERSON, True)
    assert reading.note == "asked about post-rehab"
    assert reading.next is not None
    assert reading.next.day == date(2026, 12, 14)
    assert reading.problem is None


@pytest.mark.parametrize(
    ("typed", "kind", "channel", "two_way"),
    [
        ("visit", TouchKind.VISIT, Channel.IN_PERSON, True),
        ("Saw", TouchKind.VISIT, Channel.IN_PERSON, True),
        ("met with", TouchKind.VISIT, Channel.IN_PERSON, True),
        ("v", TouchKind.VISIT, Channel.IN_PERSON, True),
        ("call", TouchKind.PHONE_CALL, Channel.PHONE, True),
        ("phone call to", TouchKind.PHONE_CALL, Channel.PHONE, True),
        ("RANG", TouchKind.PHONE_CALL, Channel.PHONE, True),
        ("c", TouchKind.PHONE_CALL, Channel.PHONE, True),
        ("e-mail", TouchKind.EMAIL, Channel.EMAIL, False),
        ("e", TouchKind.EMAIL, Channel.EMAIL, False),
        ("letter to", TouchKind.LETTER, Channel.POST, False),
        ("sms", TouchKind.TEXT_MESSAGE, Channel.TEXT, False),
        ("card", TouchKind.CARD_DROP, Channel.IN_PERSON, False),
        ("lunch and learn with", TouchKind.LUNCH_AND_LEARN, Channel.IN_PERSON, True),
        ("tour", TouchKind.STUDIO_TOUR, Channel.IN_PERSON, True),
        ("workout", TouchKind.WORKOUT_SESSION, Channel.IN_PERSON, True),
        ("treatment", TouchKind.OWN_TREATMENT, Channel.IN_PERSON, True),
        ("joint", TouchKind.JOINT_APPOINTMENT, Channel.IN_PERSON, True),
        ("case", TouchKind.CASE_DISCUSSION, Channel.IN_PERSON, True),
        ("shift", TouchKind.PLACEMENT_SHIFT, Channel.IN_PERSON, True),
        ("event", TouchKind.EVENT, Channel.IN_PERSON, True),
        ("thank-you", TouchKind.THANK_YOU_NOTE, Channel.POST, False),
        ("thanks", TouchKind.THANK_YOU_NOTE, Channel.POST, False),
        ("study", TouchKind.STUDY_SHARED, Channel.EMAIL, False),
        ("report", TouchKind.REPORT_SENT, Channel.EMAIL, False),
        ("video", TouchKind.VIDEO_CALL, Channel.VIDEO, True),
        ("other", TouchKind.OTHER, Channel.IN_PERSON, False),
    ],
)
def test_kinds_and_what_follows_from_them(typed: str, kind: TouchKind, channel: Channel, two_way: bool) -> None:
    reading = read(f"{typed} priya hello")
    assert (reading.kind, reading.people, reading.note) == (kind, (PRIYA,), "hello")
    assert (reading.channel, reading.two_way, reading.direction) == (channel, two_way, Direction.OUT)


@pytest.mark.parametrize("kind", TouchKind)
def test_every_kind_is_read_by_the_words_that_stand_for_it(kind: TouchKind) -> None:
    assert read(f"{kind.words} priya").kind is kind
    assert read(f"{kind.short} priya").kind is kind
    assert read(f"{kind.words} priya").people == (PRIYA,)


def test_without_a_kind_it_is_a_visit_and_says_so() -> None:
    reading = read("priya yesterday hello")
    assert (reading.kind, reading.kind_assumed, reading.note) == (TouchKind.VISIT, True, "hello")
    assert echo(reading, TODAY)[0] == "visit (assumed) with Priya Patel (Quay Physio) · Sun 22 Nov · in person"


@pytest.mark.parametrize(
    "line", ["<call priya why", "< call priya why", "←c priya why", "call from priya why", "call in priya why"]
)
def test_the_other_side_began(line: str) -> None:
    reading = read(line)
    assert (reading.direction, reading.two_way, reading.note) == (Direction.IN, True, "why")


def test_a_letter_that_came_in_is_two_way() -> None:
    assert read("email from priya thanks").two_way
    assert read("< letter priya").two_way


@pytest.mark.parametrize(
    ("note", "two_way", "direction"),
    [
        ("no answer, try again", False, Direction.OUT),
        ("Voicemail", False, Direction.OUT),
        ("left a message with Jo", False, Direction.OUT),
        ("left message", False, Direction.OUT),
        ("they called about K-009", True, Direction.IN),
        ("she rang", True, Direction.IN),
        ("they answered at once", True, Direction.OUT),
        ("there was no answer to my question", True, Direction.OUT),
    ],
)
def test_the_first_words_of_the_note(note: str, two_way: bool, direction: Direction) -> None:
    reading = read(f"call priya: {note}")
    assert (reading.two_way, reading.direction, reading.note) == (two_way, direction, note)


def test_an_answered_email_is_two_way() -> None:
    assert read("email priya replied the same day").two_way
    assert not read("email priya about K-009").two_way


@pytest.mark.parametrize(
    ("line", "day", "note"),
    [
        ("visit priya hello", TODAY, "hello"),
        ("visit priya yesterday hello", SUNDAY, "hello"),
        ("visit yesterday priya hello", SUNDAY, "hello"),
        ("visit yesterday with priya hello", SUNDAY, "hello"),
        ("visit priya 3 days ago, hello", date(2026, 11, 20), "hello"),
        ("visit priya fri hello", date(2026, 11, 20), "hello"),
        ("visit priya on 2 nov: hello", date(2026, 11, 2), "hello"),
        ("visit priya: yesterday she fell", TODAY, "yesterday she fell"),
        ("visit priya, yesterday she fell", TODAY, "yesterday she fell"),
        ("visit priya : fri", TODAY, "fri"),
        ("visit priya yesterday: fri is best", SUNDAY, "fri is best"),
        ("visit yesterday priya fri is best", SUNDAY, "fri is best"),
    ],
)
def test_days_and_where_the_note_begins(line: str, day: date, note: str) -> None:
    reading = read(line)
    assert (reading.people, reading.day, reading.note, reading.problem) == ((PRIYA,), day, note, None)


def test_a_day_ahead_plans_the_touch() -> None:
    reading = read("visit priya tomorrow ask about shoulders")
    assert (reading.planned, reading.day, reading.two_way) == (True, date(2026, 11, 24), False)
    assert echo(reading, TODAY)[0] == "planned visit with Priya Patel (Quay Physio) · Tue 24 Nov · in person"
    assert not read("visit priya today").planned


def test_the_day_order_of_the_config() -> None:
    assert read("visit priya 3/11", style=DateStyle(day_first=True)).day == date(2026, 11, 3)
    assert read("visit priya 3/11", style=DateStyle(day_first=False)).day == date(2026, 3, 11)


@pytest.mark.parametrize("line", ["visit priya 31 feb hello", "visit 31 feb priya hello"])
def test_an_impossible_day_says_what_it_read(line: str) -> None:
    reading = read(line)
    assert isinstance(reading.problem, BadDay)
    assert '"31 feb" is not a day' in reading.problem.sentence
    assert (reading.people, reading.note) == ((PRIYA,), "hello")


@pytest.mark.parametrize(
    "note",
    [
        *("two  spaces", "a; b ;c", "tabs\tand\nlines", "[bold]x[/]", "שלום 🙂 \x1b[0m", '"quoted; text"'),
        "x " * 5000 + "end",
    ],
)
def test_the_note_is_kept_as_typed(note: str) -> None:
    assert read(f"visit priya yesterday {note}").note == note
    assert read(f"visit priya yesterday:  {note}  ; next tue").note == note


WORDS = (
    *("visit", "call", "<call", "from", "in", "e", "thank-you", "patel", "priya", "p", "dr", "osei", "a", "quay"),
    *("case", "yesterday", "fri", "31 feb", "in 3 weeks", "+99999999d", "tomorrow", "14/3", ";", ":", ",", "next"),
    *(
        "then",
        "week",
        '"',
        '"priya',
        "“",
        "»",
        "no answer",
        "they rang",
        "follow up",
        "；",
        "\n",
        "\x00",
        "٣",
        "ß",
        "-",
    ),
    "next call about",
)
lines = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=10).map(" ".join) | st.text()


@given(lines, st.dates(), st.sampled_from((PRIYA.id, QUAY.id, "gone")))
@example("visit priya tomorrow; next tomorrow", date.max, "gone")
@example("visit priya 3 weeks ago", date.min, "gone")
def test_no_line_breaks_the_reader(line: str, today: date, picked: str) -> None:
    reading = read_line(line, BOOK, today, names=Names(), chosen={"patel": picked, "p": picked})
    assert reading.line == line
    assert len(reading.people) <= 1
    assert (reading.problem is None) <= bool(reading.subject)
    assert reading.planned == (reading.day > today)
    for words in echo(reading, today):
        assert len(words.splitlines()) <= 1
    assert reading.problem is None or reading.problem.sentence


@given(st.text())
def test_no_word_of_a_note_is_lost(note: str) -> None:
    reading = read(f"visit priya: {note}")
    if reading.next is None and reading.problem is None:
        kept = note.strip()
        assert reading.note in (kept, kept[1:].strip())
