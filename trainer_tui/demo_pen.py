"""The pen that writes a made-up book: chance from a seed, stamps, ids and phrases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final, Generic, TypeVar

from relationships.records import Record
from trainer_tui.demo_words import GRAMMAR

R = TypeVar("R", bound=Record)
T = TypeVar("T")

_SYMBOL: Final = re.compile(r"\{(\w+)\}")


class Pen:
    """Writes records as four trainers would have over three years; the same seed writes the same again."""

    def __init__(self, seed: int, today: date, now: datetime) -> None:
        self.today = today
        self._now = now
        self._chance = Random(seed)

    def id(self) -> str:
        """A new record id: 16 hexadecimal characters."""
        return f"{self._chance.getrandbits(64):016x}"

    def share(self) -> float:
        """A number from 0 up to 1."""
        return self._chance.random()

    def odds(self, likely: float) -> bool:
        """Whether something happens that is so likely, from 0 to 1."""
        return self._chance.random() < likely

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._chance.random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(self._chance.random() * len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All items in a new order."""
        return self._chance.sample(items, len(items))

    def ago(self, days: int) -> date:
        """The day so many days before today; after it when negative."""
        return self.today - timedelta(days=days)

    def say(self, symbol: str) -> str:
        """A phrase of the grammar."""
        return self.fill(self.pick(GRAMMAR[symbol]))

    def fill(self, phrase: str) -> str:
        """The phrase with its symbols replaced."""
        while "{" in phrase:
            phrase = _SYMBOL.sub(lambda found: self.pick(GRAMMAR[found[1]]), phrase)
        return phrase

    def moment(self, day: date) -> datetime:
        """A moment in the working hours of a day, UTC, never later than now."""
        minutes = self.between(7 * 60, 18 * 60)
        return min(datetime.combine(day, time(minutes // 60, minutes % 60), UTC), self._now)

    def new(self, kind: type[R], written_on: date, by: str, /, **fields: Any) -> R:
        """A record as one trainer entered it on a day."""
        stamp = self.moment(written_on)
        return kind(id=self.id(), created_at=stamp, created_by=by, updated_at=stamp, updated_by=by, **fields)


class Deck(Generic[T]):
    """Items dealt in a shuffled order, each once before any comes again: rare ones turn up in small books too."""

    def __init__(self, pen: Pen, items: Sequence[T]) -> None:
        self._pen = pen
        self._items = items
        self._left: list[T] = []

    def deal(self) -> T:
        """The next item."""
        if not self._left:
            self._left = self._pen.shuffled(self._items)
        return self._left.pop()


def opened(sentence: str) -> str:
    """The sentence with a capital at its start."""
    return sentence[:1].upper() + sentence[1:]
