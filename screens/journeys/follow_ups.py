"""Setting, keeping, putting off and dropping follow-ups."""

from __future__ import annotations

from relationships.records import FollowUp, Practitioner
from screens.dialogs.follow_up_form import FollowUpForm, SnoozeForm
from screens.dialogs.pick import PickPractitioner
from screens.journeys.desk import Desk, Edit, add_record, edit_record
from screens.journeys.touches import log_text, log_touch
from screens.words import with_whom


async def set_follow_up(desk: Desk, person: Practitioner | None) -> None:
    """A dated promise to touch again."""
    book = desk.open_book
    person = person or await desk.ask(PickPractitioner(book, "Next step with whom?"))
    if person is None:
        return
    name = person.name
    await add_record(
        desk,
        book.author.new(FollowUp, practitioner=person.id, due=book.today, owner=book.author.user),
        lambda record, problem: FollowUpForm(record, name, book.today, book.style, new=True, problem=problem),
        "set follow-up",
        name,
        f"Next step with {name} is set. u undoes.",
    )


async def edit_follow_up(desk: Desk, follow_up: FollowUp) -> None:
    """Change a follow-up."""
    book = desk.open_book
    who = with_whom(book.book, follow_up)
    await edit_record(
        desk,
        Edit(follow_up, "edit follow-up", who, f"Saved: next step with {who}."),
        lambda record, problem: FollowUpForm(record, who, book.today, book.style, new=False, problem=problem),
    )


async def keep_follow_up(desk: Desk, follow_up: FollowUp) -> None:
    """What was promised has been done: the log line, begun already, notes it and closes the follow-up."""
    person = desk.open_book.book.practitioners.get(follow_up.practitioner or "")
    await log_touch(desk, log_text(person, follow_up.kind), closing=follow_up)


async def snooze(desk: Desk, follow_up: FollowUp) -> None:
    """Put a follow-up off, with the reason."""
    book = desk.open_book
    who = with_whom(book.book, follow_up)
    user = book.author.user
    await edit_record(
        desk,
        Edit(follow_up, "put off follow-up", who, f"Put off: next step with {who}. u undoes."),
        lambda record, problem: SnoozeForm(
            follow_up, who, book.today, book.style, user=user, filled=record, problem=problem
        ),
    )
