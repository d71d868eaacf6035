"""What was understood of a quick log line, what is wrong with it, and both in words (SCREENS.md, the log line)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Final

import msgspec

from relationships.date_words import cut, lateness
from relationships.date_words import echo as day_echo
from relationships.parts import Promise
from relationships.records import FollowUp, Practice, Practitioner, Touch
from relationships.touch_kinds import touch_noun, usually_two_way
from relationships.vocabulary import Channel, Direction, PromisedBy, TouchKind

_EXAMPLE: Final = "visit patel yesterday asked about post-rehab; next in 3 weeks"
_NAMED_AT_ONCE: Final = 4
_SENT_TO: Final = frozenset(
    (
        TouchKind.LETTER,
        TouchKind.EMAIL,
        TouchKind.TEXT_MESSAGE,
        TouchKind.CARD_DROP,
        TouchKind.THANK_YOU_NOTE,
        TouchKind.STUDY_SHARED,
        TouchKind.REPORT_SENT,
    )
)
_CHANNEL_WORDS: Final = {
    Channel.IN_PERSON: "in person",
    Channel.VIA_CLIENT: "via a client",
}


class Problem(msgspec.Struct, frozen=True):
    """Why a line cannot be saved as it stands."""

    @property
    def sentence(self) -> str:
        """What is wrong and what to type, for the screen."""
        raise NotImplementedError


class Incomplete(Problem, frozen=True):
    """Nothing, or only a kind and a day, was typed so far."""

    @property
    def sentence(self) -> str:
        """What to type."""
        return f"Who was it? For example: {_EXAMPLE}"


class Unknown(Problem, frozen=True):
    """A name that nobody has, and those with names most like it."""

    name_text: str
    nearest: tuple[Practitioner, ...] = ()

    @property
    def sentence(self) -> str:
        """Who is not here, and who may be meant."""
        near = f" Did you mean {_either(person.name for person in self.nearest)}?" if self.nearest else ""
        return f'Nobody here is called "{cut(self.name_text)}".{near}'


class Ambiguous(Problem, frozen=True):
    """A name that several have: touched last first. `labels` tell them apart, in the same order."""

    name_text: str
    candidates: tuple[Practitioner | Practice, ...]
    labels: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Who may be meant."""
        return f'"{cut(self.name_text)}" is {_either(self.labels)}: which one?'


class BadDay(Problem, frozen=True):
    """Words meant as a day that are none; the sentence is that of `dates.DateProblem`."""

    text: str
    why: str

    @property
    def sentence(self) -> str:
        """What was read and why it is no day."""
        return self.why


class NextWithoutDay(Problem, frozen=True):
    """A next step that does not say when."""

    text: str

    @property
    def sentence(self) -> str:
        """What to type."""
        said = " ".join(cut(self.text).split())
        return f'"{said}" needs a day: next in 3 weeks, next call tue, next visit 14 mar.'


class NextHasPassed(Problem, frozen=True):
    """A next step on a day before today."""

    day: date
    today: date

    @property
    def sentence(self) -> str:
        """Which day was read."""
        return f"{day_echo(self.day, self.today)} has passed: a next step needs a day from today on."


class PlanHasPassed(Problem, frozen=True):
    """A plan for a day before today."""

    day: date
    today: date

    @property
    def sentence(self) -> str:
        """Which day was read."""
        return f"{day_echo(self.day, self.today)} has passed: a plan needs a day from today on."


class NextStepRead(msgspec.Struct, frozen=True):
    """The follow-up that a line asks for."""

    day: date
    kind: TouchKind | None = None
    what: str = ""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was understood of a line. Without a `problem` it can be saved."""

    line: str
    kind: TouchKind
    kind_assumed: bool
    """No kind was typed, so that it counts as a visit."""
    people: tuple[Practitioner, ...] = ()
    practice: Practice | None = None
    """The practice itself when no person was named, else the only one at which the person works."""
    day: date
    planned: bool = False
    """The day is still ahead, or the line says itself that it is a plan."""
    time: time | None = None
    """The time of day that was planned."""
    direction: Direction = Direction.OUT
    channel: Channel
    two_way: bool
    note: str = ""
    promised: tuple[Promise, ...] = ()
    tags: tuple[str, ...] = ()
    next: NextStepRead | None = None
    closes: tuple[FollowUp, ...] = ()
    """The open follow-ups that are kept by this touch."""
    completes: Touch | None = None
    """The planned touch that this one is."""
    problem: Problem | None = None
    completion: str | None = None
    """The word that the one being typed will become: a name, else a kind."""

    @property
    def subject(self) -> str:
        """Whom it is with, by name; empty when that is not known."""
        if self.people:
            return ", ".join(person.name for person in self.people)
        return self.practice.name if self.practice else ""


def echo(reading: Reading, today: date) -> tuple[str, str]:
    """The reading in two lines: who, when and how; then the note and what follows. A problem takes the first line."""
    first = reading.problem.sentence if reading.problem else _touch_line(reading, today)
    return _one_line(first), _one_line(_rest_line(reading, today))


def follow_up_words(kind: TouchKind | None, what: str) -> str:
    """A follow-up in a few words: "call about shoulder", "send the certificate", "touch"."""
    noun = touch_noun(kind)
    said = bool(what) and (kind is None or what.casefold().startswith(noun))
    return what if said else f"{noun} {what}".rstrip()


def _touch_line(reading: Reading, today: date) -> str:
    what = f"{'planned ' if reading.planned else ''}{touch_noun(reading.kind)}"
    if reading.kind_assumed:
        what += " (assumed)"
    place = f" ({reading.practice.name})" if reading.people and reading.practice else ""
    channel = _CHANNEL_WORDS.get(reading.channel, f"by {reading.channel.words}")
    at = f" {reading.time:%H:%M}" if reading.time is not None else ""
    parts = [f"{what} {_towards(reading)} {reading.subject}{place}", f"{day_echo(reading.day, today)}{at}", channel]
    if not reading.planned and reading.direction is Direction.OUT and reading.two_way != usually_two_way(reading.kind):
        parts.append("answered" if reading.two_way else "not answered")
    return " · ".join(parts)


def _towards(reading: Reading) -> str:
    if reading.direction is Direction.IN:
        return "from"
    if reading.kind in _SENT_TO:
        return "to"
    return "with" if reading.people or reading.channel is not Channel.IN_PERSON else "at"


def _rest_line(reading: Reading, today: date) -> str:
    if isinstance(reading.problem, Incomplete):
        return ""
    parts = [f'"{reading.note}"' if reading.note else "no note" if reading.problem is None else ""]
    for promise in reading.promised:
        parts.append(f"{'you owe' if promise.by is PromisedBy.US else 'they owe'}: {promise.text}")
    if reading.tags:
        parts.append(f"tags: {', '.join(reading.tags)}")
    if reading.next:
        step = reading.next
        parts.append(f"next: {follow_up_words(step.kind, step.what)} on {day_echo(step.day, today)}")
    if reading.completes:
        parts.append(f"was planned for {day_echo(reading.completes.day, today)}")
    if reading.closes:
        closed = (f"{follow_up_words(f.kind, f.what)} ({lateness(f.due, today)})" for f in reading.closes)
        parts.append(f"closes: {', '.join(closed)}")
    return " · ".join(part for part in parts if part)


def _one_line(text: str) -> str:
    """Line breaks and tabs would break the two lines; they stay in the record."""
    return text if text.isprintable() else "".join(" " if c.isspace() else c for c in text)


def _either(names: Iterable[str]) -> str:
    """The first few names with "or" before the last, and how many more there are."""
    every = tuple(names)
    shown = [cut(name) for name in every[:_NAMED_AT_ONCE]]
    if more := len(every) - len(shown):
        shown.append(f"{more} more")
    return " or ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)
