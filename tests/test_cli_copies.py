"""`trainer-tui backup` and `trainer-tui restore`: real processes on a real book."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relationships.changes import Act
from storage.book_store import BookStore

if TYPE_CHECKING:
    from tests.studio_book import FixedClock

ROOT = Path(__file__).resolve().parent.parent
Ran = subprocess.CompletedProcess[str]
Run = Callable[..., Ran]


@pytest.fixture
def run(studio_book: Path) -> Run:
    """Run `trainer-tui` in a process of its own, on the small book, on its day, as Robin."""

    def start(*typed: str, stdin: int = subprocess.DEVNULL, **environ: str) -> Ran:
        fixed = {"TRAINER_TUI_BOOK": str(studio_book), "TRAINER_TUI_TODAY": "2026-11-23", "TZ": "UTC"}
        return subprocess.run(
            [sys.executable, "-m", "trainer_tui", *typed],
            cwd=ROOT,
            env={**os.environ, **fixed, "LOGNAME": "robin", **environ},
            stdin=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    return start


def done(ran: Ran) -> str:
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def refused(ran: Ran) -> str:
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("trainer-tui: ")
    assert ran.stderr.count("\n") == 1
    return ran.stderr


def visits(run: Run) -> int:
    return len(json.loads(done(run("list", "visits", "--json")))["records"])


def damage(book: Path) -> bytes:
    content = book.read_bytes()[:-100]
    book.write_bytes(content)
    return content


def test_a_backup_is_made_and_listed(run: Run, studio_book: Path) -> None:
    assert done(run("backup", "--list")) == f"There is no backup of {studio_book} yet.\n"
    path = Path(done(run("backup")).strip())
    assert path.parent == studio_book.with_name("book.json.backups")
    made = json.loads(done(run("backup", "--json")))["backup"]
    assert made["reason"] == "asked"
    assert made["at"].startswith("2026-11-23T")
    assert made["size"] == Path(made["path"]).stat().st_size
    listed = json.loads(done(run("backup", "--list", "--json")))
    assert (listed["book"], listed["kept"]) == (str(studio_book), [])
    assert [each["path"] for each in listed["backups"]] == [made["path"], str(path)]
    lines = done(run("backup", "--list")).splitlines()
    assert lines[0].split() == ["WHEN", "WHY", "BYTES", "FILE"]
    assert [line.split()[-1] for line in lines[1:]] == [made["path"], str(path)]
    assert done(run("list", "contacts", "--book", str(path))) == done(run("list", "contacts"))


def test_a_restore_shows_what_it_changes_and_is_undone(run: Run) -> None:
    path = done(run("backup")).strip()
    done(run("log", "visit patel yesterday asked about runners"))
    before = visits(run)
    said = refused(run("restore"))
    assert f"{path} brings back 0 records, changes 1 and removes 1. Add --yes to do it." in said
    assert visits(run) == before
    assert "`trainer-tui undo` takes it back" in done(run("restore", "--yes"))
    assert visits(run) == before - 1
    assert "restore backup of 23 Nov 2026" in done(run("history"))
    assert done(run("undo")).startswith("Undone: restore backup")
    assert visits(run) == before
    assert "Nothing was changed" in done(run("restore", "--yes"))


@pytest.mark.parametrize(("typed", "left"), [("y\n", 3), ("YES\n", 3), ("n\n", 4), ("\n", 4), ("maybe\n", 4)])
def test_a_terminal_is_asked(run: Run, typed: str, left: int) -> None:
    done(run("backup"))
    done(run("log", "visit patel yesterday asked about runners"))
    ours, theirs = pty.openpty()
    os.write(ours, typed.encode())
    ran = run("restore", stdin=theirs)
    os.close(ours)
    os.close(theirs)
    assert ran.returncode == 0
    assert ran.stderr.endswith("removes 1. Restore? y/N ")
    assert ran.stdout.startswith("Restored" if left == 3 else "Nothing was changed.")
    assert visits(run) == left


def test_a_backup_is_named_by_path_by_name_or_by_day(run: Run, tmp_path: Path) -> None:
    path = Path(done(run("backup", TRAINER_TUI_TODAY="2026-11-20")).strip())
    done(run("log", "visit patel yesterday asked about runners"))
    done(run("backup"))
    done(run("log", "call patel said thanks"))
    for named in (str(path), path.name, "2026-11-20", "last friday"):
        assert f"{path} brings back 0 records, changes 1 and removes 2." in refused(run("restore", named))
    assert "removes 1." in refused(run("restore", "today"))
    assert "There is none of 2026-11-19." in refused(run("restore", "2026-11-19"))
    assert '"someday" is no file and no day.' in refused(run("restore", "someday"))
    (tmp_path / "half.json").write_text("{")
    assert "That backup cannot be used" in refused(run("restore", str(tmp_path / "half.json"), "--yes"))


def test_without_a_backup_there_is_nothing_to_restore(run: Run, studio_book: Path) -> None:
    assert "There is no backup of" in refused(run("restore", "--yes"))
    missing = studio_book.parent / "none" / "book.json"
    assert "There is no backup of" in refused(run("restore", "--yes", "--book", str(missing)))
    assert not missing.parent.exists()


@pytest.mark.parametrize("gone", [False, True])
def test_a_damaged_book_comes_back_with_what_was_done_since(run: Run, studio_book: Path, gone: bool) -> None:
    path = done(run("backup")).strip()
    done(run("log", "visit patel yesterday asked about runners"))
    if gone:
        studio_book.unlink()
    else:
        content = damage(studio_book)
    assert "takes its place, and what was done since" in refused(run("restore"))
    said = done(run("restore", "--yes"))
    assert said.startswith(f"Restored from {path}. 1 acts that were done since are in it too.\n")
    assert visits(run) == 4
    if gone:
        return
    kept = Path(said.splitlines()[1].removeprefix("What was there is kept in "))
    assert (kept / "book.json").read_bytes() == content
    assert "kept: damaged" in done(run("backup", "--list"))
    back = done(run("restore", str(kept), "--yes"))
    assert back.startswith(f"Put back from {kept}.\nWhat was there is kept in ")
    assert studio_book.read_bytes() == content
    assert "The book is damaged" in refused(run("due"))
    assert done(run("restore", path, "--yes")).startswith(f"Restored from {path}.\n")
    assert visits(run) == 3
    assert f"The book in {kept} cannot be read." in refused(run("restore", str(kept)))


def test_a_damaged_journal_is_a_damaged_book(run: Run, studio_book: Path) -> None:
    done(run("log", "visit patel yesterday asked about runners"))
    done(run("backup"))
    studio_book.with_name("book.json.journal").write_bytes(b"rubbish\n")
    assert "Restored from" in done(run("restore", "--yes"))
    assert visits(run) == 4
    assert done(run("undo")).startswith("Undone: log")


def test_a_book_that_is_read_only_for_another_reason_is_left(run: Run, studio_book: Path) -> None:
    done(run("backup"))
    document = json.loads(studio_book.read_bytes())
    document["_meta"]["1"]["schema"] = 99
    studio_book.write_text(json.dumps(document))
    before = studio_book.read_bytes()
    assert "newer than this program" in refused(run("restore", "--yes"))
    assert studio_book.read_bytes() == before


def test_an_end_of_the_session_makes_the_daily_backup(
    studio_book: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `run_app` ends: in place of the app, one that saves an act and leaves."""
    from concurrent.futures import Future

    from screens.open_book import OpenBook
    from trainer_tui import app
    from trainer_tui.config import Config
    from trainer_tui.session import run_app

    class Hasty:
        return_code = 0

        def __init__(
            self, opening: Future[BookStore], name: str, clock: FixedClock, config: Config, **_: object
        ) -> None:
            self.open_book = OpenBook(name, clock, config.date_style)
            self.open_book.open(opening.result())

        async def run_async(self) -> None:
            if acts:
                self.open_book.save(acts.pop()(self.open_book))

        def keep_typing(self) -> None:
            """Nothing was typed."""

        def exit(self, *_: object, **__: object) -> None:
            """It ends by itself."""

    def trash(opened: OpenBook) -> Act:
        person = opened.book.all_practitioners()[0]
        return opened.author.act("trash", opened.author.trash(person))

    acts: list[Callable[[OpenBook], Act]] = []
    monkeypatch.setattr(app, "TrainerApp", Hasty)
    folder = studio_book.with_name("book.json.backups")
    run_app(studio_book, "sam", clock, Config(path=studio_book.with_name("config.toml")))
    assert not folder.exists()
    for _ in range(2):
        acts.append(trash)
        run_app(studio_book, "sam", clock, Config(path=studio_book.with_name("config.toml")))
        (name,) = os.listdir(folder)
        assert name.endswith("-daily.json")
    assert not studio_book.with_name("book.json.journal").read_bytes().splitlines()[1:]
