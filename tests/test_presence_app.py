"""Who else has the book open, on the title line and in `where`; the looks pause while the app is suspended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

import trainer_tui.company
from relationships.changes import Clock
from screens.title_line import others_in_words
from storage.presence import Presence, sessions_folder
from storage.system_calls import SystemCalls
from trainer_tui.pulse import Pulse

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, OtherSession, Session

ROOT = Path(__file__).resolve().parent.parent
NARROW, WIDE = (80, 24), (120, 40)


class ClosedFolder(SystemCalls):
    """The real calls in a place where this user may only read."""

    def may_write(self, path: Path) -> bool:
        return False


@contextmanager
def present(path: Path, clock: Clock, *users: str) -> Iterator[list[Presence]]:
    """Other sessions of the app on the same book."""
    sessions = [Presence(SystemCalls(), path, user, clock) for user in users]
    for session in sessions:
        session.enter()
    yield sessions
    for session in sessions:
        session.leave()


async def entered(session: Session) -> None:
    """Wait until the app has made its presence known."""
    folder = sessions_folder(session.path)
    await session.until(lambda: folder.exists() and os.listdir(folder), "it never came in")


@pytest.mark.parametrize(
    ("size", "users", "right"),
    [
        (NARROW, (), "Mon 23 Nov · studio"),
        (NARROW, ("jo",), "studio · jo is here too"),
        (NARROW, ("kim",), "kim is here too"),
        (NARROW, ("beatrix",), "beatrix is here too"),
        (NARROW, ("kim", "alex"), "kim and alex here too"),
        (NARROW, ("kim", "alex", "jo", "mina"), "kim, alex and 2 more"),
        (NARROW, ("beatrix", "ferdinand", "jo"), "beatrix and 2 more"),
        (NARROW, ("sam",), "studio · you, elsewhere"),
        (NARROW, ("sam", "beatrix"), "beatrix is here too"),
        (WIDE, ("kim",), "Mon 23 Nov · studio · kim is here too"),
        (WIDE, ("kim", "alex"), "Mon 23 Nov · studio · kim and alex are here too"),
        (WIDE, ("kim", "alex", "jo", "mina"), "Mon 23 Nov · studio · kim, alex and 2 more"),
        (WIDE, ("sam",), "Mon 23 Nov · studio · you, in another terminal"),
        (WIDE, ("sam", "kim"), "studio · kim is here too · you, in another terminal"),
        (WIDE, ("kim", "kim"), "Mon 23 Nov · studio · kim is here too"),
        ((60, 20), ("kim",), "kim here"),
        ((60, 20), (), "studio"),
        (WIDE, ("a [b]\x1b[31mc",), "Mon 23 Nov · studio · a [b]␛[31mc is here too"),
        (WIDE, ("x" * 60,), "Mon 23 Nov · studio · xxxxxxxxxxxxxxx… is here too"),
        (WIDE, ("李" * 60,), "Mon 23 Nov · studio · 李李李李李李李… is here too"),
    ],
)
async def test_the_others_stand_on_the_title_line(
    open_app: OpenApp, studio_book: Path, clock: Clock, size: tuple[int, int], users: tuple[str, ...], right: str
) -> None:
    with present(studio_book, clock, *users):
        async with open_app(size=size) as session:
            await session.until(lambda: session.lines[0].rstrip().endswith(f"  {right}"), f"never seen: {right}")
            assert session.lines[0].startswith(" 1 Today  2 Cont")
            if size[0] >= 80:
                assert "5 Follow-ups  " in session.lines[0]


async def test_they_come_and_go_on_every_screen_and_nothing_else_is_redrawn(
    open_app: OpenApp, studio_book: Path, clock: Clock
) -> None:
    async with open_app(size=WIDE) as session:
        await entered(session)
        await session.press("3", "2")
        await session.at("ruth")
        edition = session.app.open_book.edition
        with present(studio_book, clock, "kim") as (kim,):
            await session.sees("kim is here too")
            assert [other.user for other in kim.others()] == ["sam"]
            await session.press("1")
            await session.sees("kim is here too")
            await session.press("enter")
            await session.on("PractitionerScreen")
            await session.sees("kim is here too")
        await session.sees_no("kim is here too")
        for place in "123":
            await session.press(place)
            assert "kim" not in session.text
        assert session.app.open_book.edition == edition
    assert not sessions_folder(studio_book).exists()


SIT = """
import sys, time
from pathlib import Path
from storage.presence import Presence
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock

Presence(SystemCalls(), Path(sys.argv[1]), "kim", SystemClock()).enter()
print("here", flush=True)
sys.stdin.read()
"""


async def test_a_killed_session_leaves_the_title_line_at_the_roll_call(
    open_app: OpenApp, studio_book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer_tui.company, "ROLL_CALL", 3)
    async with open_app(size=WIDE) as session:
        await entered(session)
        kim = subprocess.Popen(
            [sys.executable, "-c", SIT, str(studio_book)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert kim.stdout is not None
        assert kim.stdout.readline() == b"here\n"
        await session.sees("kim is here too")
        kim.kill()
        kim.communicate()
        await session.sees_no("kim is here too")
        assert len(os.listdir(sessions_folder(studio_book))) == 1


async def test_who_may_only_read_is_not_seen_and_sees_nobody(
    open_app: OpenApp, studio_book: Path, clock: Clock
) -> None:
    with present(studio_book, clock, "kim") as (kim,):
        async with open_app(size=WIDE, calls=ClosedFolder()) as session:
            await session.sees("Mon 23 Nov · read only")
            beats = beats_of(session)
            await session.until(lambda: len(beats) > 3)
            assert kim.others() == ()
            assert "kim" not in session.lines[0]


async def test_two_apps_see_each_other(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app(size=WIDE, user="kim") as kim:
        await entered(kim)
        async with open_app(size=WIDE) as sam:
            await sam.sees("kim is here too")
            await kim.sees("sam is here too")
        await kim.sees_no("sam is here too")


def beats_of(session: Session) -> list[None]:
    """One entry for each beat from now on."""
    pulse = session.app._upkeep._pulse
    assert pulse is not None
    beats: list[None] = []
    beat = pulse._beat

    def counted() -> None:
        beats.append(None)
        beat()

    pulse._beat = counted
    return beats


async def test_the_looks_pause_while_the_app_is_suspended_and_go_on_at_once(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await session.press("2")
        beats = beats_of(session)
        await session.until(lambda: beats)
        session.app._suspend_signal()
        before = len(beats)
        with other_session("alex") as store:
            ruth = store.book.practitioners["ruth"]
            store.commit(store.author.act("edit", store.author.edit(ruth, replace(ruth, name="Ruth Ames"))))
            for _ in range(40):
                await session.pilot.pause(0.01)
            assert len(beats) == before
            assert "Ruth Ames" not in session.text
            session.app._resume_signal()
            await session.settle()
            assert len(beats) == before + 1
            await session.sees("Ruth Ames")
        await session.until(lambda: len(beats) > before + 2, "it stopped after the first look")


async def test_a_pulse_that_has_stopped_beats_no_more(open_app: OpenApp, studio_book: Path) -> None:
    beats: list[None] = []
    async with open_app() as session:
        pulse = Pulse(session.app, 0.01, lambda: beats.append(None))
        await session.until(lambda: len(beats) > 2)
        pulse.stop()
        before = len(beats)
        await session.pilot.pause(0.05)
        assert len(beats) == before
        pulse.stop()


def test_where_lists_who_has_the_book_open_and_changes_nothing(studio_book: Path, clock: Clock, tmp_path: Path) -> None:
    def where(*options: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "trainer_tui", "--book", str(studio_book), "where", *options],
            cwd=ROOT,
            env={**os.environ, "LOGNAME": "robin", "TZ": "UTC"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    with present(studio_book, clock, "kim", "al\x1bex"):
        (first, second) = json.loads(where("--json"))["sessions"]
        assert (first["user"], second["user"]) == ("kim", "al\x1bex")
        assert first["since"].startswith("2026-11-23T09:00:")
        told = where()
        assert "open in   the app of kim, since 2026-11-23 09:00\n" in told
        assert "the app of al␛ex, since" in told
        assert len(os.listdir(sessions_folder(studio_book))) == 2
    assert json.loads(where("--json"))["sessions"] == []
    assert "open in" not in where()
    assert not sessions_folder(studio_book).exists()


def test_who_is_here_in_fewer_and_fewer_words() -> None:
    assert others_in_words(()) == []
    for names in (("kim",), ("kim", "jo"), ("kim", "jo", "al")):
        widths = [*map(len, others_in_words(names))]
        assert widths == sorted(widths, reverse=True)
