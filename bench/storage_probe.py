"""Times commits and refreshes of a book in a process of its own and prints the samples, in milliseconds, as JSON.

`python -m bench.storage_probe commits BOOK N`, `refreshes BOOK N SMALL_BOOK`, `loads BOOK N` or
`pace BOOK SECONDS SEED`; the books are written to, but for `loads`.
"""

from __future__ import annotations

import gc
import json
import os
import random
import secrets
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import msgspec

from relationships.changes import Act
from relationships.records import KIND_OF_TABLE, Touch
from relationships.vocabulary import TouchKind
from storage.book_format import Meta
from storage.book_store import BookStore
from storage.codec import table_type

_NOTE: Final = "She wants range-of-motion figures monthly; showed me the new protocol. Owe her: our equipment list."
_RAW: Final = b"x" * 399 + b"\n"
_WARM_UP: Final = 20
_LOOK: Final = 0.25
"""Seconds between two looks for what others saved, as in the app."""


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """This moment, UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """This local calendar day."""
        return self.now().astimezone().date()


def main() -> None:
    """Measure what the command line asks for."""
    what, book, much, *more = sys.argv[1:]
    path = Path(book)
    probes: dict[str, Callable[[], dict[str, list[float]]]] = {
        "commits": lambda: commits(path, int(much)),
        "refreshes": lambda: refreshes(path, Path(more[0]), int(much)),
        "loads": lambda: loads(path, int(much)),
        "pace": lambda: pace(path, float(much), random.Random(int(more[0]))),
    }
    json.dump(probes[what](), sys.stdout)


def commits(book: Path, count: int) -> dict[str, list[float]]:
    """A commit, a raw append with fdatasync and an SQLite insert of the same record, in turn, on the same disk.

    A commit is `BookStore.commit` until it returns: on disk for good. Whoever goes first changes from turn to turn.
    """
    store = _open(book)
    touches = [*store.book.touches.values()]
    database = _sqlite(book.with_name("yardstick.sqlite"), touches)
    raw = os.open(book.with_name("yardstick.raw"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    sides: tuple[tuple[str, Callable[[Act], object]], ...] = (
        ("commit", store.commit),
        ("raw", lambda act: _append(raw)),
        ("sqlite", lambda act: _insert(database, act)),
    )
    samples: dict[str, list[float]] = {name: [] for name, _ in sides}
    for turn in range(count + _WARM_UP):
        act = _visit(store, touches[turn % len(touches)])
        for place in range(len(sides)):
            name, do = sides[(turn + place) % len(sides)]
            start = time.perf_counter()
            do(act)
            samples[name].append((time.perf_counter() - start) * 1000)
        store.apply_arrived()
    store.close()
    database.close()
    os.close(raw)
    return {name: taken[_WARM_UP:] for name, taken in samples.items()}


def refreshes(book: Path, small: Path, count: int) -> dict[str, list[float]]:
    """What another session committed becomes records of this one, in the book and in a small book in turn."""
    pairs = {"book": (_open(book), _open(book)), "small": (_open(small), _open(small))}
    touches = {name: [*reader.book.touches.values()] for name, (_, reader) in pairs.items()}
    samples: dict[str, list[float]] = {name: [] for name in pairs}
    for turn in range(count + _WARM_UP):
        for name, (writer, reader) in pairs.items():
            writer.commit(_visit(writer, touches[name][turn % len(touches[name])]))
            writer.apply_arrived()
            known = len(reader.book.touches)
            start = time.perf_counter()
            reader.refresh()
            reader.apply_arrived()
            samples[name].append((time.perf_counter() - start) * 1000)
            if len(reader.book.touches) != known + 1:
                raise RuntimeError(f"the act of turn {turn} did not arrive in {name}")
    for stores in pairs.values():
        for store in stores:
            store.close()
    return {name: taken[_WARM_UP:] for name, taken in samples.items()}


def loads(book: Path, count: int) -> dict[str, list[float]]:
    """Opening the book, and msgspec decoding the same bytes to the same records, in turn, the collector off."""
    content = book.read_bytes()
    decoder = msgspec.json.Decoder(dict[str, dict[int, msgspec.Raw]])
    raws = decoder.decode(content)
    shape = msgspec.defstruct(
        "Tables",
        [
            ("meta", dict[int, Meta], msgspec.field(name="_meta")),
            *((name, table_type(KIND_OF_TABLE[name])) for name in raws if name in KIND_OF_TABLE),
        ],
    )
    decode = msgspec.json.Decoder(shape).decode
    del raws
    gc.disable()
    samples: dict[str, list[float]] = {"load": [], "decode": []}
    for turn in range(count + 1):
        start = time.perf_counter()
        store = _open(book)
        middle = time.perf_counter()
        store.close()
        del store
        again = time.perf_counter()
        document = decode(content)
        end = time.perf_counter()
        del document
        if turn:
            samples["load"].append((middle - start) * 1000)
            samples["decode"].append((end - again) * 1000)
    return samples


def pace(book: Path, seconds: float, chance: random.Random) -> dict[str, list[float]]:
    """One of several sessions: it saves every second or so, and in between takes in what the others saved."""
    store = _open(book)
    gc.collect()
    gc.freeze()
    touches = [*store.book.touches.values()]
    taken = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for _ in range(chance.randint(2, 6)):
            time.sleep(_LOOK)
            if store.news():
                store.refresh()
                store.apply_arrived()
        act = _visit(store, chance.choice(touches))
        start = time.perf_counter()
        store.commit(act)
        taken.append((time.perf_counter() - start) * 1000)
        store.apply_arrived()
    store.close(fold=False)
    return {"commit": taken}


def _open(book: Path) -> BookStore:
    return BookStore.open(book, user="bench", clock=SystemClock())


def _visit(store: BookStore, like: Touch) -> Act:
    """The act of logging one more visit to somebody."""
    now = store.author.clock.now()
    touch = Touch(
        id=secrets.token_hex(8),
        created_at=now,
        created_by=store.author.user,
        updated_at=now,
        updated_by=store.author.user,
        practitioners=like.practitioners,
        kind=TouchKind.VISIT,
        done_on=store.author.clock.today(),
        two_way=True,
        note=_NOTE,
    )
    return store.author.act("log a visit", store.author.add(touch))


def _append(raw: int) -> None:
    os.write(raw, _RAW)
    os.fdatasync(raw)


def _sqlite(path: Path, touches: list[Touch]) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE touches (id TEXT PRIMARY KEY, body BLOB)")
    database.execute("BEGIN")
    database.executemany(
        "INSERT INTO touches VALUES (?, ?)", ((touch.id, msgspec.json.encode(touch)) for touch in touches)
    )
    database.execute("COMMIT")
    return database


def _insert(database: sqlite3.Connection, act: Act) -> None:
    record = act.changes[0].record
    database.execute("INSERT INTO touches VALUES (?, ?)", (record.id, msgspec.json.encode(record)))


if __name__ == "__main__":
    main()
