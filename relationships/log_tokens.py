"""The words of a quick log line, as typed and folded."""

from __future__ import annotations

import re
from datetime import time
from itertools import islice
from typing import Final, NamedTuple

from relationships.names import Words, fold_words

SEPARATORS: Final = ";\uff1b\u061b"
"""What parts a line into segments, the full-width and the Arabic form included."""
_QUOTES: Final = '"\u201c\u00ab'
_TOKEN: Final = re.compile(
    f'"[^"]*"?|\u201c[^\u201d]*\u201d?|\u00ab[^\u00bb]*\u00bb?|[{SEPARATORS}]|[^\\s{SEPARATORS}]+'
)
_MOST_TOKENS: Final = 40


_TIME: Final = re.compile(r"([01]?\d|2[0-3])(?:[:.h]([0-5]\d))?\s?(am|pm|h)?", re.IGNORECASE)


class Token(NamedTuple):
    """A word of the line as typed, where it stands, and its folded words. A quoted one may hold spaces."""

    text: str
    start: int
    end: int
    words: Words
    quoted: bool


def tokens_of(line: str) -> list[Token]:
    """The words before the first separator that is not quoted, as far as a head may reach."""
    tokens = []
    for found in islice(_TOKEN.finditer(line), _MOST_TOKENS):
        typed = found[0]
        if typed in SEPARATORS:
            break
        quoted = typed[0] in _QUOTES
        text = typed[1:].rstrip('"\u201d\u00bb') if quoted else typed
        tokens.append(Token(text, found.start(), found.end(), fold_words(text), quoted))
    return tokens


def time_of(text: str, *, alone: bool) -> time | None:
    """The time of day that a word is: "9:00", "9.15", "16h", "2pm"; a bare number only where "at" stands before it."""
    found = _TIME.fullmatch(text)
    if found is None or (alone and not (found[2] or found[3])):
        return None
    hour, half = int(found[1]), (found[3] or "").lower()
    if half in ("am", "pm"):
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, int(found[2] or 0))
