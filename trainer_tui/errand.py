"""One command with all that it needs: what was typed, the settings, where the book is, the clock, the user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from trainer_tui.cli_arguments import Arguments
from trainer_tui.clock import SystemClock
from trainer_tui.config import Config, load_config
from trainer_tui.locations import CONFIG_VARIABLE, BookPlace, book_place, config_path

if TYPE_CHECKING:
    from storage.book_store import BookStore


class Answer(msgspec.Struct, frozen=True):
    """What a command has to say: text for standard output, notes for standard error, and the exit code."""

    text: str
    code: int = 0
    notes: tuple[str, ...] = ()
    kept: BookStore | None = None
    """The book that was asked, held until the process is over: taking a large one apart takes as long as a good part of
    reading it."""


class Errand(msgspec.Struct, frozen=True):
    """One command with all that it needs."""

    arguments: Arguments
    environ: Mapping[str, str]
    config: Config
    place: BookPlace
    clock: SystemClock
    width: int | None = None
    """Cells in a line of the terminal; None when the text goes elsewhere."""

    @property
    def json(self) -> bool:
        """The answer is for a program."""
        return "--json" in self.arguments.options

    @property
    def user(self) -> str:
        """The name to sign with: that of the settings, else the login name, else the user number."""
        return self.config.user or login_name()

    def open_book(self, *, to_read: bool = False) -> BookStore:
        """The book. Who only reads it signs nothing, and does not close it: closing folds, and reading changes no file,
        not even one of an older schema.

        Raises:
            BookError: it cannot be opened.
        """
        from storage.book_store import BookStore

        return BookStore.open(
            self.place.path,
            user="" if to_read else self.user,
            clock=self.clock,
            allow_network_files=self.config.allow_network_files,
            to_read=to_read,
        )


def prepare(arguments: Arguments, environ: Mapping[str, str], width: int | None = None) -> Errand:
    """Everything for a command.

    Raises:
        Problem: the settings, a path or the day in the environment cannot be understood.
    """
    config = load_config(config_path(environ), named=bool(environ.get(CONFIG_VARIABLE)))
    place = book_place(arguments.options.get("--book"), environ, config.book)
    return Errand(arguments, environ, config, place, SystemClock(environ), width)


def login_name() -> str:
    """The name this user logged in with; "user 1234" on a machine that knows no name for them."""
    import getpass
    import os

    try:
        name = getpass.getuser()
    except (ImportError, KeyError, OSError):
        name = ""
    return name if name.strip() and name.isprintable() else f"user {os.getuid()}"
