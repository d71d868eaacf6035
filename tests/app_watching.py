"""The app on Contacts, watched while other programs write its files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from storage.book_store import BookStore
from trainer_tui.watch import Watch

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, Session

REST = 4
"""So many looks go by before something counts as not done."""


class Watched:
    """The app on Contacts, its looks and readings counted."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.looks = self.readings = 0

    async def rest(self) -> None:
        """Let some looks go by."""
        until = self.looks + REST
        await self.session.until(lambda: self.looks >= until)

    def hold(self) -> None:
        """From here on it looks only when it is told to."""
        self.session.app._suspend_signal()

    async def look(self) -> None:
        """One look, and the reading that it leads to."""
        upkeep = self.session.app._upkeep
        upkeep._beat()
        await self.session.until(lambda: not upkeep._reading)

    def go_on(self) -> None:
        """It looks by itself again."""
        self.session.app._resume_signal()

    async def tells(self, sentence: str) -> None:
        """Wait until it stands there, over however many lines."""
        await self.session.until(lambda: sentence in self.words, f"never told: {sentence}")

    async def tells_no_more(self, sentence: str) -> None:
        """Wait until it is gone."""
        await self.session.until(lambda: sentence not in self.words, f"still told: {sentence}")

    @property
    def words(self) -> str:
        """The screen as one line of words."""
        return " ".join(self.session.text.split())


Watching = Callable[..., AbstractAsyncContextManager[Watched]]


@pytest.fixture
def watching(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> Watching:
    """Open the app on Contacts."""

    @asynccontextmanager
    async def opened(size: tuple[int, int] = (80, 24)) -> AsyncIterator[Watched]:
        async with open_app(size=size) as session:
            watched = Watched(session)
            should_read, read = Watch.should_read, Watch.read

            def looked(watch: Watch, store: BookStore) -> bool:
                watched.looks += 1
                return should_read(watch, store)

            def was_read(watch: Watch, store: BookStore) -> bool:
                watched.readings += 1
                return read(watch, store)

            monkeypatch.setattr(Watch, "should_read", looked)
            monkeypatch.setattr(Watch, "read", was_read)
            await session.press("2")
            await session.sees("Ruth Cohen")
            yield watched

    return opened
