"""What a journey needs of the screen that it starts from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec
from textual.screen import ModalScreen

from relationships.changes import Act, Change
from relationships.records import Record
from screens.open_book import OpenBook
from screens.widgets.columns import Tone
from storage.errors import BookError

T = TypeVar("T")
R = TypeVar("R", bound=Record)


class Desk(Protocol):
    """A screen, as a journey sees it."""

    open_book: OpenBook

    async def ask(self, dialog: ModalScreen[T | None]) -> T | None:
        """Show a dialog and wait for what comes of it."""
        ...

    async def save(self, act: Act, said: str) -> BookError | None:
        """Commit an act and say so; None when it is on the disk, else what went wrong.

        A conflict is not said: the journey knows more about it, and the book has what the others wrote.
        """
        ...

    def want(self, record_id: str | None) -> None:
        """Put the cursor on this record when the list next changes."""
        ...

    def say(self, text: str, tone: Tone = "accent") -> None:
        """Put a line where it can be read."""
        ...


def _nothing_else(record: Record) -> Sequence[Change]:
    return ()


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


class Edit(msgspec.Struct, Generic[R], frozen=True):
    """A change to one record, and what is said of it."""

    before: R
    """As the form was opened on it."""
    name: str
    """What the act is called."""
    subject: str
    said: str
    with_it: Callable[[R], Sequence[Change]] = _nothing_else
    """What is saved in the same act, for the record as it will stand."""


async def edit_record(desk: Desk, edit: Edit[R], form: Callable[[R, str], ModalScreen[R | None]]) -> None:
    """Change a record and save it; on any failure the form comes back with what was typed.

    What somebody else did to the record meanwhile is merged with it, or asked about (`save_edit`). The form is given
    what was typed in it, never their version: so nothing of theirs is overwritten by a form that does not show it.
    """
    from screens.journeys.meeting import save_edit

    record, problem = edit.before, ""
    while (filled := await desk.ask(form(record, problem))) is not None:
        if filled == edit.before:
            return
        unsettled = await save_edit(desk, edit, filled)
        if unsettled is None:
            return
        record, problem = filled, unsettled
