"""Logging a touch in one line, with the form for the rest, and editing one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from relationships.changes import Act, Change
from relationships.dates import short_day
from relationships.log_act import rebuilt, to_act
from relationships.names import fold, fold_words
from relationships.records import FollowUp, Practitioner, Touch
from relationships.touch_kinds import read_kind
from relationships.vocabulary import FollowUpState, TouchKind
from screens.dialogs.log_line import LogEntry, LogLine
from screens.dialogs.touch_form import TouchForm
from screens.journeys.desk import Desk, Edit, edit_record
from screens.journeys.practitioners import add_practitioner
from screens.open_book import OpenBook
from screens.words import by_words, with_whom
from storage.errors import Conflict

_ENDS_A_NAME = re.compile(r'[":;,]')


async def log_touch(desk: Desk, text: str = "", *, closing: FollowUp | None = None) -> None:
    """One line, one act: the touch, the follow-ups that it keeps, the next step."""
    book = desk.open_book
    begun, problem = text, ""
    chosen: Mapping[str, str] = {}
    while (
        entry := await desk.ask(LogLine(book, text, chosen, begun=begun, closing=closing, problem=problem))
    ) is not None:
        text, chosen, problem = entry.line, entry.chosen, ""
        if entry.add:
            person = await add_practitioner(desk, entry.add)
            if person is not None:
                chosen = {**chosen, fold(entry.add): person.id}
            continue
        act = to_act(entry.reading, book.book, book.author)
        unsaved = await (_fill_in(desk, act, entry) if entry.form else _save(desk, act, entry))
        if unsaved is None:
            return
        problem = unsaved


async def _fill_in(desk: Desk, act: Act, entry: LogEntry) -> str | None:
    """The rest on the form, which comes back with what was typed until it is saved; nothing to say when it is left."""
    book = desk.open_book
    touch, problem = _touch_of(act), ""
    while True:
        form = TouchForm(touch, entry.reading.subject, book.today, book.style, problem=problem)
        filled = await desk.ask(form)
        if filled is None:
            return ""
        unsaved = await _save(desk, _with_touch(act, filled), entry)
        if unsaved is None:
            return None
        touch, problem = filled, unsaved


async def _save(desk: Desk, act: Act, entry: LogEntry) -> str | None:
    """Save the act, on the records as others have changed them meanwhile; what went wrong, if anything did.

    The touch is always saved. A next step that somebody else closed, put off or changed is left as they have it.
    """
    book = desk.open_book
    passed = [*entry.passed]
    while True:
        words = (_already(book, step) for step in passed)
        error = await desk.save(act, " ".join((_said(act, book.today), *words)))
        if error is None:
            desk.want(_touch_of(act).id)
            return None
        if not isinstance(error, Conflict):
            return f"{error.title}. {error.advice}"
        act, others = rebuilt(act, book.book, book.author)
        passed += others


def _already(book: OpenBook, step: FollowUp) -> str:
    """What somebody else did to a next step that this touch would have closed."""
    now = book.book.follow_ups.get(step.id)
    if now is None or now.trashed_at is not None:
        return "The next step was already taken out of the book."
    state = f"now due {short_day(now.due, book.today)}" if now.state is FollowUpState.OPEN else now.state.words
    return f"The next step was already changed by {by_words(book, now.updated_by)}: {state}."


def log_text(person: Practitioner | None, kind: TouchKind | None = None) -> str:
    """The beginning of a log line about somebody."""
    words = [] if kind is None else [_kind_word(kind)]
    if person is not None:
        words.append(" ".join(_ENDS_A_NAME.sub(" ", person.name).split()))
    return "".join(f"{word} " for word in words)


def _kind_word(kind: TouchKind) -> str:
    """A word that the log line reads as this kind."""
    for words in (kind.short, kind.short.split()[0], *kind.value.split("_")):
        if read_kind([fold_words(word) for word in words.split()]) == (kind, len(words.split())):
            return words
    return TouchKind.OTHER.value


def _touch_of(act: Act) -> Touch:
    return next(change.after for change in act.changes if isinstance(change.after, Touch))


def _with_touch(act: Act, touch: Touch) -> Act:
    """The act with the touch as the form has it."""
    changes = tuple(
        Change(before=change.before, after=touch) if change.id == touch.id else change for change in act.changes
    )
    return replace(act, changes=changes)


def _said(act: Act, today: date) -> str:
    touch = _touch_of(act)
    done = "Planned" if touch.planned else "Logged"
    following = next((c.after for c in act.changes if isinstance(c.after, FollowUp) and c.before is None), None)
    step = f" Next step {short_day(following.due, today)}." if following is not None else ""
    return f"{done}: {touch.kind.words} with {act.subject}.{step} u undoes."


async def edit_touch(desk: Desk, touch: Touch) -> None:
    """Change a touch."""
    book = desk.open_book
    who = with_whom(book.book, touch)
    await edit_record(
        desk,
        Edit(touch, f"edit {touch.kind.words}", who, f"Saved: {touch.kind.words} with {who}."),
        lambda record, problem: TouchForm(record, who, book.today, book.style, problem=problem),
    )
