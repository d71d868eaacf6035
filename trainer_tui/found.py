"""Which record is meant by a name or an id that was typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from relationships.book import Book
from relationships.names import Found, Names, fold, fold_words
from relationships.records import Practice, Practitioner, Record
from trainer_tui.problem import Problem

Named = Practitioner | Practice
_MOST_SHOWN: Final = 6


def find_record(book: Book, typed: str) -> Record:
    """The record with this id, else the one practitioner or practice with this name, read as in the log line.

    A whole name comes before whole words of one, and those before the beginnings of words.

    Raises:
        Problem: nobody has that name, with the nearest names; or several have, with their ids.
    """
    for kind in book.tables:
        by_id = book.find(kind, typed)
        if by_id is not None:
            return by_id
    names = Names()
    names.follow(book)
    found = list(_called(book, fold(typed))) or _beginning(names, typed)
    if len(found) == 1:
        return found[0]
    raise _ambiguous(typed, found) if found else _unknown(names, typed)


def _called(book: Book, folded: str) -> Iterator[Named]:
    everyone: tuple[Named, ...] = (*book.all_practitioners(), *book.all_practices())
    for named in everyone:
        if folded and fold(named.name) == folded:
            yield named


def _beginning(names: Names, typed: str) -> list[Named]:
    tokens = [words for words in map(fold_words, typed.split()) if words]
    people = names.people.run(tokens, _no_day)
    practices = names.practices.run(tokens, _no_day)
    complete: list[Found[Practitioner] | Found[Practice]] = [
        found for found in (people, practices) if found is not None and found.tokens == len(tokens)
    ]
    best = [found for found in complete if found.whole] or complete
    return [record for found in best for record in found.records]


def _no_day(_place: int) -> bool:
    return False


def _ambiguous(typed: str, found: Sequence[Named]) -> Problem:
    shown = "; ".join(f"{each.name} ({each.noun}, id {each.id})" for each in found[:_MOST_SHOWN])
    rest = f"; and {len(found) - _MOST_SHOWN} more" if len(found) > _MOST_SHOWN else ""
    return Problem(
        "Several have that name",
        f'"{typed}" may be {shown}{rest}.',
        "Type more of the name, or the id of the right one.",
    )


def _unknown(names: Names, typed: str) -> Problem:
    records: tuple[Named, ...] = (*names.people.nearest(typed, 3), *names.practices.nearest(typed, 2))
    near = [each.name for each in records]
    step = f"Did you mean {' or '.join(near)}?" if near else "`trainer-tui list practitioners` shows all names."
    return Problem("Nobody has that name", f'There is no record with the name or id "{typed}".', step)
