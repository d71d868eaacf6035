"""Finding people and practices by the names that a trainer types: folded, by the beginnings of words, or nearly right.

Folded means without case, diacritics, apostrophes and punctuation, so that "jose oneill" finds José O'Neill. Names in
scripts without case work the same way.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from heapq import nlargest
from operator import is_
from typing import Final, Generic, TypeVar

import msgspec

from relationships.book import Book
from relationships.records import Practice, Practitioner

Words = tuple[str, ...]
"""Folded words."""

N = TypeVar("N", bound=Practitioner | Practice)

TITLES: Final = frozenset("dr doctor mr mrs ms miss mx prof professor".split())
SMALL_WORDS: Final = frozenset(
    (
        "a about after again all also am an and any are as ask asked at back be been both but by came can "
        "could did do for from gave go got had has have he her here hers him his how i if in is it its just "
        "let like may me met more most my near new no not now of off ok on one or our out over re said saw "
        "say see sent she so some still talk than that the their them then there they this to too two up us "
        "very via was we well went were what when where who why will with would yes you"
    ).split()
)
"""Words that open a note far more often than they go on with a name."""

_PLAIN_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h"}
    | dict.fromkeys("'`\u00b4\u2018\u2019\u02b9\u02bb\u02bc\u2032", "")
)
_ASCII_WORD: Final = re.compile("[a-z0-9]+")
_LAST: Final = "\U0010ffff"
_NEAR_ENOUGH: Final = 0.6
_LIKELY: Final = 60
_LONGEST_COMPARED: Final = 60


def fold_words(text: str) -> Words:
    """The folded words of a text; a token without letters or digits stays as it is, so that "Lee [/]" has two."""
    return tuple(word for token in text.split() for word in _token_words(token))


def fold(text: str) -> str:
    """The folded words, joined: the key under which a choice among several people is kept."""
    return " ".join(fold_words(text))


def without_titles(words: Words) -> Words:
    """The words of a name without "Dr" and the like, unless there is nothing else."""
    return tuple(word for word in words if word not in TITLES) or words


def completed(name: str, typed: str) -> str | None:
    """The word of a name that the last typed word will become; None when it begins none, or is a whole one.

    Words of the name that the typed words before it begin are taken already.
    """
    free = name.split()
    beginnings = ["".join(fold_words(word)) for word in typed.split()]
    becomes = None
    for beginning in beginnings:
        becomes = next((word for word in free if beginning and "".join(fold_words(word)).startswith(beginning)), None)
        if becomes is not None:
            free.remove(becomes)
    if becomes is None or "".join(fold_words(becomes)) == beginnings[-1]:
        return None
    return becomes.strip('()[]{},;:"') or None


def _token_words(token: str) -> list[str]:
    if token.isascii():
        plain = token.lower().replace("'", "").replace("`", "")
        return _ASCII_WORD.findall(plain) or ([plain] if plain else [])
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", token).casefold()).translate(_PLAIN_LETTERS)
    kept = [c for c in plain if not unicodedata.combining(c) and unicodedata.category(c) != "Cf"]
    words = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in kept).split()
    if words:
        return words
    symbols = "".join("".join(kept).split())
    return [symbols] if symbols else []


class Named(msgspec.Struct, Generic[N], frozen=True):
    """A record with the folded words of its name (titles aside), and those that may follow it: post-nominals."""

    record: N
    words: Words
    following: Words

    def begins(self, typed: Words) -> bool:
        """Whether each typed word begins a word of the name, no two of them the same word.

        The longest go first: the words which a longer one begins are among those that its own beginning begins.
        """
        free = list(self.words)
        for word in sorted(typed, key=len, reverse=True):
            taken = next((place for place, whole in enumerate(free) if whole.startswith(word)), None)
            if taken is None:
                return False
            del free[taken]
        return True

    def closeness(self, typed: Words) -> int:
        """0: the complete name as it is written; 1: whole words of it; 2: beginnings only."""
        if typed == self.words:
            return 0
        return 1 if all(word in self.words for word in typed) else 2


class Found(msgspec.Struct, Generic[N], frozen=True):
    """The records that the longest run of tokens names, by name; how many tokens; whether all were whole words."""

    records: tuple[N, ...]
    tokens: int
    whole: bool


class NameIndex(Generic[N]):
    """The names of one kind of record, folded once and kept in order."""

    def __init__(self) -> None:
        self._records: tuple[N, ...] = ()
        self._named: list[Named[N]] = []
        self._words: list[str] = []
        self._places: list[int] = []
        self._spellings: dict[bool, dict[str, list[int]]] = {}

    def follow(self, records: Sequence[N]) -> None:
        """Take over these records; at next to no cost when they are the very ones it has."""
        if len(records) == len(self._records) and all(map(is_, records, self._records)):
            return
        known = {id(named.record): named for named in self._named}
        self._named = [known.get(id(record)) or _named(record) for record in records]
        self._records = tuple(records)
        pairs = sorted((word, place) for place, named in enumerate(self._named) for word in named.words)
        self._words = [word for word, _ in pairs]
        self._places = [place for _, place in pairs]
        self._spellings = {}

    def knows(self, word: str) -> bool:
        """Whether the folded word is a whole word of somebody's name."""
        at = bisect_left(self._words, word)
        return at < len(self._words) and self._words[at] == word

    def with_id(self, record_id: str) -> N | None:
        """The live record with this id."""
        return next((record for record in self._records if record.id == record_id), None)

    def run(self, tokens: Sequence[Words], day_at: Callable[[int], bool]) -> Found[N] | None:
        """Whom the longest run of tokens from the front names; None when the first names nobody.

        `tokens` end where the name has to end; `day_at` tells whether a day is written at a place. A small word, or one
        that begins a day, goes on with a name only where it cannot be the note's.
        """
        used = next((at for at, words in enumerate(tokens) if not set(words) <= TITLES), None)
        if used is None:
            return None
        typed = tokens[used]
        found = [named for named in self._beginning_with(typed[0]) if named.begins(typed)]
        if not found:
            return None
        used += 1
        while used < len(tokens):
            further = typed + tokens[used]
            narrowed = [named for named in found if named.begins(further)]
            written = any(named.words == further for named in narrowed)
            if not written and not self._may_go_on(tokens, used, day_at):
                break
            if narrowed:
                found, typed = narrowed, further
            elif titled := [named for named in found if set(tokens[used]) <= set(named.following)]:
                found = titled
            else:
                break
            used += 1
        return self._closest(found, typed, used)

    def _may_go_on(self, tokens: Sequence[Words], at: int, day_at: Callable[[int], bool]) -> bool:
        if day_at(at):
            return False
        return not set(tokens[at]) <= SMALL_WORDS or at + 1 == len(tokens) or day_at(at + 1)

    def _beginning_with(self, word: str) -> Iterator[Named[N]]:
        places = self._places[bisect_left(self._words, word) : bisect_right(self._words, word + _LAST)]
        return (self._named[place] for place in sorted(set(places)))

    def _closest(self, found: list[Named[N]], typed: Words, used: int) -> Found[N]:
        """The best of them: the complete name, then whole words, a last name before others, current before archived."""
        closeness = min(named.closeness(typed) for named in found)
        best = [named for named in found if named.closeness(typed) == closeness]
        best = [named for named in best if named.record.archived_at is None] or best
        by_last_name = [named for named in best if named.words[-1] in typed]
        if closeness == 1 and len(by_last_name) == 1:
            best = by_last_name
        return Found(tuple(named.record for named in best), used, closeness < 2)

    def nearest(self, text: str, most: int = 5) -> tuple[N, ...]:
        """The records whose name is most like a misspelt one, the likeliest first."""
        typed = without_titles(fold_words(text[: 2 * _LONGEST_COMPARED]))
        wanted = " ".join(typed)[:_LONGEST_COMPARED]
        spellings = self._spelt(complete=len(typed) > 1)
        letters = set(wanted)
        likely = nlargest(_LIKELY, spellings, key=lambda s: len(letters.intersection(s)) / (len(letters) + len(s)))
        matcher = SequenceMatcher(b=wanted, autojunk=False)
        near: dict[int, float] = {}
        for spelling in likely:
            matcher.set_seq1(spelling[:_LONGEST_COMPARED])
            if matcher.real_quick_ratio() >= _NEAR_ENOUGH and (ratio := matcher.ratio()) >= _NEAR_ENOUGH:
                near |= {place: max(ratio, near.get(place, 0.0)) for place in spellings[spelling]}
        return tuple(self._named[place].record for place in nlargest(most, near, key=lambda p: (near[p], -p)))

    def _spelt(self, *, complete: bool) -> dict[str, list[int]]:
        """Who has each complete name, or each word of one; put together when it is first asked for."""
        spellings = self._spellings.setdefault(complete, {})
        if not spellings:
            for place, named in enumerate(self._named):
                for spelling in (" ".join(named.words),) if complete else named.words:
                    spellings.setdefault(spelling, []).append(place)
        return spellings


def _named(record: N) -> Named[N]:
    following = fold_words(record.post_nominals) if isinstance(record, Practitioner) else ()
    return Named(record, without_titles(fold_words(record.name)), following)


class Names:
    """The names in a book, to be kept between key presses by whoever reads lines."""

    def __init__(self) -> None:
        self.people: NameIndex[Practitioner] = NameIndex()
        self.practices: NameIndex[Practice] = NameIndex()

    def follow(self, book: Book) -> None:
        """Take over what changed in the book, or another book; next to free when nothing did."""
        self.people.follow(book.all_practitioners())
        self.practices.follow(book.all_practices())
