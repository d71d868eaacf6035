"""What must hold for a book whatever befell it: every promise kept, nothing half, no gap, and it goes on from there.

The fault table, the power-loss model and the seeded bugs all ask the same questions, here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import msgspec

from relationships.book import records_of
from relationships.changes import Act
from relationships.records import Record, Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.codec import encode_record, settle
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock

BESIDE = ("", ".journal", ".history")
"""What stands in the folder of a book that is at rest: the book's name with these ends."""


class Broken(AssertionError):
    """A promise was not kept."""


def demand(holds: object, says: str) -> None:
    if not holds:
        raise Broken(says)


def _visit(store: BookStore, note: str) -> Act:
    return store.commit(visit(store, note))


class Promise(msgspec.Struct, kw_only=True):
    """What a session was told about one act."""

    begun: int
    """How many system calls had been made when it was asked for."""
    tried: Act | None
    """As it was asked for; none for an undo, which the store makes."""
    ended: int | None = None
    """How many had been made when an answer came; none came from a session that stopped."""
    saved: Act | None = None
    doubtful: bool = False
    """It was told to be written, but not confirmed."""


class Told:
    """All that sessions were told about one book, in the order in which it was told."""

    def __init__(self) -> None:
        self.promises: list[Promise] = []
        self.created: int | None = None
        """How many calls had been made when its creation was acknowledged."""
        self.foreign = False
        """Another program wrote in it: acts alone do not account for its records."""
        self.taken_back: set[str] = set()
        """Acts that were taken back whoever did them."""

    def ask(self, made: Callable[[], int], do: Callable[[], Act | None], tried: Act | None = None) -> Act | None:
        """Do an act and remember the answer. Only a `BookError` is one; anything else is passed on."""
        promise = Promise(begun=made(), tried=tried)
        self.promises.append(promise)
        try:
            promise.saved = do()
        except errors.NotConfirmed:
            promise.doubtful = True
        except errors.BookError as error:
            demand(error.title and error.happened and str(error), f"{type(error)} has no words")
        promise.ended = made()
        return promise.saved

    def until(self, at: int) -> Told:
        """What had been told after so many calls, to be gone on from: what had no answer yet is in doubt."""
        told = Told()
        for promise in self.promises:
            if promise.begun <= at:
                answered = promise.ended is not None and promise.ended <= at
                told.promises.append(promise if answered else Promise(begun=0, tried=promise.tried))
        told.created = self.created if self.created is not None and self.created <= at else None
        told.foreign, told.taken_back = self.foreign, self.taken_back
        return told

    def kept(self, at: int) -> list[Act]:
        """The acts that had been acknowledged after so many calls."""
        return [
            promise.saved
            for promise in self.promises
            if promise.saved is not None and promise.ended is not None and promise.ended <= at
        ]

    def open_at(self, at: int) -> list[Promise]:
        """Those that may be there or not: asked for by then, and neither acknowledged nor refused."""
        return [
            promise
            for promise in self.promises
            if promise.begun <= at and (promise.doubtful or promise.ended is None or promise.ended > at)
        ]


NOW = 1 << 60
"""Later than any call."""


def open_book(path: Path, user: str = "looker", calls: SystemCalls | None = None) -> BookStore:
    return BookStore.open(path, user=user, clock=SystemClock(), calls=calls)


def visit(store: BookStore, note: str) -> Act:
    touch = store.author.new(Touch, kind=TouchKind.VISIT, note=note)
    return store.author.act("log a visit", store.author.add(touch))


def check_book(path: Path, told: Told, at: int = NOW) -> dict[tuple[str, str], Record]:
    """Open the book with real calls, and compare it with what was told; returns its records.

    Raises:
        Broken: something that was promised does not hold.
    """
    try:
        store = open_book(path)
    except errors.BookError as error:
        raise Broken(f"it cannot be opened: {error}") from error
    try:
        demand(store.read_only is None, f"it is read-only: {store.read_only}")
        records = {(record.table, record.id): record for record in records_of(store.book)}
        acts = [*store.history()][::-1]
        demand(len(acts) == store.book.sequence, f"the history tells {len(acts)} of {store.book.sequence} acts")
    except errors.BookError as error:
        raise Broken(f"it cannot be read: {error}") from error
    finally:
        store.close(fold=False)
    check_story(acts, told)
    if not told.foreign:
        demand(replayed(acts) == records, "the records are not what the acts amount to")
    check_promises(acts, told, at)
    return records


def check_story(acts: list[Act], told: Told) -> None:
    """Numbered without a gap, each once, and nobody undid what another user did."""
    demand([act.sequence for act in acts] == [*range(1, len(acts) + 1)], "the acts are not numbered without a gap")
    by_id = {act.id: act for act in acts}
    demand(len(by_id) == len(acts), "an act is there twice")
    for act in acts:
        undone = by_id.get(act.undoes or "")
        if undone is not None and undone.id not in told.taken_back:
            demand(undone.by == act.by, f"{act.by} undid what {undone.by} did")


def replayed(acts: Iterable[Act]) -> dict[tuple[str, str], Record]:
    """The records that the acts amount to; each must begin from what stands there."""
    records: dict[tuple[str, str], Record] = {}
    for act in acts:
        for change in act.changes:
            key = (change.table, change.id)
            demand(records.get(key) == change.before, f"act {act.sequence} overwrote {key} unseen")
            records.pop(key, None)
            if change.after is not None:
                records[key] = change.after
    return records


def check_promises(acts: list[Act], told: Told, at: int) -> None:
    """What was acknowledged is there as it was, what was refused is not, and what is in between is whole or absent."""
    left = {act.id: act for act in acts}
    for act in told.kept(at):
        demand(left.pop(act.id, None) == act, f"act {act.sequence}, {act.words}, was acknowledged and is lost")
    maybe = told.open_at(at)
    last = {promise.tried.id: promise for promise in told.promises if promise.tried is not None}
    for promise in maybe:
        if promise.tried is not None and last[promise.tried.id] not in maybe:
            continue
        found = left.pop(promise.tried.id, None) if promise.tried is not None else None
        if found is not None and promise.tried is not None:
            whole, _ = settle(promise.tried, found.sequence)
            demand(found == whole, f"act {found.sequence}, {found.words}, is there by halves")
    unnamed = sum(promise.tried is None for promise in maybe)
    demand(len(left) <= unnamed, f"there are acts that were refused or never asked for: {[*left.values()]}")


def check_going_on(path: Path, told: Told, stores: Iterable[BookStore] = (), leaves: Iterable[str] = ()) -> None:
    """Everybody who lives on, and a fresh session, saves and folds; all see the same, and nothing is left over.

    Raises:
        Broken: one of them cannot, or they differ.
    """
    fresh = open_book(path, "sam")
    everybody = [*stores, fresh]
    notes = ("next", "x" * (len(told.promises) % 7 * 400))
    for number, store in enumerate(everybody):
        for note in notes:
            _must(partial(told.ask, lambda: 0, partial(_visit, store, note)))
            demand(told.promises[-1].saved is not None, f"session {number} can save nothing any more")
    sights = []
    for store in everybody:
        _must(store.refresh)
        store.apply_arrived()
        sights.append({(record.table, record.id): record for record in records_of(store.book)})
    for store in everybody:
        _must(store.close)
    records = check_book(path, told)
    demand(all(sight == records for sight in sights), "the sessions do not see the same records")
    check_at_rest(path, records, leaves)


def _must(do: Callable[[], object]) -> None:
    try:
        do()
    except errors.BookError as error:
        raise Broken(f"it does not go on: {error}") from error


def check_at_rest(path: Path, records: dict[tuple[str, str], Record], leaves: Iterable[str] = ()) -> None:
    """A folded book: plain TinyDB tables with these records, no act in the history twice, and nothing left over."""
    document = msgspec.json.decode(path.read_bytes())
    document.pop("_meta")
    found = {(table, one["id"]): one for table, documents in document.items() for one in documents.values()}
    demand(found == {key: msgspec.json.decode(encode_record(one)) for key, one in records.items()}, "it is not folded")
    files = sorted(path.with_name(f"{path.name}.history").glob("*.jsonl"))
    told = [line for file in files for line in file.read_bytes().split(b"\n") if line]
    demand(len(told) == len({*told}), "a line is in the history twice")
    allowed = {f"{path.name}{end}" for end in (*BESIDE, *leaves)}
    over = {*os.listdir(path.parent)} - allowed
    demand(not over, f"left over: {sorted(over)}")


def descriptors() -> int:
    """How many this process holds."""
    return len(os.listdir("/proc/self/fd"))
