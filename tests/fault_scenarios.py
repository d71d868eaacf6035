"""What sessions do with a book, one entry for each: played with calls that fail, stop or are cut off from the disk.

To have a new operation proved, add an entry to `SCENARIOS`. A scenario does not look at what comes of it: the checks of
`tests/book_checks.py` do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec
from tinydb import TinyDB

from relationships.changes import Act
from relationships.records import FollowUp, Practitioner, Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.putting_back import restore_over_damaged
from storage.repair import repair
from storage.system_calls import SystemCalls
from tests.book_checks import Told, open_book, visit
from trainer_tui.clock import SystemClock

NAME = "book.json"
BACKUPS = (".backups",)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DUE = date(2026, 11, 20)


def _itself(act: Act) -> Act:
    return act


class CountedCalls(Protocol):
    """Calls that know how many of them were made."""

    @property
    def made(self) -> int:
        """How many."""
        ...


class Scene:
    """A book, the sessions that have it open, and what they were told.

    `calls` are those of the session that everything happens to, `others` those of a session beside it.
    """

    def __init__(self, folder: Path, calls: SystemCalls, made: Callable[[], int], others: SystemCalls) -> None:
        self.path = folder / NAME
        self.told = Told()
        self._stores: list[tuple[BookStore, bool]] = []
        self._calls = calls
        self._others = others
        self._made = made

    def begin(self) -> None:
        """Count what stands there as told, and leave it as it stands."""
        store = BookStore.open(self.path, user="looker", clock=SystemClock(), to_read=True)
        for act in reversed([*store.history()]):
            self.told.ask(lambda: 0, partial(_itself, act), act)
        self.told.created = 0
        store.close(fold=False)

    def open(self) -> BookStore:
        """The session that everything happens to."""
        return self._opened("sam", self._calls, mine=True)

    def other(self) -> BookStore:
        """A session of somebody else."""
        return self._opened("kim", self._others, mine=False)

    def _opened(self, user: str, calls: SystemCalls, *, mine: bool) -> BookStore:
        store = BookStore.open(self.path, user=user, clock=SystemClock(), calls=calls)
        self._stores.append((store, mine))
        return store

    def living(self, *, stopped: bool) -> list[BookStore]:
        """The sessions that have the book open still; `stopped` tells whether that of `calls` is no more."""
        return [store for store, mine in self._stores if not (mine and stopped)]

    def create(self) -> BookStore:
        store = BookStore.create(self.path, user="sam", clock=SystemClock(), calls=self._calls)
        self.told.created = self._made()
        self._stores.append((store, True))
        return store

    def save(self, store: BookStore, act: Act) -> Act | None:
        """Commit an act; none when it was refused or is in doubt."""
        return self.told.ask(self._made, lambda: store.commit(act), act)

    def undo(self, store: BookStore) -> Act | None:
        return self.told.ask(self._made, store.undo)

    def redo(self, store: BookStore) -> Act | None:
        return self.told.ask(self._made, store.redo)

    def take_back(self, store: BookStore, act: Act) -> Act | None:
        self.told.taken_back.add(act.id)
        return self.told.ask(self._made, lambda: store.take_back(act))

    def quietly(self, do: Callable[[], object]) -> None:
        """Something that is no act. It may be refused in words, and in no other way."""
        with suppress(errors.BookError):
            do()

    @property
    def calls(self) -> SystemCalls:
        """Those of the session that everything happens to, for what is done without a store."""
        return self._calls

    def restore(self, store: BookStore, backup: Path) -> Act | None:
        """Turn the book back; none when that was refused, is in doubt, or there was nothing to turn back."""
        return self.told.ask(self._made, lambda: store.restore(backup))

    def close(self, store: BookStore, *, fold: bool = True) -> None:
        self._stores = [(other, mine) for other, mine in self._stores if other is not store]
        self.quietly(lambda: store.close(fold=fold))

    def look(self, store: BookStore) -> None:
        """Refresh, and take in what arrived."""
        self.quietly(store.refresh)
        store.apply_arrived()

    def script(self, phone: str) -> None:
        """Stock TinyDB writes into the book file."""
        self.told.foreign = True
        with TinyDB(self.path) as db:
            db.table("practitioners").update({"phone": phone})

    def replace(self, phone: str) -> None:
        """An editor puts another book of the same length in its place, first line and all."""
        self.told.foreign = True
        old = self.path.read_bytes()
        found = self.path.stat()
        new = self.path.with_name("another")
        new.write_bytes(re.sub(rb'"phone":"\d"', b'"phone":"%s"' % phone.encode(), old))
        new.chmod(found.st_mode & 0o777)
        new.rename(self.path)


def begin_backed_up_book(folder: Path) -> None:
    """A book with a backup, and acts that came after it."""
    begin_book(folder)
    store = open_book(folder / NAME, "sam")
    store.back_up()
    store.commit(edited(store, "4"))
    store.commit(visit(store, "after the backup"))
    store.close(fold=False)


def begin_book(folder: Path) -> None:
    """The book that scenarios start from: people, visits with their next steps, an undo, a fold, and acts after it."""
    store = BookStore.create(folder / NAME, user="sam", clock=SystemClock())
    for name in ("Priya Patel", "Tom Weber"):
        store.commit(store.author.act("add", store.author.add(store.author.new(Practitioner, name=name, phone="0"))))
    store.commit(logged(store, "folded"))
    store.undo()
    store.fold()
    store.commit(logged(store, "in the journal"))
    store.commit(visit(store, "undone"))
    store.undo()
    store.close(fold=False)


def begin_old_book(folder: Path) -> None:
    """The same book as the first version would have left it."""
    begin_book(folder)
    for file in (folder / NAME, folder / f"{NAME}.journal"):
        content = file.read_bytes()
        old = content.replace(b'"schema":2', b'"schema":1').replace(b',"upgrades":{}', b"")
        file.write_bytes(old)


def logged(store: BookStore, note: str) -> Act:
    """A visit, the next step kept by it, and the one that comes next: three records in one act."""
    author = store.author
    store.apply_arrived()
    touch = author.new(Touch, kind=TouchKind.VISIT, note=note)
    steps = [step for step in store.book.follow_ups.values() if step.done_on is None][:1]
    closed = [author.edit(step, msgspec.structs.replace(step, done_on=DUE, done_touch=touch.id)) for step in steps]
    return author.act("log a visit", author.add(touch), *closed, author.add(author.new(FollowUp, due=DUE)))


def person(store: BookStore) -> Practitioner:
    return next(iter(store.book.practitioners.values()))


def edited(store: BookStore, phone: str) -> Act:
    store.apply_arrived()
    before = person(store)
    return store.author.act("edit", store.author.edit(before, msgspec.structs.replace(before, phone=phone)))


def log_a_visit(scene: Scene) -> None:
    store = scene.open()
    scene.save(store, logged(store, "one"))
    scene.save(store, logged(store, "two"))


def add_a_person(scene: Scene) -> None:
    store = scene.open()
    scene.save(store, store.author.act("add", store.author.add(store.author.new(Practitioner, name="Ana Ruiz"))))


def edit_a_person(scene: Scene) -> None:
    store = scene.open()
    scene.save(store, edited(store, "1"))
    scene.save(store, edited(store, "2"))


def trash_a_person(scene: Scene) -> None:
    store = scene.open()
    scene.save(store, store.author.act("trash", store.author.trash(person(store))))


def act_on_many(scene: Scene) -> None:
    store = scene.open()
    author = store.author
    touches = [author.new(Touch, kind=TouchKind.VISIT, note=f"{n} " * 300) for n in range(12)]
    scene.save(store, author.act("import", *map(author.add, touches)))


def write_a_long_note(scene: Scene) -> None:
    """Longer than a sector or two of the disk, the second in room that stands there already."""
    store = scene.open()
    scene.save(store, visit(store, "short"))
    scene.save(store, visit(store, "long and longer " * 130))
    scene.save(store, visit(store, "short again"))


def undo_and_redo(scene: Scene) -> None:
    store = scene.open()
    scene.save(store, edited(store, "1"))
    scene.undo(store)
    scene.redo(store)
    scene.undo(store)


def undo_what_was_folded(scene: Scene) -> None:
    store = scene.open()
    scene.save(store, edited(store, "1"))
    scene.quietly(store.fold)
    scene.undo(store)


def undo_beside_another_user(scene: Scene) -> None:
    store, other = scene.open(), scene.other()
    scene.save(store, visit(store, "mine"))
    scene.save(other, visit(other, "theirs"))
    scene.undo(store)
    scene.redo(store)


def take_an_old_act_back(scene: Scene) -> None:
    store, other = scene.open(), scene.other()
    theirs = scene.save(other, visit(other, "theirs"))
    scene.look(store)
    if theirs is not None:
        scene.take_back(store, theirs)


def fold(scene: Scene) -> None:
    store = scene.open()
    scene.save(store, logged(store, "one"))
    scene.save(store, visit(store, "not taken in"))
    scene.quietly(store.fold)
    scene.save(store, logged(store, "two"))
    scene.quietly(store.fold)


def a_day(scene: Scene) -> None:
    store = scene.open()
    for hour in "123":
        scene.save(store, visit(store, hour))
        store.apply_arrived()
        scene.quietly(store.fold)
    scene.save(store, visit(store, "last"))
    scene.close(store)


def close(scene: Scene) -> None:
    store = scene.open()
    scene.save(store, logged(store, "one"))
    scene.close(store)


def close_without_a_fold(scene: Scene) -> None:
    store = scene.open()
    scene.save(store, logged(store, "one"))
    scene.close(store, fold=False)


def create(scene: Scene) -> None:
    store = scene.create()
    scene.save(store, visit(store, "first"))


def first_acts(scene: Scene) -> None:
    """The first journal, the first fold, the first history."""
    store = scene.create()
    scene.save(store, visit(store, "first"))
    scene.quietly(store.fold)
    scene.save(store, visit(store, "second"))


def save_again_what_was_not_confirmed(scene: Scene) -> None:
    """As the words of the failure say: it is never saved twice."""
    store = scene.open()
    act = visit(store, "once")
    for _ in range(3):
        scene.save(store, act)
    scene.save(store, visit(store, "another"))


def read_the_history(scene: Scene) -> None:
    store = scene.open()
    scene.save(store, visit(store, "one"))
    scene.quietly(lambda: [*store.history()])
    scene.quietly(lambda: [*store.history(person(store).id)])


def another_folds_in_between(scene: Scene) -> None:
    store, other = scene.open(), scene.other()
    scene.save(store, visit(store, "before"))
    scene.save(other, visit(other, "theirs"))
    scene.quietly(other.fold)
    scene.look(store)
    scene.save(store, visit(store, "after"))
    scene.save(other, visit(other, "theirs again"))
    scene.quietly(store.fold)
    scene.save(other, visit(other, "theirs at last"))


def another_folds_twice(scene: Scene) -> None:
    store, other = scene.open(), scene.other()
    for note in "12":
        scene.save(other, visit(other, note))
        scene.quietly(other.fold)
    scene.save(store, visit(store, "after"))
    scene.quietly(store.fold)


def two_edit_one_record(scene: Scene) -> None:
    store, other = scene.open(), scene.other()
    mine = edited(store, "1")
    scene.save(other, edited(other, "2"))
    scene.save(store, mine)
    scene.look(store)
    scene.save(store, edited(store, "3"))


def a_script_writes(scene: Scene) -> None:
    """Another program edits the folded book; the act of another session, folded, comes on top."""
    store, other = scene.open(), scene.other()
    scene.save(other, visit(other, "before"))
    other.fold()
    scene.look(store)
    scene.script("5")
    scene.save(other, visit(other, "after"))
    other.fold()
    scene.look(store)
    scene.save(store, edited(store, "6"))


def scripts_replace_it_twice(scene: Scene) -> None:
    store, other = scene.open(), scene.other()
    scene.save(other, visit(other, "before"))
    other.fold()
    scene.look(store)
    scene.replace("7")
    scene.replace("8")
    scene.look(store)
    scene.save(store, visit(store, "after"))


def back_up(scene: Scene) -> None:
    store = scene.open()
    scene.save(store, visit(store, "one"))
    scene.quietly(store.back_up)
    scene.save(store, visit(store, "two"))


def restore_a_backup(scene: Scene) -> None:
    store = scene.open()
    scene.restore(store, backup_of(scene.path))
    scene.undo(store)


def backup_of(path: Path) -> Path:
    """The backup that stood there first."""
    return min(path.with_name(f"{NAME}.backups").glob("*.json"))


def migrate(scene: Scene) -> None:
    store = scene.open()
    scene.save(store, visit(store, "after"))
    scene.quietly(store.fold)


def cut_off_the_end(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def repair_a_damaged_book(scene: Scene) -> None:
    cut_off_the_end(scene.path)
    scene.quietly(lambda: repair(scene.calls, scene.path, now=NOW))
    if sound(scene.path):
        store = scene.open()
        scene.save(store, visit(store, "after"))


def repair_again(scene: Scene) -> None:
    if not sound(scene.path):
        repair(SystemCalls(), scene.path, now=NOW)


def restore_over_a_damaged_book(scene: Scene) -> None:
    cut_off_the_end(scene.path)
    backup = backup_of(scene.path)
    scene.quietly(lambda: restore_over_damaged(scene.calls, scene.path, backup, NOW, later_acts=True))
    if sound(scene.path):
        store = scene.open()
        scene.save(store, visit(store, "after"))


def restore_again(scene: Scene) -> None:
    if not sound(scene.path):
        restore_over_damaged(SystemCalls(), scene.path, backup_of(scene.path), NOW, later_acts=True)


def sound(path: Path) -> bool:
    """Whether a session can save there."""
    try:
        store = open_book(path)
    except errors.BookError:
        return False
    store.close(fold=False)
    return store.read_only is None


class Scenario(msgspec.Struct, frozen=True):
    """One entry of the table."""

    play: Callable[[Scene], None]
    begin: Callable[[Path], None] | None = begin_book
    """Makes what stands in the folder before; none for an empty one."""
    leaves: tuple[str, ...] = ()
    """What may stand beside the book afterwards, besides the journal and the history: the ends of its names."""
    then: Callable[[Scene], None] | None = None
    """What is done afterwards with sound calls, before anything is asked."""
    foreign: bool = False
    """Its first records came by no act, so that acts alone do not account for them."""
    power: bool = True
    """It is played in the power-loss model too."""

    @property
    def name(self) -> str:
        return self.play.__name__.replace("_", " ")


SCENARIOS = (
    Scenario(log_a_visit),
    Scenario(add_a_person),
    Scenario(edit_a_person),
    Scenario(trash_a_person),
    Scenario(act_on_many),
    Scenario(write_a_long_note),
    Scenario(undo_and_redo),
    Scenario(undo_what_was_folded),
    Scenario(undo_beside_another_user),
    Scenario(take_an_old_act_back),
    Scenario(fold),
    Scenario(a_day),
    Scenario(close),
    Scenario(close_without_a_fold),
    Scenario(create, begin=None),
    Scenario(first_acts, begin=None),
    Scenario(save_again_what_was_not_confirmed),
    Scenario(read_the_history),
    Scenario(another_folds_in_between),
    Scenario(another_folds_twice),
    Scenario(two_edit_one_record),
    Scenario(back_up, leaves=BACKUPS),
    Scenario(restore_a_backup, begin=begin_backed_up_book, leaves=BACKUPS),
    Scenario(migrate, begin=begin_old_book, leaves=BACKUPS, foreign=True),
    Scenario(repair_a_damaged_book, leaves=BACKUPS, then=repair_again, power=False),
    Scenario(restore_over_a_damaged_book, begin=begin_backed_up_book, leaves=BACKUPS, then=restore_again, power=False),
    Scenario(a_script_writes, power=False),
    Scenario(scripts_replace_it_twice, power=False),
)
