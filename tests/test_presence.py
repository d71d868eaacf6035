"""Who else has a book open: sessions in real processes, killed ones, two unix users."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from storage.book_store import BookStore
from storage.presence import Presence, sessions_folder, who_is_here
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock

ROOT = Path(__file__).resolve().parent.parent
USERS, GROUP = (60_001, 60_002), 60_000

SIT = """
import os, sys
from pathlib import Path
from storage.presence import Presence
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock

book, name, uid, gid = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
if uid:
    os.setgroups([gid])
    os.setgid(uid)
    os.setuid(uid)
os.umask(0o077)
presence = Presence(SystemCalls(), book, name, SystemClock())
presence.enter()
print("here", flush=True)
for asked in sys.stdin:
    print(*(other.user for other in presence.others()), flush=True)
presence.leave()
"""


class Sitting:
    """A process that is present until it is told to go, or killed."""

    def __init__(self, book: Path, user: str, uid: int = 0) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", SIT, str(book), user, str(uid), str(GROUP)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._said() == "here"

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def sees(self) -> list[str]:
        """Whom it sees."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._said().split()

    def go(self) -> None:
        self._process.communicate()
        assert self._process.returncode == 0

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = tmp_path / "studio" / "book.json"
    BookStore.create(book, user="sam", clock=SystemClock()).close()
    return book


@pytest.fixture
def shared() -> Iterator[Path]:
    """A setgid folder that several users can reach."""
    with TemporaryDirectory() as outer:
        Path(outer).chmod(0o711)
        folder = Path(outer) / "studio"
        folder.mkdir()
        if os.geteuid() == 0:
            os.chown(folder, -1, GROUP)
        folder.chmod(0o2770)
        yield folder


def present(path: Path, user: str = "me", calls: SystemCalls | None = None) -> Presence:
    found = Presence(calls or SystemCalls(), path, user, SystemClock())
    found.enter()
    return found


def names(presence: Presence) -> list[str]:
    return [other.user for other in presence.others()]


def settled(presence: Presence) -> Presence:
    """After two looks nothing is left to wonder about."""
    presence.others()
    presence.others()
    assert not presence.changed()
    return presence


def files(path: Path) -> list[str]:
    return os.listdir(sessions_folder(path))


def test_sessions_see_each_other_and_leave_nothing_behind(path: Path) -> None:
    before = datetime.now(UTC)
    me = present(path)
    assert names(me) == []
    settled(me)
    sam = Sitting(path, "sam")
    assert me.changed()
    kim = Sitting(path, "kim")
    assert names(me) == ["sam", "kim"]
    assert (sam.sees(), kim.sees()) == (["me", "kim"], ["me", "sam"])
    assert all(before <= other.since <= datetime.now(UTC) for other in me.others())
    settled(me)
    sam.go()
    assert me.changed()
    assert names(me) == ["kim"]
    me.leave()
    assert kim.sees() == []
    kim.go()
    assert sorted(os.listdir(path.parent)) == ["book.json"]


def test_a_killed_session_is_gone_at_the_next_look_and_so_is_its_file(path: Path) -> None:
    me = present(path)
    sam, kim = Sitting(path, "sam"), Sitting(path, "kim")
    assert names(me) == ["sam", "kim"]
    sam.kill()
    assert len(files(path)) == 3
    assert names(me) == ["kim"]
    assert len(files(path)) == 2
    kim.kill()
    me.leave()
    assert len(files(path)) == 1
    again = present(path)
    assert names(again) == []
    again.leave()
    assert not sessions_folder(path).exists()


def test_a_stopped_session_is_still_there(path: Path) -> None:
    me = present(path)
    sam = Sitting(path, "sam")
    os.kill(sam._process.pid, signal.SIGSTOP)
    assert names(me) == ["sam"]
    os.kill(sam._process.pid, signal.SIGCONT)
    sam.go()
    me.leave()


def test_two_users_in_a_setgid_folder_see_each_other(shared: Path) -> None:
    """Without root's right to become them, both are this user."""
    users = USERS if os.geteuid() == 0 else (0, 0)
    path = shared / "book.json"
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    first, second = (Sitting(path, f"user{number}", user) for number, user in enumerate(users))
    assert first.sees() == ["user1"]
    assert second.sees() == ["user0"]
    folder = sessions_folder(path)
    assert folder.stat().st_mode & 0o7777 == 0o2770
    assert {place.stat().st_mode & 0o777 for place in folder.iterdir()} == {0o660}
    assert {place.stat().st_gid for place in [folder, *folder.iterdir()]} == {shared.stat().st_gid}
    first.kill()
    assert second.sees() == []
    assert len(files(path)) == 1
    second.go()
    assert not folder.exists()


def test_the_files_of_a_private_book_are_private(path: Path) -> None:
    me = present(path)
    folder = sessions_folder(path)
    assert [place.stat().st_mode & 0o777 for place in (folder, *folder.iterdir())] == [0o700, 0o600]
    me.leave()


def test_who_may_not_write_sees_nobody_and_writes_nothing(shared: Path) -> None:
    """A stranger to the group may not even look; without root's rights the folder is closed to everybody instead."""
    path = shared / "book.json"
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    sam = Sitting(path, "sam")
    shared.chmod(0o2555)
    sessions_folder(path).chmod(0o2555)
    before = files(path)
    stranger = Sitting(path, "stranger", 60_009 if os.geteuid() == 0 else 0)
    assert stranger.sees() == []
    assert files(path) == before
    stranger.go()
    shared.chmod(0o2770)
    sessions_folder(path).chmod(0o2770)
    sam.go()


class OnNetwork(SystemCalls):
    def mount_table(self) -> str:
        return "36 35 98:0 / / rw - nfs4 server:/ rw"


def test_on_a_network_disk_nobody_is_shown_and_nothing_is_written(path: Path) -> None:
    me = present(path)
    far = present(path, "far", OnNetwork())
    assert (far.changed(), names(far), len(files(path))) == (False, [], 1)
    far.leave()
    assert who_is_here(OnNetwork(), path) == ()
    assert [here.user for here in who_is_here(SystemCalls(), path)] == ["me"]
    me.leave()


def test_a_store_writes_no_presence(path: Path) -> None:
    store = BookStore.open(path, user="sam", clock=SystemClock())
    assert not sessions_folder(path).exists()
    store.close()


def test_a_command_that_looks_removes_nothing(path: Path) -> None:
    sam = Sitting(path, "sam")
    assert [here.user for here in who_is_here(SystemCalls(), path)] == ["sam"]
    sam.kill()
    assert who_is_here(SystemCalls(), path) == ()
    assert len(files(path)) == 1


def test_a_presence_that_was_taken_away_is_made_again(path: Path) -> None:
    me = settled(present(path))
    sam = Sitting(path, "sam")
    for name in files(path):
        (sessions_folder(path) / name).unlink()
    sessions_folder(path).rmdir()
    assert me.changed()
    me.others()
    assert sam.sees() == ["me"]
    assert names(me) == ["sam"]
    sam.go()
    me.leave()


def test_who_has_left_does_not_come_in_again(path: Path) -> None:
    me = present(path)
    me.leave()
    me.enter()
    assert (me.others(), me.changed(), sessions_folder(path).exists()) == ((), False, False)
