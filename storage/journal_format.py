"""The form of the journal: a first line that names the book, then one line for each act (DESIGN.md section 5)."""

from __future__ import annotations

import msgspec

from storage.errors import JournalDamaged, JournalNewer

VERSION = 1


class Header(msgspec.Struct, frozen=True, kw_only=True, rename={"after": "from"}):
    """The first line of a journal."""

    journal: int = VERSION
    """The version of the form of the lines."""
    book: str
    """The id of the book that it belongs to."""
    after: int
    """The sequence number that the first line follows."""
    schema: int = 1
    """The schema that the records in its lines are written in; the first one did not say so."""


_decoder = msgspec.json.Decoder(Header)


def encode_header(book_id: str, after: int, schema: int) -> bytes:
    """The first line, newline and all."""
    return msgspec.json.encode(Header(book=book_id, after=after, schema=schema)) + b"\n"


def decode_header(content: bytes, book_id: str, name: str) -> tuple[Header, int]:
    """The first line of a journal and how many bytes it takes.

    Raises:
        JournalDamaged: it cannot be read, or belongs to another book.
        JournalNewer: a later version wrote it.
    """
    first, newline, _ = content.partition(b"\n")
    try:
        header = _decoder.decode(first)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise JournalDamaged(f"The first line of {name} cannot be read.") from None
    if not newline:
        raise JournalDamaged(f"The first line of {name} has no end.")
    if header.journal > VERSION:
        raise JournalNewer(f"{name} was written by a later version of the program.")
    if header.book != book_id:
        raise JournalDamaged(f"{name} belongs to another book.")
    return header, len(first) + 1
