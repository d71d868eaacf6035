"""Who may be in the book already, and two records of one person brought together (DESIGN.md section 6: merge).

A merge is one act: what both know stands in the one that is kept, everything that named the other names it, and the
other lies in the trash. Taking the act back brings both back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from relationships.book import Book
from relationships.changes import Act, Author, Change
from relationships.names import fold_words, without_titles
from relationships.query_fields import digits
from relationships.records import FollowUp, Offer, Practitioner, Record, Referral, Touch

_FEWEST_DIGITS: Final = 6
_TELLING_DIGITS: Final = 9
"""The last digits of a phone number are the same with and without the code of the country."""


class Likeness(msgspec.Struct, frozen=True):
    """Somebody who may be the same person, and what says so."""

    practitioner: Practitioner
    why: str
    """ "the same phone number"."""


def likely_same(book: Book, *, name: str = "", phone: str = "", email: str = "", but: str = "") -> tuple[Likeness, ...]:
    """Who in the book may be meant already: the same email, phone digits or name, in this order; `but` is left out."""
    found: dict[str, Likeness] = {}
    wanted = (email.strip().casefold(), digits(phone)[-_TELLING_DIGITS:], without_titles(fold_words(name)))
    for why, same in (
        ("the same email", lambda person: bool(wanted[0]) and person.email.strip().casefold() == wanted[0]),
        (
            "the same phone number",
            lambda person: len(wanted[1]) >= _FEWEST_DIGITS and digits(person.phone)[-_TELLING_DIGITS:] == wanted[1],
        ),
        ("the same name", lambda person: bool(wanted[2]) and without_titles(fold_words(person.name)) == wanted[2]),
    ):
        for person in book.all_practitioners():
            if person.id != but and person.id not in found and same(person):
                found[person.id] = Likeness(person, why)
    return tuple(found.values())


class Differing(msgspec.Struct, frozen=True):
    """A field that two people have otherwise, so that one of the two is chosen."""

    field: str
    kept: Any
    other: Any


_OWN: Final = frozenset({"id", "created_at", "created_by", "updated_at", "updated_by", "version", "trashed_at"})


def differing(kept: Practitioner, other: Practitioner) -> tuple[Differing, ...]:
    """The fields in which both say something, and not the same; lists and notes are put together, not chosen from."""
    found = []
    for field in msgspec.structs.fields(Practitioner):
        mine, theirs = getattr(kept, field.name), getattr(other, field.name)
        if field.name in _OWN or field.name in ("notes", "unknown") or isinstance(mine, tuple) or mine == theirs:
            continue
        if not _says_nothing(field, mine) and not _says_nothing(field, theirs):
            found.append(Differing(field.name, mine, theirs))
    return tuple(found)


def together(kept: Practitioner, other: Practitioner, from_other: frozenset[str] = frozenset()) -> Practitioner:
    """One record of both. Where they differ the kept one's value stands, or the other's for the fields named; what
    was not chosen is written into the notes, so that nothing is lost."""
    values: dict[str, Any] = {}
    aside = []
    differ = {each.field for each in differing(kept, other)}
    for field in msgspec.structs.fields(Practitioner):
        name = field.name
        mine, theirs = getattr(kept, name), getattr(other, name)
        if name in _OWN or mine == theirs:
            continue
        if isinstance(mine, tuple):
            values[name] = tuple(dict.fromkeys((*mine, *theirs)))
        elif name in differ:
            values[name] = theirs if name in from_other else mine
            dropped = mine if name in from_other else theirs
            aside.append(f"{name.replace('_', ' ')}: {getattr(dropped, 'words', dropped)}")
        elif name == "unknown":
            values[name] = {**(theirs or {}), **(mine or {})} or None
        elif name != "notes" and _says_nothing(field, mine):
            values[name] = theirs
    notes = [kept.notes, other.notes if other.notes != kept.notes else ""]
    notes += [f"Of {other.name}, merged: {'; '.join(aside)}"] if aside else []
    return replace(kept, **values, notes="\n".join(note for note in notes if note))


def merge_act(
    book: Book, author: Author, kept: Practitioner, other: Practitioner, from_other: frozenset[str] = frozenset()
) -> Act:
    """The act that brings two records of one person together."""
    changes = [author.edit(kept, together(kept, other, from_other)), author.trash(other)]
    changes += _renamed(book, author, other.id, kept.id)
    return author.act("merge practitioners", *changes, subject=f"{other.name} into {kept.name}")


def _renamed(book: Book, author: Author, old: str, new: str) -> Iterator[Change]:
    """Every record that names the one, made to name the other; those in the trash too, for when they come back."""
    tables: Mapping[str, Mapping[str, Record]] = book.tables
    for record in tables[Touch.table].values():
        if isinstance(record, Touch) and old in record.practitioners:
            names = dict.fromkeys(new if name == old else name for name in record.practitioners)
            yield author.edit(record, replace(record, practitioners=tuple(names)))
    for kind in (FollowUp, Offer, Referral):
        for each in tables[kind.table].values():
            if isinstance(each, FollowUp | Offer | Referral) and each.practitioner == old:
                yield author.edit(each, replace(each, practitioner=new))


def _says_nothing(field: msgspec.structs.FieldInfo, value: Any) -> bool:
    return value is None or value == "" or (field.default is not msgspec.NODEFAULT and value == field.default)
