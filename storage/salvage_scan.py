"""The pieces of a damaged book file: every JSON object in it that can be read whole, wherever damage begins and ends.

No structure is relied on but this: a table begins with its name, a record is one object. What lies between the pieces
and is more than brackets and commas could not be read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from json import JSONDecoder
from typing import Any

import msgspec

from relationships.records import KIND_OF_TABLE

META = "_meta"
_BEGIN = re.compile(r'(?:"((?:[^"\\\x00-\x1f]|\\.)*)"\s*:\s*)?([\[{])')
_ROWS = re.compile(r'\s*"\d+"\s*:')
_EMPTY = re.compile(r'"[^"\\]*"\s*:\s*\{\s*\}')
_CLOSED = re.compile(r"[}\n]")
_OBJECT = re.compile(r"\s*\{")
_STAMP = re.compile(r'"created_at"\s*:')
_EDGES = " \t\r\n,{}[]"
"""What may stand between two records."""


class Piece(msgspec.Struct, frozen=True):
    """One object, or the beginning of a table, or what lies between."""

    kind: str
    """"table", "object" or "gap"."""
    table: str
    """The table that it stands in or begins; empty when none has begun."""
    key: str
    line: int
    text: str
    fields: dict[str, Any]
    """What an object holds."""
    twice: tuple[str, ...] = ()
    """Keys that stand twice in one object in it; the last of the two was read."""


class Scan:
    """One pass over a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._breaks = [found.start() for found in re.finditer("\n", text)]
        self._table = ""
        self._read_to = 0
        self._twice: list[str] = []
        self._too_deep = 0
        """Up to here brackets are nested too deeply to be read, and each of them would be tried in vain."""
        self._decoder = JSONDecoder(object_pairs_hook=self._pairs)

    def pieces(self) -> Iterator[Piece]:
        """Everything in the text, in order."""
        place = 0
        while (begin := _BEGIN.search(self._text, place)) is not None:
            place = begin.end()
            piece, end = self._piece(begin)
            if piece is None:
                continue
            yield from self._gap(begin.start())
            if piece.kind == "table":
                self._table = piece.table
            yield piece
            self._read_to = place = end
        yield from self._gap(len(self._text))

    def _piece(self, begin: re.Match[str]) -> tuple[Piece | None, int]:
        key, bracket = begin[1] or "", begin[2]
        if self._begins_table(key, bracket, begin.end()):
            return self._made("table", key, begin, begin.end(), {}), begin.end()
        if bracket == "[" or begin.start() < self._too_deep:
            return None, 0
        self._twice = []
        try:
            fields, end = self._decoder.raw_decode(self._text, begin.end() - 1)
        except ValueError:
            return None, 0
        except RecursionError:
            closed = _CLOSED.search(self._text, begin.end())
            self._too_deep = len(self._text) if closed is None else closed.start()
            return None, 0
        if not self._is_record(key, fields, self._text[begin.start() : end]):
            return None, 0
        return self._made("object", key, begin, end, fields), end

    def _begins_table(self, key: str, bracket: str, after: int) -> bool:
        known = key in KIND_OF_TABLE or key == META
        if bracket == "[":
            return known and _OBJECT.match(self._text, after) is not None
        return known or (key != "" and not key.isdigit() and _ROWS.match(self._text, after) is not None)

    def _is_record(self, key: str, fields: dict[str, Any], text: str) -> bool:
        """Whether it is one object of a table: no part of a record, nor several that a lost bracket joined."""
        stamps = len(_STAMP.findall(text))
        return stamps == 1 if "created_at" in fields else stamps == 0 and key.isdigit()

    def _made(self, kind: str, key: str, begin: re.Match[str], end: int, fields: dict[str, Any]) -> Piece:
        table = key if kind == "table" else self._table
        start = begin.start() if kind == "table" else begin.end() - 1
        text = self._text[start:end]
        return Piece(kind, table, key, self.line(begin.start()), text, fields, tuple(self._twice))

    def _gap(self, end: int) -> Iterator[Piece]:
        text = self._text[self._read_to : end]
        left = text.lstrip(_EDGES)
        if _EMPTY.sub("", left).strip(_EDGES):
            kept = text.strip(" \t\r\n,")
            yield Piece("gap", self._table, "", self.line(end - len(left)), kept, {})

    def line(self, place: int) -> int:
        """The number of the line that a place is in, from 1."""
        return bisect_right(self._breaks, place - 1) + 1

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            self._twice += [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
        return fields
