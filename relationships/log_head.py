"""The head of a quick log line, `[plan] [KIND] NAME [, NAME] [DAY] [TIME]`: what it says, and where the note begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Final, NamedTuple

import msgspec

from relationships.dates import DateProblem, DateStyle, read_day
from relationships.log_reading import BadDay
from relationships.log_tokens import time_of, tokens_of
from relationships.names import SMALL_WORDS, TITLES, Found, Names, Words, fold, fold_words
from relationships.records import Practice, Practitioner
from relationships.touch_kinds import read_kind
from relationships.vocabulary import TouchKind

_ENDS: Final = ":,\uff1a\uff0c\u3001\u060c"
_MOST_UNKNOWN: Final = 3
_ARROWS: Final = "<\u2190"
_LISTING: Final = ",\uff0c\u3001\u060c"
"""What goes on with one more name."""
_AND: Final = frozenset((("and",), ("&",), ("+",), (",",)))
_PLANS: Final = frozenset((("plan",), ("planned",), ("planning",)))
_INCOMING: Final = frozenset((("in",), ("from",)))
_LINKS: Final = frozenset((("with",), ("to",), ("at",), *_INCOMING))


class Who(NamedTuple):
    """The tokens that name somebody, and whom they may name: nobody when the name is unknown."""

    text: str
    until: int
    people: tuple[Practitioner, ...] = ()
    practices: tuple[Practice, ...] = ()
    whole: bool = False

    @property
    def known(self) -> bool:
        """Whether anybody has this name."""
        return bool(self.people or self.practices)


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What the head of a line says."""

    kind: TouchKind | None
    came_in: bool
    who: Who | None
    others: tuple[Who, ...] = ()
    """Who else was there."""
    day: date | BadDay | None
    time: time | None = None
    plan: bool = False
    """It says itself that it is ahead."""
    rest: int
    """Where the note begins in the line."""
    typing: Who | None
    """The name being typed, when the line ends with it."""
    lone: bool
    """There is one word only."""


class _Day(NamedTuple):
    read: date | BadDay
    until: int


class _Named(NamedTuple):
    who: Who | None
    day: date | BadDay | None
    until: int


class HeadReader:
    """Reads the head of one line against the names in a book."""

    def __init__(self, line: str, names: Names, today: date, style: DateStyle, chosen: Mapping[str, str]) -> None:
        self._line = line
        self._names = names
        self._today = today
        self._style = style
        self._chosen = chosen
        self._tokens = tokens_of(line)
        self._plan = self._take_plan()

    def read(self) -> Head:
        """What the head says."""
        came_in = self._take_arrow()
        kind, at = read_kind([token.words for token in self._tokens]) or (None, 0)
        linked = self._past_links(at) if kind else at
        named = self._name_and_day(linked)
        if kind and not (named.who and named.who.known):
            # Somebody may be called Case, To or In: a whole name counts where other words were read.
            for other, start in ((kind, at), (None, 0)):
                if (who := self._find(start)) and who.whole:
                    kind, linked, named = other, start, self._with_day(who)
                    break
        came_in = came_in or any(token.words in _INCOMING for token in self._tokens[at:linked])
        return self._head(kind, came_in, named)

    def _head(self, kind: TouchKind | None, came_in: bool, named: _Named) -> Head:
        others, named, typing = self._company(named)
        at, named = self._time(named)
        tokens, who, until = self._tokens, named.who, named.until
        rest = tokens[until - 1].end if until else 0
        if who and until < len(tokens) and not tokens[until].text.strip(_ENDS):
            rest = tokens[until].end
        at_end = who is not None and who.until == len(tokens) and self._line.endswith(who.text)
        return Head(
            kind=kind,
            came_in=came_in,
            who=who,
            others=others,
            day=named.day,
            time=at,
            plan=self._plan,
            rest=rest,
            typing=typing or (who if at_end else None),
            lone=len(tokens) == 1,
        )

    def _take_arrow(self) -> bool:
        """Whether the line begins with an arrow that points at us; one that stands alone is no word."""
        if not self._tokens or self._tokens[0].quoted or self._tokens[0].text[0] not in _ARROWS:
            return False
        if not self._tokens[0].text.strip(_ARROWS):
            del self._tokens[0]
        return True

    def _take_plan(self) -> bool:
        """Whether the line begins with "plan", and goes on: then its day is one ahead."""
        if len(self._tokens) < 2 or self._tokens[0].quoted or self._tokens[0].words not in _PLANS:
            return False
        del self._tokens[0]
        return True

    def _company(self, named: _Named) -> tuple[tuple[Who, ...], _Named, Who | None]:
        """Who else is named after the first, with the day after them; and the name of whom the line ends with."""
        who = named.who
        if who is None or not who.people or named.until != who.until:
            return (), named, None
        others: list[Who] = []
        typing: Who | None = None
        until = who.until
        while (start := self._listed(until)) is not None:
            other = self._find(start)
            if other is None or not other.people:
                break
            if other.until == len(self._tokens) and self._line.endswith(other.text):
                typing = other
            if not other.whole or not self._is_company(other):
                break
            others.append(other)
            until = other.until
        if not others:
            return (), named, typing
        closed = self._tokens[until - 1].text[-1:] in _ENDS
        day = None if closed or named.day is not None else self._day(until)
        if day is not None:
            return tuple(others), named._replace(day=day.read, until=day.until), typing
        return tuple(others), named._replace(until=until), typing

    def _listed(self, until: int) -> int | None:
        """Where one more name would begin: after a comma, "and", "&" or "+"; None without any of them."""
        at = until
        while at < len(self._tokens) and self._tokens[at].words in _AND:
            at += 1
        if at >= len(self._tokens):
            return None
        return at if at > until or self._tokens[until - 1].text[-1:] in _LISTING else None

    def _is_company(self, who: Who) -> bool:
        """A name is one of the list, not of the note, when it is a last name, or when list or head end there."""
        if all(fold_words(person.name)[-1:] == fold_words(who.text)[-1:] for person in who.people):
            return True
        ends = who.until == len(self._tokens) or self._tokens[who.until - 1].text[-1:] in _ENDS
        return ends or self._listed(who.until) is not None or self._day(who.until) is not None

    def _time(self, named: _Named) -> tuple[time | None, _Named]:
        """The time of day of what is ahead: "9:00", "at 9", "2pm"."""
        ahead = self._plan or (isinstance(named.day, date) and named.day > self._today)
        at = named.until
        if not ahead or named.who is None or at >= len(self._tokens):
            return None, named
        after_at = at + 1 if self._tokens[at].words == ("at",) else at
        if after_at >= len(self._tokens):
            return None, named
        found = time_of(self._tokens[after_at].text.rstrip(_ENDS + "."), alone=after_at == at)
        return (None, named) if found is None else (found, named._replace(until=after_at + 1))

    def _past_links(self, at: int) -> int:
        while at < len(self._tokens) and self._tokens[at].words in _LINKS:
            at += 1
        return at

    def _name_and_day(self, at: int) -> _Named:
        """A whole name comes first, then a day before the name, then the beginning of a name."""
        who = self._find(at)
        if who and who.whole:
            return self._with_day(who)
        if day := self._day(at):
            after = self._past_links(day.until)
            who = self._find(after) or self._unknown(after)
            return _Named(who, day.read, who.until if who else day.until)
        if who or (who := self._unknown(at)):
            return self._with_day(who)
        return _Named(None, None, at)

    def _with_day(self, who: Who) -> _Named:
        closed = self._tokens[who.until - 1].text[-1:] in _ENDS
        day = None if closed else self._day(who.until)
        return _Named(who, day.read, day.until) if day else _Named(who, None, who.until)

    def _day(self, at: int) -> _Day | None:
        words = [token.text for token in self._tokens[at:]]
        try:
            read = (
                read_day(words, self._today, style=self._style, prefer="future" if self._plan else "past")
                if words
                else None
            )
        except DateProblem as problem:
            return _Day(BadDay(problem.text, str(problem)), min(at + len(problem.text.split()), len(self._tokens)))
        return _Day(read.day, at + read.words) if read else None

    def _find(self, at: int) -> Who | None:
        """Whoever the longest run of words from here names; a practice where no person does, or where it says more."""
        words = self._name_tokens(at)
        people = self._names.people.run(words, lambda place: self._day(at + place) is not None)
        practices: Found[Practice] | None = None
        if people is None or (not people.whole and people.tokens < len(words)):
            practices = self._names.practices.run(words, lambda place: self._day(at + place) is not None)
        if people and practices and practices.whole and practices.tokens > people.tokens:
            people = None
        found = people or practices
        if found is None:
            return None
        who = Who(self._text(at, found.tokens), at + found.tokens, whole=found.whole)
        if people:
            return self._chosen_of(who._replace(people=people.records))
        return self._chosen_of(who._replace(practices=practices.records if practices else ()))

    def _name_tokens(self, at: int) -> list[Words]:
        """The words that a name may reach over: a quoted name is all of it, ":" and "," end it."""
        found: list[Words] = []
        for token in self._tokens[at:]:
            if (token.quoted and found) or not token.text.strip(_ENDS):
                break
            found.append(token.words)
            if token.quoted or token.text[-1] in _ENDS:
                break
        return found

    def _text(self, at: int, tokens: int) -> str:
        first, last = self._tokens[at], self._tokens[at + tokens - 1]
        return first.text if first.quoted else self._line[first.start : last.end].rstrip(_ENDS)

    def _chosen_of(self, who: Who) -> Who:
        picked = self._chosen.get(fold(who.text))
        if picked is None:
            return who
        if person := self._names.people.with_id(picked):
            return who._replace(people=(person,), practices=(), whole=True)
        if practice := self._names.practices.with_id(picked):
            return who._replace(people=(), practices=(practice,), whole=True)
        return who

    def _unknown(self, at: int) -> Who | None:
        """The words that look like a name which nobody has; None when only a title or nothing stands there."""
        words = self._name_tokens(at)
        first = next((place for place, word in enumerate(words) if not set(word) <= TITLES), None)
        if first is None:
            return None
        longest = self._unknown_until(at, words, first)
        for tokens in range(longest, first, -1):
            who = self._chosen_of(Who(self._text(at, tokens), at + tokens))
            if who.known:
                return who
        return Who(self._text(at, longest), at + longest)

    def _unknown_until(self, at: int, words: list[Words], first: int) -> int:
        """Up to a day or the end of the head when that is near, else over capitals and words that are names."""
        until = first + 1
        while until < min(len(words), first + _MOST_UNKNOWN) and not set(words[until]) <= SMALL_WORDS:
            if self._day(at + until):
                return until
            until += 1
        if until == len(words) or self._day(at + until):
            return until
        until = first + 1
        while until < len(words) and self._looks_like_a_name(at + until, capital=self._capital(at + first)):
            until += 1
        return until

    def _looks_like_a_name(self, at: int, *, capital: bool) -> bool:
        if capital and self._capital(at):
            return True
        words = self._tokens[at].words
        return not set(words) <= SMALL_WORDS and all(map(self._names.people.knows, words))

    def _capital(self, at: int) -> bool:
        return self._tokens[at].text[0].isupper()
