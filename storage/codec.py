"""Records and acts as bytes, and back. Dicts stop here.

A journal line is one JSON object: `{"sum":"<crc32>","seq":7,"id":...,"act":...,"on":...,"at":...,"by":...,"changes":
[[table, id, before, after], ...]}`, where the sum is of all that follows it.
"""

from __future__ import annotations

from datetime import datetime
from types import GenericAlias
from typing import Any, TypeVar, cast
from zlib import crc32

import msgspec

from relationships.changes import Act, Change
from relationships.records import KIND_OF_TABLE, KINDS, Record
from storage.legible import legible, legible_text

S = TypeVar("S", bound=msgspec.Struct)


def table_type(kind: type[Record]) -> type[dict[int, Any]]:
    """The type of a table of the book file: records of one kind by TinyDB's document number."""
    return cast("type[dict[int, Any]]", GenericAlias(dict, (int, kind)))


UNKNOWN = "__unknown__"
"""The name of the field that keeps what this version does not know."""
_encoder = msgspec.json.Encoder()
_decoders: dict[str, msgspec.json.Decoder[Any]] = {kind.table: msgspec.json.Decoder(kind) for kind in KINDS}
_table_decoders: dict[str, msgspec.json.Decoder[dict[int, Any]]] = {
    kind.table: msgspec.json.Decoder(table_type(kind)) for kind in KINDS
}


class Unreadable(ValueError):
    """Bytes that are no record or no act; the text says why."""


def encode_record(record: Record) -> bytes:
    """A record as JSON; keys that this version does not know stand beside the others, as they were read."""
    try:
        return _encoder.encode(record) if record.unknown is None else encode_with_unknown(record)
    except UnicodeEncodeError:
        return encode_record(legible(record))


def encode_with_unknown(struct: msgspec.Struct) -> bytes:
    """JSON in which the unknown keys stand beside the known ones."""
    fields: dict[str, Any] = msgspec.to_builtins(struct, str_keys=True)
    return _encoder.encode({**fields.pop(UNKNOWN, {}), **fields})


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
        return decode_with_unknown(KIND_OF_TABLE[table], content, problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise Unreadable(str(problem)) from None
    return record


def decode_with_unknown(kind: type[S], content: bytes | msgspec.Raw, problem: msgspec.ValidationError) -> S:
    """A struct from JSON, the unknown keys kept; `problem` is what is wrong if it is not them.

    Raises:
        Unreadable: something else is wrong with it.
    """
    try:
        found = msgspec.json.decode(content)
        known = {field.encode_name for field in msgspec.structs.fields(kind)} - {UNKNOWN}
        unknown = {key: value for key, value in found.items() if key not in known}
        if not unknown:
            raise problem
        return msgspec.convert({**{key: found[key] for key in found.keys() & known}, UNKNOWN: unknown}, kind)
    except (AttributeError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as second:
        raise Unreadable(str(problem if isinstance(second, AttributeError) else second)) from None


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


def settle(act: Act, sequence: int) -> tuple[Act, bytes]:
    """An act under its number, exactly as it will be read back, and its journal line, checksum first, newline last.

    What could not be read back is never written: a slip in one screen shall not cost everybody the book.

    Raises:
        Unreadable: it could not be read back; the text says why.
    """
    columns = []
    changes = []
    for change in act.changes:
        before, after = change.before, change.after
        table, raw = change.table, _NULL
        if after is not None:
            raw = msgspec.Raw(encode_record(after))
            after = decode_record(table, raw)
            change = Change(before, after)
        columns.append((table, change.id, _NULL if before is None else msgspec.Raw(encode_record(before)), raw))
        changes.append(change)
    try:
        line = _line(act, sequence, tuple(columns))
    except UnicodeEncodeError:
        names = {"name": legible_text(act.name), "subject": legible_text(act.subject), "by": legible_text(act.by)}
        act = msgspec.structs.replace(act, **names)
        line = _line(act, sequence, tuple(columns))
    settled = Act(
        id=act.id,
        name=act.name,
        changes=tuple(changes),
        at=act.at,
        by=act.by,
        subject=act.subject,
        sequence=sequence,
        undoes=act.undoes,
        redoes=act.redoes,
    )
    return settled, line


def _line(act: Act, sequence: int, columns: tuple[tuple[str, str, msgspec.Raw, msgspec.Raw], ...]) -> bytes:
    line = _Line(
        seq=sequence,
        id=act.id,
        act=act.name,
        on=act.subject,
        at=act.at,
        by=act.by,
        undoes=act.undoes,
        redoes=act.redoes,
        changes=columns,
    )
    body = _encoder.encode(line)[1:]
    return b'{"sum":"%08x",%s\n' % (crc32(body), body)


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
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
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


def decode_table(table: str, content: msgspec.Raw) -> dict[int, Record]:
    """A whole table of the book file, by TinyDB's document numbers.

    Raises:
        Unreadable: a record in it is none; the text names it.
    """
    try:
        documents: dict[int, Record] = _table_decoders[table].decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decode_one_by_one(table, content)
    return documents


def _decode_one_by_one(table: str, content: msgspec.Raw) -> dict[int, Record]:
    try:
        raws = msgspec.json.decode(content, type=dict[int, msgspec.Raw])
    except msgspec.DecodeError as problem:
        raise Unreadable(f"the table {table} ({problem})") from None
    documents = {}
    for number, raw in raws.items():
        try:
            documents[number] = decode_record(table, raw)
        except Unreadable as problem:
            raise Unreadable(f"record {number} in {table} ({problem})") from None
    return documents
