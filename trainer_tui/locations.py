"""Where things are: the book, the settings, the made-up book (DESIGN.md section 8)."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from trainer_tui.problem import Problem

PROGRAM = "trainer-tui"
BOOK_VARIABLE = "TRAINER_TUI_BOOK"
CONFIG_VARIABLE = "TRAINER_TUI_CONFIG"


class BookPlace(msgspec.Struct, frozen=True):
    """The path of the book, and what named it."""

    path: Path
    named_by: str
    """"--book", the environment variable, "the settings", or "" for the usual place."""

    @property
    def usual(self) -> bool:
        """Nobody named it: it is where a trainer's own book is kept, folder made on first run."""
        return not self.named_by


def book_place(option: str | None, environ: Mapping[str, str], configured: Path | None) -> BookPlace:
    """Where the book is: `--book`, else the environment variable, else the settings, else the user's data folder.

    Raises:
        Problem: the path is empty, or there is no home folder to look in.
    """
    if option is not None:
        return BookPlace(given_path(option, "--book"), "--book")
    if environ.get(BOOK_VARIABLE):
        return BookPlace(given_path(environ[BOOK_VARIABLE], BOOK_VARIABLE), BOOK_VARIABLE)
    if configured is not None:
        return BookPlace(configured, "the settings")
    return BookPlace(data_folder(environ) / "book.json", "")


def config_path(environ: Mapping[str, str]) -> Path:
    """Where the settings are, whether or not there are any."""
    if environ.get(CONFIG_VARIABLE):
        return given_path(environ[CONFIG_VARIABLE], CONFIG_VARIABLE)
    return _user_folder(environ, "XDG_CONFIG_HOME", ".config") / "config.toml"


def demo_path(environ: Mapping[str, str]) -> Path:
    """Where a made-up book goes unless `--to` says otherwise."""
    return data_folder(environ) / "demo" / "book.json"


def data_folder(environ: Mapping[str, str]) -> Path:
    """The folder for the user's own book."""
    return _user_folder(environ, "XDG_DATA_HOME", ".local/share")


def drafts_folder(environ: Mapping[str, str]) -> Path:
    """Where what this user has half typed is kept when a session dies; never beside a book."""
    return _user_folder(environ, "XDG_STATE_HOME", ".local/state") / "drafts"


def _user_folder(environ: Mapping[str, str], variable: str, under_home: str) -> Path:
    """The program's folder by the XDG rules, elsewhere than on Linux by those of the system.

    On Linux the answer is that of platformdirs, given without the 4 ms that importing it costs each `trainer-tui due`.
    """
    if sys.platform != "linux":
        import platformdirs

        usual = {
            "XDG_CONFIG_HOME": platformdirs.user_config_path,
            "XDG_DATA_HOME": platformdirs.user_data_path,
            "XDG_STATE_HOME": platformdirs.user_state_path,
        }
        return usual[variable](PROGRAM, appauthor=False)
    named = environ.get(variable, "").strip()
    folder = Path(named) if os.path.isabs(named) else Path("~", under_home)
    return _at_home(folder) / PROGRAM


def given_path(text: str, named_by: str) -> Path:
    """A path as somebody gave it, `~` and all, made absolute.

    Raises:
        Problem: it is no path.
    """
    if not text.strip() or "\0" in text:
        raise Problem("No path was given", f"{named_by} holds no path.", "Give the path of a file, or leave it out.")
    return _at_home(Path(text)).absolute()


def _at_home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        raise Problem(
            "There is no home folder",
            f"{path} lies in a home folder, and this user has none.",
            "Set HOME, or give the path of the book with --book.",
        ) from None
