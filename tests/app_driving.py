"""The app over a real book file, driven by key presses and read off the screen."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, TextArea

from relationships.book import Book
from relationships.changes import Clock
from screens.widgets.choice_field import ChoiceField
from screens.widgets.record_list import RecordList
from storage.book_store import BookStore
from storage.system_calls import SystemCalls
from trainer_tui.app import TrainerApp
from trainer_tui.config import Config

SIZES = ((80, 24), (120, 40))
_PAUSES = 500
_PAUSE = 0.01
_TRIES = 20
"""How often the cursor goes through a list for a record that is still on its way into it."""
_ROUNDS = 3
"""A key goes from the app to a widget, from there to an action, and on to what the action changes."""


class Session:
    """One running app: what is pressed, what is seen, what is on the disk."""

    def __init__(self, app: TrainerApp, pilot: Pilot[None], path: Path, scratch: Path) -> None:
        self.app = app
        self.pilot = pilot
        self.path = path
        self._scratch = scratch

    async def press(self, *keys: str) -> None:
        """Press keys, as Textual spells them, each after the one before has had its effect."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))
            await self.settle()

    async def type(self, text: str) -> None:
        """Type a text into the field with the focus, as fast as a terminal hands it over."""
        for character in text:
            key = character if character.isalnum() else unicodedata.name(character).lower().replace(" ", "_")
            self.app.post_message(events.Key(key, character))
        await self.settle()

    async def settle(self) -> None:
        """Let the app work off what has been sent to it so far."""
        for _ in range(_ROUNDS):
            await self.pilot.pause(0)

    async def paste(self, text: str) -> None:
        """Paste a text as the terminal hands it over, controls and all."""
        self.app.post_message(events.Paste(text))
        await self.settle()

    async def fill(self, **values: str) -> None:
        """Go to fields of a form by Tab, take out what stands there, and type."""
        for key, value in values.items():
            await self.focus(key)
            if not isinstance(self.app.focused, ChoiceField):
                await self.press("end", *["backspace"] * len(self.value(key)))
            await self.type(value)

    async def focus(self, key: str) -> None:
        """Press Tab until a field of the form has the focus."""
        for _ in range(30):
            if self.app.focused is not None and self.app.focused.id == f"field-{key}":
                return
            await self.press("tab")
        raise AssertionError(f"Tab never comes to the field {key}")

    def value(self, key: str) -> str:
        """What stands in a field of the form on top."""
        return value_of(self.app.screen.query_one(f"#field-{key}"))

    async def until(self, condition: Callable[[], object], what: str = "it never came") -> None:
        """Wait until something holds."""
        for _ in range(_PAUSES):
            await self.settle()
            if condition():
                return
            assert self.app.is_running, f"{what}: the app has ended"
            await self.pilot.pause(_PAUSE)
        raise AssertionError(f"{what}; on the screen:\n{self.text}")

    async def sees(self, *texts: str) -> None:
        """Wait until all these are on the screen."""
        await self.until(lambda: all(text in self.text for text in texts), f"never seen: {texts}")

    async def sees_no(self, *texts: str) -> None:
        """Wait until none of these is on the screen."""
        await self.until(lambda: not any(text in self.text for text in texts), f"still seen: {texts}")

    async def on(self, screen: str) -> None:
        """Wait until a screen or dialog of this class is on top."""
        await self.until(lambda: type(self.app.screen).__name__ == screen, f"{screen} never opened")
        await self.settle()

    async def at(self, record_id: str) -> None:
        """Put the cursor on a record with the arrow keys."""
        await self.until(lambda: self.app.screen.query_one(RecordList).highlighted is not None, "an empty list")
        records = self.app.screen.query_one(RecordList)
        for _ in range(_TRIES):
            await self.press("home")
            for _ in range(100):
                if records.highlighted == record_id:
                    return
                before = records.highlighted
                await self.press("down")
                if records.highlighted == before:
                    break
            await self.pilot.pause(_PAUSE)
        raise AssertionError(f"the cursor never comes to {record_id}; on the screen:\n{self.text}")

    @property
    def lines(self) -> list[str]:
        """The screen as drawn."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """The screen as drawn, in one text."""
        return "\n".join(line.rstrip() for line in self.lines)

    @property
    def status(self) -> str:
        """The status line."""
        return self.lines[-2].strip()

    @property
    def keys(self) -> str:
        """The footer."""
        return self.lines[-1].strip()

    @property
    def highlighted(self) -> str | None:
        """The id of the record under the cursor."""
        return self.app.screen.query_one(RecordList).highlighted

    def on_disk(self) -> Book:
        """The book as another session would open it now; read from a copy, so that looking changes nothing."""
        return book_on_disk(self.path, self._scratch, self.app.open_book.clock)

    async def saved(self, condition: Callable[[Book], object], what: str = "it was not saved") -> Book:
        """Wait until the book on the disk is so."""
        await self.until(lambda: condition(self.on_disk()), what)
        return self.on_disk()


class OpenApp(Protocol):
    """`async with open_app() as session`."""

    def __call__(
        self,
        *,
        user: str = "sam",
        size: tuple[int, int] = SIZES[0],
        opening: Future[BookStore] | None = None,
        calls: SystemCalls | None = None,
    ) -> AbstractAsyncContextManager[Session]:
        """Start the app; an opening that is given may still be under way."""
        ...


Opening = Future[BookStore]
OtherSession = Callable[[str], AbstractContextManager[BookStore]]
"""`with other_session("alex") as store`: another trainer's session on the same book."""


class UnawareStore(BookStore):
    """A book whose session notices what others wrote only when its own act meets it."""

    def news(self) -> bool:
        """Never."""
        return False


@pytest.fixture
def unaware(studio_book: Path, clock: Clock) -> Opening:
    """Such a session of Sam's, opened."""
    return loaded(UnawareStore.open(studio_book, user="sam", clock=clock))


@pytest.fixture
def open_app(book_path: Path, clock: Clock, tmp_path: Path) -> OpenApp:
    """Start the app over the book, as `trainer_tui.session.run_app` does, and close the book after it."""

    @asynccontextmanager
    async def opened(
        *,
        user: str = "sam",
        size: tuple[int, int] = SIZES[0],
        opening: Future[BookStore] | None = None,
        calls: SystemCalls | None = None,
    ) -> AsyncIterator[Session]:
        if opening is None:
            opening = loaded(BookStore.open(book_path, user=user, clock=clock, calls=calls))
        config = Config(path=tmp_path / "config.toml")
        app = TrainerApp(opening, "studio", clock, config, drafts=tmp_path / "drafts")
        async with app.run_test(size=size) as pilot:
            yield Session(app, pilot, book_path, tmp_path)
        if app.open_book.store is not None:
            app.open_book.store.close()

    return opened


@pytest.fixture
def other_session(book_path: Path, clock: Clock) -> OtherSession:
    """Open the same book as another trainer does."""

    @contextmanager
    def opened(user: str) -> Iterator[BookStore]:
        store = BookStore.open(book_path, user=user, clock=clock)
        try:
            yield store
        finally:
            store.close()

    return opened


def loaded(store: BookStore) -> Future[BookStore]:
    """An opening that is done."""
    opening: Future[BookStore] = Future()
    opening.set_result(store)
    return opening


def book_on_disk(path: Path, scratch: Path, clock: Clock) -> Book:
    """The book that a copy of the folder holds."""
    copy = scratch / "copy"
    if copy.exists():
        shutil.rmtree(copy)
    shutil.copytree(path.parent, copy, ignore=shutil.ignore_patterns("*.new"))
    store = BookStore.open(copy / path.name, user="reader", clock=clock)
    book = store.book
    store.close()
    return book


def value_of(widget: Widget) -> str:
    """What stands in a field."""
    if isinstance(widget, TextArea):
        return widget.text
    assert isinstance(widget, Input | ChoiceField)
    return widget.value
