"""At the start: what an earlier session of this user left half typed is offered again."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.app import App

from screens.book_screen import BookScreen
from screens.messages import ActsTaken
from screens.open_book import OpenBook
from storage.book_store import BookStore

if TYPE_CHECKING:
    from storage.drafts import Draft, DraftFile

LOOK_SECONDS: Final = 0.3
"""How long after the first frame it is looked for drafts."""
_QUIET_SECONDS: Final = 0.3
_LOOK_BACK: Final = timedelta(days=1)
"""How much older than its draft an act may seem: clocks are set back."""


class LeftDrafts:
    """Looks for drafts in a thread, and offers them one after the other while nothing else is being done."""

    def __init__(self, app: App[None], open_book: OpenBook, store: BookStore, folder: Path) -> None:
        self._app = app
        self._open_book = open_book
        self._store = store
        self._folder = folder

    def look(self) -> None:
        """Begin."""
        self._app.run_worker(self._look, thread=True, group="drafts")

    def _look(self) -> None:
        try:
            if not os.listdir(self._folder):
                return
            left = self._left()
        except OSError:
            return
        if left:
            self._app.call_from_thread(self._begin, left)

    def _left(self) -> list[DraftFile]:
        from storage.drafts import DraftFolder
        from storage.system_calls import SystemCalls

        left = []
        for file in DraftFolder(SystemCalls(), self._folder).left(self._store.book_id):
            if file.draft is not None and self._in_the_book(file.draft):
                file.drop()
            else:
                left.append(file)
        return left

    def _in_the_book(self, draft: Draft) -> bool:
        """Whether the session died between saving and removing the draft."""
        if not draft.act:
            return False
        for act in self._store.history():
            if act.id == draft.act:
                return True
            if act.at < draft.at - _LOOK_BACK:
                break
        return False

    def _begin(self, left: list[DraftFile]) -> None:
        self._open_book.take_in()
        self._app.post_message(ActsTaken())
        self._app.run_worker(self._offer_all(left), group="drafts")

    async def _offer_all(self, left: list[DraftFile]) -> None:
        for file in left:
            if file.draft is not None:
                await self._offer(file, file.draft, await self._quiet_screen())

    async def _quiet_screen(self) -> BookScreen:
        """The screen on top, once no dialog is open or coming."""
        while True:
            screen = self._app.screen
            if isinstance(screen, BookScreen) and screen.ready and not screen.dialog_coming:
                return screen
            await asyncio.sleep(_QUIET_SECONDS)

    async def _offer(self, file: DraftFile, draft: Draft, screen: BookScreen) -> None:
        from screens.dialogs.draft_text import DraftText
        from screens.journeys.by_name import way_on

        way = way_on(draft, self._open_book.book)
        gone = "" if way else " What it was about is gone from the book; the text can be copied from here."
        dialog = DraftText(draft.pages, f"{self._sentence(draft)}{gone}", can_go_on=way is not None)
        wish = await self._app.push_screen_wait(dialog)
        if wish == "drop":
            await asyncio.to_thread(file.drop)
        elif wish == "go on" and way is not None:
            screen.dialog_coming = True
            try:
                await self._open_book.drafting.walk(screen, *way, left=file)
            finally:
                screen.dialog_coming = False
        else:
            file.leave()

    def _sentence(self, draft: Draft) -> str:
        from relationships.dates import short_day

        ended = draft.at.astimezone()
        when = f"{ended:%a} {short_day(ended.date(), self._open_book.today)} {ended:%H:%M}"
        return f"You were writing {draft.pages[-1].words} when the session ended ({when})."
