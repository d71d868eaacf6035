"""What a reading of the quick log line does to a book: one act, and what that act settles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from msgspec.structs import replace

from relationships.book import Book
from relationships.changes import Act, Author, Change, merged
from relationships.log_reading import Reading
from relationships.records import FollowUp, Touch
from relationships.touch_kinds import touch_noun, with_article
from relationships.vocabulary import FollowUpState

_SOON: Final = timedelta(days=7)
"""How far ahead of a touch a follow-up may be due to be kept by it (DOMAIN.md section 4, Behaviour (a))."""


def to_act(reading: Reading, book: Book, author: Author) -> Act:
    """The one act that saves a reading: the touch, the follow-ups that it closes, and the next one.

    A planned touch that it completes is edited, its own note kept before the new one. Raises ValueError with the
    sentence of the problem when there is one.
    """
    if reading.problem:
        raise ValueError(reading.problem.sentence)
    touch, change = _touch(reading, book, author)
    changes = [change]
    for open_one in reading.closes:
        current = book.follow_ups.get(open_one.id, open_one)
        kept = replace(current, state=FollowUpState.DONE, done_on=reading.day, done_touch=touch.id)
        changes.append(author.edit(current, kept))
    if step := reading.next:
        for person in reading.people or (None,):
            follow_up = author.new(
                FollowUp,
                practitioner=person.id if person is not None else None,
                practice=reading.practice.id if reading.practice and person is None else None,
                due=step.day,
                kind=step.kind,
                what=step.what,
                from_touch=touch.id,
                owner=author.user,
            )
            changes.append(author.add(follow_up))
    noun = with_article(touch_noun(reading.kind))
    return author.act(f"{'plan' if reading.planned else 'log'} {noun}", *changes, subject=reading.subject)


def rebuilt(act: Act, book: Book, author: Author) -> tuple[Act, tuple[FollowUp, ...]]:
    """The act on the records as they are now, and the follow-ups that it leaves alone because others changed them.

    They are given as the act began from them. A planned touch that somebody else changed is completed on top of their
    version; where both said something of the same field, or it is planned no longer, this one is logged beside it.
    """
    changes: list[Change] = []
    passed: list[FollowUp] = []
    new_ids: dict[str, str] = {}
    for change in act.changes:
        before, after = change.before, change.after
        current = book.find(change.table, change.id)
        if before is None or current == before:
            changes.append(change)
        elif isinstance(before, FollowUp):
            passed.append(before)
        elif isinstance(before, Touch) and isinstance(after, Touch):
            on_top = merged(before, after, current) if isinstance(current, Touch) and _waits(current) else None
            if on_top is not None and not on_top.disputed and isinstance(current, Touch):
                changes.append(author.edit(current, on_top.record))
            else:
                beside = author.anew(after)
                new_ids[after.id] = beside.id
                changes.append(author.add(beside))
    return replace(act, changes=tuple(_pointing(change, new_ids) for change in changes)), tuple(passed)


def _waits(touch: Touch) -> bool:
    return touch.planned and touch.trashed_at is None


def _pointing(change: Change, new_ids: Mapping[str, str]) -> Change:
    """The change with the follow-ups of a touch at the one that took its place."""
    after = change.after
    if not isinstance(after, FollowUp):
        return change
    kept_by, agreed_at = (new_ids.get(each or "", each) for each in (after.done_touch, after.from_touch))
    return replace(change, after=replace(after, done_touch=kept_by, from_touch=agreed_at))


def _touch(reading: Reading, book: Book, author: Author) -> tuple[Touch, Change]:
    fields: dict[str, Any] = {
        "channel": reading.channel,
        "direction": reading.direction,
        "two_way": reading.two_way,
        "next_touch_on": reading.next.day if reading.next else None,
    }
    practice = reading.practice.id if reading.practice else None
    if reading.completes:
        planned = book.touches.get(reading.completes.id, reading.completes)
        note = "\n".join(part for part in (planned.note, reading.note) if part)
        done = replace(
            planned,
            practitioners=tuple(dict.fromkeys((*planned.practitioners, *(person.id for person in reading.people)))),
            practice=planned.practice or practice,
            done_on=reading.day,
            note=note,
            promised=(*planned.promised, *reading.promised),
            tags=tuple(dict.fromkeys((*planned.tags, *reading.tags))),
            **fields,
        )
        return planned, author.edit(planned, done)
    touch = author.new(
        Touch,
        practitioners=tuple(person.id for person in reading.people),
        practice=practice,
        kind=reading.kind,
        planned_for=reading.day if reading.planned else None,
        planned_time=reading.time if reading.planned else None,
        done_on=None if reading.planned else reading.day,
        note=reading.note,
        promised=reading.promised,
        tags=reading.tags,
        **fields,
    )
    return touch, author.add(touch)


def closes(book: Book, reading: Reading) -> tuple[FollowUp, ...]:
    """The open follow-ups that a done touch keeps: a two-way one any that is due soon, another only its own kind.

    One that was agreed at a later touch is not kept by an earlier one that is entered late.
    """
    return tuple(
        follow_up
        for subject in _subject_ids(reading)
        for follow_up in book.follow_ups_of(subject)
        if follow_up.state is FollowUpState.OPEN
        and follow_up.due - reading.day <= _SOON
        and (reading.two_way or follow_up.kind is reading.kind)
        and not _agreed_later(book, follow_up, reading.day)
    )


def _agreed_later(book: Book, follow_up: FollowUp, day: date) -> bool:
    touch = book.touches.get(follow_up.from_touch) if follow_up.from_touch else None
    return touch is not None and touch.done_on is not None and touch.done_on > day


def completes(book: Book, reading: Reading) -> Touch | None:
    """The planned touch of this kind for that day, else the overdue one planned last."""
    (first, *_) = _subject_ids(reading) or ("",)
    touches = book.touches_with(first) if reading.people else book.touches_at(first)
    for touch in touches:
        if not touch.planned or touch.kind is not reading.kind or (touch.practitioners and not reading.people):
            continue
        if touch.planned_for and touch.planned_for <= reading.day:
            return touch
    return None


def _subject_ids(reading: Reading) -> tuple[str, ...]:
    """The ids of the people, else of the practice."""
    if reading.people:
        return tuple(person.id for person in reading.people)
    return (reading.practice.id,) if reading.practice else ()
