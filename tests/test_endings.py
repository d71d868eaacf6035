"""Endings that nobody asked for, in real terminals: what was half typed is offered at the next start and saved once."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relationships.changes import Clock
from storage.book_store import BookStore

if TYPE_CHECKING:
    from tests.pty_app import PtyApp, StartProgram

LINE = "visit patel yesterday asked about post-rehab; next in 3 weeks"


def kept(drafts: Path) -> list[Path]:
    """The drafts that are there."""
    return sorted(drafts.glob("*.json")) if drafts.is_dir() else []


def half_a_line(app: PtyApp) -> None:
    """Begin a line in the log."""
    app.sees("Today", "Priya Patel", "log")
    app.send("l")
    app.sees("Log", "esc cancel")
    app.send(LINE)
    app.sees("visit with Priya Patel")


def hang_up(app: PtyApp) -> None:
    app.hang_up()


def ignore_hangups() -> None:
    """As `nohup` does."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def sighup(app: PtyApp) -> None:
    app.signal(signal.SIGHUP)


def sigterm(app: PtyApp) -> None:
    app.signal(signal.SIGTERM)


@pytest.mark.parametrize(("end", "code"), [(hang_up, 129), (sighup, 129), (sigterm, 143)])
def test_half_a_line_is_offered_again_and_saved_once(
    start_program: StartProgram,
    studio_book: Path,
    program_drafts: Path,
    clock: Clock,
    end: Callable[[PtyApp], None],
    code: int,
) -> None:
    first = start_program()
    half_a_line(first)
    end(first)
    assert first.ended(10) == code
    assert len(kept(program_drafts)) == 1
    (draft,) = kept(program_drafts)
    assert [oct(path.stat().st_mode & 0o777) for path in (program_drafts, draft)] == ["0o700", "0o600"]
    assert [path.name for path in studio_book.parent.iterdir()] == ["book.json"]

    second = start_program()
    second.sees("You were writing a visit with Priya Patel when the session ended", LINE, "enter goes on writing")
    second.send("\r")
    second.sees("Log", "visit with Priya Patel", "enter save")
    assert len(kept(program_drafts)) == 1
    second.send("\r")
    second.sees("Logged: visit with Priya Patel")
    second.until(lambda: not kept(program_drafts), "the draft is still there")
    second.send("\x11")
    assert second.ended() == 0

    store = BookStore.open(studio_book, user="reader", clock=clock)
    touches = store.book.touches_with("patel")
    store.close()
    assert [touch.note for touch in touches].count("asked about post-rehab") == 1


def test_a_kill_costs_two_seconds_of_typing_at_the_most(start_program: StartProgram, program_drafts: Path) -> None:
    first = start_program()
    half_a_line(first)
    first.until(lambda: kept(program_drafts), "no draft was written")
    first.signal(signal.SIGKILL)
    assert first.ended() == -signal.SIGKILL

    second = start_program()
    second.sees("You were writing a visit with Priya Patel", LINE)


def test_half_a_form_is_offered_again(
    start_program: StartProgram, studio_book: Path, program_drafts: Path, clock: Clock
) -> None:
    first = start_program()
    half_a_line(first)
    first.send("\t")
    first.sees("Touch with Priya Patel")
    first.send("\t")
    first.sees("With commas between")
    first.send("Jo at the desk")
    first.sees("Jo at the desk")
    first.signal(signal.SIGHUP)
    assert first.ended(10) == 129

    second = start_program()
    second.sees("You were writing “Touch with Priya Patel”", "Jo at the desk")
    second.send("\r")
    second.sees("Touch with Priya Patel", "Jo at the desk", "asked about post-rehab", "ctrl+s save")
    second.send("\x13")
    second.sees("Logged: visit with Priya Patel")
    second.until(lambda: not kept(program_drafts), "the draft is still there")

    store = BookStore.open(studio_book, user="reader", clock=clock)
    touches = store.book.touches_with("patel")
    store.close()
    assert (touches[0].note, touches[0].people_met) == ("asked about post-rehab", ("Jo at the desk",))
    assert len(touches) == 2


def test_a_signal_restores_the_terminal(start_program: StartProgram) -> None:
    app = start_program()
    app.sees("Today", "Priya Patel")
    assert app.modes != app.modes_before
    app.signal(signal.SIGTERM)
    assert app.ended(10) == 143
    assert app.modes == app.modes_before


def test_a_lost_terminal_ends_a_session_that_ignores_its_signal(
    start_program: StartProgram, program_drafts: Path
) -> None:
    app = start_program(before=ignore_hangups)
    half_a_line(app)
    app.hang_up()
    assert app.ended(10) == 129
    assert len(kept(program_drafts)) == 1


def test_who_leaves_on_purpose_leaves_no_draft(start_program: StartProgram, program_drafts: Path) -> None:
    app = start_program()
    half_a_line(app)
    app.until(lambda: kept(program_drafts), "no draft was written")
    app.send("\x11")
    app.sees("Not saved yet")
    app.send("\x11")
    assert app.ended() == 0
    assert kept(program_drafts) == []


def test_a_stopped_terminal_holds_up_an_ending_for_seconds_only(
    start_program: StartProgram, program_drafts: Path
) -> None:
    app = start_program()
    half_a_line(app)
    app.until(lambda: kept(program_drafts), "no draft was written")
    app.stop_output()
    for _ in range(80):
        app.send_alone("x")
    app.signal(signal.SIGTERM)
    assert app.ended(15) == 143
    (draft,) = kept(program_drafts)
    assert LINE.encode() + b"x" in draft.read_bytes()
