"""Three sessions, a script, an editor and a failing disk on one book, and a plain model of what must stand in it.

The model knows two things: every record as the acknowledged acts left it, and, apart from that, for each field the
value that its last acknowledged writer gave it. A session that merges its change with another's writes only its own.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tinydb import TinyDB, where

from relationships.changes import Act, Change, merged
from relationships.records import Practitioner
from storage import errors
from storage.book_store import BookStore
from storage.codec import settle
from tests.fault_calls import Fault, FaultyCalls, How, Stop
from tests.fault_runs import memory
from trainer_tui.clock import SystemClock

USERS = ("sam", "kim", "ruth")
FIELDS = ("phone", "email", "source")
SESSIONS = st.integers(0, len(USERS) - 1)
PICKS, VALUES = st.integers(0, 9), st.sampled_from("123")


class Failing(FaultyCalls):
    """Real calls, of which the next one of some name fails once, or after which the process ends."""

    def __init__(self) -> None:
        super().__init__()
        self.next = ""
        self.ends_after = 0

    def make(self, name: str, call: Any, *arguments: Any) -> Any:
        if name == self.next:
            self.next = ""
            self.fault = Fault(at=self.made + 1, how=How.FAIL, error=errno.EIO)
        if self.ends_after:
            self.ends_after -= 1
            if not self.ends_after:
                self.fault = Fault(at=self.made + 1, how=How.BEFORE)
        return super().make(name, call, *arguments)


class Sessions(RuleBasedStateMachine):
    """The rules are what anybody may do; what they must see is asked in between and at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(dir=memory()))
        self.path = self.folder / "book.json"
        self.ids = map("r{}".format, count())
        self.calls = [Failing() for _ in USERS]
        BookStore.create(self.path, user="sam", clock=SystemClock(), new_id=self.ids.__next__).close()
        self.stores = [self.open(session) for session in range(len(USERS))]
        self.records: dict[str, Practitioner] = {}
        self.fields: dict[str, dict[str, str]] = {}
        self.acts: list[Act] = []
        self.done: dict[str, list[Act]] = {user: [] for user in USERS}
        self.undone: dict[str, list[Act]] = {user: [] for user in USERS}
        self.torn = False
        """Half a line may stand at the end of the journal, and nobody can tell whether it is being written."""
        self.folded: bool | None = True
        """Whether the book file has every act; None where a failure leaves that open."""

    def open(self, session: int) -> BookStore:
        return BookStore.open(
            self.path,
            user=USERS[session],
            clock=SystemClock(),
            new_id=self.ids.__next__,
            calls=self.calls[session],
        )

    def teardown(self) -> None:
        """All come to the same book; an act and its fold clear away what a kill left."""
        self.add(0)
        for session, store in enumerate(self.stores):
            self.take_in(session)
            assert [act.id for act in store.history()] == [act.id for act in self.acts[::-1]]
        for store in self.stores:
            store.close()
        with TinyDB(self.path) as db:
            found = {one["id"]: {field: one.get(field, "") for field in FIELDS} for one in db.table("practitioners")}
        assert found == self.fields
        assert {place.name for place in self.folder.iterdir()} <= {
            "book.json",
            "book.json.journal",
            "book.json.history",
        }
        shutil.rmtree(self.folder)

    # what the model knows

    def took(self, act: Act, written: dict[str, dict[str, str]] | None = None) -> None:
        """An act was acknowledged; `written` is what the user wrote, where the act itself does not say."""
        assert act.sequence == len(self.acts) + 1
        for change in act.changes:
            assert self.records.get(change.id) == change.before, "something was overwritten unseen"
            self.put(change)
        for person, values in (written or {}).items():
            self.fields[person].update(values)
        if written is None:
            self.write_all(act.changes)
        self.acts.append(act)
        self.folded = self.torn = False
        self.remember(act)

    def put(self, change: Change) -> None:
        self.records.pop(change.id, None)
        if change.after is not None:
            assert isinstance(change.after, Practitioner)
            self.records[change.id] = change.after

    def write_all(self, changes: Iterable[Change]) -> None:
        """Each field that an act changed, of its own accord."""
        for change in changes:
            if change.after is None:
                del self.fields[change.id]
                continue
            known = self.fields.setdefault(change.id, dict.fromkeys(FIELDS, ""))
            for field in FIELDS:
                if change.before is None or getattr(change.before, field) != getattr(change.after, field):
                    known[field] = getattr(change.after, field)

    def remember(self, act: Act) -> None:
        """What this user can undo and redo now."""
        done, undone = self.done[act.by], self.undone[act.by]
        if act.undoes is not None:
            done[:] = [one for one in done if one.id != act.undoes]
            undone.append(act)
        elif act.redoes is not None:
            undone[:] = [one for one in undone if one.id != act.redoes]
            done.append(act)
        else:
            done.append(act)
            undone.clear()

    def fits(self, act: Act) -> bool:
        """Whether the records are still as an act left them."""
        return all(self.records.get(change.id) == change.after for change in act.changes)

    def pick(self, store: BookStore, pick: int) -> Practitioner | None:
        """One of those that this session sees."""
        known = [*store.book.practitioners.values()]
        return known[pick % len(known)] if known else None

    # what anybody may do

    @rule(session=SESSIONS)
    def add(self, session: int) -> None:
        store = self.stores[session]
        person = store.author.new(Practitioner, name="Patel", phone="0")
        self.took(store.commit(store.author.act("add", store.author.add(person))))

    @rule(session=SESSIONS, pick=PICKS, field=st.sampled_from(FIELDS), value=VALUES, fresh=st.booleans())
    def edit(self, session: int, pick: int, field: str, value: str, fresh: bool) -> None:
        """Change a field, from a stale view or a fresh one; when somebody else was quicker, merge and save again."""
        if fresh:
            self.take_in(session)
        store = self.stores[session]
        before = self.pick(store, pick)
        if before is None or getattr(before, field) == value:
            return
        mine = msgspec.structs.replace(before, **{field: value})
        try:
            saved = store.commit(store.author.act("edit", store.author.edit(before, mine)))
        except errors.Conflict as conflict:
            theirs = self.clash(conflict, before)
            if theirs is None:
                return
            settled = merged(before, mine, theirs).record
            saved = store.commit(store.author.act("edit", store.author.edit(theirs, settled)))
        self.took(saved, {before.id: {field: value}})

    def clash(self, conflict: errors.Conflict, before: Practitioner) -> Practitioner | None:
        """What the conflict says that stands there."""
        (clash,) = conflict.clashes
        assert clash.before == before
        assert clash.theirs != before
        assert clash.theirs == self.records.get(before.id)
        assert clash.theirs is None or isinstance(clash.theirs, Practitioner)
        return clash.theirs

    @rule(session=SESSIONS, first=PICKS, second=PICKS, value=VALUES)
    def edit_two(self, session: int, first: int, second: int, value: str) -> None:
        """Two records in one act: both or none."""
        store = self.stores[session]
        both = {one.id: one for pick in (first, second) if (one := self.pick(store, pick)) is not None}
        changes = [store.author.edit(one, msgspec.structs.replace(one, phone=value)) for one in both.values()]
        try:
            saved = store.commit(store.author.act("edit two", *changes))
        except errors.Conflict:
            assert any(self.records.get(person) != one for person, one in both.items())
        else:
            self.took(saved, {person: {"phone": value} for person in both})

    @rule(session=SESSIONS, pick=PICKS)
    def trash_or_restore(self, session: int, pick: int) -> None:
        """A conflict, when somebody edited it meanwhile."""
        store = self.stores[session]
        before = self.pick(store, pick)
        if before is None:
            return
        move = store.author.trash if before.trashed_at is None else store.author.restore
        try:
            saved = store.commit(store.author.act("trash", move(before)))
        except errors.Conflict as conflict:
            self.clash(conflict, before)
        else:
            self.took(saved)

    @rule(session=SESSIONS)
    def undo(self, session: int) -> None:
        store, done = self.stores[session], self.done[USERS[session]]
        try:
            act = store.undo()
        except errors.NothingToUndo:
            assert not done
        except errors.CannotUndo:
            assert not self.fits(done[-1])
        else:
            assert act.undoes == done[-1].id
            self.took(act)

    @rule(session=SESSIONS)
    def redo(self, session: int) -> None:
        store, undone = self.stores[session], self.undone[USERS[session]]
        try:
            act = store.redo()
        except errors.NothingToUndo:
            assert not undone
        except errors.CannotUndo:
            assert not self.fits(undone[-1])
        else:
            assert act.redoes == undone[-1].id
            self.took(act)

    @precondition(lambda self: self.acts)
    @rule(session=SESSIONS, back=PICKS)
    def take_back(self, session: int, back: int) -> None:
        """An act of the history, whoever did it."""
        act = self.acts[-1 - back % len(self.acts)]
        try:
            inverse = self.stores[session].take_back(act)
        except errors.CannotUndo:
            assert not self.fits(act)
        else:
            assert act.id in (inverse.undoes, inverse.redoes)
            self.took(inverse)

    @rule(session=SESSIONS)
    def take_in(self, session: int) -> None:
        store = self.stores[session]
        store.refresh()
        store.apply_arrived()
        assert self.torn or not store.news()
        assert store.book.practitioners == self.records
        assert store.book.sequence == len(self.acts)

    @rule(session=SESSIONS)
    def fold(self, session: int) -> None:
        assert self.stores[session].fold() != self.folded or self.folded is None
        self.folded = True

    @rule(session=SESSIONS, fold=st.booleans())
    def reopen(self, session: int, fold: bool) -> None:
        self.stores[session].close(fold=fold)
        self.folded = True if fold else self.folded
        self.stores[session] = self.open(session)
        self.take_in(session)

    # what may go wrong

    @rule(session=SESSIONS, call=st.sampled_from("open write sync_content sync rename read stat flock".split()))
    def fail_to_add(self, session: int, call: str) -> None:
        """The call fails, if it is made; the act is saved again, as the words say."""
        store = self.stores[session]
        act = store.author.act("add", store.author.add(store.author.new(Practitioner, name="Weber")))
        self.calls[session].next = call
        try:
            saved = store.commit(act)
        except errors.BookError:
            saved = store.commit(act)
        self.calls[session].next = ""
        self.took(saved)

    @rule(session=SESSIONS, call=st.sampled_from("open write sync rename unlink chmod fstat".split()))
    def fail_to_fold(self, session: int, call: str) -> None:
        self.calls[session].next = call
        try:
            self.stores[session].fold()
        except errors.BookError:
            self.folded = None
        else:
            self.folded = True
        self.calls[session].next = ""

    @rule(session=SESSIONS, calls=st.integers(1, 25), fold=st.booleans())
    def kill(self, session: int, calls: int, fold: bool) -> None:
        """It ends at some call of an act or a fold; the act is whole or absent."""
        store = self.stores[session]
        act = store.author.act("add", store.author.add(store.author.new(Practitioner, name="Ruiz")))
        self.calls[session].ends_after = calls
        try:
            if fold:
                store.fold()
            else:
                store.commit(act)
        except Stop:
            pass
        self.calls[session].stopped = True
        self.calls[session].bury()
        self.calls[session] = Failing()
        self.stores[session] = store = self.open(session)
        self.torn = True
        if fold:
            self.folded = None
        last = next(store.history(), None)
        if last is not None and last.id == act.id:
            assert last == settle(act, last.sequence)[0]
            self.took(last)
        self.take_in(session)

    @precondition(lambda self: self.folded and self.records)
    @rule(pick=PICKS, remove=st.booleans())
    def script(self, pick: int, remove: bool) -> None:
        """Stock TinyDB edits the folded book; all sessions look at their next step only."""
        person = [*self.records][pick % len(self.records)]
        with TinyDB(self.path) as db:
            if remove:
                db.table("practitioners").remove(where("id") == person)
                del self.records[person], self.fields[person]
            else:
                db.table("practitioners").update({"phone": "9"}, where("id") == person)
                self.phone_is(person, "9")

    @precondition(lambda self: self.folded and self.records)
    @rule(phone=st.sampled_from("78"))
    def editor(self, phone: str) -> None:
        """An editor puts another file in the place of the folded book: first line and length as they were."""
        new = self.folder / "another"
        found = re.sub(rb'"phone": ?"\d"', b'"phone":"%s"' % phone.encode(), self.path.read_bytes())
        new.write_bytes(found)
        new.chmod(self.path.stat().st_mode & 0o777)
        os.replace(new, self.path)
        for person, record in [*self.records.items()]:
            if record.phone:
                self.phone_is(person, phone)

    def phone_is(self, person: str, phone: str) -> None:
        self.records[person] = msgspec.structs.replace(self.records[person], phone=phone)
        self.fields[person]["phone"] = phone

    # what must hold all the time

    @invariant()
    def the_fields_are_what_their_last_writers_gave(self) -> None:
        assert {
            person: {field: getattr(record, field) for field in FIELDS} for person, record in self.records.items()
        } == self.fields

    @invariant()
    def nothing_is_read_only(self) -> None:
        assert [store.read_only for store in self.stores] == [None] * len(USERS)
