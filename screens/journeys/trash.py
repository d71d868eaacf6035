"""Into the trash: a way to delete that undo takes back."""

from __future__ import annotations

from relationships.changes import changed_fields
from relationships.field_words import field_change, moment_words
from relationships.records import Record
from screens.dialogs.decision import Decision
from screens.journeys.desk import Desk
from screens.journeys.meeting import acts_since
from screens.widgets.paragraphs import Paragraph
from screens.words import by_words, several
from storage.errors import Conflict


async def trash(desk: Desk, record: Record, words: str) -> None:
    """Move a record to the trash; undo brings it back. What somebody else changed meanwhile is shown first."""
    author = desk.open_book.author
    before: Record | None = record
    while before is not None:
        act = author.act(f"trash {record.noun}", author.trash(before), subject=words)
        error = await desk.save(act, f"In the trash: {words}. u brings it back.")
        before = await _ask_again(desk, before, words) if isinstance(error, Conflict) else None


async def _ask_again(desk: Desk, before: Record, words: str) -> Record | None:
    """Their version, when it is to go into the trash all the same."""
    book = desk.open_book
    theirs = book.book.find(before.table, before.id)
    if theirs is None:
        desk.say(f"{words}: it is gone from the book already.")
        return None
    since = await acts_since(desk, before)
    fields = changed_fields(before, theirs)
    users = [since[field].by if field in since else theirs.updated_by for field in fields]
    who = several(by_words(book, user) for user in users)
    when = moment_words(theirs.updated_at, book.today)
    if theirs.trashed_at is not None:
        desk.say(f"In the trash already: {who} moved {words} there {when}.")
        return None
    answer = await desk.ask(
        Decision(
            f"{who} changed it {when}",
            [Paragraph(words, "dim"), *_what_changed(desk, before, theirs, fields)],
            (("keep", "keep it, as it is now"), ("trash", "move it to the trash all the same")),
            back="keep it",
        )
    )
    if answer == "trash":
        return theirs
    desk.say(f"Kept: {words}.")
    return None


def _what_changed(desk: Desk, before: Record, theirs: Record, fields: tuple[str, ...]) -> list[Paragraph]:
    find, today = desk.open_book.book.find, desk.open_book.today
    changes = [field_change(f, getattr(before, f), getattr(theirs, f), find, today) for f in fields]
    width = min(max((len(change.name) for change in changes), default=0), 22) + 2
    return [
        paragraph
        for change in changes
        for paragraph in (
            Paragraph(change.before or "(empty)", "dim", width, change.name),
            Paragraph(f"→ {change.after or '(empty)'}", "normal", width),
        )
    ]
