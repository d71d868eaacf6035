"""A book that this user may not read or write: said so in plain words, and nothing is changed."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from relationships.changes import Act
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folded book with one touch."""
    book = tmp_path / "studio" / "book.json"
    store = BookStore.create(book, user="sam", clock=SystemClock())
    store.commit(visit(store))
    store.close()
    return book


def visit(store: BookStore) -> Act:
    return store.author.act("log a visit", store.author.add(store.author.new(Touch, kind=TouchKind.VISIT)))


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from storage.book_store import BookStore
from storage.errors import BookError
from trainer_tui.clock import SystemClock
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    store = BookStore.open(Path(sys.argv[1]), user="nobody", clock=SystemClock())
    print("opened |", store.read_only.title, "|", store.read_only)
    store.commit(store.author.act("nothing"))
except BookError as error:
    print(type(error).__name__, "|", error.title, "|", error)
"""


def without_rights(path: Path) -> list[str]:
    """What a user without any rights is told on opening a book and saving in it."""
    ran = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED, path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    return ran.stdout.splitlines()


@pytest.fixture
def public(path: Path) -> Iterator[Path]:
    """The book where other users can get at it."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(shutil.copytree(path.parent, Path(folder) / "studio")) / path.name


def test_an_unreadable_book_is_said_to_be_so(public: Path) -> None:
    public.chmod(0)
    public.parent.chmod(0o755)
    assert without_rights(public) == [
        f"NoPermission | No permission | You may not read {public}. The file was left as it is."
        " Ask the owner of the folder for access to it."
    ]


def test_an_unreadable_journal_is_said_to_be_so(public: Path) -> None:
    public.chmod(0o444)
    public.parent.chmod(0o755)
    journal = public.with_name("book.json.journal")
    journal.chmod(0)
    assert without_rights(public)[0].startswith(f"NoPermission | No permission | You may not read {journal}.")


@pytest.mark.parametrize(
    ("folder_mode", "book_mode", "journal_mode", "what"),
    [
        (0o777, 0o444, 0o666, "the book file"),
        (0o555, 0o666, 0o666, "the folder of the book"),
        (0o777, 0o666, 0o444, "the journal of the book"),
    ],
)
def test_a_book_that_may_not_be_written_opens_read_only(
    public: Path, folder_mode: int, book_mode: int, journal_mode: int, what: str
) -> None:
    before = public.read_bytes()
    public.chmod(book_mode)
    public.with_name("book.json.journal").chmod(journal_mode)
    public.parent.chmod(folder_mode)
    opened, refused_to_save = without_rights(public)
    assert opened.startswith(f"opened | No permission | You may not write in {what}.")
    assert refused_to_save.startswith(f"ReadOnlyBook | Read only | Nothing can be saved: You may not write in {what}.")
    assert public.read_bytes() == before


def test_a_book_that_is_made_writable_is_written_without_reopening(path: Path) -> None:
    class Permissions(SystemCalls):
        given = False

        def may_write(self, path: Path) -> bool:
            return self.given

    calls = Permissions()
    store = BookStore.open(path, user="sam", clock=SystemClock(), calls=calls)
    act = visit(store)
    with pytest.raises(errors.ReadOnlyBook):
        store.commit(act)
    calls.given = True
    store.commit(act)
    assert store.read_only is None
    store.close()
    store = BookStore.open(path, user="sam", clock=SystemClock())
    assert len(store.book.touches) == 2


class Forbidden(SystemCalls):
    """Refuses to open a file of this name, or to open it for writing."""

    def __init__(self, name: str, error: int, *, reading: bool) -> None:
        self.name = name
        self._error = error
        self._reading = reading

    def open(self, path: str | Path, flags: int, mode: int = 0o600) -> int:
        if Path(path).name == self.name and (self._reading or flags & os.O_RDWR):
            raise OSError(self._error, os.strerror(self._error), str(path))
        return super().open(path, flags, mode)


@pytest.mark.parametrize("name", ["book.json", "book.json.journal"])
def test_a_file_that_may_not_be_read_any_more_stops_saving_until_it_may(path: Path, name: str) -> None:
    calls = Forbidden("", errno.EACCES, reading=True)
    store = BookStore.open(path, user="sam", clock=SystemClock(), calls=calls)
    other = BookStore.open(path, user="kim", clock=SystemClock())
    other.commit(visit(other))
    other.close()
    calls.name = name
    for do in (store.refresh, lambda: store.commit(visit(store))):
        with pytest.raises(errors.NoPermission, match=f"You may not read {path.with_name(name)}"):
            do()
    calls.name = ""
    store.commit(visit(store))
    store.apply_arrived()
    assert len(store.book.touches) == 3


@pytest.mark.parametrize("error", [errno.EACCES, errno.EROFS])
def test_a_journal_that_may_only_be_read_is_read(path: Path, error: int) -> None:
    writer = BookStore.open(path, user="sam", clock=SystemClock())
    writer.commit(visit(writer))
    calls = Forbidden("book.json.journal", error, reading=False)
    store = BookStore.open(path, user="sam", clock=SystemClock(), calls=calls)
    assert len(store.book.touches) == 2
    before = path.with_name("book.json.journal").read_bytes()
    with pytest.raises(errors.NotSaved, match="You may not write in the journal"):
        store.commit(visit(store))
    assert path.with_name("book.json.journal").read_bytes() == before


def test_a_journal_that_fails_otherwise_is_an_error(path: Path) -> None:
    calls = Forbidden("book.json.journal", errno.EIO, reading=True)
    with pytest.raises(errors.BookError, match=r"cannot be read \(Input/output error\)"):
        BookStore.open(path, user="sam", clock=SystemClock(), calls=calls)


def test_a_book_that_may_not_be_made_is_not_made(tmp_path: Path) -> None:
    calls = Forbidden("book.json.new", errno.EACCES, reading=False)
    with pytest.raises(errors.NoPermission) as caught:
        BookStore.create(tmp_path / "book.json", user="sam", clock=SystemClock(), calls=calls)
    assert caught.value.happened == f"You may not make a book at {tmp_path / 'book.json'} (Permission denied)."
    assert os.listdir(tmp_path) == []
