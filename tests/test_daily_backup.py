"""The app makes one backup a day by itself, with the first fold of the day, off the thread that draws."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from storage.backing_up import list_backups
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from tests.app_driving import OpenApp


class Watched(SystemCalls):
    """Notes which threads write backups; refuses while the disk is full."""

    def __init__(self) -> None:
        self.threads: set[str] = set()
        self.full = False

    def open(self, path: str | Path, flags: int, mode: int = 0o600) -> int:
        if flags & os.O_CREAT and "book.json.backups" in str(path):
            self.threads.add(threading.current_thread().name)
            if self.full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().open(path, flags, mode)


async def test_the_first_fold_of_a_day_is_followed_by_a_backup(open_app: OpenApp, studio_book: Path) -> None:
    calls = Watched()
    async with open_app(calls=calls) as session:
        store = session.app.open_book.store
        assert store is not None
        for note in ("first", "second"):
            await session.press("l")
            await session.on("LogLine")
            await session.type(f"visit patel yesterday {note}")
            await session.press("enter")
            await session.until(lambda: store.unfolded)
            await session.until(lambda: not store.unfolded, "it was never folded")
            await session.until(lambda: list_backups(SystemCalls(), studio_book), "no backup was made")
    (backup,) = list_backups(SystemCalls(), studio_book)
    assert backup.reason == "daily"
    assert b"first" in backup.path.read_bytes()
    assert b"second" not in backup.path.read_bytes()
    assert len(calls.threads) == 1
    assert threading.main_thread().name not in calls.threads


async def test_a_backup_that_failed_is_told_and_costs_nothing_else(open_app: OpenApp, studio_book: Path) -> None:
    calls = Watched()
    calls.full = True
    async with open_app(calls=calls) as session:
        await session.press("l")
        await session.on("LogLine")
        await session.type("visit patel yesterday first")
        await session.press("enter")
        await session.sees("There is no room for a copy of the book")
        assert session.on_disk().sequence == 1
    assert list_backups(SystemCalls(), studio_book) == ()
