"""The form of the book file: a plain TinyDB document that stock TinyDB opens (DESIGN.md section 5).

One table per kind of record, `{"touches": {"1": {...}}}`, one record a line, and first the table `_meta`, whose one
document says which book it is and which acts it holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from relationships.records import KIND_OF_TABLE, KINDS, Record
from storage.codec import (
    Unreadable,
    decode_table,
    decode_with_unknown,
    encode_record,
    encode_with_unknown,
    table_type,
)
from storage.errors import BookDamaged, BookNewer, NotABook
from storage.migrations import SCHEMA, STEPS, Step, Tables, alike, lifted_book, newest

FORMAT = "trainer-tui book"
_BOM = b"\xef\xbb\xbf"
_RECORDS_A_BLOCK = 500
_COUNTED = b'"created_at":'


class Meta(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the book file says of itself."""

    format: str = FORMAT
    schema: int = SCHEMA
    book_id: str
    sequence: int
    """The number of the last act that is folded in."""
    alterations: int = 0
    """How often a fold took in what another program wrote: acts alone do not lead from one count to the next."""
    upgrades: dict[int, int] = {}
    """At which sequence number each schema began, but for the one that the book was made in."""
    written: int = 0
    """The time of change, in nanoseconds, that the file was given. With another, another program wrote it, or it is a
    copy. 0 where nobody looks."""
    unknown: dict[str, Any] | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="__unknown__")
    """Keys that this version does not know, kept as they were read."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What was read from a book file."""

    meta: Meta
    tables: dict[str, dict[str, Record]]
    """Records by their own id, by table."""
    foreign: dict[str, msgspec.Raw]
    """Tables that this version does not know, as they were read."""
    ours: bool
    """It stands as this program writes it; another program may have altered it all the same."""


_Document = msgspec.defstruct(
    "_Document",
    [
        ("meta", dict[str, Meta], msgspec.field(name="_meta")),
        *((kind.table, table_type(kind), msgspec.field(default_factory=dict)) for kind in KINDS),
    ],
    forbid_unknown_fields=True,
)
_document_decoder = msgspec.json.Decoder(_Document)
_parts_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
_meta_decoder = msgspec.json.Decoder(Meta)
_table_decoder = msgspec.json.Decoder(dict[str, dict[str, Any]])


def read_book(content: bytes, path: Path, steps: Mapping[int, Step] = STEPS) -> Snapshot:
    """A book from the bytes of its file; one of an older schema is read through the steps, but for its `meta`.

    Raises:
        BookDamaged: it is no sound JSON, or a record in it is none.
        NotABook: it is sound JSON, but no book of ours.
        BookNewer: a later version wrote it and this one cannot read it.
    """
    if not content or content.isspace():
        raise BookDamaged(f"{path} is empty. An empty file is never taken for a new book.")
    ours = read_meta(content[:META_HEAD]) is not None
    content = content.removeprefix(_BOM)
    try:
        document: Any = _document_decoder.decode(content)
        meta = _only(document.meta, path)
    except msgspec.ValidationError:
        meta = None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BookDamaged(f"{path} is not JSON: {_place(content, problem)}.") from None
    if meta is None or not alike(steps, meta.schema):
        meta, tables, foreign = _read_slowly(content, path, steps)
    else:
        tables, foreign = {table: getattr(document, table) for table in KIND_OF_TABLE}, {}
    _refuse_twice(content, [*tables.values()], foreign, path)
    by_id = {table: _by_id(table, documents, path) for table, documents in tables.items()}
    return Snapshot(meta=meta, tables=by_id, foreign=foreign, ours=ours)


_Tables = dict[str, dict[int, Record]]


def _read_slowly(content: bytes, path: Path, steps: Mapping[int, Step]) -> tuple[Meta, _Tables, dict[str, msgspec.Raw]]:
    """Table by table, record by record where needed: unknown tables and keys are kept, and what is wrong is named."""
    try:
        raws = _parts_decoder.decode(content)
    except msgspec.ValidationError:
        raise NotABook(f"{path} holds JSON, but no TinyDB tables.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BookDamaged(f"{path} is not JSON: {_place(content, problem)}.") from None
    if "_meta" not in raws:
        raise NotABook(f"{path} holds JSON, but not a trainer-tui book: it has no _meta table.")
    try:
        metas = _parts_decoder.decode(raws.pop("_meta"))
        meta = _only({number: decode_meta(raw) for number, raw in metas.items()}, path)
    except (msgspec.DecodeError, UnicodeDecodeError, Unreadable) as problem:
        raise NotABook(f"The _meta table of {path} is not that of a trainer-tui book ({problem}).") from None
    if not alike(steps, meta.schema):
        raws = _lifted(content, raws, meta.schema, path, steps)
    tables: _Tables = {}
    for table in KIND_OF_TABLE:
        raw = raws.pop(table, None)
        try:
            tables[table] = {} if raw is None else decode_table(table, raw)
        except Unreadable as problem:
            if meta.schema > newest(steps):
                reads = f"this program reads up to {newest(steps)}"
                raise BookNewer(f"{path} has schema {meta.schema}; {reads}.") from None
            raise BookDamaged(f"In {path}, {problem} cannot be read.") from None
    return meta, tables, {name: msgspec.Raw(bytes(raw)) for name, raw in raws.items()}


def _lifted(
    content: bytes, raws: dict[str, msgspec.Raw], schema: int, path: Path, steps: Mapping[int, Step]
) -> dict[str, msgspec.Raw]:
    """The tables brought up to the newest schema; tables of others that are none of TinyDB's stay as they are."""
    tables, rest = _plain(raws)
    _refuse_twice(content, [], {**rest, "": msgspec.Raw(msgspec.json.encode(tables))}, path)
    try:
        found = lifted_book(steps, schema, tables)
    except (LookupError, TypeError, ValueError) as problem:
        raise BookDamaged(
            f"{path} has schema {schema} and cannot be brought to schema {newest(steps)} ({problem!r})."
        ) from None
    return rest | {table: msgspec.Raw(msgspec.json.encode(documents)) for table, documents in found.items()}


def plain_tables(content: bytes) -> tuple[Tables, dict[str, msgspec.Raw]]:
    """The tables of a sound book as plain documents, `_meta` among them, and what is no table of documents as it is."""
    return _plain(_parts_decoder.decode(content.removeprefix(_BOM)))


def _plain(raws: Mapping[str, msgspec.Raw]) -> tuple[Tables, dict[str, msgspec.Raw]]:
    tables: Tables = {}
    rest = {}
    for name, raw in raws.items():
        try:
            tables[name] = _table_decoder.decode(raw)
        except msgspec.ValidationError:
            rest[name] = raw
    return tables, rest


def upgraded(meta: Meta, schema: int) -> Meta:
    """What a book says of itself in a newer schema, from the act after its last one on.

    The count of alterations rises, so that no session takes it for a fold and writes on in the old schema.
    """
    if meta.schema >= schema:
        return meta
    begun = dict.fromkeys(range(meta.schema + 1, schema + 1), meta.sequence + 1)
    return msgspec.structs.replace(
        meta, schema=schema, upgrades=meta.upgrades | begun, alterations=meta.alterations + 1
    )


def decode_meta(content: bytes | msgspec.Raw) -> Meta:
    """What a book file says of itself.

    Raises:
        Unreadable: it says nothing that could be understood.
    """
    try:
        return _meta_decoder.decode(content)
    except msgspec.ValidationError:
        return decode_with_unknown(Meta, content)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise Unreadable(str(problem)) from None


def _only(metas: Mapping[str, Meta], path: Path) -> Meta:
    if len(metas) != 1:
        raise NotABook(f"The _meta table of {path} should hold one document and holds {len(metas)}.")
    meta = next(iter(metas.values()))
    if meta.format != FORMAT:
        raise NotABook(f"{path} says that it is a {meta.format!r}, not a {FORMAT}.")
    return meta


def _refuse_twice(
    content: bytes, tables: Iterable[dict[int, Record]], foreign: Mapping[str, msgspec.Raw], path: Path
) -> None:
    """A JSON reader lets the last of two equal keys win, and the next fold would drop the first without a word.

    Every record has the key that is counted here once, which is quick. The pair is looked for only if there are more.
    """
    known = sum(map(len, tables)) + sum(bytes(raw).count(_COUNTED) for raw in foreign.values())
    if content.count(_COUNTED) > known:
        import json

        json.loads(content, object_pairs_hook=lambda pairs: _no_key_twice(pairs, path))


def _no_key_twice(pairs: list[tuple[str, Any]], path: Path) -> None:
    (key, times), *_ = Counter(key for key, _ in pairs).most_common(1) or [("", 0)]
    if times > 1:
        raise BookDamaged(f"In {path}, the key {key!r} stands twice in one place; one of the two would be lost.")


def _by_id(table: str, documents: Mapping[int, Record], path: Path) -> dict[str, Record]:
    records = {record.id: record for record in documents.values()}
    if len(records) != len(documents):
        (twice, _), *_ = Counter(record.id for record in documents.values()).most_common(1)
        raise BookDamaged(f"In {path}, two records in {table} have the id {twice}.")
    return records


def _place(content: bytes, problem: Exception) -> str:
    """Where a decoder stopped, as a line number that an editor can go to."""
    text, found, byte = str(problem).partition(" (byte ")
    if isinstance(problem, UnicodeDecodeError):
        return f"line {_line(content, problem.start)} is not UTF-8"
    if isinstance(problem, RecursionError):
        return "it is nested too deeply"
    if found:
        return f"line {_line(content, int(byte.rstrip(')')))}: {text}"
    return f"it ends in the middle, at line {_line(content, len(content))}"


def _line(content: bytes, byte: int) -> int:
    return content.count(b"\n", 0, byte) + 1


_META_START, _META_END = b'{"_meta":{"1":', b"},\n"
META_HEAD = 65_536
"""Bytes of a book file that are enough for `read_meta`."""


def read_meta(head: bytes) -> Meta | None:
    """What the first bytes of a book file say of it; None when that is not as we write it."""
    end = head.find(_META_END)
    if not head.startswith(_META_START) or end < 0:
        return None
    try:
        return decode_meta(head[len(_META_START) : end])
    except Unreadable:
        return None


def book_blocks(
    meta: Meta, tables: Mapping[str, Iterable[Record]], foreign: Mapping[str, msgspec.Raw]
) -> Iterator[bytes]:
    """The bytes of a whole book, a block at a time, so that other threads have their turn in between."""
    yield b"%s%s}" % (_META_START, encode_with_unknown(meta))
    for table, records in tables.items():
        yield b',\n"%s":{' % table.encode()
        yield from _record_blocks(records)
        yield b"\n}"
    for name, raw in foreign.items():
        yield b",\n%s:%s" % (msgspec.json.encode(name), bytes(raw))
    yield b"\n}\n"


def plain_book(meta: Mapping[str, Any], tables: Tables, rest: Mapping[str, msgspec.Raw]) -> Iterator[bytes]:
    """The bytes of a book of any schema, from plain documents."""
    yield b"%s%s}" % (_META_START, msgspec.json.encode(meta))
    for table, documents in tables.items():
        yield b",\n%s:{" % msgspec.json.encode(table)
        yield b",".join(b'\n"%s":%s' % (n.encode(), msgspec.json.encode(each)) for n, each in documents.items())
        yield b"\n}"
    for name, raw in rest.items():
        yield b",\n%s:%s" % (msgspec.json.encode(name), bytes(raw))
    yield b"\n}\n"


def _record_blocks(records: Iterable[Record]) -> Iterator[bytes]:
    documents = enumerate(records, start=1)
    comma = b""
    while block := [b'"%d":%s' % (number, encode_record(r)) for number, r in islice(documents, _RECORDS_A_BLOCK)]:
        yield comma + b"\n" + b",\n".join(block)
        comma = b","
