"""What a journey needs of the screen that it starts from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from textual.screen import ModalScreen

from relationships.changes import Act, merged
from relationships.records import Record
from screens.open_book import OpenBook
from screens.widgets.columns import Tone
from storage.errors import BookError, Conflict

T = TypeVar("T")
R = TypeVar("R", bound=Record)


class Desk(Protocol):
    """A screen, as a journey sees it."""

    open_book: OpenBook

    async def ask(self, dialog: ModalScreen[T | None]) -> T | None:
        """Show a dialog and wait for what comes of it."""
        ...

    async def save(self, act: Act, said: str) -> BookError | None:
        """Commit an act and say so; None when it is on the disk, else what went wrong."""
        ...

    def want(self, record_id: str | None) -> None:
        """Put the cursor on this record when the list next changes."""
        ...

    def say(self, text: str, tone: Tone = "accent") -> None:
        """Put a line where it can be read."""
        ...


async def add_record(
    desk: Desk, blank: R, form: Callable[[R, str], ModalScreen[R | None]], name: str, subject: str, said: str
) -> R | None:
    """Fill in a blank record and save it; on any failure the form comes back with what was typed."""
    author = desk.open_book.author
    record, problem = blank, ""
    while (filled := await desk.ask(form(record, problem))) is not None:
        error = await desk.save(author.act(name, author.add(filled), subject=subject), said)
        if error is None:
            desk.want(filled.id)
            return filled
        record, problem = filled, error.advice
    return None


async def edit_record(
    desk: Desk, before: R, form: Callable[[R, str], ModalScreen[R | None]], name: str, subject: str, said: str
) -> R | None:
    """Change a record and save it; on any failure the form comes back with what was typed.

    When somebody else changed the record meanwhile, the form comes back with their version and mine together, and says
    which fields both of us changed.
    """
    author = desk.open_book.author
    record, problem = before, ""
    while (filled := await desk.ask(form(record, problem))) is not None:
        if filled == before:
            return before
        error = await desk.save(author.act(name, author.edit(before, filled), subject=subject), said)
        if error is None:
            return filled
        record, problem = filled, error.advice
        if isinstance(error, Conflict):
            theirs = desk.open_book.take_in().find(before.table, before.id)
            if not isinstance(theirs, type(before)):
                desk.say(f"{error.happened} It is gone from the book.", "red")
                return None
            record, both = merged(before, filled, theirs)
            before, problem = theirs, meeting_words(theirs, both)
    return None


def meeting_words(theirs: Record, both: tuple[str, ...]) -> str:
    """What somebody else did to a record while it was in a form here."""
    if not both:
        return f"{theirs.updated_by} changed it meanwhile; both changes are in the form now."
    said = ", ".join(f"{name.replace('_', ' ')} is “{getattr(theirs, name)}” there" for name in both)
    return f"{theirs.updated_by} changed it too: {said}. Saving keeps yours."
