"""Every failure that the book has words for, met in a real book: its title, its sentence, and no byte altered."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from msgspec.structs import replace

from relationships.changes import Act
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import book_store, errors
from storage.book_store import BookStore
from storage.lock import FolderLock
from storage.putting_back import restore_over_damaged
from storage.system_calls import SystemCalls
from storage.tinydb_view import BookView

if TYPE_CHECKING:
    from tests.studio_book import FixedClock

OLD = Path(__file__).parent / "books" / "schema_1"

TOLD = {errors.BookSalvaged, errors.BookOlder, errors.NotMigrated}
"""The book opens all the same, to be looked at: these are never raised, but stand in `read_only` as the reason."""


class Refusing(SystemCalls):
    """Real calls, but for the one that is named in `refused`: the system answers it with an error."""

    refused = ""
    error = 0

    def __getattribute__(self, name: str) -> Any:
        if name == super().__getattribute__("refused"):
            raise OSError(self.error, os.strerror(self.error))
        return super().__getattribute__(name)


class Scene:
    """A small book with nothing in its journal, and the sessions that a situation opens on it."""

    def __init__(self, path: Path, clock: FixedClock) -> None:
        self.path, self.clock, self.calls = path, clock, Refusing()
        self.stores: list[BookStore] = []

    def open(
        self, path: Path | None = None, *, user: str = "sam", to_read: bool = False, salvage: bool = False
    ) -> BookStore:
        """A session, whose system calls can be refused."""
        path = self.path if path is None else path
        store = BookStore.open(path, user=user, clock=self.clock, calls=self.calls, to_read=to_read, salvage=salvage)
        self.stores.append(store)
        return store

    def create(self, path: Path) -> BookStore:
        """A session on a new book."""
        self.stores.append(BookStore.create(path, user="sam", clock=self.clock, calls=self.calls))
        return self.stores[-1]

    def beside(self, name: str) -> Path:
        """A path in the folder of the book."""
        return self.path.with_name(name)

    def refuse(self, call: str, error: int) -> None:
        """From now on the system says no."""
        self.calls.refused, self.calls.error = call, error


def visit(store: BookStore) -> Act:
    return store.author.act("log a visit", store.author.add(store.author.new(Touch, kind=TouchKind.VISIT)))


def new_phone(store: BookStore, phone: str) -> Act:
    """An edit of the practitioner that every session knows."""
    patel = store.book.practitioners["patel"]
    return store.author.act("edit practitioner", store.author.edit(patel, replace(patel, phone=phone)))


Call = Callable[[], object]
"""What fails in the end. Where the book opens all the same, it returns the reason why it cannot be written."""


def opening(content: bytes) -> Callable[[Scene], Call]:
    """The book file holds this, and is opened."""

    def situation(scene: Scene) -> Call:
        scene.path.write_bytes(content)
        return scene.open

    return situation


def committing(call: str, error: int) -> Callable[[Scene], Call]:
    """The book is open when the system begins to refuse a call; then something is saved."""

    def situation(scene: Scene) -> Call:
        store = scene.open()
        scene.refuse(call, error)
        return lambda: store.commit(visit(store))

    return situation


def erasing(call: str, error: int) -> Callable[[Scene], Call]:
    """There is an act in the journal when the system begins to refuse a call; then somebody is erased."""

    def situation(scene: Scene) -> Call:
        store = scene.open()
        store.commit(visit(store))
        store.apply_arrived()
        scene.refuse(call, error)
        return lambda: store.erase([("practitioners", "patel")], "erase a record for good")

    return situation


def with_journal(journal: str) -> Callable[[Scene], Call]:
    """The journal holds this, and TinyDB reads the book; BOOK stands for the id of the book."""

    def situation(scene: Scene) -> Call:
        content = journal.replace("BOOK", scene.open().book_id)
        scene.beside("book.json.journal").write_text(content)
        return BookView(scene.path).read

    return situation


def a_circle(scene: Scene) -> Call:
    loop = scene.beside("loop.json")
    loop.symlink_to(loop.name)
    return lambda: scene.open(loop)


def a_later_schema(scene: Scene) -> Call:
    document = json.loads(scene.path.read_bytes())
    document["_meta"]["1"]["schema"] = 99
    next(iter(document["touches"].values()))["kind"] = ["visit"]
    scene.path.write_text(json.dumps(document))
    return scene.open


def cut_off(scene: Scene) -> Call:
    os.truncate(scene.path, scene.path.stat().st_size // 2)
    return lambda: scene.open(salvage=True).read_only


def unreadable(scene: Scene) -> Call:
    scene.refuse("open", errno.EACCES)
    return scene.open


def open_to_everybody(scene: Scene) -> Call:
    scene.path.parent.chmod(0o777)
    return lambda: scene.create(scene.beside("second.json"))


def an_older_schema(scene: Scene) -> Call:
    shutil.copytree(OLD, scene.path.parent, dirs_exist_ok=True)
    return lambda: scene.open(to_read=True).read_only


def saving_in_an_older_schema(scene: Scene) -> Call:
    an_older_schema(scene)
    store = scene.open(to_read=True)
    return lambda: store.commit(visit(store))


def no_room_to_migrate(scene: Scene) -> Call:
    an_older_schema(scene)
    scene.refuse("mkdir", errno.ENOSPC)
    return lambda: scene.open().read_only


def moved_away(scene: Scene) -> Call:
    store = scene.open()
    scene.path.rename(scene.beside("elsewhere.json"))
    return lambda: store.commit(visit(store))


def a_long_save(scene: Scene) -> Call:
    store = scene.open()

    def commit() -> None:
        with closing(FolderLock(SystemCalls(), scene.path.parent, 1)) as other, other:
            store.commit(visit(store))

    return commit


def no_room_to_fold(scene: Scene) -> Call:
    store = scene.open()
    store.commit(visit(store))
    scene.refuse("write", errno.ENOSPC)
    return store.fold


def no_room_for_a_backup(scene: Scene) -> Call:
    store = scene.open()
    scene.refuse("mkdir", errno.ENOSPC)
    return store.back_up


def anothers_backup(scene: Scene) -> Call:
    backup = scene.create(scene.path.parent.with_name("other") / "book.json").back_up()
    store = scene.open()
    return lambda: store.restore(backup.path)


def over_a_sound_book(scene: Scene) -> Call:
    backup = scene.open().back_up()
    return lambda: restore_over_damaged(scene.calls, scene.path, backup.path, scene.clock.now())


def changed_by_another(scene: Scene) -> Call:
    store, other = scene.open(), scene.open(user="kim")
    other.commit(new_phone(other, "1"))
    return lambda: store.commit(new_phone(store, "2"))


def moved_on_since(scene: Scene) -> Call:
    store = scene.open()
    store.commit(new_phone(store, "1"))
    other = scene.open(user="kim")
    other.commit(new_phone(other, "2"))
    return store.undo


class Case(NamedTuple):
    """How a failure comes about, and what is said of it."""

    situation: Callable[[Scene], Call]
    title: str
    says: str
    writes: bool = False
    """Some file is not what it was."""


CASES = {
    errors.BookError: Case(a_circle, "The book could not be used", "(Too many levels of symbolic links)"),
    errors.BookMissing: Case(
        lambda scene: lambda: scene.open(scene.beside("lost")), "There is no book there", "no book at "
    ),
    errors.BookExists: Case(
        lambda scene: lambda: scene.create(scene.path), "Something stands there already", "something at "
    ),
    errors.BookIsFolder: Case(
        lambda scene: lambda: scene.open(scene.path.parent), "That is not a file", "/studio is a folder."
    ),
    errors.BookDamaged: Case(opening(b""), "The book is damaged", "An empty file is never taken for a new book."),
    errors.NotABook: Case(opening(b"[1]"), "That is not a trainer-tui book", "holds JSON, but no TinyDB tables."),
    errors.BookSalvaged: Case(cut_off, "The book is damaged", "records in it can be read."),
    errors.JournalDamaged: Case(
        with_journal("Dear diary,\n"), "The journal beside the book is damaged", "book.json.journal cannot be read."
    ),
    errors.JournalNewer: Case(
        with_journal('{"journal":9,"book":"BOOK","from":0}\n'),
        "The journal is newer than this program",
        "book.json.journal was written by a later version of the program.",
    ),
    errors.JournalApart: Case(
        with_journal('{"journal":1,"book":"BOOK","from":7,"schema":2}\n'),
        "Book and journal do not fit together",
        "goes on from act 7, but the book ends with act 0.",
    ),
    errors.BookNewer: Case(a_later_schema, "The book is newer than this program", "has schema 99; this program reads"),
    errors.NoPermission: Case(unreadable, "No permission", "You may not read "),
    errors.UnsafeFolder: Case(
        open_to_everybody, "Everybody on this machine can write in that folder", "so no book is made there."
    ),
    errors.ReadOnlyBook: Case(saving_in_an_older_schema, "Read only", "Nothing can be saved: The book has schema 1"),
    errors.BookOlder: Case(an_older_schema, "The book is older than this program", "The book has schema 1, and this"),
    errors.NotMigrated: Case(
        no_room_to_migrate, "The book was not brought up to date", "no room for a copy of the book"
    ),
    errors.BookVanished: Case(moved_away, "The book is gone", "book.json is not there any more."),
    errors.NotSaved: Case(committing("sync", errno.EIO), "Not saved", "could not be written (Input/output error)."),
    errors.DiskFull: Case(
        committing("write", errno.ENOSPC), "Not saved: the disk is full", "no room left for the book"
    ),
    errors.Busy: Case(a_long_save, "Not saved: another session is saving", "Another session is saving and has not"),
    # The act is in the journal: that it is written, but not sure, is what this failure says.
    errors.NotConfirmed: Case(
        committing("sync_content", errno.EIO), "Saved, but not confirmed", "reported: Input/output error.", writes=True
    ),
    errors.NotFolded: Case(no_room_to_fold, "The book file was not written anew", "no room for a second copy"),
    errors.NotBackedUp: Case(no_room_for_a_backup, "No backup was made", "no room for a copy of the book"),
    errors.NotErased: Case(erasing("write", errno.ENOSPC), "Not erased for good", "no room for a second copy"),
    # The book without the record is in place; the act that says so is what the disk did not confirm.
    errors.HalfErased: Case(
        erasing("sync_content", errno.EIO), "Erased, but not confirmed", "neither confirmed nor in the", writes=True
    ),
    errors.BackupUnusable: Case(
        lambda scene: partial(scene.open().restore, scene.beside("lost")),
        "That backup cannot be used",
        "There is no backup that can be read at ",
    ),
    errors.BackupElsewhere: Case(anothers_backup, "That is a backup of another book", " was made of the book "),
    errors.NotRestored: Case(over_a_sound_book, "Not restored", "book.json is not damaged."),
    errors.Conflict: Case(
        changed_by_another, "Not saved: somebody else changed it meanwhile", "kim changed the practitioner meanwhile."
    ),
    errors.NothingToUndo: Case(lambda scene: scene.open().undo, "Nothing to undo", "You have done nothing"),
    errors.CannotUndo: Case(moved_on_since, "That cannot be undone any more", "cannot be taken back: kim changed it"),
}


def family(kind: type[errors.BookError]) -> set[type[errors.BookError]]:
    """A class and all below it."""
    return {kind}.union(*map(family, kind.__subclasses__()))


def everything(folder: Path) -> dict[Path, bytes | None]:
    """What every file under a folder holds; of folders and links, that they are there."""
    return {each: each.read_bytes() if each.is_file() else None for each in folder.rglob("*")}


@pytest.fixture
def scene(studio_book: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(book_store, "PATIENCE", 0.05)
    scene = Scene(studio_book, clock)
    yield scene
    for store in scene.stores:
        store.close(fold=False)


def test_every_failure_has_a_situation() -> None:
    assert family(errors.BookError) == CASES.keys()


@pytest.mark.parametrize("kind", CASES, ids=lambda kind: kind.__name__)
def test_a_failure_says_what_happened_and_alters_nothing(
    kind: type[errors.BookError], scene: Scene, tmp_path: Path
) -> None:
    case = CASES[kind]
    call = case.situation(scene)
    before = everything(tmp_path)
    found: object = None
    raised = True
    try:
        found, raised = call(), False
    except errors.BookError as error:
        found = error
    assert (everything(tmp_path) != before) is case.writes
    assert isinstance(found, errors.BookError)
    assert (type(found), raised) == (kind, kind not in TOLD)
    assert found.title == case.title
    assert case.says in found.happened
    assert found.kept is not None
    assert found.next_step is not None
    assert str(found) == " ".join(part for part in (found.happened, found.kept, found.next_step) if part)
