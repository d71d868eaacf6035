"""An edit meets what somebody else did to the record meanwhile: merged or asked about, never overwritten unseen."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Generic, Literal, TypeVar

import msgspec

from relationships.changes import Act, Change, Merged, changed_fields, merged
from relationships.field_words import Find, field_names, moment_words
from relationships.records import FollowUp, Record
from relationships.vocabulary import FollowUpState
from screens.dialogs.conflict import ConflictDialog
from screens.dialogs.decision import Answers, Decision
from screens.journeys.desk import Desk, Edit
from screens.widgets.paragraphs import Paragraph
from screens.words import by_words, several
from storage.errors import BookError, Conflict

R = TypeVar("R", bound=Record)

NOT_YET = "Not saved yet: ctrl+s asks again."
"""Said in a form that was asked for again; it makes the form ask before it drops what was typed."""

Ended = Literal["settled", "back"]
"""Nothing more is to be saved, which was said; or the form is wanted again."""


class _Next(msgspec.Struct, Generic[R], frozen=True):
    """The edit to save instead, on top of their version; none of it when the record is gone and is added anew."""

    before: R | None
    mine: R
    said: str


async def save_edit(desk: Desk, edit: Edit[R], mine: R) -> str | None:
    """Save an edit. None when that is settled; else what to say in the form that has to come back."""
    author = desk.open_book.author
    step: _Next[R] = _Next(edit.before, mine, edit.said)
    while True:
        change = author.add(step.mine) if step.before is None else author.edit(step.before, step.mine)
        act = author.act(edit.name, *edit.with_it(step.mine), change, subject=edit.subject)
        error = await desk.save(act, step.said)
        if error is None:
            return None
        if not isinstance(error, Conflict):
            return error.advice
        met = await _meet(desk, edit, step.before or edit.before, step.mine)
        if not isinstance(met, _Next):
            return None if met == "settled" else NOT_YET
        step = met


async def _meet(desk: Desk, edit: Edit[R], before: R, mine: R) -> _Next[R] | Ended:
    """Find out what the others did, and what is to come of it."""
    theirs = desk.open_book.book.find(before.table, before.id)
    since = await acts_since(desk, before)
    if not isinstance(theirs, type(before)):
        return await _gone(desk, edit, mine, since)
    met = merged(before, mine, theirs)
    if theirs.trashed_at is not None and before.trashed_at is None:
        answer = await _ask_about_trash(desk, edit, theirs, since)
        if answer != "restore":
            return _leave(desk, answer, f"{edit.subject} stays in the trash.")
        desk.want(theirs.id)
        met = _with(met, msgspec.structs.replace(met.record, trashed_at=None))
        edit = msgspec.structs.replace(edit, said=f"Restored, with your changes: {edit.subject}.")
    elif _was_closed(before, mine, theirs):
        answer = await _ask_about_closed(desk, edit, theirs, since)
        if answer != "open":
            return _leave(desk, answer, "The next step stays as it is.")
        met = _with(met, _opened(met.record))
        edit = msgspec.structs.replace(edit, said=f"Open again: next step with {edit.subject}.")
    return await _merge(desk, edit, met, theirs, since)


async def _merge(desk: Desk, edit: Edit[R], met: Merged[R], theirs: R, since: Mapping[str, Act]) -> _Next[R] | Ended:
    record = met.record
    if met.disputed:
        find = _finding(desk.open_book.book.find, edit.with_it(record))
        chosen = await desk.ask(ConflictDialog(desk.open_book, edit.subject, met, since, theirs, find))
        if chosen is None:
            return "back"
        record = chosen
    who = _who(desk, met.from_them or tuple(each.field for each in met.disputed), theirs, since)
    if not changed_fields(theirs, record):
        desk.say(f"Nothing had to be saved: it stands as {who} saved it.")
        return "settled"
    said = edit.said
    if met.from_them and not met.disputed:
        said = f"Saved, together with what {who} changed: {field_names(met.from_them)}."
    return _Next(theirs, record, said)


def _with(met: Merged[R], record: R) -> Merged[R]:
    """What came of both changes, with the answer to a question; what else they changed goes without saying."""
    return msgspec.structs.replace(met, record=record, from_them=())


async def _gone(desk: Desk, edit: Edit[R], mine: R, since: Mapping[str, Act]) -> _Next[R] | Ended:
    who = several(by_words(desk.open_book, act.by) for act in since.values())
    what = edit.before.noun
    said = f"{edit.subject or what}: {who if since else 'somebody'} took it out of the book{_when(desk, since)}."
    answer = await _ask(
        desk,
        f"This {what} is gone from the book",
        f"{said} What you typed is still here.",
        (("add", f"add it again as a new {what}, with what you typed"), ("leave", "leave it out of the book")),
    )
    if answer != "add":
        return _leave(desk, answer, f"The {what} stays out of the book.")
    return _Next(None, desk.open_book.author.anew(mine), f"Added again: {edit.subject or what}.")


async def _ask_about_trash(desk: Desk, edit: Edit[R], theirs: R, since: Mapping[str, Act]) -> str | None:
    who = _who(desk, ("trashed_at",), theirs, since)
    return await _ask(
        desk,
        f"{edit.subject or theirs.noun} is in the trash",
        f"{who} moved it there {moment_words(theirs.updated_at, desk.open_book.today)}, while you were changing it.",
        (("restore", "restore it, with your changes"), ("leave", "leave it in the trash, without your changes")),
    )


async def _ask_about_closed(desk: Desk, edit: Edit[R], theirs: R, since: Mapping[str, Act]) -> str | None:
    state = theirs.state.words if isinstance(theirs, FollowUp) else ""
    who = _who(desk, ("state",), theirs, since)
    return await _ask(
        desk,
        f"{who} closed this next step: {state}",
        f"{edit.subject}, {moment_words(theirs.updated_at, desk.open_book.today)}. You gave it another day.",
        (("leave", f"leave it {state}"), ("open", "open it again, with your day")),
    )


async def _ask(desk: Desk, heading: str, said: str, answers: Answers) -> str | None:
    return await desk.ask(Decision(heading, [Paragraph(said)], answers))


def _leave(desk: Desk, answer: str | None, said: str) -> Ended:
    if answer is None:
        return "back"
    desk.say(said)
    return "settled"


def _was_closed(before: Record, mine: Record, theirs: Record) -> bool:
    """A follow-up got another day here, while it was done or dropped elsewhere."""
    return (
        isinstance(before, FollowUp)
        and isinstance(mine, FollowUp)
        and isinstance(theirs, FollowUp)
        and before.state is FollowUpState.OPEN
        and theirs.state is not FollowUpState.OPEN
        and mine.due != before.due
    )


def _opened(record: R) -> R:
    return msgspec.structs.replace(record, state=FollowUpState.OPEN, done_on=None, done_touch=None, drop_reason="")


async def acts_since(desk: Desk, before: Record) -> Mapping[str, Act]:
    """The last act that changed each field of a record since it stood so; nothing where the history cannot be read."""
    try:
        return await asyncio.to_thread(desk.open_book.changed_since, before)
    except BookError:
        return {}


def _who(desk: Desk, fields: tuple[str, ...], theirs: Record, since: Mapping[str, Act]) -> str:
    users = [since[field].by if field in since else theirs.updated_by for field in fields]
    return several(by_words(desk.open_book, user) for user in users or [theirs.updated_by])


def _when(desk: Desk, since: Mapping[str, Act]) -> str:
    last = max((act.at for act in since.values()), default=None)
    return "" if last is None else f" {moment_words(last, desk.open_book.today)}"


def _finding(find: Find, changes: Sequence[Change]) -> Find:
    """Looks into what is saved in the same act, too."""
    new = {(change.table, change.id): change.record for change in changes}
    return lambda table, record_id: new.get((table, record_id)) or find(table, record_id)
