"""Putting off what a rule asks for."""

from __future__ import annotations

from relationships.putting_off import follow_up_for
from relationships.records import Practitioner
from relationships.rules import raised_again
from screens.dialogs.follow_up_form import SnoozeForm
from screens.journeys.desk import Desk, add_record


async def put_off(desk: Desk, person: Practitioner, raised_by: str) -> None:
    """What a rule asks for has no record of its own: a follow-up is made, which holds the reason and the count."""
    book = desk.open_book
    raised = raised_again(book.book, person, raised_by, book.today, book.rules)
    if raised is None:
        desk.say("That has been done meanwhile: nothing is left to put off.")
        return
    author, blank = book.author, follow_up_for(raised, book.author)
    await add_record(
        desk,
        blank,
        lambda record, problem: SnoozeForm(
            blank, person.name, book.today, book.style, user=author.user, filled=record, problem=problem
        ),
        "put off follow-up",
        person.name,
        f"Put off: {raised.what}, {person.name}. u undoes.",
    )
