"""Records in the few words that lists and status lines have room for."""

from __future__ import annotations

from collections.abc import Iterable

from relationships.book import Book
from relationships.records import FollowUp, Practitioner, Touch
from relationships.timeline import Mark
from screens.open_book import OpenBook
from storage.errors import BookError


def practice_names(book: Book, person: Practitioner) -> str:
    """The practices somebody works at."""
    return ", ".join(book.practices[p].name for p in person.practices if p in book.practices)


def name_of(book: Book, practitioner_id: str | None) -> str:
    """The name of a practitioner; a dash for nobody."""
    person = book.practitioners.get(practitioner_id or "")
    return "–" if person is None else person.name


def with_whom(book: Book, record: Touch | FollowUp) -> str:
    """Whom a touch or follow-up is with: people, else the practice, else whoever was met."""
    people = record.practitioners if isinstance(record, Touch) else (record.practitioner,)
    names = [book.practitioners[p].name for p in people if p is not None and p in book.practitioners]
    if names:
        return ", ".join(names)
    practice = book.practices.get(record.practice or "")
    if practice is not None:
        return practice.name
    return ", ".join(record.people_met) if isinstance(record, Touch) and record.people_met else "–"


def in_words(error: BookError) -> str:
    """What went wrong, in one piece: the title too where the sentences do not say the same."""
    return str(error) if error.title in error.happened else f"{error.title}. {error}"


def sign(mark: Mark, *, ascii_signs: bool) -> str:
    """A mark as this terminal can show it."""
    return mark.ascii if ascii_signs else mark.symbol


def by_words(open_book: OpenBook, user: str) -> str:
    """Who did something, in a sentence to this user; the same user may be at another terminal too."""
    return "you, in another session" if open_book.by(user) == "You" else user


def several(names: Iterable[str]) -> str:
    """Some names in a sentence, each once: "alex, kim and lee"."""
    *before, last = list(dict.fromkeys(names)) or ["somebody"]
    return f"{', '.join(before)} and {last}" if before else last
