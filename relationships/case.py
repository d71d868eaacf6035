"""One practitioner on one day, as the rules look at them, and what a rule has to say (DOMAIN.md section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final, Literal

import msgspec

from relationships.book import Book
from relationships.cadence import Lateness, bought_until, standing
from relationships.dates import short_day
from relationships.records import Practice, Practitioner, Record, Referral, Touch
from relationships.rule_days import RuleSettings
from relationships.stages import activity, counts, in_person
from relationships.vocabulary import Activity, Purpose, ReferralDirection, TouchKind

Action = Literal["log", "follow_up", "next_step", "offer", "referral", "practice", "touch"]
"""What the key of a card does: log a touch, keep a follow-up, set one, move an offer or a referral on, edit a practice,
or edit the touch that holds a promise."""

QUIET_DAYS: Final = 1
"""Nobody is asked for again on the day they were spoken to, nor on the day after."""


class Window(msgspec.Struct, frozen=True):
    """When something is due by a rule, when it is too late, and the days that the rule gives for it."""

    due: date
    limit: date | None
    target: int


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a rule asks for."""

    rule: str
    practitioner: str | None
    practice: str | None = None
    what: str
    """What to do, in words: "thank them for the referral of K-014"."""
    because: Callable[[], str]
    """Says `why`; only what is shown is put in words."""
    window: Window
    fact: Record
    """The record that raised it."""
    does: Action = "log"
    kind: TouchKind | None = None
    """The kind of touch that does it."""
    part: int = 0
    """Which part of the fact, where it has several that ask for the same: the promises of a touch."""

    @property
    def why(self) -> str:
        """The rule and the fact that raised it. Days, kinds and codes only: no health details (behaviour i)."""
        return self.because()

    @property
    def key(self) -> str:
        """The rule and its fact: what a follow-up that puts this off keeps as its `rule`."""
        return f"{self.rule}:{self.fact.id}" + (f":{self.part}" if self.part else "")

    @property
    def id(self) -> str:
        """The same from one day to the next, while the same fact raises it."""
        return f"{self.key}/{self.practitioner or self.practice or ''}"

    def lateness(self, today: date) -> Lateness:
        """Past its target, past its limit, or neither."""
        return standing(self.window.due, self.window.limit, today)

    def weight(self, today: date) -> float:
        """How far past its target, as a share of it: (days since - target) / target (behaviour c)."""
        return (today - self.window.due).days / max(self.window.target, 1)


class Case:
    """One practitioner on one day: the book, the settings, and what nearly every rule asks."""

    __slots__ = (
        "_activity",
        "_came",
        "book",
        "last",
        "last_two_way",
        "person",
        "settings",
        "today",
        "touches",
        "until",
    )

    def __init__(
        self, book: Book, person: Practitioner, today: date, settings: RuleSettings, until: date = date.max
    ) -> None:
        self.book = book
        self.person = person
        self.today = today
        self.settings = settings
        self.until = until
        """What is due after this day is of no interest now."""
        self.touches = book.touches_with(person.id)
        """All touches, newest first, also what is planned."""
        self._activity: Activity | None = None
        self._came: Referral | None = None
        self.last: Touch | None = None
        self.last_two_way: Touch | None = None
        for touch in self.touches:
            if touch.done_on is None or touch.done_on > today:
                continue
            if self.last is None:
                self.last = touch
            if touch.two_way:
                self.last_two_way = touch
                break

    def done(self) -> Iterator[Touch]:
        """What took place up to today, newest first. Most rules need the first few only."""
        for touch in self.touches:
            if touch.done_on is not None and touch.done_on <= self.today:
                yield touch

    def done_since(self, day: date) -> Iterator[Touch]:
        """What took place from a day up to today, newest first."""
        for touch in self.touches:
            if touch.done_on is not None:
                if touch.done_on < day:
                    return
                if touch.done_on <= self.today:
                    yield touch

    def oldest_first(self) -> Iterator[Touch]:
        """What took place up to today, oldest first."""
        for touch in reversed(self.touches):
            if touch.done_on is not None and touch.done_on <= self.today:
                yield touch

    @property
    def spoken_lately(self) -> bool:
        """Today or yesterday."""
        last = self.last_two_way
        return last is not None and (self.today - last.day).days <= QUIET_DAYS

    @property
    def practice(self) -> Practice | None:
        """Where they work; the first of several."""
        return practice_of(self.book, self.person)

    def first_meeting(self) -> Touch | None:
        """The last two-way touch, when it was the first time that both sides were in one place and talked."""
        met = self.last_two_way
        if met is None or not in_person(met):
            return None
        return None if any(in_person(touch) for touch in self.oldest_first() if touch is not met) else met

    @property
    def activity(self) -> Activity:
        """Whether referrals come from them now; looked up once."""
        if self._activity is None:
            self._activity = activity(self.book, self.person.id, self.today)
        return self._activity

    def last_received(self) -> Referral | None:
        """The referral that came from them last; looked up once."""
        if self._came is None:
            self._came = self._last_received()
        return self._came

    def _last_received(self) -> Referral | None:
        for referral in self.book.referrals_with(self.person.id):
            if referral.direction is ReferralDirection.RECEIVED and counts(referral) and referral.day <= self.today:
                return referral
        return None

    def two_way_since(self, day: date) -> date:
        """The day of the last two-way touch when that is later: the clock starts anew from it (behaviour a)."""
        last = self.last_two_way
        return max(day, last.day) if last is not None else day

    def window(self, rule: str, since: date, *, buys: bool = True) -> Window | None:
        """When a rule wants something that counts from a day; None when it is off, or due later than anybody asks.

        With `buys`, an outbound touch that was not answered puts it off to seven days after that touch.
        """
        days = self.settings.days_of(rule, self.person)
        if days is None:
            return None
        due = after(since, days.target)
        limit = after(since, days.limit) if days.limit is not None else None
        if buys and self.last is not None and (bought := bought_until(self.last)) > due:
            due, limit = bought, max(limit, bought) if limit is not None else None
        return Window(due, limit, days.target) if due <= self.until else None

    def raised(
        self,
        rule: str,
        window: Window,
        what: str,
        because: Callable[[], str],
        fact: Record,
        does: Action = "log",
        kind: TouchKind | None = None,
        part: int = 0,
    ) -> Raised:
        """What a rule asks for with this person."""
        practice = self.practice
        return Raised(
            rule=rule,
            practitioner=self.person.id,
            practice=practice.id if practice is not None else None,
            what=what,
            because=because,
            window=window,
            fact=fact,
            does=does,
            kind=kind,
            part=part,
        )

    def on(self, day: date) -> str:
        """A day of the past in words."""
        return short_day(day, self.today)


def practice_of(book: Book, person: Practitioner) -> Practice | None:
    """Where somebody works, the first of several; None without any that is live."""
    for practice_id in person.practices:
        practice = book.practices.get(practice_id)
        if practice is not None and practice.trashed_at is None:
            return practice
    return None


def after(day: date, days: int) -> date:
    """Some days later, or earlier for fewer than none; the end of the calendar when that lies beyond it."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def next_working_day(day: date, days: int) -> date:
    """So many working days later; Saturdays and Sundays are none."""
    for _ in range(days):
        day = after(day, 1)
        while day.weekday() >= 5 and day < date.max:
            day = after(day, 1)
    return day


def thanks(touch: Touch) -> bool:
    """It said thank you."""
    return touch.kind is TouchKind.THANK_YOU_NOTE or Purpose.THANK in touch.purpose
