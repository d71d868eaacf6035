"""Single records from damaged text: in which table they fit, without which fields, under which id."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC
from typing import Any

import msgspec

from relationships.records import KIND_OF_TABLE, Record
from storage.codec import Unreadable, decode_record
from storage.legible import legible_text
from storage.migrations import SCHEMA, STEPS
from storage.salvage_scan import Piece

_MOMENTS = ("created_at", "updated_at", "archived_at", "trashed_at")
_FIELD = re.compile(r"at `\$\.(\w+)")
KEPT_AS = "unreadable_"
"""A value that does not fit its field is kept beside it under the field's name with this in front."""


def decoded(table: str, text: str) -> Record | None:
    """The record in a text, or None when it is none of this table."""
    try:
        return decode_record(table, text.encode())
    except (Unreadable, UnicodeEncodeError):
        return None


def fits(table: str, text: str) -> bool:
    """Whether a text is a record of this table, with no key that the table does not have."""
    record = decoded(table, legible_text(text))
    return record is not None and not record.unknown


def without_misfits(table: str, fields: dict[str, Any]) -> tuple[Record, dict[str, str]]:
    """A record without the fields whose values do not fit, and what was wrong with each.

    Raises:
        ValueError: a field that it cannot be without does not fit.
    """
    needed = {field.encode_name for field in msgspec.structs.fields(KIND_OF_TABLE[table]) if field.required}
    moved: dict[str, str] = {}
    while True:
        try:
            return decode_record(table, legible_text(json.dumps(fields, ensure_ascii=False)).encode()), moved
        except Unreadable as problem:
            place = _FIELD.search(str(problem))
            name = place[1] if place is not None else ""
            if name in needed or name not in fields:
                raise
            fields[KEPT_AS + name] = fields.pop(name)
            moved[name] = str(problem)


def by_id(records: Iterable[tuple[int, Record]]) -> tuple[dict[str, Record], list[tuple[int, str, str]]]:
    """Records by id, and which got a new one: line, old id and new id. What is there twice alike is there once.

    Of two with one id the latest keeps it. New ids follow from the old ones, so that a second reading gives the same.
    """
    found: dict[str, Record] = {}
    others: list[tuple[int, Record]] = []
    for line, record in records:
        known = found.get(record.id)
        if known is None:
            found[record.id] = record
        elif known != record and all(record != other for _, other in others):
            newer = (record.version, record.updated_at) > (known.version, known.updated_at)
            found[record.id] = record if newer else known
            others.append((line, known if newer else record))
    renamed = []
    for line, record in others:
        number = next(n for n in range(2, len(found) + 3) if f"{record.id}-{n}" not in found)
        new_id = f"{record.id}-{number}"
        found[new_id] = msgspec.structs.replace(record, id=new_id)
        renamed.append((line, record.id, new_id))
    return found, renamed


def id_of(piece: Piece) -> str:
    """The id of the record, else its number, else what the piece begins with if that is a number."""
    found = piece.fields.get("id")
    if isinstance(found, str) and found:
        return legible_text(found)
    begun = re.match(r'[\s,{}\[\]]*"(\d+)"\s*:', piece.text)
    return piece.key or (begun[1] if begun is not None else "")


def in_utc(record: Record) -> Record:
    """The same record when its moments have a time zone; else one in which they count as UTC."""
    moments = {name: getattr(record, name) for name in _MOMENTS}
    naive = {name: moment.replace(tzinfo=UTC) for name, moment in moments.items() if moment and not moment.tzinfo}
    return msgspec.structs.replace(record, **naive) if naive else record


def schema_of(piece: Piece) -> int:
    """The schema that a book says it has, as far as that can be read; else the newest."""
    found = piece.fields.get("schema")
    return found if isinstance(found, int) and found in STEPS else SCHEMA


def as_it_stands(text: str) -> bytes:
    """The bytes that a piece of the text was read from."""
    return text.encode("utf-8", "surrogateescape")
