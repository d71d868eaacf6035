"""Adding and editing people and the places they work at, and the trash."""

from __future__ import annotations

from msgspec.structs import replace

from relationships.changes import Change, merged
from relationships.names import fold
from relationships.records import Practice, Practitioner, Record
from screens.dialogs.practice_form import PracticeForm
from screens.dialogs.practitioner_form import PractitionerEntry, PractitionerForm
from screens.journeys.desk import Desk, add_record, edit_record, meeting_words
from storage.errors import BookError, Conflict


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
        act = book.author.act("edit practitioner", *changes, book.author.edit(before, person), subject=person.name)
        error = await desk.save(act, f"Saved: {person.name}.")
        if error is None:
            return
        entry, problem = filled, error.advice
        if isinstance(error, Conflict):
            theirs = book.take_in().practitioners.get(before.id)
            if theirs is None:
                return
            record, both = merged(before, filled.practitioner, theirs)
            entry, before, problem = replace(filled, practitioner=record), theirs, meeting_words(theirs, both)


def _with_new_practices(desk: Desk, entry: PractitionerEntry) -> tuple[Practitioner, list[Change]]:
    """The person at all the practices named, and the adding of those that are not in the book."""
    author = desk.open_book.author
    new = {fold(name): author.new(Practice, name=name) for name in entry.new_practices}
    practices = tuple(dict.fromkeys((*entry.practitioner.practices, *(practice.id for practice in new.values()))))
    person = replace(entry.practitioner, practices=practices)
    return person, [author.add(practice) for practice in new.values()]


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
        practice,
        lambda record, problem: PracticeForm(record, book.today, book.style, problem=problem),
        "edit practice",
        practice.name,
        f"Saved: {practice.name}.",
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


async def trash(desk: Desk, record: Record, words: str) -> BookError | None:
    """Move a record to the trash; undo brings it back."""
    author = desk.open_book.author
    act = author.act(f"trash {record.noun}", author.trash(record), subject=words)
    return await desk.save(act, f"In the trash: {words}. u brings it back.")
