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
from storage.codec import Unreadable, decode_table, encode_record, table_type
from storage.errors import BookDamaged, BookNewer, NotABook

FORMAT = "trainer-tui book"
SCHEMA = 1
_BOM = b"\xef\xbb\xbf"
_RECORDS_A_BLOCK = 500


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """What the book file says of itself."""

    format: str = FORMAT
    schema: int = SCHEMA
    book_id: str
    sequence: int
    """The number of the last act that is folded in."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What was read from a book file."""

    meta: Meta
    tables: dict[str, dict[str, Record]]
    """Records by their own id, by table."""
    foreign: dict[str, msgspec.Raw]
    """Tables that this version does not know, as they were read."""


_Document = msgspec.defstruct(
    "_Document",
    [
        ("meta", dict[str, Meta], msgspec.field(name="_meta")),
        *((kind.table, table_type(kind), msgspec.field(default_factory=dict)) for kind in KINDS),
    ],
    forbid_unknown_fields=True,
)
_document_decoder = msgspec.json.Decoder(_Document)
_tables_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
_meta_decoder = msgspec.json.Decoder(dict[str, Meta])


def read_book(content: bytes, path: Path) -> Snapshot:
    """A book from the bytes of its file.

    Raises:
        BookDamaged: it is no sound JSON, or a record in it is none.
        NotABook: it is sound JSON, but no book of ours.
        BookNewer: a later version wrote it and this one cannot read it.
    """
    if not content.strip():
        raise BookDamaged(f"{path} is empty. An empty file is never taken for a new book.")
    content = content.removeprefix(_BOM)
    try:
        document: Any = _document_decoder.decode(content)
    except msgspec.ValidationError:
        return _read_slowly(content, path)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise BookDamaged(f"{path} is not JSON: {_place(content, problem)}.") from None
    meta = _only(document.meta, path)
    tables = {table: _by_id(table, getattr(document, table), path) for table in KIND_OF_TABLE}
    return Snapshot(meta=meta, tables=tables, foreign={})


def _read_slowly(content: bytes, path: Path) -> Snapshot:
    """Table by table, record by record where needed: unknown tables and keys are kept, and what is wrong is named."""
    try:
        raws = _tables_decoder.decode(content)
    except msgspec.ValidationError:
        raise NotABook(f"{path} holds JSON, but no TinyDB tables.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise BookDamaged(f"{path} is not JSON: {_place(content, problem)}.") from None
    if "_meta" not in raws:
        raise NotABook(f"{path} holds JSON, but not a trainer-tui book: it has no _meta table.")
    try:
        meta = _only(_meta_decoder.decode(raws.pop("_meta")), path)
    except msgspec.ValidationError as problem:
        raise NotABook(f"The _meta table of {path} is not that of a trainer-tui book ({problem}).") from None
    tables: dict[str, dict[str, Record]] = {}
    for table in KIND_OF_TABLE:
        raw = raws.pop(table, None)
        try:
            tables[table] = {} if raw is None else _by_id(table, decode_table(table, raw), path)
        except Unreadable as problem:
            if meta.schema > SCHEMA:
                raise BookNewer(f"{path} has schema {meta.schema}; this program reads up to {SCHEMA}.") from None
            raise BookDamaged(f"In {path}, {problem} cannot be read.") from None
    return Snapshot(meta=meta, tables=tables, foreign={name: msgspec.Raw(bytes(raw)) for name, raw in raws.items()})


def _only(metas: Mapping[str, Meta], path: Path) -> Meta:
    if len(metas) != 1:
        raise NotABook(f"The _meta table of {path} should hold one document and holds {len(metas)}.")
    meta = next(iter(metas.values()))
    if meta.format != FORMAT:
        raise NotABook(f"{path} says that it is a {meta.format!r}, not a {FORMAT}.")
    return meta


def _by_id(table: str, documents: Mapping[str, Record], path: Path) -> dict[str, Record]:
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
    if found:
        return f"line {_line(content, int(byte.rstrip(')')))}: {text}"
    return f"it ends in the middle, at line {_line(content, len(content))}"


def _line(content: bytes, byte: int) -> int:
    return content.count(b"\n", 0, byte) + 1


def read_meta(head: bytes) -> Meta | None:
    """What the first bytes of a book file say of it; None when that is not as we write it."""
    start = b'{"_meta":'
    if not head.startswith(start):
        return None
    try:
        metas = _meta_decoder.decode(head[len(start) : head.find(b"}}") + 2])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return next(iter(metas.values()), None)


def book_blocks(
    meta: Meta, tables: Mapping[str, Iterable[Record]], foreign: Mapping[str, msgspec.Raw]
) -> Iterator[bytes]:
    """The bytes of a whole book, a block at a time, so that other threads have their turn in between."""
    yield b'{"_meta":{"1":%s}' % msgspec.json.encode(meta)
    for table, records in tables.items():
        yield b',\n"%s":{' % table.encode()
        yield from _record_blocks(records)
        yield b"\n}"
    for name, raw in foreign.items():
        yield b",\n%s:%s" % (msgspec.json.encode(name), bytes(raw))
    yield b"\n}\n"


def _record_blocks(records: Iterable[Record]) -> Iterator[bytes]:
    documents = enumerate(records, start=1)
    comma = b""
    while block := [b'"%d":%s' % (number, encode_record(r)) for number, r in islice(documents, _RECORDS_A_BLOCK)]:
        yield comma + b"\n" + b",\n".join(block)
        comma = b","
