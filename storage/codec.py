"""Records and acts as bytes, and back. Dicts stop here.

A journal line is one JSON object: `{"sum":"<crc32>","seq":7,"id":...,"act":...,"on":...,"at":...,"by":...,"changes":
[[table, id, before, after], ...]}`, where the sum is of all that follows it.
"""

from __future__ import annotations

from datetime import datetime
from types import GenericAlias
from typing import Any, cast
from zlib import crc32

import msgspec

from relationships.changes import Act, Change
from relationships.records import KINDS, Record


def table_type(kind: type[Record]) -> type[dict[str, Any]]:
    """The type of a table of the book file: records of one kind by TinyDB's document number."""
    return cast("type[dict[str, Any]]", GenericAlias(dict, (str, kind)))


_UNKNOWN = "__unknown__"
_encoder = msgspec.json.Encoder()
_decoders: dict[str, msgspec.json.Decoder[Any]] = {kind.table: msgspec.json.Decoder(kind) for kind in KINDS}
_table_decoders: dict[str, msgspec.json.Decoder[dict[str, Any]]] = {
    kind.table: msgspec.json.Decoder(table_type(kind)) for kind in KINDS
}
_known: dict[str, frozenset[str]] = {
    kind.table: frozenset(field.encode_name for field in msgspec.structs.fields(kind)) - {_UNKNOWN} for kind in KINDS
}


class Unreadable(ValueError):
    """Bytes that are no record or no act; the text says why."""


def encode_record(record: Record) -> bytes:
    """A record as JSON; keys that this version does not know stand beside the others, as they were read."""
    if record.unknown is None:
        return _encoder.encode(record)
    fields: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(record, unknown=None), str_keys=True)
    return _encoder.encode({**record.unknown, **fields})


def decode_record(table: str, content: bytes | msgspec.Raw) -> Record:
    """A record from JSON, unknown keys kept.

    Raises:
        Unreadable: it is no record of this table.
    """
    decoder = _decoders.get(table)
    if decoder is None:
        raise Unreadable(f"there is no kind of record called {table!r}")
    try:
        record: Record = decoder.decode(content)
    except msgspec.ValidationError as problem:
        return _decode_with_unknown(table, content, problem)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise Unreadable(str(problem)) from None
    return record


def _decode_with_unknown(table: str, content: bytes | msgspec.Raw, problem: msgspec.ValidationError) -> Record:
    found = msgspec.json.decode(content)
    if not isinstance(found, dict):
        raise Unreadable(str(problem)) from None
    unknown = {key: value for key, value in found.items() if key not in _known[table]}
    if not unknown:
        raise Unreadable(str(problem)) from None
    known = {key: value for key, value in found.items() if key in _known[table]}
    try:
        record: Record = _decoders[table].decode(_encoder.encode(known))
    except msgspec.ValidationError as second:
        raise Unreadable(str(second)) from None
    return msgspec.structs.replace(record, unknown=unknown)


class _Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    seq: int
    id: str
    act: str
    on: str = ""
    at: datetime
    by: str
    undoes: str | None = None
    redoes: str | None = None
    changes: tuple[tuple[str, str, msgspec.Raw, msgspec.Raw], ...]


_line_decoder = msgspec.json.Decoder(_Line)
_SUM_END = len(b'{"sum":"00000000",')
_NULL = msgspec.Raw(b"null")


def encode_act(act: Act) -> bytes:
    """An act as a journal line, checksum first, newline last."""
    line = _Line(
        seq=act.sequence,
        id=act.id,
        act=act.name,
        on=act.subject,
        at=act.at,
        by=act.by,
        undoes=act.undoes,
        redoes=act.redoes,
        changes=tuple((c.table, c.id, _raw(c.before), _raw(c.after)) for c in act.changes),
    )
    body = _encoder.encode(line)[1:]
    return b'{"sum":"%08x",%s\n' % (crc32(body), body)


def _raw(record: Record | None) -> msgspec.Raw:
    return _NULL if record is None else msgspec.Raw(encode_record(record))


def decode_act(line: bytes) -> Act:
    """An act from a journal line, with or without its newline.

    Raises:
        Unreadable: the line is torn, altered or foreign.
    """
    line = line.rstrip(b"\n")
    body = line[_SUM_END:]
    if line[:_SUM_END] != b'{"sum":"%08x",' % crc32(body):
        raise Unreadable("the checksum does not fit")
    try:
        read = _line_decoder.decode(b"{" + body)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise Unreadable(str(problem)) from None
    changes = tuple(
        Change(before=_record(table, before), after=_record(table, after)) for table, _, before, after in read.changes
    )
    return Act(
        id=read.id,
        name=read.act,
        subject=read.on,
        changes=changes,
        at=read.at,
        by=read.by,
        sequence=read.seq,
        undoes=read.undoes,
        redoes=read.redoes,
    )


def _record(table: str, content: msgspec.Raw) -> Record | None:
    return None if bytes(content) == b"null" else decode_record(table, content)


def decode_table(table: str, content: msgspec.Raw) -> dict[str, Record]:
    """A whole table of the book file, by TinyDB's document numbers.

    Raises:
        Unreadable: a record in it is none; the text names it.
    """
    try:
        documents: dict[str, Record] = _table_decoders[table].decode(content)
    except msgspec.ValidationError:
        documents = {}
        try:
            raws = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        except msgspec.ValidationError as problem:
            raise Unreadable(f"{table} is no table ({problem})") from None
        for number, raw in raws.items():
            try:
                documents[number] = decode_record(table, raw)
            except Unreadable as problem:
                raise Unreadable(f"record {number} in {table} ({problem})") from None
    return documents
