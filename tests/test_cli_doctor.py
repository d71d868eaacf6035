"""`trainer-tui doctor` and `doctor --repair`, as typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import small_book

ROOT = Path(__file__).resolve().parent.parent
MODULES = """
import sys
from trainer_tui.cli import main
code = main(sys.argv[1:])
print("TEXTUAL" if {"textual", "rich"} & set(sys.modules) else "PLAIN", file=sys.stderr)
sys.exit(code)
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = tmp_path / "studio" / "book.json"
    small_book.make_book(book)
    return book


@pytest.fixture
def run(path: Path) -> Run:
    def start(*typed: str) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, "TRAINER_TUI_BOOK": str(path), "TRAINER_TUI_TODAY": "2026-11-24"}
        command = [sys.executable, "-c", MODULES, *typed]
        return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)

    return start


def test_a_sound_book(run: Run, path: Path) -> None:
    before = small_book.all_files(path.parent)
    found = run("doctor")
    assert (found.returncode, found.stderr) == (0, "PLAIN\n")
    assert found.stdout == (
        f"Sound: {path} holds 1 practitioners, 1 practices, 8 touches, 1 follow-ups, 0 offers, 0 referrals,"
        " up to act 11.\n"
    )
    assert small_book.all_files(path.parent) == before
    found = run("doctor", "--repair")
    assert (found.returncode, found.stdout.splitlines()[0]) == (0, "Nothing had to be mended.")
    assert small_book.all_files(path.parent) == before
    assert json.loads(run("doctor", "--json").stdout) == {
        "book": str(path),
        "sound": True,
        "findings": [],
        "repair": None,
    }


def test_a_note_is_no_reason_to_worry(run: Run, path: Path) -> None:
    small_book.edited(path, lambda d: d.update(dreams={"1": {}}))
    found = run("doctor")
    assert found.returncode == 0
    first, last = found.stdout.splitlines()
    assert first == "note    book.json: This version knows no table “dreams”; it is kept as it is."
    assert last.startswith("Sound: ")


def test_a_damaged_book_and_its_repair(run: Run, path: Path) -> None:
    small_book.edited(path, lambda d: d["touches"]["1"].update(minutes="ten\x1b[31m", practice="gone"))
    before = small_book.all_files(path.parent)
    found = run("doctor")
    assert found.returncode == 1
    assert found.stdout == (
        "damage  book.json touches folded-0: Line 1: minutes cannot be read"
        " (Expected `int | null`, got `str` - at `$.minutes`).\n"
        "          The record is kept without it; what stands there is kept as unreadable_minutes.\n"
        "warning book.json touches folded-0: The touch names a practice that is not in the book: gone.\n"
        "          Edit the touch in the app, and choose the practice again; or leave it as it is.\n"
        f"Not sound: {path} has 1 damage, 1 warning, 0 notes."
        " `trainer-tui doctor --repair` mends what can be mended.\n"
    )
    assert small_book.all_files(path.parent) == before
    as_json = json.loads(run("doctor", "--json").stdout)
    assert as_json["sound"] is False
    assert as_json["findings"][0] == {
        "severity": "damage",
        "file": "book.json",
        "table": "touches",
        "record": "folded-0",
        "what": "Line 1: minutes cannot be read (Expected `int | null`, got `str` - at `$.minutes`).",
        "mend": "The record is kept without it; what stands there is kept as unreadable_minutes.",
    }
    found = run("doctor", "--repair", "--json")
    assert found.returncode == 1
    told = json.loads(found.stdout)
    assert Path(told["repair"]["kept"], "book.json").read_bytes() == before["book.json"]
    assert Path(told["repair"]["side_file"]).exists()
    assert "The book is written anew with 11 records, up to act 11." in told["repair"]["mended"]
    assert [finding["severity"] for finding in told["findings"]] == ["warning"]
    assert len(small_book.ids_in(path)) == 11


def test_the_repair_tells_what_it_did(run: Run, path: Path) -> None:
    journal = small_book.journal_of(path)
    journal.write_bytes(journal.read_bytes().replace(small_book.BOOK_ID.encode(), b"1234567890abcdef"))
    found = run("doctor", "--repair")
    kept, moved, last = found.stdout.splitlines()
    assert kept.startswith(f"Kept as it was: {path}.backups/2026-11-24T")
    assert moved.startswith("Mended: The journal is moved to book.json.journal.foreign-2026-11-24T")
    assert last.startswith("Sound: ")
    assert found.returncode == 0


@pytest.mark.parametrize("typed", [("doctor",), ("doctor", "--repair"), ("doctor", "--json")])
def test_what_cannot_be_looked_at_ends_with_2(run: Run, path: Path, typed: tuple[str, ...]) -> None:
    path.unlink()
    found = run(*typed)
    assert found.returncode == 2
    assert found.stdout == ""
    assert found.stderr.startswith(f"trainer-tui: There is no book there. There is no book at {path}.")


def test_an_empty_book_is_not_mended(run: Run, path: Path) -> None:
    path.write_bytes(b"")
    found = run("doctor", "--repair")
    assert found.returncode == 2
    assert "`trainer-tui restore` brings back the newest backup." in found.stderr
    assert path.read_bytes() == b""
    found = run("doctor")
    assert found.returncode == 1
    assert "Nothing in this file can be read as a book." in found.stdout


def test_the_other_commands_refuse_a_damaged_book(run: Run, path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])
    for typed in (("list", "contacts"), ("due",), ("history",), ("log", "visit patel"), ("fold",)):
        found = run(*typed)
        assert found.returncode == 2
        assert found.stderr.startswith("trainer-tui: The book is damaged. ")


def test_a_long_list_is_cut_in_the_text_and_whole_in_json(run: Run, path: Path) -> None:
    document = json.loads(path.read_bytes())
    touch = document["touches"]["1"]
    document["touches"] = {str(number): {**touch, "id": f"t{number}", "practice": "gone"} for number in range(1, 300)}
    path.write_text(json.dumps(document))
    found = run("doctor")
    assert found.stdout.count("names a practice") == 200
    assert "... and " in found.stdout
    findings = json.loads(run("doctor", "--json").stdout)["findings"]
    assert sum("names a practice" in finding["what"] for finding in findings) == 299
