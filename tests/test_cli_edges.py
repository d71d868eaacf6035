"""What goes wrong at the command line: one clear paragraph, exit code 2, and nothing lost or made up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from relationships.records import Practitioner
from storage.book_store import BookStore
from trainer_tui import cli_run
from trainer_tui.clock import SystemClock
from trainer_tui.demo import demo_tables

ROOT = Path(__file__).resolve().parent.parent
READERS = (
    ("due",),
    ("list", "contacts"),
    ("show", "patel"),
    ("history",),
    ("log", "visit patel"),
    ("undo",),
    ("fold",),
)
TODAY = "2026-11-23"
NAME = 'Zed [/] "PT" \x1b[31m\nRed\u202e'

# Stands in for the app, so that what it is handed can be seen.
WITH_AN_APP = """
import sys, types
app = types.ModuleType("trainer_tui.session")
def run_app(path, user, clock, config, drafts):
    print(path, user, clock.today(), config.ascii_marks, sep="|")
    return 0
app.run_app = run_app
sys.modules["trainer_tui.session"] = app
from trainer_tui.cli import main
sys.exit(main(sys.argv[1:]))
"""
WITH_MODULES = """
import sys
from trainer_tui.cli import main
code = main(sys.argv[1:])
print("MODULES", *sys.modules)
sys.exit(code)
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


def variables(path: Path) -> dict[str, str]:
    return {**os.environ, "TRAINER_TUI_BOOK": str(path), "TRAINER_TUI_TODAY": TODAY, "LOGNAME": "robin"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio" / "book.json"


@pytest.fixture
def book(path: Path) -> Path:
    """A made-up book, and in it a name that tries everything."""
    clock = SystemClock({"TRAINER_TUI_TODAY": TODAY})
    tables = demo_tables(40, 7, date.fromisoformat(TODAY), datetime(2026, 11, 23, 12, tzinfo=UTC))
    store = BookStore.create(path, user="sam", clock=clock, tables=tables)
    store.commit(store.author.act("add", store.author.add(store.author.new(Practitioner, name=NAME)), subject=NAME))
    store.close()
    return path


@pytest.fixture
def run(path: Path) -> Run:
    def start(
        *typed: str, start: tuple[str, ...] = ("-m", "trainer_tui"), **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *start, *typed],
            cwd=ROOT,
            env={**variables(path), **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    return start


def refused(ran: subprocess.CompletedProcess[str]) -> str:
    """Return the one paragraph on standard error of a command that could not do its work."""
    assert (ran.returncode, ran.stdout) == (2, ""), ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stderr.startswith("trainer-tui: ")
    assert ran.stderr.count("\n") == 1
    return ran.stderr


@pytest.mark.parametrize("typed", READERS)
def test_no_command_makes_a_book(run: Run, path: Path, typed: tuple[str, ...]) -> None:
    assert f"There is no book at {path}" in refused(run(*typed))
    assert not path.parent.exists()


def test_where_tells_the_path_of_a_book_that_is_not_there(run: Run, path: Path) -> None:
    ran = run("where")
    assert ran.returncode == 0
    assert str(path) in ran.stdout
    assert "opening the app makes one" in ran.stderr


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe\x00", b'{"_meta": {"1": {}}}'])
@pytest.mark.parametrize("typed", [("due",), ("log", "visit patel"), ("where",)])
def test_a_damaged_book_is_told_and_left_alone(run: Run, path: Path, content: bytes, typed: tuple[str, ...]) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(content)
    ran = run(*typed)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert str(path) in ran.stdout + ran.stderr
    assert path.read_bytes() == content
    assert [each.name for each in path.parent.iterdir()] == ["book.json"]


def test_a_folder_in_place_of_a_book_is_told(run: Run, path: Path) -> None:
    path.mkdir(parents=True)
    assert "is a folder" in refused(run("due"))


def test_an_unknown_name_offers_the_nearest_and_saves_nothing(run: Run, book: Path) -> None:
    before = book.read_bytes()
    said = refused(run("log", "visit pattel yesterday asked about post-rehab"))
    assert "Priya Patel" in said
    assert "add the person" in said
    assert "Priya Patel" in refused(run("show", "pattel"))
    assert book.read_bytes() == before


def test_a_day_that_is_none_says_what_was_read_and_saves_nothing(run: Run, book: Path) -> None:
    before = book.read_bytes()
    assert "31 feb" in refused(run("log", "visit patel 31 feb asked"))
    assert book.read_bytes() == before


def test_a_name_of_several_lists_them_with_their_ids(run: Run, book: Path) -> None:
    clock = SystemClock({"TRAINER_TUI_TODAY": TODAY})
    store = BookStore.open(book, user="sam", clock=clock)
    others = [store.author.new(Practitioner, name=f"Zo{end} Quill") for end in "ae"]
    store.commit(store.author.act("add", *map(store.author.add, others)))
    store.close()
    said = refused(run("show", "quill"))
    assert all(f"{each.name} (practitioner, id {each.id})" in said for each in others)
    assert "Zoa Quill" in run("show", "zoa q").stdout


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("nonsense",), 'no command "nonsense"'),
        (("list", "people"), "practitioners"),
        (("due", "--days", "x"), "whole number"),
        (("demo", "--book", "x"), "--to"),
        (("--book", "", "due"), "no path"),
    ],
)
def test_what_is_not_understood_is_said(run: Run, typed: tuple[str, ...], said: str) -> None:
    assert said in refused(run(*typed))


def test_settings_and_days_that_are_none_are_one_clear_error(run: Run, book: Path, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text("user = Robin")
    assert str(settings) in refused(run("due", TRAINER_TUI_CONFIG=str(settings)))
    assert '"someday"' in refused(run("due", TRAINER_TUI_TODAY="someday"))


@pytest.mark.parametrize("typed", [("list", "contacts"), ("show", "zed"), ("history",)])
def test_a_name_cannot_steer_the_terminal(run: Run, book: Path, typed: tuple[str, ...]) -> None:
    said = run(*typed).stdout
    assert 'Zed [/] "PT" ␛[31m ⏎ Red‹U+202E›' in said
    assert not {"\x1b", "\u202e"} & set(said)


def test_letters_that_the_locale_lacks_are_printed_as_numbers(run: Run, book: Path) -> None:
    ran = run("list", "contacts", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "\\u" in ran.stdout


def test_a_line_that_is_no_text_is_refused(run: Run, book: Path) -> None:
    assert "UTF-8" in refused(run("log", os.fsdecode(b"visit patel \xff\xfe")))


def test_a_reader_that_stops_is_no_error(book: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "trainer_tui", "list", "touches", "--json"],
        cwd=ROOT,
        env=variables(book),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == cli_run.PIPE_CLOSED


def test_output_that_cannot_be_written_is_told(book: Path) -> None:
    with open("/dev/full", "wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "trainer_tui", "due"],
            cwd=ROOT,
            env=variables(book),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 2
    assert ran.stderr.startswith("trainer-tui: The system refused. No space left")
    assert ran.stderr.count("\n") == 1


def test_ctrl_c_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_args: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli_run, "run", interrupted)
    assert cli_run.guarded(["due"]).code == 130
    assert capsys.readouterr() == ("", "")


def test_due_imports_nothing_that_takes_long(run: Run, book: Path) -> None:
    ran = run("due", start=("-c", WITH_MODULES))
    modules = set(ran.stdout.partition("MODULES ")[2].split())
    assert "storage.book_store" in modules
    slow = {
        "textual",
        "rich",
        "tinydb",
        "argparse",
        "inspect",
        "platformdirs",
        "typing_extensions",
        "tomllib",
        "dateutil",
    }
    assert modules & slow == set()
    assert not any(module.startswith(("relationships.rule", "relationships.cards")) for module in modules)


def in_a_terminal(path: Path, *typed: str) -> subprocess.CompletedProcess[str]:
    """Run with a pseudo terminal for input and errors, an app that says what it was handed, and output in a pipe."""
    ours, theirs = os.openpty()
    try:
        ran = subprocess.run(
            [sys.executable, "-c", WITH_AN_APP, *typed],
            cwd=ROOT,
            env=variables(path),
            stdin=theirs,
            stderr=theirs,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        os.set_blocking(ours, False)
        try:
            said = os.read(ours, 10_000).decode().replace("\r\n", "\n")
        except BlockingIOError:
            said = ""
    finally:
        os.close(ours)
        os.close(theirs)
    return subprocess.CompletedProcess(ran.args, ran.returncode, ran.stdout, said)


def test_the_app_is_handed_path_user_clock_and_settings(book: Path) -> None:
    ran = in_a_terminal(book)
    assert (ran.returncode, ran.stdout) == (0, f"{book}|robin|{TODAY}|False\n")
    other = book.with_name("new.json")
    assert in_a_terminal(book, "--book", str(other)).stdout.startswith(f"{other}|")


def test_the_app_is_not_opened_in_a_folder_that_is_missing(path: Path) -> None:
    assert str(path.parent) in refused(in_a_terminal(path))
    assert not path.parent.exists()


def test_the_app_needs_a_terminal(run: Run, book: Path) -> None:
    assert "terminal" in refused(run())
