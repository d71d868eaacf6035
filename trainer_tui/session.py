"""One terminal session: opens the book while the app starts, and closes it afterwards."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import Future
from pathlib import Path

from relationships.changes import Clock
from storage.book_store import BookStore
from storage.errors import BookError
from trainer_tui.config import Config
from trainer_tui.opening import open_or_create


def run_app(path: Path, user: str, clock: Clock, config: Config) -> int:
    """Run the app on a book; the exit code.

    Raises:
        BookError: the book could not be opened.
    """
    opening = _opening(path, user, clock, config)
    from trainer_tui.app import TrainerApp

    if opening.done():
        opening.result()
    app = TrainerApp(opening, book_name(path), clock, config)
    app.open_book.rules = config.rule_settings
    app.run()
    store = app.open_book.store
    if store is not None:
        try:
            store.close()
        except BookError as error:
            sys.stderr.write(f"{error.title}: {error}\n")
    return app.return_code or 0


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
