"""Drafts on the disk: whole or as before, private, never offered while somebody still types in them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from storage.drafts import FORMAT, MOST_BYTES, Draft, DraftFile, DraftFolder, Page, Ref
from storage.system_calls import SystemCalls

ROOT = Path(__file__).resolve().parent.parent
AT = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
BOOK = "b00c"


def draft(text: str = "visit patel", *, minutes: int = 0, **fields: Any) -> Draft:
    page = Page(
        dialog="LogLine",
        words="a visit with Priya Patel",
        day=date(2026, 11, 23),
        values={"line": text},
        before={"line": ""},
    )
    made = Draft(
        book_id=BOOK,
        at=AT + timedelta(minutes=minutes),
        journey="log_touch",
        subjects=("", None, Ref("touches", "t1")),
        pages=(page,),
    )
    return replace(made, **fields)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "state" / "trainer-tui" / "drafts"


@pytest.fixture
def folder(place: Path) -> DraftFolder:
    return DraftFolder(SystemCalls(), place)


def left_texts(folder: DraftFolder, book_id: str = BOOK) -> list[str]:
    """What is offered, and let go of again."""
    files = folder.left(book_id)
    texts = [file.draft.pages[0].values["line"] for file in files if file.draft is not None]
    for file in files:
        file.leave()
    return texts


def abandoned(folder: DraftFolder, session: str, written: Draft) -> DraftFile:
    """A draft whose session has died."""
    file = folder.new(BOOK, session)
    file.keep(written)
    file.leave()
    return file


def test_a_draft_comes_back_as_it_was(folder: DraftFolder) -> None:
    abandoned(folder, "s1", draft())
    (file,) = folder.left(BOOK)
    assert file.draft == draft()
    assert file.held
    file.leave()
    assert not file.held


def test_nothing_is_left_before_anything_was_kept(folder: DraftFolder, place: Path) -> None:
    assert folder.left(BOOK) == []
    folder.new(BOOK, "s1").drop()
    assert not place.exists()


def test_only_its_owner_can_read_it(folder: DraftFolder, place: Path) -> None:
    before = os.umask(0)
    try:
        file = abandoned(folder, "s1", draft())
    finally:
        os.umask(before)
    assert place.stat().st_mode & 0o7777 == 0o700
    assert place.parent.stat().st_mode & 0o7777 == 0o700
    assert file.path.stat().st_mode & 0o7777 == 0o600


def test_a_folder_that_was_opened_to_others_is_closed(folder: DraftFolder, place: Path) -> None:
    place.mkdir(parents=True)
    place.chmod(0o777)
    abandoned(folder, "s1", draft())
    assert place.stat().st_mode & 0o7777 == 0o700


def test_what_is_being_typed_is_not_offered(folder: DraftFolder) -> None:
    file = folder.new(BOOK, "s1")
    file.keep(draft("visit pa"))
    assert left_texts(folder) == []
    file.keep(draft("visit patel"))
    assert left_texts(folder) == []
    file.leave()
    assert left_texts(folder) == ["visit patel"]


def test_two_sessions_are_not_offered_the_same(folder: DraftFolder) -> None:
    abandoned(folder, "s1", draft())
    first = folder.left(BOOK)
    assert len(first) == 1
    assert folder.left(BOOK) == []


KEEP = """
import sys
from pathlib import Path
from datetime import UTC, date, datetime
from storage.drafts import Draft, DraftFolder, Page
from storage.system_calls import SystemCalls
page = Page(dialog="LogLine", words="w", day=date(2026, 11, 23), values={"line": "from a process"}, before={})
file = DraftFolder(SystemCalls(), Path(sys.argv[1])).new("b00c", "s9")
file.keep(Draft(book_id="b00c", at=datetime.now(UTC), journey="log_touch", subjects=(), pages=(page,)))
print("kept", flush=True)
sys.stdin.read()
"""


def test_the_kernel_frees_the_draft_of_a_killed_process(folder: DraftFolder, place: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KEEP, str(place)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"kept\n"
        assert left_texts(folder) == []
        process.kill()
        process.wait()
    assert left_texts(folder) == ["from a process"]


def test_newest_first(folder: DraftFolder) -> None:
    for session, minutes in (("a", 1), ("b", 3), ("c", 2)):
        abandoned(folder, session, draft(session, minutes=minutes))
    assert left_texts(folder) == ["b", "c", "a"]


def test_other_books_have_their_own(folder: DraftFolder) -> None:
    abandoned(folder, "s1", draft())
    assert left_texts(folder, "other") == []
    file = folder.new("other", "s1")
    file.keep(draft("about another book", book_id="other"))
    file.leave()
    assert left_texts(folder, "other") == ["about another book"]
    assert left_texts(folder) == ["visit patel"]


def test_a_book_may_call_itself_anything(folder: DraftFolder, place: Path) -> None:
    name = "../../up\0 and away"
    file = folder.new(name, "s1")
    file.keep(draft("x", book_id=name))
    file.leave()
    assert file.path.parent == place
    assert left_texts(folder, name) == ["x"]
    assert left_texts(folder, "______up__and_away") == []


def test_a_dropped_draft_is_gone(folder: DraftFolder, place: Path) -> None:
    file = folder.new(BOOK, "s1")
    file.keep(draft())
    file.drop()
    assert list(place.iterdir()) == []
    file.keep(draft("typed again"))
    file.leave()
    assert left_texts(folder) == ["typed again"]
    (again,) = folder.left(BOOK)
    again.path.unlink()
    again.drop()


def test_bytes_that_are_no_text_are_kept_visibly(folder: DraftFolder) -> None:
    abandoned(folder, "s1", draft("M\udcfcller"))
    assert left_texts(folder) == ["M‹fc›ller"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"book_id": "b00c"}',
        b"[]",
        b"\0" * 100,
        b" " * (MOST_BYTES + 1),
    ],
    ids=["empty", "torn", "no text", "half", "list", "zeros", "large"],
)
def test_what_cannot_be_read_is_passed_over_and_kept(folder: DraftFolder, place: Path, content: bytes) -> None:
    abandoned(folder, "s1", draft())
    broken = place / f"{BOOK}-s0.json"
    broken.write_bytes(content)
    assert left_texts(folder) == ["visit patel"]
    assert broken.read_bytes() == content


@pytest.mark.parametrize(
    "changed",
    [{"format": FORMAT + 1}, {"book_id": "else"}, {"pages": ()}, {"at": datetime(2026, 11, 23)}],
    ids=["newer", "another book", "no page", "no zone"],
)
def test_what_is_no_draft_of_ours_is_passed_over_and_kept(folder: DraftFolder, changed: dict[str, Any]) -> None:
    file = abandoned(folder, "s1", replace(draft(), **changed))
    assert left_texts(folder) == []
    assert file.path.exists()


def test_links_pipes_and_folders_are_passed_over(folder: DraftFolder, place: Path, tmp_path: Path) -> None:
    file = abandoned(folder, "s1", draft())
    elsewhere = tmp_path / "elsewhere.json"
    file.path.rename(elsewhere)
    file.path.symlink_to(elsewhere)
    os.mkfifo(place / f"{BOOK}-s2.json")
    (place / f"{BOOK}-s3.json").mkdir()
    assert left_texts(folder) == []


def test_what_was_begun_and_never_finished_is_swept(folder: DraftFolder, place: Path) -> None:
    abandoned(folder, "s1", draft())
    (place / f"{BOOK}-s2.json.new").write_text("{")
    (place / "other-s2.json.new").write_text("{")
    assert left_texts(folder) == ["visit patel"]
    assert sorted(path.name for path in place.iterdir()) == [f"{BOOK}-s1.json", "other-s2.json.new"]


def test_a_taken_up_draft_is_replaced_in_its_place(folder: DraftFolder, place: Path) -> None:
    abandoned(folder, "s1", draft())
    (place / f"{BOOK}-s1.json.new").write_text("left by the crash")
    (file,) = folder.left(BOOK)
    file.keep(draft("visit patel today"))
    assert left_texts(folder) == []
    assert [path.name for path in place.iterdir()] == [f"{BOOK}-s1.json"]
    file.leave()
    assert left_texts(folder) == ["visit patel today"]


def test_too_much_is_refused(folder: DraftFolder) -> None:
    file = folder.new(BOOK, "s1")
    file.keep(draft())
    with pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
        file.keep(draft("x" * (MOST_BYTES + 1)))
    file.leave()
    assert left_texts(folder) == ["visit patel"]
