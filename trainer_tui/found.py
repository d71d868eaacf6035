"""Which record is meant by a name or an id that was typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from relationships.book import Book, records_of
from relationships.records import Practice, Practitioner, Record
from trainer_tui.problem import Problem

Named = Practitioner | Practice
_MOST_SHOWN: Final = 6


def find_record(book: Book, typed: str) -> Record:
    """The record with this id, else the one practitioner or practice with this name.

    A whole name comes before a part of one. Parts are beginnings of words, in any order and case.

    Raises:
        Problem: nobody has that name, with the nearest names; or several have, with their ids.
    """
    by_id = next((record for record in records_of(book) if record.id == typed), None)
    if by_id is not None:
        return by_id
    named = (*book.all_practitioners(), *book.all_practices())
    plain = " ".join(typed.casefold().split())
    found = [each for each in named if " ".join(each.name.casefold().split()) == plain]
    found = found or [each for each in named if _begins(each.name, plain)]
    if len(found) == 1:
        return found[0]
    raise _ambiguous(typed, found) if found else _unknown(typed, named)


def _begins(name: str, plain: str) -> bool:
    words = name.casefold().replace("-", " ").split()
    return all(any(word.startswith(part) for word in words) for part in plain.replace("-", " ").split())


def _ambiguous(typed: str, found: list[Named]) -> Problem:
    shown = "; ".join(f"{each.name} ({each.noun}, id {each.id})" for each in found[:_MOST_SHOWN])
    rest = f"; and {len(found) - _MOST_SHOWN} more" if len(found) > _MOST_SHOWN else ""
    return Problem(
        "Several have that name", f'"{typed}" may be {shown}{rest}.', "Type more of the name, or the id of the right one."
    )


def _unknown(typed: str, named: Iterable[Named]) -> Problem:
    near = nearest(typed, [each.name for each in named])
    step = f"Did you mean {' or '.join(near)}?" if near else "`trainer-tui list practitioners` shows all names."
    return Problem("Nobody has that name", f'There is no record with the name or id "{typed}".', step)


def nearest(typed: str, names: Iterable[str]) -> list[str]:
    """Up to three names that are spelled like what was typed, or have a word that is."""
    from difflib import get_close_matches

    whole: dict[str, str] = {}
    for name in names:
        for part in (name, *name.split()):
            whole.setdefault(part.casefold(), name)
    close = get_close_matches(typed.casefold(), whole, n=3, cutoff=0.6)
    return list(dict.fromkeys(whole[each] for each in close))
