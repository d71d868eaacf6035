"""The command line as a trainer meets it: real processes on a real book."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB

from storage.book_store import BookStore
from trainer_tui.clock import SystemClock
from trainer_tui.demo import demo_tables

ROOT = Path(__file__).resolve().parent.parent
TODAY = "2026-11-23"
Ran = subprocess.CompletedProcess[str]
Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `trainer-tui` in a process of its own, on the book of the test, on a fixed day, as Robin."""

    def start(*typed: str, **environ: str) -> Ran:
        variables = {"TRAINER_TUI_BOOK": str(tmp_path / "studio" / "book.json"), "TRAINER_TUI_TODAY": TODAY}
        return subprocess.run(
            [sys.executable, "-m", "trainer_tui", *typed],
            cwd=ROOT,
            env={**os.environ, **variables, "LOGNAME": "robin", **environ},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    return start


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A made-up book with 60 touches."""
    path = tmp_path / "studio" / "book.json"
    clock = SystemClock({"TRAINER_TUI_TODAY": TODAY})
    tables = demo_tables(60, 7, date.fromisoformat(TODAY), datetime(2026, 11, 23, 12, tzinfo=UTC))
    BookStore.create(path, user="sam", clock=clock, tables=tables).close()
    return path


def done(ran: Ran) -> str:
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def document(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done(ran))
    return found


def files(book: Path) -> dict[str, tuple[int, bytes]]:
    """Every file beside the book, with its time and content."""
    return {
        str(path.relative_to(book.parent)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in book.parent.rglob("*")
        if path.is_file()
    }


def test_demo_writes_a_book_that_stock_tinydb_opens(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "made up.json"
    said = done(run("demo", "--to", str(path), "--touches", "30", "--seed", "3"))
    assert "30 touches" in said
    assert f"trainer-tui --book '{path}'" in said
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    with TinyDB(path) as opened:
        assert len(opened.table("touches")) == 30


def test_demo_goes_to_the_data_folder_and_never_over_a_book(run: Run) -> None:
    done(run("demo", "--touches", "5"))
    path = Path(os.environ["XDG_DATA_HOME"]) / "trainer-tui" / "demo" / "book.json"
    before = path.read_bytes()
    again = run("demo", "--touches", "6")
    assert (again.returncode, again.stdout) == (2, "")
    assert "--to" in again.stderr
    assert path.read_bytes() == before


def test_what_was_logged_stands_in_every_command(run: Run, book: Path) -> None:
    said = done(run("log", "visit", "patel", "yesterday", "asked about [post-rehab]; next in 3 weeks"))
    for understood in ("visit with Priya Patel", "Sun 22 Nov", "asked about [post-rehab]", "Mon 14 Dec"):
        assert understood in said
    (touch,) = document(run("list", "visits", "--query", "POST-REHAB] asked patel", "--json"))["records"]
    assert (touch["done_on"], touch["kind"], touch["created_by"]) == ("2026-11-22", "visit", "robin")
    assert "asked about [post-rehab]" in done(run("show", "Priya Patel"))
    soon = document(run("due", "--days", "30", "--json"))["soon"]
    assert [each["day"] for each in soon if each.get("from_touch") == touch["id"]] == ["2026-12-14"]
    (act,) = document(run("history", "--json"))["acts"]
    assert (act["by"], act["subject"]) == ("robin", "Priya Patel")
    assert "robin" in done(run("history", "patel"))
    assert "robin" not in done(run("history", "osei"))
    with TinyDB(book) as opened:
        assert len(opened.table("touches")) == 61
    assert done(run("undo")).startswith("Undone: log")
    assert document(run("list", "visits", "--query", "post-rehab] asked patel", "--json"))["records"] == []
    nothing = run("undo")
    assert (nothing.returncode, nothing.stdout) == (2, "")


def test_undo_takes_back_only_what_this_user_did(run: Run, book: Path) -> None:
    done(run("log", "call patel said thanks"))
    assert run("undo", LOGNAME="sam").returncode == 2
    assert "call" in done(run("undo", LOGNAME="robin"))


def test_the_settings_name_the_book_the_user_and_the_order_of_days(run: Run, book: Path, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('book = "studio/book.json"\nuser = "Alex"\nwrong = 1\n[date]\nday_first = false\n')
    environ = {"TRAINER_TUI_CONFIG": str(settings), "TRAINER_TUI_BOOK": ""}
    logged = run("log", "call patel 3/4/2026 said thanks", **environ)
    assert "Wed 4 Mar" in logged.stdout
    assert f"{settings}: there is no setting" in logged.stderr
    assert document(run("history", "--json"))["acts"][0]["by"] == "Alex"


def test_due_says_what_is_late_for_today_and_soon(run: Run, book: Path) -> None:
    lines = done(run("due")).splitlines()[1:]
    assert {line.split()[0] for line in lines} == {"OVERDUE", "TODAY", "SOON"}
    assert "OVERDUE  2026-11-21  2 days late" in "\n".join(lines)
    found = document(run("due", "--json"))
    assert len(lines) == sum(len(found[when]) for when in ("overdue", "today", "soon"))
    assert all(each["day"] < TODAY for each in found["overdue"])
    assert all(each["day"] == TODAY for each in found["today"])
    assert all(TODAY < each["day"] <= found["until"] == "2026-11-30" for each in found["soon"])


def test_due_check_speaks_and_exits_1_only_when_something_is_due(run: Run, book: Path) -> None:
    due = run("due", "--check")
    assert (due.returncode, due.stderr) == (1, "")
    assert "TODAY" in due.stdout
    assert "SOON" not in due.stdout
    assert done(run("due", "--check", TRAINER_TUI_TODAY="2020-01-01")) == ""
    assert "Nothing is due" in done(run("due", TRAINER_TUI_TODAY="2020-01-01"))
    assert run("due", "--check", "--days", "3000", TRAINER_TUI_TODAY="2020-01-01").returncode == 1


def test_due_with_rules_says_what_today_asks_for(run: Run, book: Path, tmp_path: Path) -> None:
    agreed = done(run("due")).splitlines()
    lines = done(run("due", "--rules")).splitlines()
    assert set(agreed) < set(lines) or len(lines) > len(agreed)
    assert "thank them for the referral of K-014 (referral_thanks)" in "\n".join(lines)
    days = [line.split()[1] for line in lines[1:]]
    assert days == sorted(days)
    found = document(run("due", "--rules", "--json"))
    assert len(lines) - 1 == sum(len(found[when]) for when in ("overdue", "today", "soon", "rules"))
    thanks = next(each for each in found["rules"] if each["rule"] == "referral_thanks")
    assert (thanks["table"], thanks["who"], thanks["due"]) == ("referrals", "Dr Amara Osei", "2026-11-21")
    assert thanks["why"].startswith("A referral is acknowledged within 1 day; K-014 came on")
    assert "rules" not in document(run("due", "--json"))
    settings = tmp_path / "settings.toml"
    settings.write_text("[rules]\nreferral_thanks = false\n")
    assert "referral_thanks" not in done(run("due", "--rules", TRAINER_TUI_CONFIG=str(settings)))
    assert run("due", "--rules", "--check").returncode == 1


@pytest.mark.parametrize(
    "typed",
    [("due",), ("due", "--rules"), ("list", "contacts"), ("show", "patel"), ("history",), ("where",)],
)
def test_reading_changes_no_file(run: Run, book: Path, typed: tuple[str, ...]) -> None:
    clock = SystemClock({"TRAINER_TUI_TODAY": TODAY})
    store = BookStore.open(book, user="sam", clock=clock)
    person = store.book.all_practitioners()[0]
    store.commit(store.author.act("trash", store.author.trash(person)))
    before = files(book)
    assert "book.json.journal" in before
    done(run(*typed))
    assert files(book) == before
    store.close()


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("practitioners", "practitioners"),
        ("contacts", "practitioners"),
        ("practices", "practices"),
        ("touches", "touches"),
        ("visits", "touches"),
        ("follow-ups", "follow_ups"),
        ("offers", "offers"),
        ("referrals", "referrals"),
    ],
)
def test_every_kind_is_listed_in_both_forms(run: Run, book: Path, kind: str, table: str) -> None:
    found = document(run("list", kind, "--json"))
    with TinyDB(book) as opened:
        live = {each["id"] for each in opened.table(table) if "trashed_at" not in each}
    assert {each["id"] for each in found["records"]} == live
    assert len(done(run("list", kind)).splitlines()) == len(live) + 1


def test_any_record_is_shown_by_its_id(run: Run, book: Path) -> None:
    for kind in ("practices", "touches", "follow-ups", "offers", "referrals"):
        first = document(run("list", kind, "--json"))["records"][0]
        assert document(run("show", first["id"], "--json"))["record"]["id"] == first["id"]
        assert first["id"] in done(run("show", first["id"]))


def test_where_tells_the_files_and_what_is_in_the_book(run: Run, book: Path) -> None:
    found = document(run("where", "--json"))
    assert (found["book"], found["mode"], found["folder_mode"]) == (str(book), "0600", "0700")
    assert (found["counts"]["touches"], found["user"], found["problem"]) == (60, "robin", "")
    book.chmod(0o644)
    assert f"chmod 600 {book}" in done(run("where"))
    assert "[keymap]" in done(run("where", "--sample-config"))


def test_fold_writes_the_journal_into_the_book(run: Run, book: Path) -> None:
    clock = SystemClock({"TRAINER_TUI_TODAY": TODAY})
    store = BookStore.open(book, user="sam", clock=clock)
    store.commit(store.author.act("trash", store.author.trash(store.book.all_practitioners()[0])))
    assert document(run("where", "--json"))["waiting"] is True
    assert done(run("fold")).startswith("Folded")
    assert document(run("where", "--json"))["waiting"] is False
    assert done(run("fold")).startswith("Nothing to fold")
    store.close()
