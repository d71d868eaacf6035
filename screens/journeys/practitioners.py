"""Adding and editing people and the places they work at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from relationships.changes import Change
from relationships.names import fold
from relationships.records import Practice, Practitioner
from screens.dialogs.practice_form import PracticeForm
from screens.dialogs.practitioner_form import PractitionerEntry, PractitionerForm
from screens.journeys.desk import Desk, Edit, add_record, edit_record
from screens.journeys.meeting import save_edit


async def add_practitioner(desk: Desk, name: str = "") -> Practitioner | None:
    """A new person, with the practices that are new as well: one act."""
    book = desk.open_book
    entry = PractitionerEntry(book.author.new(Practitioner, name=name, owner=book.author.user))
    problem = ""
    while (
        filled := await desk.ask(PractitionerForm(entry, book.book, book.today, book.style, problem=problem))
    ) is not None:
        person, changes = _with_new_practices(desk, filled)
        act = book.author.act("add practitioner", *changes, book.author.add(person), subject=person.name)
        error = await desk.save(act, f"{person.name} is in the book. l logs a touch, f sets a next step.")
        if error is None:
            desk.want(person.id)
            return person
        entry, problem = filled, error.advice
    return None


async def edit_practitioner(desk: Desk, before: Practitioner) -> None:
    """Change what is known of a person."""
    book = desk.open_book
    entry, problem = PractitionerEntry(before), ""
    while (
        filled := await desk.ask(PractitionerForm(entry, book.book, book.today, book.style, problem=problem))
    ) is not None:
        if filled == PractitionerEntry(before):
            return
        person, changes = _with_new_practices(desk, filled)
        edit = Edit(before, "edit practitioner", person.name, f"Saved: {person.name}.", _of_practices(changes))
        unsettled = await save_edit(desk, edit, person)
        if unsettled is None:
            return
        entry, problem = filled, unsettled


def _with_new_practices(desk: Desk, entry: PractitionerEntry) -> tuple[Practitioner, list[Change]]:
    """The person at all the practices named, and the adding of those that are not in the book.

    Somebody else may have added one of them since the form was opened.
    """
    author = desk.open_book.author
    known = {fold(practice.name): practice for practice in desk.open_book.book.all_practices()}
    named = {fold(name): name for name in entry.new_practices}
    new = {folded: author.new(Practice, name=name) for folded, name in named.items() if folded not in known}
    at = [(new.get(folded) or known[folded]).id for folded in named]
    person = replace(entry.practitioner, practices=tuple(dict.fromkeys((*entry.practitioner.practices, *at))))
    return person, [author.add(practice) for practice in new.values()]


def _of_practices(changes: Sequence[Change]) -> Callable[[Practitioner], Sequence[Change]]:
    """Those of the new practices that the person works at after all."""
    return lambda person: [change for change in changes if change.id in person.practices]


async def edit_practice(desk: Desk, person: Practitioner) -> None:
    """Change what is known of the place where somebody works."""
    book = desk.open_book
    found = (book.book.practices.get(practice) for practice in person.practices)
    practice = next((p for p in found if p is not None and p.trashed_at is None), None)
    if practice is None:
        desk.say(f"{person.name} has no practice yet: e edits, and a practice named there is added.")
        return
    await edit_record(
        desk,
        Edit(practice, "edit practice", practice.name, f"Saved: {practice.name}."),
        lambda record, problem: PracticeForm(record, book.today, book.style, problem=problem),
    )


async def add_practice(desk: Desk) -> Practice | None:
    """A new place, before anybody there is known."""
    book = desk.open_book
    return await add_record(
        desk,
        book.author.new(Practice, name=""),
        lambda record, problem: PracticeForm(record, book.today, book.style, problem=problem),
        "add practice",
        "",
        "The practice is in the book.",
    )
