"""Records erased for good: no byte of them is left, everybody's sessions forget them, and nothing brings them back."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
import pytest
from tinydb import TinyDB

from relationships.changes import Act
from relationships.records import FollowUp, Practitioner, Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.backups import Backups
from storage.book_store import BookStore
from storage.erasing import WORDS
from storage.modes import modes_of
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock

NAME, NOTE, PHONE = "Ottilie Zwiebelfisch", "a slipped disc in spring", "0555 987 654"
SECRETS = (NAME, "Ottilie", "Zwiebelfisch", NOTE, "slipped", PHONE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio" / "book.json"


def open_book(path: Path, user: str = "sam", calls: SystemCalls | None = None) -> BookStore:
    return BookStore.open(path, user=user, clock=SystemClock(), calls=calls)


def save(store: BookStore, act: Act) -> Act:
    saved = store.commit(act)
    store.apply_arrived()
    return saved


class Studio:
    """A book with somebody who is to be erased, all over the place, and others who stay."""

    def __init__(self, path: Path) -> None:
        self.store = store = BookStore.create(path, user="sam", clock=SystemClock())
        new, add, act = store.author.new, store.author.add, store.author.act
        self.gone = new(Practitioner, name=NAME, notes=NOTE)
        self.stays = new(Practitioner, name="Ruth Cohen")
        self.visit = new(Touch, kind=TouchKind.VISIT, practitioners=(self.gone.id, self.stays.id), note="both came")
        save(store, act("begin", add(self.gone), add(self.stays), add(self.visit), subject=NAME))
        store.fold()
        store.back_up()
        edited = msgspec.structs.replace(self.gone, phone=PHONE)
        self.edit = save(store, act("edit practitioner", store.author.edit(self.gone, edited), subject=NAME))
        self.undone = store.undo()
        store.apply_arrived()
        store.redo()
        store.apply_arrived()
        store.back_up()
        self.last = save(store, act("log", add(new(FollowUp, due=SystemClock().today(), what="call Ruth"))))

    @property
    def key(self) -> tuple[str, str]:
        return ("practitioners", self.gone.id)


@pytest.fixture
def studio(path: Path) -> Studio:
    return Studio(path)


def mentions(folder: Path) -> list[str]:
    """The files, and how they are named, in which a byte tells of her."""
    found = []
    for file in folder.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        found += [f"{file.name}: {text}" for text in SECRETS if text.encode() in content or text in file.name]
    return found


def test_nothing_of_the_record_is_left_and_everything_else_is(path: Path, studio: Studio) -> None:
    assert len({line.split(":")[0] for line in mentions(path.parent)}) >= 4
    store = studio.store
    act = store.erase([studio.key], WORDS)
    store.apply_arrived()
    assert mentions(path.parent) == []
    assert (act.name, act.subject, act.by, act.changes, act.erased) == (WORDS, "", "sam", (), True)
    assert store.book.practitioners == {studio.stays.id: studio.stays}
    assert store.book.touches[studio.visit.id] == studio.visit
    assert len(store.book.follow_ups) == 1
    store.close()
    assert mentions(path.parent) == []
    with TinyDB(path) as db:
        assert [each["name"] for each in db.table("practitioners")] == ["Ruth Cohen"]
    for backup in open_book(path).backups():
        copy = open_book(backup.path)
        assert [each.name for each in copy.book.practitioners.values()] == ["Ruth Cohen"]
        assert stat.S_IMODE(os.stat(backup.path).st_mode) == 0o600


def test_the_history_keeps_who_did_what_and_when(path: Path, studio: Studio) -> None:
    before = {act.sequence: act for act in studio.store.history()}
    studio.store.erase([studio.key], WORDS)
    after = [*studio.store.history()]
    assert [act.sequence for act in after] == [6, 5, 4, 3, 2, 1]
    assert [act.erased for act in after] == [True, False, True, True, True, True]
    for act in after[1:]:
        known = before[act.sequence]
        assert (act.id, act.name, act.at, act.by) == (known.id, known.name, known.at, known.by)
        assert (act.undoes, act.redoes) == (known.undoes, known.redoes)
        assert act.erased or act == known
    assert [change.id for change in after[-1].changes] == [studio.stays.id, studio.visit.id]
    assert {act.subject for act in after} == {""}
    studio.store.close()
    assert [*open_book(path).history()] == after


def test_what_was_erased_is_not_undone(path: Path, studio: Studio) -> None:
    store = studio.store
    first = [*store.history()][-1]
    store.erase([studio.key], WORDS)
    sentence = f"“{WORDS}” cannot be taken back: what it was about was erased for good."
    with pytest.raises(errors.CannotUndo) as caught:
        store.undo()
    assert caught.value.happened == sentence
    for act in (first, studio.edit, studio.undone, *store.history()):
        if act.id != studio.last.id:
            with pytest.raises(errors.CannotUndo, match="erased for good"):
                store.take_back(act)
    with pytest.raises(errors.NothingToUndo):
        store.redo()
    other = open_book(path, "kim")
    assert other.take_back(studio.last).undoes == studio.last.id
    assert mentions(path.parent) == []


def test_other_sessions_forget_it_and_cannot_bring_it_back(path: Path, studio: Studio) -> None:
    other = open_book(path, "kim")
    behind = open_book(path, "lee")
    studio.store.erase([studio.key], WORDS)
    assert other.news()
    other.refresh()
    other.apply_arrived()
    assert [each.name for each in other.book.practitioners.values()] == ["Ruth Cohen"]
    known = behind.book.practitioners[studio.gone.id]
    edited = msgspec.structs.replace(known, phone="1")
    with pytest.raises(errors.Conflict):
        behind.commit(behind.author.act("edit", behind.author.edit(known, edited), subject=NAME))
    behind.apply_arrived()
    save(behind, behind.author.act("log", behind.author.add(behind.author.new(Touch, kind=TouchKind.PHONE_CALL))))
    behind.close()
    other.close()
    assert mentions(path.parent) == []


def test_several_at_once_and_a_second_time(path: Path, studio: Studio) -> None:
    studio.store.erase([studio.key, ("touches", studio.visit.id)], "erase a client for good")
    studio.store.apply_arrived()
    assert studio.store.book.touches == {}
    assert b"both came" not in b"".join(file.read_bytes() for file in path.parent.rglob("*") if file.is_file())
    again = studio.store.erase([studio.key], WORDS)
    assert again.sequence == 7
    assert [act.name for act in studio.store.history()][:2] == [WORDS, "erase a client for good"]


def test_what_was_kept_as_it_was_or_left_beside_the_book_goes_as_a_whole(path: Path, studio: Studio) -> None:
    backups = Backups(SystemCalls(), path, modes_of(path.stat()))
    journal = path.with_name("book.json.journal")
    journal.write_bytes(journal.read_bytes().rstrip(b" ") + b'{"sum":"torn ' + NAME.encode())
    kept = backups.keep_as_is([path, journal], SystemClock().now(), "repair")
    innocent = backups.keep_as_is([Path(__file__).with_name("conftest.py")], SystemClock().now(), "migration")
    newer = backups.folder / "2026-11-23T090000Z-asked.json"
    newer.write_bytes(b'{"half": "a book", "id": "%s", "name": "%s' % (studio.gone.id.encode(), NAME.encode()))
    (backups.folder / "2026-11-23T090001Z-daily.json.new").write_text(NAME)
    path.with_name("book.json.new").write_text(NAME)
    path.with_name("book.json.journal.new").write_text(f'"{studio.gone.id}" {NAME}')
    path.with_name("book.json.unreadable-x.txt").write_text(f'"{studio.gone.id}" {NAME}')
    path.with_name("book.json.unreadable-y.txt").write_text("somebody else")
    (path.with_name("book.json.history") / "2020-01.jsonl.new").write_text(NAME)
    (path.with_name("book.json.history") / "2020-01.jsonl").write_text(f'torn "{studio.gone.id}" {NAME}')
    act = studio.store.erase([studio.key], WORDS)
    assert mentions(path.parent) == []
    assert act.subject == "4 files of an older or damaged book removed too"
    assert not kept.exists()
    assert not newer.exists()
    assert innocent.exists()
    assert path.with_name("book.json.unreadable-y.txt").exists()


def test_a_read_only_book_and_one_that_is_being_written_are_left_alone(path: Path, studio: Studio) -> None:
    class NoRight(SystemCalls):
        def may_write(self, path: Path) -> bool:
            return False

    before = {file: file.read_bytes() for file in path.parent.rglob("*") if file.is_file()}
    with pytest.raises(errors.ReadOnlyBook, match="Nothing can be erased: You may not write"):
        open_book(path, calls=NoRight()).erase([studio.key], WORDS)

    class Folding(SystemCalls):
        def flock(self, fd: int, operation: int) -> None:
            if self.name_of(fd).endswith(".new"):
                raise BlockingIOError
            super().flock(fd, operation)

    with pytest.raises(errors.NotErased) as caught:
        open_book(path, calls=Folding()).erase([studio.key], WORDS)
    assert str(caught.value) == (
        "Another session is writing the book file just now."
        " It is still in the book; older copies of it may be gone already."
        " Wait a moment, then erase it again."
    )
    assert caught.value.title == "Not erased for good"
    assert {file: file.read_bytes() for file in path.parent.rglob("*") if file.is_file()} == before


def test_a_backup_that_was_begun_before_is_no_backup(path: Path, studio: Studio) -> None:
    other = open_book(path, "kim")

    class Slow(SystemCalls):
        """Somebody erases between the noting down of the records and the making of the file."""

        erased = False

        def mkdir(self, path: Path, mode: int) -> None:
            if not self.erased:
                self.erased = True
                other.erase([studio.key], WORDS)
            super().mkdir(path, mode)

    with pytest.raises(errors.NotBackedUp, match="written anew meanwhile"):
        open_book(path, calls=Slow()).back_up()
    assert mentions(path.parent) == []
