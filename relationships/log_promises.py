"""Promises and tags in a quick log line: `owe: our list; they owe: the protocol #lowback`.

A promise reaches from its words to the next ";", or to the next promise. Tags stay in the note, where they were typed.
"""

from __future__ import annotations

import re
from typing import Final

from relationships.parts import Promise
from relationships.vocabulary import PromisedBy

_THEY: Final = frozenset(("they", "she", "he"))
_OWED: Final = re.compile(
    r"(?:^|(?<=[\s,.]))(?:(?P<who>they|she|he|we|i)\s+)?(?:owes?|promised?)(?:\s+(?:them|her|him|me|us|you))?\s*"
    r"[:\uff1a]\s*",
    re.IGNORECASE,
)
_OPENS: Final = re.compile(
    r"\s*(?:(?P<who>they|she|he|we|i)\s+)?owes?(?:\s+(?:them|her|him|me|us|you))?\s+", re.IGNORECASE
)
"""At the start of a segment the colon may be left out."""
_TAG: Final = re.compile(r"(?:^|(?<=\s))#(\w[\w-]*)")


def read_promises(segment: str) -> tuple[str, tuple[Promise, ...]]:
    """What is left of a segment for the note, and the promises in it."""
    marks = [*_OWED.finditer(segment)]
    opening = _OPENS.match(segment)
    if opening is not None and not any(mark.start() < opening.end() for mark in marks):
        marks.insert(0, opening)
    if not marks:
        return segment, ()
    promised = []
    ends = [mark.start() for mark in marks[1:]] + [len(segment)]
    for mark, end in zip(marks, ends, strict=True):
        text = segment[mark.end() : end].strip(" ,.")
        if text:
            by = PromisedBy.THEM if (mark["who"] or "").lower() in _THEY else PromisedBy.US
            promised.append(Promise(by=by, text=text))
    return segment[: marks[0].start()], tuple(promised)


def tags_in(note: str) -> tuple[str, ...]:
    """The words after "#" in a note, each once."""
    return tuple(dict.fromkeys(_TAG.findall(note)))
