"""Logging a touch in one line, with the form for the rest, and editing one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from relationships.changes import Act, Change
from relationships.dates import short_day
from relationships.names import fold, fold_words
from relationships.quick_log import to_act
from relationships.records import FollowUp, Practitioner, Touch
from relationships.touch_kinds import read_kind
from relationships.vocabulary import TouchKind
from screens.dialogs.log_line import LogLine
from screens.dialogs.touch_form import TouchForm
from screens.journeys.desk import Desk, edit_record
from screens.journeys.practitioners import add_practitioner
from screens.words import with_whom

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
        if entry.form:
            if await _save_on_form(desk, act, entry.reading.subject):
                return
            continue
        error = await desk.save(act, _said(act, book.today))
        if error is None:
            desk.want(_touch_of(act).id)
            return
        problem = f"{error.title}. {error.advice}"


async def _save_on_form(desk: Desk, act: Act, who: str) -> bool:
    """Fill in the rest; on any failure the form comes back with what was typed. False when it was left."""
    book, problem = desk.open_book, ""
    while (
        touch := await desk.ask(TouchForm(_touch_of(act), who, book.today, book.style, problem=problem))
    ) is not None:
        act = _with_touch(act, touch)
        error = await desk.save(act, _said(act, book.today))
        if error is None:
            desk.want(touch.id)
            return True
        problem = error.advice
    return False


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
        touch,
        lambda record, problem: TouchForm(record, who, book.today, book.style, problem=problem),
        f"edit {touch.kind.words}",
        who,
        f"Saved: {touch.kind.words} with {who}.",
    )
