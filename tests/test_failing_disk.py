"""The disk is full or does not confirm a write: what is said, and what happens when the act is saved again."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from relationships.changes import Act
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import errors, failures
from storage.book_store import BookStore
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio" / "book.json"


def open_book(path: Path, calls: SystemCalls | None = None) -> BookStore:
    return BookStore.open(path, user="sam", clock=SystemClock(), calls=calls)


def visit(store: BookStore, note: str) -> Act:
    touch = store.author.new(Touch, kind=TouchKind.VISIT, note=note)
    return store.author.act("log a visit", store.author.add(touch))


def notes(path: Path) -> list[str]:
    """What a fresh session finds, after a look that it may write."""
    store = open_book(path)
    found = sorted(touch.note for touch in store.book.touches.values())
    assert store.read_only is None
    store.close(fold=False)
    return found


class Failing(SystemCalls):
    """Calls of which one kind fails until it is mended: "sync" that of a commit, "every sync" the others too."""

    def __init__(self, fail: str) -> None:
        self.mended = False
        self.fail = fail
        self._written = False

    def sync_content(self, fd: int) -> None:
        self._fail("sync")
        super().sync_content(fd)

    def sync(self, fd: int) -> None:
        if self._written:
            self._fail("every")
        super().sync(fd)

    def _fail(self, call: str) -> None:
        self._written = True
        if call in self.fail and not self.mended:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def write(self, fd: int, content: bytes) -> int:
        if self.fail == "short write":
            return super().write(fd, content[:7])
        if self.fail == "no write":
            super().write(fd, content[:7])
            return 7 if len(content) > 20 else 0
        return super().write(fd, content)


def test_an_act_that_was_not_confirmed_is_not_saved_twice(path: Path) -> None:
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    calls = Failing("sync")
    store = open_book(path, calls)
    act = visit(store, "one")
    with pytest.raises(errors.NotConfirmed) as caught:
        store.commit(act)
    assert caught.value.title == "Saved, but not confirmed"
    assert caught.value.happened == "The disk reported: Input/output error."
    assert store.commit(act).sequence == 1
    store.apply_arrived()
    assert len(store.book.touches) == 1
    assert notes(path) == ["one"]


def test_an_unconfirmed_act_is_made_sure_before_the_next_is_written(path: Path) -> None:
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    calls = Failing("sync")
    store = open_book(path, calls)
    doubtful = visit(store, "one")
    with pytest.raises(errors.NotConfirmed):
        store.commit(doubtful)
    with path.with_name("book.json.journal").open() as unconfirmed:
        calls.mended = True
        store.commit(visit(store, "two"))
        assert path.with_name("book.json.journal").stat().st_ino != os.fstat(unconfirmed.fileno()).st_ino
    assert notes(path) == ["one", "two"]
    assert store.commit(doubtful).sequence == 1
    assert notes(path) == ["one", "two"]


def test_a_disk_that_goes_on_failing_confirms_nothing(path: Path) -> None:
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    calls = Failing("every sync")
    store = open_book(path, calls)
    act = visit(store, "one")
    for _ in range(3):
        with pytest.raises(errors.NotConfirmed):
            store.commit(act)
    with pytest.raises(errors.NotSaved):
        store.commit(visit(store, "two"))
    calls.mended = True
    assert store.commit(act).sequence == 1
    store.commit(visit(store, "three"))
    assert notes(path) == ["one", "three"]


def test_an_unconfirmed_act_that_somebody_folded_is_known_again(path: Path) -> None:
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    store = open_book(path, Failing("sync"))
    act = visit(store, "one")
    with pytest.raises(errors.NotConfirmed):
        store.commit(act)
    other = open_book(path)
    other.commit(visit(other, "two"))
    other.close()
    assert store.commit(act).sequence == 1
    assert notes(path) == ["one", "two"]


def test_an_unconfirmed_act_that_the_disk_lost_is_saved_anew(path: Path) -> None:
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    calls = Failing("")
    store = open_book(path, calls)
    store.commit(visit(store, "zero"))
    journal = path.with_name("book.json.journal")
    size = journal.stat().st_size
    act = visit(store, "one")
    calls.fail = "sync"
    with pytest.raises(errors.NotConfirmed):
        store.commit(act)
    os.truncate(journal, size)
    calls.fail = ""
    assert store.commit(act).sequence == 2
    assert notes(path) == ["one", "zero"]


def test_an_unconfirmed_undo_is_not_a_second_undo(path: Path) -> None:
    store = BookStore.create(path, user="sam", clock=SystemClock())
    for note in ("one", "two"):
        store.commit(visit(store, note))
    store.close()
    store = open_book(path, Failing("sync"))
    for inverse, left in ((store.undo, ["one"]), (store.redo, ["one", "two"])):
        with pytest.raises(errors.NotConfirmed):
            inverse()
        inverse()
        assert sorted(touch.note for touch in open_book(path).book.touches.values()) == left


def test_a_write_that_takes_a_few_bytes_each_time_is_a_write(path: Path) -> None:
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    store = open_book(path, Failing("short write"))
    store.commit(visit(store, "one"))
    store.close()
    assert notes(path) == ["one"]


def test_a_write_that_stops_half_way_leaves_nothing(path: Path) -> None:
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    calls = Failing("")
    store = open_book(path, calls)
    store.commit(visit(store, "one"))
    before = path.with_name("book.json.journal").read_bytes().rstrip(b" ")
    calls.fail = "no write"
    with pytest.raises(errors.NotSaved, match="nothing was written"):
        store.commit(visit(store, "two"))
    assert path.with_name("book.json.journal").read_bytes() == before
    assert notes(path) == ["one"]


NO_ROOM = """
import resource, sys
from pathlib import Path
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage.book_store import BookStore
from storage.errors import BookError
from trainer_tui.clock import SystemClock
store = BookStore.open(Path(sys.argv[1]), user="sam", clock=SystemClock())
def visit(note):
    return store.author.act("log", store.author.add(store.author.new(Touch, kind=TouchKind.VISIT, note=note)))
def say(do):
    try:
        do()
        print("done")
    except BookError as error:
        print(type(error).__name__, "|", error.title, "|", error)
say(lambda: store.commit(visit("one")))
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
say(lambda: store.commit(visit("x" * 5000)))
say(store.fold)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
say(lambda: store.commit(visit("two")))
say(store.close)
"""


def test_a_disk_that_is_full_for_a_while(path: Path) -> None:
    filled = BookStore.create(path, user="sam", clock=SystemClock())
    filled.commit(visit(filled, "x" * 2000))
    filled.close()
    ran = subprocess.run([sys.executable, "-c", NO_ROOM, path], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [
        "done",
        "DiskFull | Not saved: the disk is full | There is no room left for the book (File too large)."
        " Nothing was written; your text is still here. Make some room, then save again.",
        "NotFolded | The book file was not written anew |"
        " There is no room for a second copy of the book (File too large)."
        " Every act is safe in the journal, and the book file is sound. Make some room; then it is tried again.",
        "done",
        "done",
    ]
    assert notes(path) == ["one", "two", "x" * 2000]
    assert not path.with_name("book.json.new").exists()


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (errno.ENOSPC, errors.DiskFull, "There is no room left for the book (No space left on device)."),
        (errno.EROFS, errors.NotSaved, "The disk is mounted for reading only."),
        (errno.EACCES, errors.NotSaved, "You may not write in the folder of the book (Permission denied)."),
        (errno.EIO, errors.NotSaved, "The book could not be written (Input/output error)."),
        (errno.ENOENT, errors.BookVanished, "The book or its folder is not there any more (No such file"),
    ],
)
def test_each_failure_has_its_own_words(error: int, kind: type[errors.BookError], says: str) -> None:
    told = failures.in_words(OSError(error, os.strerror(error)))
    assert type(told) is kind
    assert told.happened.startswith(says)
