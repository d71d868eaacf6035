"""One terminal session: opens the book while the app starts, and closes it afterwards."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from relationships.changes import Clock
from storage.book_store import BookStore
from storage.errors import BookError
from trainer_tui.config import Config
from trainer_tui.opening import open_or_create

if TYPE_CHECKING:
    from textual.driver import Driver


def run_app(path: Path, user: str, clock: Clock, config: Config, drafts: Path | None = None) -> int:
    """Run the app on a book; the exit code.

    Raises:
        BookError: the book could not be opened.
    """
    opening = _opening(path, user, clock, config)
    from trainer_tui.app import TrainerApp
    from trainer_tui.endings import Endings

    if opening.done():
        opening.result()
    app = TrainerApp(opening, book_name(path), clock, config, drafts=drafts, driver_class=_driver())
    app.open_book.rules = config.rule_settings
    Endings(app.keep_typing, partial(app.exit, None)).run(app.run_async())
    store = app.open_book.store
    if store is not None:
        try:
            _end(store, fold=not app.return_code)
        except BookError as error:
            sys.stderr.write(f"{error.title}: {error}\n")
    return app.return_code or 0


def _end(store: BookStore, *, fold: bool) -> None:
    """Fold, unless the terminal is gone, and make today's backup if that was the first fold of the day."""
    try:
        if fold and store.fold():
            from storage.backing_up import back_up_daily

            back_up_daily(store)
    finally:
        store.close(fold=False)


def _driver() -> type[Driver] | None:
    """The way to the terminal; Textual's own where the system is none of ours."""
    if sys.platform == "win32":
        return None
    from trainer_tui.lasting_driver import LastingDriver

    return LastingDriver


def _opening(path: Path, user: str, clock: Clock, config: Config) -> Future[BookStore]:
    """The book, being opened in a thread of its own while the app is imported."""
    opening: Future[BookStore] = Future()

    def open_it() -> None:
        try:
            store = open_or_create(path, user=user, clock=clock, allow_network_files=config.allow_network_files)
        except BaseException as error:
            opening.set_exception(error)
        else:
            opening.set_result(store)

    threading.Thread(target=open_it, name="opening the book", daemon=True).start()
    return opening


def book_name(path: Path) -> str:
    """What the title line calls a book: its file name, or its folder's where the file is just `book.json`."""
    return path.parent.name if path.stem == "book" and path.parent.name else path.stem
