"""Two sessions, a script and the disk against a plain model: whatever they do in turn, everybody sees the same book."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tinydb import TinyDB, where

from relationships.records import Practitioner
from storage import errors
from storage.book_store import BookStore
from trainer_tui.clock import SystemClock

SESSIONS = st.integers(0, 1)
USERS = ("sam", "kim")


class Sessions(RuleBasedStateMachine):
    """The model is the name and phone of each practitioner on the disk, and what each session has taken in."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        self.path = self.folder / "book.json"
        self.ids = map("r{}".format, count())
        self.stores = [BookStore.create(self.path, user="sam", clock=SystemClock(), new_id=self.ids.__next__)]
        self.stores.append(self.open(1))
        self.on_disk: dict[str, str] = {}
        self.acts = 0
        self.folded = True

    def open(self, session: int) -> BookStore:
        return BookStore.open(self.path, user=USERS[session], clock=SystemClock(), new_id=self.ids.__next__)

    def teardown(self) -> None:
        for store in self.stores:
            store.close()
        with TinyDB(self.path) as db:
            assert {found["id"]: found.get("phone", "") for found in db.table("practitioners")} == self.on_disk
        shutil.rmtree(self.folder)

    @rule(session=SESSIONS)
    def add(self, session: int) -> None:
        store = self.stores[session]
        person = store.author.new(Practitioner, name="Patel")
        store.commit(store.author.act("add", store.author.add(person)))
        self.on_disk[person.id] = ""
        self.acts += 1
        self.folded = False

    @precondition(lambda self: self.on_disk)
    @rule(session=SESSIONS, pick=st.integers(0, 9), phone=st.sampled_from("12"))
    def edit(self, session: int, pick: int, phone: str) -> None:
        store = self.stores[session]
        known = [*store.book.practitioners.values()]
        if not known:
            return
        before = known[pick % len(known)]
        act = store.author.act("edit", store.author.edit(before, msgspec.structs.replace(before, phone=phone)))
        try:
            store.commit(act)
        except errors.Conflict as conflict:
            theirs: Any = conflict.clashes[0].theirs
            assert self.on_disk.get(before.id) == (None if theirs is None else theirs.phone)
            assert theirs != before
        else:
            assert self.on_disk[before.id] == before.phone
            self.on_disk[before.id] = phone
            self.acts += 1
            self.folded = False

    @rule(session=SESSIONS)
    def undo(self, session: int) -> None:
        try:
            act = self.stores[session].undo()
        except (errors.NothingToUndo, errors.CannotUndo):
            return
        for change in act.changes:
            after: Any = change.after
            if after is None:
                del self.on_disk[change.id]
            else:
                self.on_disk[change.id] = after.phone
        self.acts += 1
        self.folded = False

    @rule(session=SESSIONS)
    def take_in(self, session: int) -> None:
        store = self.stores[session]
        store.refresh()
        store.apply_arrived()
        assert not store.news()
        assert {person.id: person.phone for person in store.book.practitioners.values()} == self.on_disk
        assert store.book.sequence == self.acts

    @rule(session=SESSIONS)
    def fold(self, session: int) -> None:
        assert self.stores[session].fold() != self.folded
        self.folded = True

    @rule(session=SESSIONS, fold=st.booleans())
    def reopen(self, session: int, fold: bool) -> None:
        self.stores[session].close(fold=fold)
        self.folded = self.folded or fold
        self.stores[session] = self.open(session)
        self.take_in(session)

    @precondition(lambda self: self.folded and self.on_disk)
    @rule(pick=st.integers(0, 9), remove=st.booleans())
    def script(self, pick: int, remove: bool) -> None:
        """Stock TinyDB edits the folded book; all sessions look at their next step only."""
        person = [*self.on_disk][pick % len(self.on_disk)]
        with TinyDB(self.path) as db:
            if remove:
                db.table("practitioners").remove(where("id") == person)
                del self.on_disk[person]
            else:
                db.table("practitioners").update({"phone": "9"}, where("id") == person)
                self.on_disk[person] = "9"

    @invariant()
    def nothing_is_read_only(self) -> None:
        assert [store.read_only for store in self.stores] == [None, None]

    @invariant()
    def nothing_is_left_over(self) -> None:
        assert not [found.name for found in self.folder.iterdir() if found.suffix == ".new"]


TestSessions = Sessions.TestCase
TestSessions.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
