"""The commands that write: `log`, `undo`, `fold`, `demo`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from storage.book_store import BookStore
from storage.errors import BookError, BookExists, Conflict, NotConfirmed
from trainer_tui.cli_arguments import whole_number
from trainer_tui.errand import Answer, Errand
from trainer_tui.listing import one_line
from trainer_tui.locations import demo_path, given_path
from trainer_tui.problem import Problem

if TYPE_CHECKING:
    from relationships.changes import Act
    from relationships.log_reading import Reading

MOST_TOUCHES: Final = 1_000_000
LARGEST_SEED: Final = 2**31 - 1


def log(errand: Errand) -> Answer:
    """Save the touch that a line tells of, and say what was understood.

    Raises:
        Problem: the line cannot be saved as it stands; nothing was.
        BookError: the book cannot be opened or written.
    """
    from relationships.log_act import rebuilt
    from relationships.quick_log import echo, read_line, to_act

    line = _decoded(errand.arguments.words)
    today = errand.clock.today()
    with opened_to_write(errand) as (store, notes):
        reading = read_line(line, store.book, today, style=errand.config.date_style)
        if reading.problem is not None:
            raise _not_logged(reading)
        act = to_act(reading, store.book, store.author)
        try:
            _commit(store, act)
        except Conflict:
            store.apply_arrived()
            _commit(store, rebuilt(act, store.book, store.author)[0])
    said = "\n".join(one_line(line) for line in echo(reading, today) if line)
    return Answer(f"Saved: {said}\n", notes=tuple(notes), kept=store)


def _commit(store: BookStore, act: Act) -> None:
    """Save the act; once more when the disk did not confirm it, which never saves it twice."""
    try:
        store.commit(act)
    except NotConfirmed as first:
        try:
            store.commit(act)
        except BookError:
            step = "See `trainer-tui history` before you log it again."
            raise Problem(first.title, f"{first.happened} {first.kept}", step) from None


def _decoded(line: str) -> str:
    """The line, if it is text: bytes that are none in this locale could not be kept in the book."""
    try:
        line.encode()
    except UnicodeEncodeError:
        raise Problem("Nothing was saved", "The line is not UTF-8 text.", "Type it in a UTF-8 terminal.") from None
    return line


def _not_logged(reading: Reading) -> Problem:
    from relationships.log_reading import Ambiguous, Unknown

    problem = reading.problem
    step = ""
    if isinstance(problem, Unknown):
        step = "Type the name as it is in the book, or add the person first: open trainer-tui, press 2, then a."
    elif isinstance(problem, Ambiguous):
        step = "Type more of the name, as it stands here."
    return Problem("Nothing was saved", problem.sentence if problem is not None else "", step)


def undo(errand: Errand) -> Answer:
    """Take back this user's last act, or the one with the id that was typed, whoever did it.

    Raises:
        Problem: no act, or more than one, has that id.
        BookError: there is none, it cannot be taken back, or the book cannot be opened or written.
    """
    typed = errand.arguments.words.strip()
    with opened_to_write(errand) as (store, notes):
        if typed:
            from trainer_tui.history import find_act

            undone = find_act(store, typed)
            store.take_back(undone)
        else:
            inverse = store.undo()
            undone = _undone_by(store, inverse)
    return Answer(f"Undone: {one_line(undone.words)}\n", notes=tuple(notes), kept=store)


def _undone_by(store: BookStore, inverse: Act) -> Act:
    return next((act for act in store.history() if act.id == inverse.undoes), inverse)


def fold(errand: Errand) -> Answer:
    """Write the journal into the book file.

    Raises:
        BookError: the book cannot be opened or written.
    """
    store = errand.open_book()
    if store.read_only is not None:
        raise store.read_only
    waiting = store.unfolded
    folded = store.fold()
    store.close()
    if folded:
        return Answer(f"Folded: {store.path} holds everything.\n")
    busy = "Another session is folding just now." if waiting else "Nothing to fold."
    return Answer(f"{busy} {store.path}\n")


def demo(errand: Errand) -> Answer:
    """Write a made-up book where nothing stands yet.

    Raises:
        Problem: an option cannot be understood.
        BookError: something stands there, or it cannot be written.
    """
    from trainer_tui.demo import DEMO_SEED, DEMO_TOUCHES, demo_tables

    options = errand.arguments.options
    if "--book" in options:
        raise Problem(
            "Nothing was written", "A made-up book is a book of its own.", "Say where it goes with --to PATH."
        )
    touches = whole_number(errand.arguments, "--touches", DEMO_TOUCHES, MOST_TOUCHES)
    seed = whole_number(errand.arguments, "--seed", DEMO_SEED, LARGEST_SEED)
    path = given_path(options["--to"], "--to") if "--to" in options else demo_path(errand.environ)
    if os.path.lexists(path):
        raise BookExists(f"{path} is there already.", next_step="Choose another place with --to PATH.")
    tables = demo_tables(touches, seed, errand.clock.today(), errand.clock.now())
    BookStore.create(path, user=errand.user, clock=errand.clock, tables=tables).close()
    counts = ", ".join(f"{len(records)} {table.replace('_', '-')}" for table, records in tables.items())
    return Answer(f"A made-up book: {path}\n{counts}\nOpen it: trainer-tui --book {_quoted(path)}\n")


def _quoted(path: Path) -> str:
    from shlex import quote

    return quote(str(path))


@contextmanager
def opened_to_write(errand: Errand) -> Iterator[tuple[BookStore, list[str]]]:
    """The book, closed afterwards. An act that was saved stays saved when the fold at the end fails: that is a note."""
    store = errand.open_book()
    notes: list[str] = []
    try:
        yield store, notes
    except BaseException:
        closed(store)
        raise
    notes += closed(store)


def closed(store: BookStore) -> list[str]:
    """Close the book; a note when the fold at the end failed."""
    try:
        store.close()
    except BookError as error:
        return [f"The journal has it all, but the book file was not written anew: {error.happened}"]
    return []
