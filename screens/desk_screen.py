"""What a screen needs for journeys to start from it: asking, saving, undoing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

from textual import work
from textual.screen import ModalScreen, Screen

from relationships.changes import Act
from screens.messages import ActsTaken
from screens.open_book import OpenBook
from screens.widgets.columns import Tone
from storage.errors import BookError, Conflict, NotConfirmed

T = TypeVar("T")


class DeskScreen(Screen[None]):
    """A screen over the open book that journeys start from (`screens.journeys.desk.Desk`)."""

    def __init__(self, open_book: OpenBook) -> None:
        super().__init__()
        self.open_book = open_book
        self.dialog_coming = False
        """A journey has begun whose next dialog is not on the screen yet."""
        self.under_way = False
        """A journey has begun that is not over: its dialogs stand over this screen, or will in a moment."""
        self._wanted: str | None = None

    def journey_over(self) -> None:
        """A journey that began here is over, and its dialogs are closed."""

    def say(self, text: str, tone: Tone = "accent") -> None:
        """Put a line where it can be read."""
        raise NotImplementedError

    def say_error(self, error: BookError) -> None:
        """What went wrong, in the error's own words."""
        raise NotImplementedError

    def want(self, record_id: str | None) -> None:
        """Put the cursor on this record when the list next changes."""
        self._wanted = record_id

    async def ask(self, dialog: ModalScreen[T | None]) -> T | None:
        """Show a dialog and wait for what comes of it; for journeys."""
        self.dialog_coming = True
        try:
            return await self.app.push_screen_wait(dialog)
        finally:
            self.dialog_coming = False

    def begin(self, journey: Coroutine[object, object, object]) -> None:
        """Start a journey. Keys typed before its dialog is there are kept for the dialog: the wire may be slow."""
        self.dialog_coming = self.under_way = True
        self.run_worker(self._journey(journey), group="journey")

    async def _journey(self, journey: Coroutine[object, object, object]) -> None:
        try:
            await journey
        finally:
            self.dialog_coming = self.under_way = False
            self.call_later(self.journey_over)

    async def save(self, act: Act, said: str) -> BookError | None:
        """Commit an act off the event loop and say so; None when it is on the disk, else what went wrong."""
        return await self._commit(lambda: self.open_book.save(act), lambda saved: said)

    async def _commit(self, commit: Callable[[], Act], said: Callable[[Act], str]) -> BookError | None:
        try:
            act = await asyncio.to_thread(commit)
        except NotConfirmed as unconfirmed:
            self.say_error(unconfirmed)
        except Conflict as conflict:
            self._take_in()
            return conflict
        except BookError as error:
            self.say_error(error)
            return error
        else:
            self.say(said(act))
        self._take_in()
        return None

    def _take_in(self) -> None:
        self.open_book.take_in()
        self.post_message(ActsTaken())

    @work
    async def action_undo(self) -> None:
        """Take back this user's last act."""
        await self._commit(
            self.open_book.undo, lambda act: f"Undone: {act.words.removeprefix('undo ')}. U does it again."
        )

    @work
    async def action_redo(self) -> None:
        """Do again what was undone last."""
        await self._commit(self.open_book.redo, lambda act: f"Done again: {act.words.removeprefix('redo ')}.")
