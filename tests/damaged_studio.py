"""A book with a backup, and the ways in which it is damaged."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relationships.changes import Act
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.putting_back import PutBack, restore_over_damaged
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from tests.studio_book import FixedClock

CALLS = SystemCalls()
MOMENT = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)


class Studio:
    """A book with a, b in its backup, c folded after it, and d in the journal."""

    def __init__(self, path: Path, clock: FixedClock) -> None:
        self.path = path
        self.clock = clock
        self.journal = path.with_name("book.json.journal")
        store = self.open()
        self.log_to(store, "a")
        store.fold()
        self.log_to(store, "b")
        self.backup = store.back_up().path
        self.log_to(store, "c")
        store.fold()
        self.log_to(store, "d")
        store.close(fold=False)

    def restore(self, calls: SystemCalls = CALLS, *, later_acts: bool = False) -> PutBack:
        """Put its backup in its place."""
        return restore_over_damaged(calls, self.path, self.backup, MOMENT, later_acts=later_acts)

    def open(self) -> BookStore:
        """Open it, as Sam."""
        return BookStore.open(self.path, user="sam", clock=self.clock)

    def log_to(self, store: BookStore, note: str) -> Act:
        """Log a visit in an open book."""
        touch = store.author.new(Touch, kind=TouchKind.VISIT, note=note)
        return store.commit(store.author.act("log", store.author.add(touch), subject=note))

    def log(self, note: str) -> None:
        """Log a visit and leave it in the journal."""
        store = self.open()
        self.log_to(store, note)
        store.close(fold=False)

    def notes(self, path: Path | None = None) -> str:
        """What a fresh session finds, after a look that it may write."""
        store = BookStore.open(path or self.path, user="sam", clock=self.clock)
        found = "".join(sorted(touch.note for touch in store.book.touches.values()))
        assert store.read_only is None
        store.close(fold=False)
        return found

    def story(self) -> str:
        """What its history tells, oldest first."""
        store = self.open()
        found = "".join(act.subject for act in store.history())
        store.close(fold=False)
        return found[::-1]

    @property
    def usable(self) -> bool:
        """Whether it can be opened and saved in."""
        try:
            store = self.open()
        except errors.BookError:
            return False
        store.close(fold=False)
        return store.read_only is None

    def damage(self, how: str) -> None:
        """Damage it in one of the ways below."""
        getattr(self, how)()

    def cut_in_half(self) -> None:
        content = self.path.read_bytes()
        self.path.write_bytes(content[: len(content) // 2])

    def emptied(self) -> None:
        self.path.write_bytes(b"")

    def gone(self) -> None:
        self.path.unlink()

    def no_journal(self) -> None:
        self.cut_in_half()
        self.journal.unlink()

    def journal_without_head(self) -> None:
        self.journal.write_bytes(b"rubbish\n" + self.journal.read_bytes())

    def journal_cut(self) -> None:
        """A whole line that does not fit its checksum comes after d."""
        content = self.journal.read_bytes().rstrip(b" ")
        self.journal.write_bytes(content + content.splitlines()[-1].replace(b'"seq":4', b'"seq":5') + b"\n")


@pytest.fixture
def studio(empty_book: Path, clock: FixedClock) -> Studio:
    return Studio(empty_book, clock)
