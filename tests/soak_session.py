"""A session of the soak test, run as a process: `python -m tests.soak_session BOOK USER SEED FOLDS`.

It prints `open`. Told `go N` it does N acts, prints `ack SEQUENCE ID` after each and then `rest CONFLICTS`; told
`agree` it prints `sees SEQUENCE DIGEST`. At the end of its input it closes the book and prints `closed`.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from relationships.book import records_of
from relationships.changes import Act, Change
from relationships.records import FollowUp, Practice, Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from trainer_tui.clock import SystemClock

DUE = date(2026, 11, 20)
RECENT = 60
"""Touches that are trashed are among the last ones, so that sessions meet at the same record."""


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


class Trainer:
    """Logs visits, moves minutes between the places that all share, trashes and undoes, as chance has it.

    Every act changes two records that belong together, so that half an act would show.
    """

    def __init__(self, store: BookStore, chance: random.Random) -> None:
        self._store = store
        self._author = store.author
        self._chance = chance
        self.conflicts = 0

    def act(self) -> Act:
        """One act; after a conflict it is made again from what the others wrote."""
        kinds: tuple[Callable[[], Act], ...] = (self._visit, self._move, self._trash, self._store.undo)
        kind = self._chance.choices(kinds, (5, 3, 1, 1))[0]
        while True:
            try:
                return kind()
            except errors.Conflict:
                self.conflicts += 1
                self.take_in()
            except (errors.NothingToUndo, errors.CannotUndo):
                kind = self._visit

    def take_in(self) -> None:
        self._store.refresh()
        self._store.apply_arrived()

    def _visit(self) -> Act:
        author = self._author
        step = author.new(FollowUp, due=DUE, what="call")
        touch = author.new(Touch, kind=TouchKind.VISIT, note=f"{author.user} is here", tags=(step.id,))
        changes = (author.add(touch), author.add(replace(step, from_touch=touch.id)))
        return self._store.commit(author.act("log a visit", *changes))

    def _move(self) -> Act:
        giver, taker = self._chance.sample([*self._store.book.practices.values()], 2)
        changes = (self._with_minutes(giver, -1), self._with_minutes(taker, 1))
        return self._store.commit(self._author.act("move a minute", *changes))

    def _with_minutes(self, place: Practice, more: int) -> Change:
        return self._author.edit(place, replace(place, distance_min=(place.distance_min or 0) + more))

    def _trash(self) -> Act:
        author, book = self._author, self._store.book
        live = [touch for touch in [*book.touches.values()][-RECENT:] if touch.trashed_at is None]
        if not live:
            return self._visit()
        touch = self._chance.choice(live)
        step = book.follow_ups[touch.tags[0]]
        return self._store.commit(author.act("trash", author.trash(touch), author.trash(step)))


def main(path: Path, user: str, seed: str, folds: float) -> None:
    chance = random.Random(seed)
    store = BookStore.open(path, user=user, clock=SystemClock())
    trainer = Trainer(store, chance)
    say("open")
    for line in sys.stdin:
        if line == "agree\n":
            trainer.take_in()
            records = sorted(records_of(store.book), key=lambda record: record.id)
            say("sees", store.book.sequence, sha256(repr(records).encode()).hexdigest())
            continue
        for _ in range(int(line.split()[1])):
            done = trainer.act()
            say("ack", done.sequence, done.id)
            if chance.random() < 0.5:
                store.apply_arrived()
            if chance.random() < folds:
                store.fold()
        say("rest", trainer.conflicts)
    store.close()
    say("closed")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]))
