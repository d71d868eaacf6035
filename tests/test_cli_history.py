"""`trainer-tui history` and `undo ACT-ID`: real processes on a real book."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from relationships.changes import Author
from relationships.records import Practitioner, Record
from storage.book_store import BookStore

ROOT = Path(__file__).resolve().parent.parent
HOSTILE = "Ruth [/]\x1b[31m\nCohen"
Ran = subprocess.CompletedProcess[str]
Run = Callable[..., Ran]


class Days:
    """A clock that goes on by six hours at each look, from the evening of 18 November on."""

    def __init__(self) -> None:
        self._looks = count()

    def now(self) -> datetime:
        return datetime(2026, 11, 18, 11, 30, tzinfo=UTC) + timedelta(hours=12 * next(self._looks))

    def today(self) -> date:
        return date(2026, 11, 18)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Ruth, whom alex and kim changed on several days, and whose second change kim took back."""
    path = tmp_path / "studio" / "book.json"
    days = Days()
    ids = map("{:016x}".format, count(0xABCDEF0000000000))
    author = Author("sam", days, ids.__next__)
    ruth = replace(author.new(Practitioner, name=HOSTILE), id="ruth")
    tables: dict[str, dict[str, Record]] = {"practitioners": {"ruth": ruth}}
    BookStore.create(path, user="sam", clock=days, tables=tables).close()
    for user, phone in (("alex", "111"), ("kim", "222"), ("alex", "333")):
        store = BookStore.open(path, user=user, clock=days, new_id=ids.__next__)
        before = store.book.practitioners["ruth"]
        edit = store.author.edit(before, replace(before, phone=phone, notes=HOSTILE))
        store.commit(store.author.act("edit practitioner", edit, subject=before.name))
        store.close()
    store = BookStore.open(path, user="alex", clock=days, new_id=ids.__next__)
    store.undo()
    store.close()
    return path


@pytest.fixture
def run(book: Path) -> Run:
    """Run `trainer-tui` on the book, on Monday 23 November 2026, as Robin."""

    def start(*typed: str) -> Ran:
        variables = {"TRAINER_TUI_BOOK": str(book), "TRAINER_TUI_TODAY": "2026-11-23", "LOGNAME": "robin", "TZ": "UTC"}
        return subprocess.run(
            [sys.executable, "-m", "trainer_tui", *typed],
            cwd=ROOT,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    return start


def done(ran: Ran) -> str:
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def acts(ran: Ran) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done(ran))["acts"]
    return found


def test_the_table_tells_who_what_and_what_was_taken_back(run: Run) -> None:
    lines = done(run("history")).splitlines()
    assert len(lines) == 5
    assert lines[1].split("  ")[1:3] == ["alex", "undo edit practitioner: Ruth [/]␛[31m ⏎ Cohen"]
    assert [line.endswith("taken back") for line in lines[1:]] == [False, True, False, False]
    assert "[abcdef" not in "\n".join(lines), "ids only with the changes"


def test_acts_are_found_by_user_day_and_number(run: Run) -> None:
    everything = acts(run("history", "--json"))
    assert [act["taken_back"] for act in everything] == [False, True, False, False]
    assert {act["by"] for act in acts(run("history", "--by", "KIM", "--json"))} == {"kim"}
    assert acts(run("history", "--limit", "2", "--json")) == everything[:2]
    days = [act["at"][:10] for act in everything]
    since = acts(run("history", "--since", "20 nov", "--json"))
    assert [act["at"][:10] for act in since] == [day for day in days if day >= "2026-11-20"]
    until = acts(run("history", "--until", "4 days ago", "--json"))
    assert [act["at"][:10] for act in until] == [day for day in days if day <= "2026-11-19"]
    assert 0 < len(until) < 4
    assert acts(run("history", "ruth", "--by", "alex", "--limit", "1", "--json")) == everything[:1]
    assert done(run("history", "--by", "nobody")) == "Nothing like that was changed.\n"


def test_changes_stand_under_each_act_with_its_id(run: Run) -> None:
    text = done(run("history", "--changes"))
    assert "        phone: 222 → 333\n" in text
    assert "        phone: (empty) → 111\n        notes: (empty) → Ruth [/]␛[31m ⏎ Cohen\n" in text
    assert "    Ruth [/]␛[31m ⏎ Cohen: changed\n" in text
    assert "]  taken back\n" in text
    assert "\x1b" not in text
    ids = [act["id"] for act in acts(run("history", "--json"))]
    shown = [line.partition("  [abcdef")[2].partition("]")[0] for line in text.splitlines() if "  [abcdef" in line]
    for whole, short in zip(ids, shown, strict=True):
        assert whole.startswith(f"abcdef{short}")
        assert [each for each in ids if each.startswith(f"abcdef{short}")] == [whole]


def test_an_act_is_taken_back_by_its_id(run: Run, book: Path) -> None:
    undo, fallen, kim, alex = [act["id"] for act in acts(run("history", "--json"))]
    refused = run("undo", alex)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "cannot be taken back: kim changed it since." in refused.stderr
    again = run("undo", fallen)
    assert again.returncode == 2
    assert "was taken back already" in again.stderr
    assert done(run("undo", kim)).startswith("Undone: edit practitioner: Ruth")
    shown = json.loads(done(run("show", "ruth", "--json")))["record"]
    assert shown["phone"] == "111"
    assert acts(run("history", "--limit", "1", "--json"))[0]["undoes"] == kim
    assert run("undo", undo).returncode == 2


def test_an_undo_is_taken_back_by_its_id(run: Run) -> None:
    (undo, *_) = [act["id"] for act in acts(run("history", "--json"))]
    assert done(run("undo", undo)).startswith("Undone: undo edit practitioner")
    assert json.loads(done(run("show", "ruth", "--json")))["record"]["phone"] == "333"
    assert acts(run("history", "--limit", "1", "--json"))[0]["redoes"] == undo


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("undo", "abcde"), "At least 6 characters"),
        (("undo", "abcdef"), "may be 4 of them"),
        (("undo", "no such act"), "No act has an id"),
        (("history", "--since", "nonsense"), '--since: "nonsense" is not a day.'),
        (("history", "--until", "31 feb"), "--until:"),
        (("history", "--limit", "many"), "--limit takes a whole number"),
        (("history", "nobody"), "There is no record with the name"),
    ],
)
def test_what_cannot_be_understood_is_told(run: Run, typed: tuple[str, ...], words: str) -> None:
    ran = run(*typed)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert words in ran.stderr
