"""Everything that can be read from the bytes of a damaged book, and what could not be, with its place.

Nothing here guesses at what a person wrote: a record is read whole, or its bytes are handed on as they stand. Only what
stands around the records is made good: numbers, tables, ids that stand twice, bytes that are no text.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import msgspec

from relationships.records import KIND_OF_TABLE, KINDS, Record
from storage.book_format import FORMAT, Meta, decode_meta, read_book
from storage.codec import Unreadable
from storage.errors import BookError
from storage.findings import Trouble
from storage.legible import legible_text
from storage.migrations import SCHEMA, STEPS, lifted
from storage.salvage_records import (
    KEPT_AS,
    as_it_stands,
    by_id,
    decoded,
    fits,
    id_of,
    in_utc,
    schema_of,
    without_misfits,
)
from storage.salvage_scan import META, Piece, Scan

_BOM = b"\xef\xbb\xbf"
_MARKS = frozenset({"format", "book_id", "sequence"})
"""What only the one document of `_meta` has."""
_SIDE = "It is put into the side file as it stands."


class Salvaged(msgspec.Struct, frozen=True, kw_only=True):
    """What was read from the bytes of a book."""

    meta: Meta | None
    """None when it could not be read."""
    tables: dict[str, dict[str, Record]]
    """Records by their own id, by table; every table is there."""
    foreign: dict[str, msgspec.Raw]
    """Tables that this version does not know."""
    troubles: tuple[Trouble, ...]
    """None when the book is sound."""

    @property
    def count(self) -> int:
        """How many records there are."""
        return sum(map(len, self.tables.values()))

    @property
    def nothing(self) -> bool:
        """There is nothing in it of a book."""
        return self.meta is None and not self.count


def salvage_book(content: bytes, path: Path) -> Salvaged:
    """Read what can be read; never fails."""
    try:
        book = read_book(content, path)
    except BookError as problem:
        found = _Salvage(content, path.name).result()
        return found if found.troubles else _whole_but(found, problem, path)
    sound = _with_zones(Salvaged(meta=book.meta, tables=book.tables, foreign=book.foreign, troubles=()), path.name)
    if not book.foreign:
        return sound
    found = _Salvage(content, path.name).result()
    return found if found.count > sound.count else sound


def _with_zones(book: Salvaged, file: str) -> Salvaged:
    """A sound book whose moments all have a time zone: others can be read, but not compared."""
    troubles = []
    for table, records in book.tables.items():
        for record in [record for record in records.values() if in_utc(record) is not record]:
            records[record.id] = in_utc(record)
            what, mend = "A moment in it has no time zone.", "It counts as UTC."
            troubles.append(Trouble(file=file, line=1, what=what, table=table, record=record.id, mend=mend))
    return msgspec.structs.replace(book, troubles=tuple(troubles))


def _whole_but(found: Salvaged, problem: BookError, path: Path) -> Salvaged:
    """Everything was read, and yet it is no book as it stands: a bracket too few or too many."""
    what = problem.happened.removeprefix(f"{path} ").removeprefix(f"In {path}, ")
    trouble = Trouble(file=path.name, line=1, what=what, mend="Nothing is lost of it; the book is written anew.")
    return msgspec.structs.replace(found, troubles=(trouble,))


class _Salvage:
    """One damaged book, read piece by piece."""

    def __init__(self, content: bytes, file: str) -> None:
        self._file = file
        self._meta: Meta | None = None
        self._troubles: list[Trouble] = []
        self._found: dict[str, list[tuple[int, Record]]] = {kind.table: [] for kind in KINDS}
        """Each with its line."""
        self._foreign: dict[str, dict[int, str]] = {}
        self._tables: list[str] = []
        self._number = 0
        """The number of the last record of the table."""
        self._lost_beginning = False
        """The numbers begin anew although no table has begun: its beginning could not be read."""
        pieces = [*Scan(content.removeprefix(_BOM).decode("utf-8", "surrogateescape")).pieces()]
        begun = {piece.table for piece in pieces if piece.kind == "table"}
        self._unbegun = [table for table in KIND_OF_TABLE if table not in begun]
        self._schema = next((schema_of(piece) for piece in pieces if piece.table == META and piece.fields), SCHEMA)
        for piece in pieces:
            self._take(piece)

    def result(self) -> Salvaged:
        """All of it."""
        tables: dict[str, dict[str, Record]] = {}
        for table, found in self._found.items():
            tables[table], renamed = by_id(found)
            for line, old, new in renamed:
                mend = f"The older of the two gets the id {new}."
                self._trouble(line, f"two records have the id {old}", table, old, mend=mend)
        foreign = {
            table: msgspec.Raw(b"{%s}" % b",".join(b'"%d":%s' % (n, text.encode()) for n, text in rows.items()))
            for table, rows in self._foreign.items()
        }
        return Salvaged(meta=self._meta, tables=tables, foreign=foreign, troubles=tuple(self._troubles))

    def _take(self, piece: Piece) -> None:
        if piece.kind == "table":
            self._begin(piece)
        elif piece.kind == "gap":
            self._lose(piece, "this cannot be read")
        else:
            self._take_object(piece)

    def _begin(self, piece: Piece) -> None:
        if piece.table in self._tables:
            self._trouble(piece.line, f"the table {piece.table} begins here a second time", piece.table)
        self._tables.append(piece.table)
        self._number, self._lost_beginning = 0, False

    def _take_object(self, piece: Piece) -> None:
        table = piece.table
        if piece.twice:
            what = f"the key “{piece.twice[0]}” stands twice in one place; the last one counts"
            self._trouble(piece.line, what, table, id_of(piece), as_it_stands(piece.text))
        if table == META or piece.fields.keys() >= _MARKS:
            self._take_meta(piece)
        else:
            self._count(piece)
            if self._lost_beginning or not table:
                self._take_stray(piece)
            elif table in KIND_OF_TABLE:
                self._take_record(self._lifted(piece, table), table)
            else:
                self._take_foreign(piece)

    def _count(self, piece: Piece) -> None:
        """Number the record; a number that is none, or stands twice, costs nothing but itself."""
        number = int(piece.key) if piece.key.isascii() and piece.key.isdigit() else 0
        if number == 1 <= self._number and self._unbegun:
            self._lost_beginning = True
        elif piece.key and not number:
            self._trouble(piece.line, f"“{piece.key}” is no number of a record", piece.table, id_of(piece))
        elif number and number == self._number:
            self._trouble(piece.line, f"the number {number} stands twice", piece.table, id_of(piece))
        self._number = number or self._number

    def _lifted(self, piece: Piece, table: str) -> Piece:
        """A record of an older schema as it is in the newest one."""
        if self._schema >= SCHEMA:
            return piece
        with suppress(LookupError, TypeError, ValueError):
            fields = lifted(STEPS, self._schema, table, piece.fields)
            return msgspec.structs.replace(piece, text=json.dumps(fields, ensure_ascii=False), fields=fields)
        return piece

    def _take_meta(self, piece: Piece) -> None:
        if "created_at" in piece.fields:
            self._take_stray(piece)
            return
        try:
            meta = decode_meta(legible_text(piece.text).encode())
        except Unreadable as problem:
            self._lose(piece, f"what the book says of itself cannot be read ({problem})")
            return
        if self._meta is not None:
            self._lose(piece, "the book says twice what it is; the first time counts")
            return
        if piece.table != META:
            self._trouble(piece.line, "the name of the table _meta cannot be read")
        if meta.format != FORMAT:
            self._lose(piece, f"the file says that it is a {meta.format!r}, not a {FORMAT}")
        self._meta = msgspec.structs.replace(meta, format=FORMAT)

    def _take_record(self, piece: Piece, table: str) -> None:
        record = decoded(table, piece.text)
        if record is None or record.unknown:
            better = self._better_table(piece, table)
            if better is not None:
                self._lost_beginning = self._lost_beginning or better in self._unbegun
                self._put(piece, better)
                return
        record = record or self._mended(piece, table)
        if record is not None:
            self._found[table].append((piece.line, in_utc(record)))

    def _better_table(self, piece: Piece, table: str) -> str | None:
        """The table that a record fits which does not fit the one that it stands in."""
        others = [other for other in KIND_OF_TABLE if other != table and other not in self._unbegun]
        return next((other for other in (*self._unbegun, *others) if fits(other, piece.text)), None)

    def _put(self, piece: Piece, table: str) -> None:
        if table in self._unbegun and not self._found[table]:
            what = f"the beginning of the table {table} cannot be read"
            self._trouble(piece.line, what, table, mend="Its records are put where they belong.")
        elif table not in self._unbegun:
            self._trouble(piece.line, "this record stands in another table", table, id_of(piece))
        record = decoded(table, legible_text(piece.text))
        if record is not None:
            self._found[table].append((piece.line, in_utc(record)))

    def _mended(self, piece: Piece, table: str) -> Record | None:
        """The record with its letters made legible and without the fields that do not fit, which are kept beside."""
        text = legible_text(piece.text)
        if text != piece.text:
            what, mend = "there are bytes in it that are no UTF-8", "Each is kept as its number, as \u2039ff\u203a."
            self._trouble(piece.line, what, table, id_of(piece), mend=mend)
        try:
            record, moved = without_misfits(table, json.loads(text))
        except ValueError as problem:
            self._lose(piece, f"this record cannot be read ({problem})")
            return None
        for name, misfit in moved.items():
            what = f"{name} cannot be read ({misfit})"
            mend = f"The record is kept without it; what stands there is kept as {KEPT_AS}{name}."
            self._trouble(piece.line, what, table, record.id, as_it_stands(piece.text), mend)
        return record

    def _take_stray(self, piece: Piece) -> None:
        """A record in no table that is known goes into the first one, of those without a beginning, that it fits."""
        table = next((table for table in self._unbegun if fits(table, piece.text)), None)
        if table is not None:
            self._put(piece, table)
        elif piece.table in KIND_OF_TABLE:
            self._take_record(piece, piece.table)
        elif (other := self._better_table(piece, "")) is not None:
            self._put(piece, other)
        else:
            self._lose(piece, "no table is known that this record belongs to")

    def _take_foreign(self, piece: Piece) -> None:
        if self._is_ours(piece):
            self._take_stray(piece)
            return
        rows = self._foreign.setdefault(piece.table, {})
        number = self._number if self._number and self._number not in rows else max(rows, default=0) + 1
        rows[number] = legible_text(piece.text)

    def _is_ours(self, piece: Piece) -> bool:
        """Whether it is a record of ours after all, in a table whose name was altered."""
        return any(fits(table, piece.text) for table in KIND_OF_TABLE)

    def _lose(self, piece: Piece, what: str) -> None:
        self._trouble(piece.line, what, piece.table, id_of(piece), as_it_stands(piece.text), _SIDE)

    def _trouble(
        self, line: int, what: str, table: str = "", record: str = "", content: bytes = b"", mend: str = ""
    ) -> None:
        mend = mend or "Nothing of it is dropped."
        self._troubles.append(
            Trouble(file=self._file, line=line, what=f"{what}.", table=table, record=record, content=content, mend=mend)
        )
