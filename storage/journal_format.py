"""The form of the journal: a first line that names the book, then one line for each act (DESIGN.md section 5)."""

from __future__ import annotations

import msgspec

from storage.errors import JournalDamaged, JournalNewer

VERSION = 1
HEAD = 4096
"""Bytes of a journal that are enough for its first line."""
FREE = b" "
"""What fills the room after the last line; no line begins with it."""
ROOM = 16_384
"""Bytes of room that are written ahead. A line that is put there needs no new size and no new block of the disk, and
its sync takes a quarter less. To those who read the file as text, blanks at its end are nothing."""
NOTHING = b" \0"
"""What stands where a line did not come to the disk: room, or zeros of a block that was set aside for it."""
_SECTOR = 512
"""Bytes that come to the disk together or not at all."""


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

    @property
    def newer(self) -> bool:
        """A later version of the program wrote it."""
        return self.journal > VERSION


_decoder = msgspec.json.Decoder(Header)


def encode_header(book_id: str, after: int, schema: int) -> bytes:
    """The first line, newline and all."""
    return msgspec.json.encode(Header(book=book_id, after=after, schema=schema)) + b"\n"


def read_header(line: bytes) -> Header | None:
    """The first line of a journal, whosesoever it is; None when it cannot be read."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def decode_header(content: bytes, book_id: str, name: str) -> tuple[Header, int]:
    """The first line of a journal and how many bytes it takes.

    Raises:
        JournalDamaged: it cannot be read, or belongs to another book.
        JournalNewer: a later version wrote it.
    """
    first, newline, _ = content.partition(b"\n")
    header = read_header(first)
    if header is None:
        raise JournalDamaged(f"The first line of {name} cannot be read.")
    if not newline:
        raise JournalDamaged(f"The first line of {name} has no end.")
    if header.newer:
        raise JournalNewer(f"{name} was written by a later version of the program.")
    if header.book != book_id:
        raise JournalDamaged(f"{name} belongs to another book.")
    return header, len(first) + 1


def never_whole(line: bytes, place: int) -> bool:
    """Whether a line at a place in the file, its end there but its checksum wrong, lacks a sector in its middle.

    When the power fails, the sectors of one write may have come to the disk in any order. Damage looks otherwise: a
    line that was confirmed holds no sector of nothing.
    """
    borders = range(-place % _SECTOR, len(line) - _SECTOR + 1, _SECTOR)
    return any(not line[border : border + _SECTOR].strip(NOTHING) for border in borders)
