"""Records and acts as bytes, and back. Dicts stop here.

A journal line is one JSON object: `{"sum":"<crc32>","seq":7,"id":...,"act":...,"on":...,"at":...,"by":...,"changes":
[[table, id, before, after], ...]}`, where the sum is of all that follows it.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from types import GenericAlias
from typing import Any, TypeVar, cast
from zlib import crc32

import msgspec

from relationships.changes import Act, Change
from relationships.records import KIND_OF_TABLE, KINDS, Record
from storage.legible import legible, legible_text
from storage.migrations import Document, Lift

S = TypeVar("S", bound=msgspec.Struct)


def table_type(kind: type[Record]) -> type[dict[int, Any]]:
    """The type of a table of the book file: records of one kind by TinyDB's document number."""
    return cast("type[dict[int, Any]]", GenericAlias(dict, (int, kind)))


_encoder = msgspec.json.Encoder()
_decoders: dict[str, msgspec.json.Decoder[Any]] = {kind.table: msgspec.json.Decoder(kind) for kind in KINDS}
_table_decoders: dict[str, msgspec.json.Decoder[dict[int, Any]]] = {
    kind.table: msgspec.json.Decoder(table_type(kind)) for kind in KINDS
}


_KEPT = b'"__unknown__":'
"""What stands in the bytes of a record whose unknown keys, or those of a part in it, have yet to be put back."""


class Unreadable(ValueError):
    """Bytes that are no record or no act; the text says why."""


class UnknownKind(Unreadable):
    """A record of a kind that this version does not have: a later one wrote it."""


def encode_record(record: Record) -> bytes:
    """A record as JSON; keys that this version does not know stand beside the others, as they were read."""
    try:
        content = _encoder.encode(record)
        return encode_with_unknown(record) if _KEPT in content else content
    except UnicodeEncodeError:
        return encode_record(legible(record))


def encode_with_unknown(struct: msgspec.Struct) -> bytes:
    """JSON in which the unknown keys stand beside the known ones."""
    from storage.unknown_keys import put_back

    return _encoder.encode(put_back(struct))


def decode_record(table: str, content: bytes | msgspec.Raw) -> Record:
    """A record from JSON, unknown keys kept.

    Raises:
        UnknownKind: there is no such table.
        Unreadable: it is no record of this table.
    """
    decoder = _decoders.get(table)
    if decoder is None:
        raise UnknownKind(f"there is no kind of record called {table!r}")
    try:
        record: Record = decoder.decode(content)
    except msgspec.ValidationError:
        return decode_with_unknown(KIND_OF_TABLE[table], content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise Unreadable(str(problem)) from None
    return record


def decode_with_unknown(kind: type[S], content: bytes | msgspec.Raw) -> S:
    """A struct from JSON, the unknown keys kept.

    Raises:
        Unreadable: something else is wrong with it.
    """
    from storage.unknown_keys import kept_apart

    try:
        found = msgspec.json.decode(content)
        if isinstance(found, dict):
            found = kept_apart(kind, found)
        return msgspec.convert(found, kind, str_keys=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise Unreadable(str(problem)) from None


class _Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    seq: int
    id: str
    act: str
    on: str = ""
    at: datetime
    by: str
    undoes: str | None = None
    redoes: str | None = None
    erased: bool = False
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
        erased=act.erased,
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
        erased=act.erased,
        changes=columns,
    )
    return _with_sum(line) + b"\n"


def _with_sum(line: _Line) -> bytes:
    body = _encoder.encode(line)[1:]
    return b'{"sum":"%08x",%s' % (crc32(body), body)


def _read_line(line: bytes) -> _Line:
    line = line.rstrip(b"\n")
    body = line[_SUM_END:]
    if line[:_SUM_END] != b'{"sum":"%08x",' % crc32(body):
        raise Unreadable("the checksum does not fit")
    try:
        return _line_decoder.decode(b"{" + body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise Unreadable(str(problem)) from None


def moment_of(line: bytes) -> datetime:
    """The moment of the act in a line, whatever the schema of its records.

    Raises:
        Unreadable: as for `decode_act`.
    """
    return _read_line(line).at


def changes_in(line: bytes) -> list[tuple[str, str, Document | None]]:
    """The changes in a line as plain documents, in the schema of the line: table, id, and the record after it.

    Raises:
        Unreadable: as for `decode_act`.
    """
    return [(table, key, msgspec.json.decode(after)) for table, key, _, after in _read_line(line).changes]


def decode_act(line: bytes, lift: Lift | None = None) -> Act:
    """An act from a journal line, with or without its newline; `lift` reads lines of older schemas.

    Raises:
        UnknownKind: it changes a kind of record that this version does not have.
        Unreadable: the line is torn, altered or foreign.
    """
    read = _read_line(line)
    changes = []
    for table, _, before, after in read.changes:
        if lift is not None:
            before, after = (_lifted(lift, read.seq, table, content) for content in (before, after))
        changes.append(Change(before=_record(table, before), after=_record(table, after)))
    return Act(
        id=read.id,
        name=read.act,
        subject=read.on,
        changes=tuple(changes),
        at=read.at,
        by=read.by,
        sequence=read.seq,
        undoes=read.undoes,
        redoes=read.redoes,
        erased=read.erased,
    )


def without_records(line: bytes, records: Set[tuple[str, str]]) -> bytes | None:
    """A line without the changes of some records, marked as such and with no subject; None when it cannot be read."""
    try:
        read = _read_line(line)
    except Unreadable:
        return None
    left = tuple(change for change in read.changes if (change[0], change[1]) not in records)
    if len(left) == len(read.changes):
        return line
    return _with_sum(msgspec.structs.replace(read, on="", erased=True, changes=left))


def _lifted(lift: Lift, sequence: int, table: str, content: msgspec.Raw) -> msgspec.Raw:
    document = msgspec.json.decode(content)
    if document is None:
        return content
    try:
        return msgspec.Raw(_encoder.encode(lift(sequence, table, document)))
    except (LookupError, TypeError, ValueError) as problem:
        raise Unreadable(f"it cannot be read in today's schema: {problem}") from None


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
