"""Whom a quick log line is about: found, completed, offered when several or nobody have the name (issue 2)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, TypeVar

import pytest

from relationships.book import Book
from relationships.names import fold
from relationships.quick_log import Ambiguous, Incomplete, Reading, Unknown, echo, read_line
from relationships.records import Practice, Practitioner, Record, Touch
from relationships.vocabulary import Discipline, TouchKind

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


@pytest.mark.parametrize(
    "line", ["", "   ", "visit", "call from", "visit yesterday", "vis", "<", "visit dr", '""', "; next tue"]
)
def test_nobody_was_typed_yet(line: str) -> None:
    reading = read(line)
    assert isinstance(reading.problem, Incomplete)
    assert "visit patel" in reading.problem.sentence
    assert echo(reading, TODAY)[1] == ""


@pytest.mark.parametrize(
    ("line", "name", "nearest"),
    [
        ("visit prya asked", "prya", PRIYA),
        ("visit prya patel asked", "prya patel", PRIYA),
        ("visit Prya Pattel asked", "Prya Pattel", PRIYA),
        ("visit jane doe yesterday asked", "jane doe", None),
        ("visit jane doe: asked", "jane doe", None),
        ("visit dr jane doe", "dr jane doe", None),
        ("visit jane asked about it", "jane", None),
        ('call "Jane Doe" asked', "Jane Doe", None),
        ("visit novak asked", "novak", None),
    ],
)
def test_an_unknown_name_offers_the_nearest(line: str, name: str, nearest: Practitioner | None) -> None:
    problem = read(line).problem
    assert isinstance(problem, Unknown)
    assert problem.name_text == name
    assert problem.nearest[:1] == ((nearest,) if nearest else ())
    assert problem.sentence.startswith(f'Nobody here is called "{name}".')
    assert ("Did you mean Priya Patel" in problem.sentence) == (nearest is PRIYA)


def test_several_of_a_name_are_offered_the_one_touched_last_first() -> None:
    problem = read("visit patel yesterday").problem
    assert isinstance(problem, Ambiguous)
    assert problem.candidates == (PRIYA, ARJUN)
    assert problem.sentence == '"patel" is Priya Patel (Quay Physio) or Arjun Patel (osteo): which one?'
    recent = read("visit patel", recent=("arjun",)).problem
    assert isinstance(recent, Ambiguous)
    assert recent.candidates == (ARJUN, PRIYA)


def test_many_of_a_name_are_counted() -> None:
    crowd = book_of(*(made(Practitioner, f"{number:02}", name=f"Ann Lee {number}") for number in range(40)))
    problem = read_line("visit ann", crowd, TODAY, recent=("07",)).problem
    assert isinstance(problem, Ambiguous)
    assert len(problem.candidates) == 40
    assert problem.candidates[0].id == "07"
    assert problem.sentence == '"ann" is Ann Lee 7, Ann Lee 0, Ann Lee 1, Ann Lee 10 or 36 more: which one?'


def test_the_one_who_was_picked_is_taken() -> None:
    for line in ("visit Patel yesterday hello", "visit prya patel yesterday hello", 'visit "jane" yesterday hello'):
        problem = read(line).problem
        assert isinstance(problem, Ambiguous | Unknown)
        reading = read(line, chosen={fold(problem.name_text): "arjun"})
        assert (reading.people, reading.day, reading.note, reading.problem) == ((ARJUN,), SUNDAY, "hello", None)
    assert read("visit jane hello", chosen={"jane": "quay"}).practice == QUAY
    assert isinstance(read("visit patel", chosen={"patel": "zoe"}).problem, Ambiguous)


def test_a_practice_stands_in_for_a_person() -> None:
    reading = read("lunch at quay physio yesterday brought fruit")
    assert (reading.people, reading.practice, reading.day) == ((), QUAY, SUNDAY)
    assert reading.subject == "Quay Physio"
    assert echo(reading, TODAY)[0] == "lunch at Quay Physio · Sun 22 Nov · in person"
    assert echo(read("call quay"), TODAY)[0] == "call with Quay Physio · Mon 23 Nov · by phone"


def test_several_practices_of_a_name_are_offered() -> None:
    book = book_of(QUAY, made(Practice, "quay2", name="Quay Physio", city="York"))
    problem = read_line("visit quay", book, TODAY).problem
    assert isinstance(problem, Ambiguous)
    assert problem.labels == ("Quay Physio (Leeds)", "Quay Physio (York)")


def test_a_practice_that_says_more_than_the_beginning_of_a_person() -> None:
    book = book_of(QUAY, made(Practitioner, "q", name="Quayle Fry"))
    assert read_line("visit quay physio hello", book, TODAY).practice == QUAY
    assert read_line("visit quay hello", book, TODAY).subject == "Quayle Fry"
    assert read_line("visit qua phy", book, TODAY).subject == "Quayle Fry"


def test_a_person_of_two_practices_is_met_at_no_one_of_them() -> None:
    assert read("visit osei").practice is None


def test_a_day_before_the_name_comes_before_the_beginning_of_a_name() -> None:
    book = book_of(PRIYA, made(Practitioner, "monica", name="Monica Reed"), made(Practitioner, "sun", name="Jo Sun"))
    reading = read_line("visit mon priya hello", book, TODAY)
    assert (reading.people, reading.day, reading.note) == ((PRIYA,), TODAY, "hello")
    assert read_line("visit sun hello", book, TODAY).subject == "Jo Sun"


def test_people_who_are_called_like_other_words() -> None:
    assert read("visit case hello").people == (CASE,)
    assert read("case yesterday hello").people == (CASE,)
    assert read("call to hello").people == (CASE,)
    assert read("call to priya hello").people == (PRIYA,)
    assert read("visit 田中 yesterday").people == (TARO,)


@pytest.mark.parametrize(
    ("line", "completion"),
    [
        ("visit pri", "Priya"),
        ("visit pat", "Patel"),
        ("visit priya p", "Patel"),
        ("visit dr os", "Osei"),
        ('visit "priya pa', "Patel"),
        ("visit qu", "Quay"),
        ("vi", "visit"),
        ("lun", "lunch"),
        ("visit pri ", None),
        ("visit priya", None),
        ("visit priya pat asked", None),
        ("visit priya 3 days ago", None),
        ("", None),
        ("xyz", None),
    ],
)
def test_completion_of_the_word_being_typed(line: str, completion: str | None) -> None:
    assert read(line).completion == completion
