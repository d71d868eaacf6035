"""Who may read and write a book's files: private or shared with one group, whatever the umask, and nobody else."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from relationships.changes import Act
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.modes import Modes, modes_of
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock

UMASKS = (0o022, 0o002, 0o077, 0o000)
GROUP = 54_321 if os.geteuid() == 0 else (os.getgroups() or [os.getegid()])[-1]
"""A group that is not the one this process makes its files in, where it may choose one."""


@pytest.fixture(params=UMASKS, ids="umask {:03o}".format)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def new_book(path: Path) -> BookStore:
    return BookStore.create(path, user="sam", clock=SystemClock())


def open_book(path: Path, calls: SystemCalls | None = None) -> BookStore:
    return BookStore.open(path, user="sam", clock=SystemClock(), calls=calls)


def visit(store: BookStore) -> Act:
    return store.author.act("log a visit", store.author.add(store.author.new(Touch, kind=TouchKind.VISIT)))


def live(path: Path) -> None:
    """Two sittings, each with an act folded and one left in the journal."""
    for _ in range(2):
        store = open_book(path)
        store.commit(visit(store))
        store.fold()
        store.commit(visit(store))
        store.close(fold=False)


def modes(folder: Path) -> dict[str, str]:
    """The mode of everything in a folder, and of the folder itself as `.`."""
    found = {".": folder, **{str(found.relative_to(folder)): found for found in folder.rglob("*")}}
    return {name: f"{stat.S_IMODE(place.stat().st_mode):o}" for name, place in found.items()}


def with_history(file: str, folder: str, history: str) -> dict[str, str]:
    month = f"book.json.history/{SystemClock().now():%Y-%m}.jsonl"
    return {
        ".": folder,
        "book.json": file,
        "book.json.journal": file,
        "book.json.history": history,
        month: file,
    }


@pytest.mark.usefixtures("umask")
def test_a_first_run_makes_everything_private(tmp_path: Path) -> None:
    path = tmp_path / "share" / "trainer-tui" / "book.json"
    new_book(path).close()
    live(path)
    assert modes(path.parent) == with_history("600", "700", "700")
    assert modes(path.parent.parent)["."] == "700"
    assert open_book(path).warnings == ()


@pytest.mark.usefixtures("umask")
def test_a_shared_folder_shares_everything_with_its_group(tmp_path: Path) -> None:
    folder = tmp_path / "studio"
    folder.mkdir()
    os.chown(folder, -1, GROUP)
    folder.chmod(0o2770)
    path = folder / "sub" / "book.json"
    new_book(path).close()
    live(path)
    assert modes(path.parent) == with_history("660", "2770", "2770")
    assert {place.stat().st_gid for place in (folder, *folder.rglob("*"))} == {GROUP}
    assert open_book(path).warnings == ()


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize(("file", "history"), [(0o600, "700"), (0o640, "2750"), (0o660, "2770"), (0o664, "2775")])
def test_an_existing_books_mode_and_group_are_kept_without_a_setgid_folder(
    tmp_path: Path, file: int, history: str
) -> None:
    path = tmp_path / "studio" / "book.json"
    new_book(path).close()
    os.chown(path, -1, GROUP)
    path.chmod(file)
    live(path)
    assert modes(path.parent) == with_history(f"{file:o}", "700", history)
    if file != 0o600:
        assert {place.stat().st_gid for place in path.parent.rglob("*")} == {GROUP}


def test_a_mode_given_while_the_book_is_open_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "studio" / "book.json"
    store = new_book(path)
    store.commit(visit(store))
    path.chmod(0o640)
    store.commit(visit(store))
    store.close()
    assert modes(path.parent) == with_history("640", "700", "2750")


def test_a_mode_that_came_with_a_fold_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "studio" / "book.json"
    store = new_book(path)
    store.commit(visit(store))
    path.chmod(0o640)
    other = open_book(path)
    other.commit(visit(other))
    other.fold()
    store.commit(visit(store))
    store.close()
    assert modes(path.parent) == with_history("640", "700", "2750")


def test_nothing_is_made_writable_for_everybody(tmp_path: Path) -> None:
    path = tmp_path / "studio" / "book.json"
    new_book(path).close()
    path.chmod(0o666)
    live(path)
    assert modes(path.parent) == with_history("664", "700", "2775")


def test_root_leaves_the_book_to_its_owner(tmp_path: Path) -> None:
    class Root(SystemCalls):
        def __init__(self) -> None:
            self.given: list[tuple[int, int]] = []

        def chown(self, fd: int, uid: int, gid: int) -> None:
            self.given.append((uid, gid))

    path = tmp_path / "book.json"
    path.touch()
    calls = Root()
    with path.open() as file:
        Modes(0o660, 77, 1234).give_file(calls, file.fileno())
        assert calls.given == [(-1, 77), (1234, -1)]
        calls.given.clear()
        Modes(0o600, 77, path.stat().st_uid).give_file(calls, file.fileno())
        assert calls.given == []


def test_an_owner_that_may_not_be_given_is_no_hindrance(tmp_path: Path) -> None:
    class NotRoot(SystemCalls):
        def chown(self, fd: int, uid: int, gid: int) -> None:
            raise PermissionError

    path = tmp_path / "book.json"
    path.touch(0o644)
    found = path.stat()
    with path.open() as file:
        Modes(0o660, found.st_gid, found.st_uid + 1).give_file(NotRoot(), file.fileno())
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert modes_of(path.stat()) == Modes(0o660, found.st_gid, found.st_uid)


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o2777])
def test_nothing_is_created_in_a_world_writable_folder(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(errors.UnsafeFolder) as caught:
        new_book(folder / "book.json")
    assert caught.value.title == "Everybody on this machine can write in that folder"
    assert str(caught.value) == (
        f"{folder} is open to everybody on this machine, so no book is made there. Nothing was created."
        f" Use a folder of its own, for example {folder}/book/book.json"
    )
    assert os.listdir(folder) == []
    new_book(folder / "book" / "book.json")
    shared = mode == 0o2777
    assert modes(folder / "book") == {".": "2770" if shared else "700", "book.json": "660" if shared else "600"}


def test_a_book_in_a_world_writable_folder_is_read_only(tmp_path: Path) -> None:
    path = tmp_path / "studio" / "book.json"
    new_book(path).close()
    path.parent.chmod(0o777)
    store = open_book(path)
    assert isinstance(store.read_only, errors.UnsafeFolder)
    warned = store.warnings
    assert warned == (f"Everybody on this machine can write in {path.parent}: chmod o-w {path.parent}",)
    with pytest.raises(errors.ReadOnlyBook):
        store.commit(visit(store))
    assert os.listdir(path.parent) == ["book.json"]
    path.parent.chmod(0o700)
    store.commit(visit(store))
    assert len(store.warnings) == 0


@pytest.mark.parametrize(
    ("folder", "file", "warning"),
    [
        (0o700, 0o644, "Others on this machine can read book.json: chmod 600 {0}"),
        (0o700, 0o660, "Others on this machine can read book.json: chmod 600 {0}"),
        (0o2770, 0o664, "Others on this machine can read book.json: chmod 660 {0}"),
        (0o2770, 0o600, "The group of the folder may not write in book.json: chmod 660 {0}"),
        (0o2770, 0o640, "The group of the folder may not write in book.json: chmod 660 {0}"),
        (0o3770, 0o660, "Only its owner can fold the journal into book.json: chmod -t {1}"),
    ],
)
def test_a_warning_names_the_command_that_mends_it(tmp_path: Path, folder: int, file: int, warning: str) -> None:
    path = tmp_path / "studio" / "book.json"
    new_book(path).close()
    path.parent.chmod(folder)
    path.chmod(file)
    store = open_book(path)
    assert store.warnings == (warning.format(path, path.parent),)
    assert store.read_only is None


def test_a_folder_that_somebody_made_at_the_same_moment(tmp_path: Path) -> None:
    class Raced(SystemCalls):
        def mkdir(self, path: Path, mode: int) -> None:
            raise FileExistsError(17, "File exists")

    with pytest.raises(errors.NotSaved, match="File exists"):
        BookStore.create(tmp_path / "studio" / "book.json", user="sam", clock=SystemClock(), calls=Raced())
