"""What a command line leads to: the app, or the answer of one command, or an error in plain words."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from storage.errors import BookError
from trainer_tui.cli_arguments import help_text, parse
from trainer_tui.errand import Answer, Errand, prepare
from trainer_tui.locations import drafts_folder
from trainer_tui.problem import Problem

FAILED: Final = 2
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141
"""As the shell counts an end by SIGINT or SIGPIPE."""


def guarded(typed: Sequence[str]) -> Answer:
    """Do what was typed and print it. Every way to end has its exit code; no traceback for what is no fault of ours."""
    try:
        found = run(typed, os.environ)
        _print(found)
    except KeyboardInterrupt:
        return Answer("", INTERRUPTED)
    except BrokenPipeError:
        _discard_output()
        return Answer("", PIPE_CLOSED)
    except (Problem, BookError) as error:
        return _complain(error.title, str(error))
    except OSError as error:
        _discard_output()
        where = f" ({error.filename})" if error.filename else ""
        return _complain("The system refused", f"{error.strerror or error}{where}.")
    return found


def run(typed: Sequence[str], environ: Mapping[str, str]) -> Answer:
    """Do what was typed: open the app until it is closed, or find the answer of a command.

    Raises:
        Problem, BookError, OSError: it could not be done.
    """
    arguments = parse(typed)
    if "--help" in arguments.options:
        return Answer(help_text(arguments.command))
    if "--version" in arguments.options:
        return Answer(f"{_version()}\n")
    if not arguments.command:
        return Answer("", _open_app(prepare(arguments, environ)))
    errand = prepare(arguments, environ, _terminal_width())
    found = _carry_out(errand)
    return Answer(found.text, found.code, (*errand.config.warnings, *found.notes), found.kept)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("trainer-tui")
    except PackageNotFoundError:
        return "not installed: run from its source"


def _carry_out(errand: Errand) -> Answer:
    """Import only what the command needs: `due` runs at every login."""
    command = errand.arguments.command
    if command == "due":
        from trainer_tui.due import due

        return due(errand)
    if command == "demo":
        from trainer_tui.writing import demo

        return demo(errand)
    if command == "doctor":
        from trainer_tui.health import doctor

        return doctor(errand)
    if command in ("log", "undo", "fold"):
        from trainer_tui import writing

        return {"log": writing.log, "undo": writing.undo, "fold": writing.fold}[command](errand)
    if command in ("backup", "restore"):
        from trainer_tui import copies

        return {"backup": copies.backup, "restore": copies.restore}[command](errand)
    if command == "history":
        from trainer_tui.history import history

        return history(errand)
    from trainer_tui import reading

    commands = {"list": reading.list_kind, "show": reading.show, "where": reading.where}
    return commands[command](errand)


def _open_app(errand: Errand) -> int:
    _refuse_without_terminal()
    _refuse_missing_folder(errand)
    from trainer_tui.session import run_app

    return run_app(errand.place.path, errand.user, errand.clock, errand.config, drafts_folder(errand.environ))


def _refuse_without_terminal() -> None:
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty()):
        raise Problem(
            "The app needs a terminal",
            "Input or output is not one here.",
            "`trainer-tui due`, `list` and `show` print plain text; `trainer-tui --help` lists them all.",
        )


def _refuse_missing_folder(errand: Errand) -> None:
    """A first run makes a new book. But where somebody named the path, a missing folder is a slip, or a lost disk."""
    path = errand.place.path
    if not errand.place.usual and not path.parent.is_dir():
        raise Problem(
            "There is no folder for the book",
            f"{errand.place.named_by} says {path}, but {path.parent} is not there.",
            "Mend the path, or make the folder first.",
        )


def _terminal_width() -> int | None:
    if not (sys.stdout and sys.stdout.isatty()):
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def _print(found: Answer) -> None:
    _allow_any_character()
    print(found.text, end="", flush=True)
    for note in found.notes:
        _complain("Note", note)


def _allow_any_character() -> None:
    """In a locale without the letters of a name, its numbers are printed instead."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _complain(title: str, sentences: str) -> Answer:
    from trainer_tui.listing import one_line

    _allow_any_character()
    print(one_line(f"trainer-tui: {title}. {sentences}"), file=sys.stderr, flush=True)
    return Answer("", FAILED)


def _discard_output() -> None:
    """Nobody reads on, or nothing more can be written: what is buffered goes nowhere, quietly, at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
