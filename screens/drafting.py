"""What this session is half way through typing: a journey that has begun keeps a draft until it has come to its end.

A draft is on the disk two seconds after a key at the latest, written by a thread, so that a lost connection, a signal
or `kill -9` loses no more than that. A key costs a look at whether a timer is running.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

from msgspec.structs import replace
from textual.screen import ModalScreen

from relationships.changes import Act
from relationships.records import Record
from screens.dialogs.draft_text import DraftText, Wish
from screens.dialogs.kept import KeptDialog
from screens.journeys.desk import Desk
from screens.open_book import OpenBook
from screens.widgets.columns import Tone
from storage.book_store import random_id
from storage.drafts import Draft, DraftFile, DraftFolder, Page, Ref, Subject
from storage.errors import BookError

T = TypeVar("T")
Walk = Callable[..., Coroutine[object, object, object]]
"""A journey: a function of a desk and of what it is about."""

PAUSE_SECONDS = 2.0
"""How much typing a kill may cost."""
MOST_KEYS = 200
"""After so many keys a draft is written at once: they came in one piece."""


class Drafting:
    """The journeys under way in this session."""

    def __init__(self, open_book: OpenBook, folder: DraftFolder | None) -> None:
        self.open_book = open_book
        self.folder = folder
        self.pause = PAUSE_SECONDS
        self.under_way: list[BegunJourney] = []
        self.ended = False
        """The session ends; nothing is written any more."""
        self.told = False
        """It was said that drafts cannot be kept."""

    async def walk(
        self, desk: Desk, journey: Walk, arguments: tuple[object, ...], left: DraftFile | None = None
    ) -> None:
        """Go through a journey from its first dialog to its end, or from where `left` breaks off."""
        begun = BegunJourney(self, desk, journey.__name__, arguments, left)
        self.under_way.append(begun)
        try:
            await journey(begun, *arguments)
            await begun.end()
        finally:
            self.under_way.remove(begun)
            begun.leave()

    def typed(self, dialog: KeptDialog[Any]) -> None:
        """Something was typed in a dialog."""
        for journey in self.under_way:
            if journey.dialog is dialog:
                journey.typed()

    def write_now(self) -> None:
        """The session ends without having been asked: keep everything, at once and here.

        A draft that cannot be written is lost; there is nobody left to tell.
        """
        self.ended = True
        for journey in self.under_way:
            journey.write_now()

    def drop(self) -> None:
        """The trainer left the program and has said that what was typed may go."""
        self.ended = True
        for journey in self.under_way:
            journey.drop_now()


class BegunJourney:
    """The desk of one journey: it hands everything on to the screen, and keeps what was typed on the way."""

    def __init__(
        self, drafting: Drafting, desk: Desk, name: str, arguments: tuple[object, ...], left: DraftFile | None
    ) -> None:
        self.open_book: OpenBook = drafting.open_book
        self.dialog: KeptDialog[Any] | None = None
        self._drafting = drafting
        self._desk = desk
        self._name = name
        self._subjects = tuple(map(_subject, arguments))
        self._file = left
        self._pages: list[Page] = []
        """The dialogs that were answered, as long as nothing of them was saved."""
        self._before: dict[str, str] = {}
        """What stood in the dialog that is shown before anything was typed."""
        self._expected = [*left.draft.pages] if left is not None and left.draft is not None else []
        """The pages of the draft that is taken up which have not come up again yet."""
        self._saving = ""
        self._keys = 0
        self._timer: asyncio.TimerHandle | None = None
        self._turn = asyncio.Lock()
        self._gate = threading.Lock()
        self._over = False
        self._writing: set[asyncio.Task[None]] = set()

    async def ask(self, dialog: ModalScreen[T | None]) -> T | None:
        """Show a dialog and wait for what comes of it, unless an earlier session got past it."""
        if not isinstance(dialog, KeptDialog):
            return await self._desk.ask(dialog)
        name = type(dialog).__name__
        again = self._cut_to(name)
        self._before = again.before if again is not None else dialog.page_now().before
        left = self._left_of(name)
        if left is not None and self._expected:
            answer: T | None = dialog.answer_again(left)
            if answer is not None:
                self._pages.append(left)
                return answer
        if left is not None:
            dialog.take_up(left, whole=bool(self._pages))
        self.dialog = dialog
        if self._page_of(dialog).typed:
            self._write_soon()
        result: T | None = await self._desk.ask(dialog)
        self.dialog = None
        if result is not None:
            self._pages.append(replace(self._page_of(dialog), answer=dialog.answer_words(result)))
        return result

    def _cut_to(self, name: str) -> Page | None:
        """A dialog that comes up again takes the place of its page and of all after it."""
        for at, page in enumerate(self._pages):
            if page.dialog == name:
                del self._pages[at:]
                return page
        return None

    def _left_of(self, name: str) -> Page | None:
        for at, page in enumerate(self._expected):
            if page.dialog == name:
                del self._expected[: at + 1]
                return page
        return None

    def _page_of(self, dialog: KeptDialog[Any]) -> Page:
        return replace(dialog.page(), before=self._before)

    async def save(self, act: Act, said: str) -> BookError | None:
        """Commit an act. The draft says which until that is done, so that nothing is offered that is saved already."""
        self._saving = act.id
        if self._file is not None and self._file.held:
            await self._write()
        error = await self._desk.save(act, said)
        self._saving = ""
        if error is None:
            self._pages.clear()
            await self._write()
        return error

    def want(self, record_id: str | None) -> None:
        """Put the cursor on this record when the list next changes."""
        self._desk.want(record_id)

    def say(self, text: str, tone: Tone = "accent") -> None:
        """Put a line where it can be read."""
        self._desk.say(text, tone)

    async def end(self) -> None:
        """The journey has come to its end. What an earlier session left and no dialog asked for is shown."""
        self._pages.clear()
        if self._expected and self._file is not None:
            wanted: Wish | None = await self._desk.ask(DraftText(self._expected, "This did not come up again:"))
            if wanted is None:
                return
            self._expected.clear()
        await self._write()

    def typed(self) -> None:
        """Something was typed."""
        self._keys += 1
        if self._keys >= MOST_KEYS:
            self._write_soon()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._drafting.pause, self._write_soon)

    def _write_soon(self) -> None:
        self._stop_timer()
        task = asyncio.get_running_loop().create_task(self._write())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    def _stop_timer(self) -> None:
        self._keys = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _write(self) -> None:
        """Bring the file to what stands in the dialogs now."""
        async with self._turn:
            if self._drafting.ended:
                return
            draft = self._draft()
            if draft is None:
                self._stop_timer()
            try:
                await asyncio.to_thread(self._put, draft)
            except OSError as error:
                self._tell(error)

    def _put(self, draft: Draft | None, *, last: bool = False) -> None:
        """Make the file so. What a thread brings when the last word was written already is older than that."""
        with self._gate:
            if self._over or (self._drafting.ended and not last):
                return
            if draft is None:
                if self._file is not None:
                    self._file.drop()
            elif self._drafting.folder is not None:
                if self._file is None:
                    self._file = self._drafting.folder.new(draft.book_id, random_id())
                kept = self._file.draft
                if kept is None or replace(kept, at=draft.at) != draft:
                    self._file.keep(draft)

    def _draft(self) -> Draft | None:
        """All that was typed and is in no book yet; None when that is nothing."""
        store = self.open_book.store
        pages = [*self._pages] if self.dialog is None else [*self._pages, self._page_of(self.dialog)]
        pages += self._expected
        if store is None or not any(page.typed for page in pages):
            return None
        now: datetime = self.open_book.clock.now()
        return Draft(
            book_id=store.book_id,
            at=now,
            journey=self._name,
            subjects=self._subjects,
            pages=tuple(pages),
            act=self._saving,
        )

    def _tell(self, error: OSError) -> None:
        if not self._drafting.told:
            self._drafting.told = True
            self._desk.say(
                f"What you type cannot be kept if the connection is lost ({error.strerror or error}). Save it soon.",
                "amber",
            )

    def write_now(self) -> None:
        """Bring the file to what stands in the dialogs now, without waiting for a thread."""
        self._stop_timer()
        draft = self._draft()
        if draft is not None:
            try:
                self._put(draft, last=True)
            except OSError as error:
                self._tell(error)

    def leave(self) -> None:
        """Let go of the file: if anything is in it still, the next session may take it up."""
        with self._gate:
            self._over = True
            if self._file is not None:
                self._file.leave()

    def drop_now(self) -> None:
        """Remove the file, without waiting for a thread; what nobody was shown again stays."""
        self._stop_timer()
        if self._expected:
            return
        try:
            self._put(None, last=True)
        except OSError as error:
            self._tell(error)


def _subject(argument: object) -> Subject:
    """What a journey is about, as a draft can hold it."""
    if isinstance(argument, Record):
        return Ref(argument.table, argument.id)
    return argument if isinstance(argument, str) else None
