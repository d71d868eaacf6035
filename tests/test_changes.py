"""Acts and changes: what they say, whom they name, what they take back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

import msgspec
import pytest

from relationships.changes import Author, Change
from relationships.records import Practice

MONDAY = date(2026, 11, 23)


class SlowClock:
    """A clock that ticks at every second look, so that some records share a moment."""

    def __init__(self) -> None:
        self._looks = count()

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 9, tzinfo=UTC) + timedelta(minutes=next(self._looks) // 2)

    def today(self) -> date:
        return MONDAY


def author() -> Author:
    ids = count(1)
    return Author("sam", SlowClock(), lambda: f"r{next(ids)}")


def test_an_act_says_what_it_did_and_what_it_takes_back() -> None:
    writer = author()
    place = writer.new(Practice, name="Quay")
    act = writer.act("add a practice", writer.add(place), subject="Quay")
    undo = writer.undo(act)
    redo = writer.redo(undo)
    assert (act.words, undo.words, redo.words) == (
        "add a practice: Quay",
        "undo add a practice: Quay",
        "redo add a practice: Quay",
    )
    assert (undo.undoes, redo.redoes) == (act.id, undo.id)
    assert redo.changes == act.changes
    assert writer.act("look").words == "look"
    assert len({act.id, undo.id, redo.id, place.id}) == 4


def test_a_change_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="before or after"):
        _ = Change(before=None, after=None).record


def test_an_edit_is_stamped_with_who_and_when() -> None:
    writer = author()
    place = writer.new(Practice, name="Quay")
    edited = Author("lee", SlowClock(), lambda: "e1").edit(place, msgspec.structs.replace(place, name="Quay Physio"))
    assert isinstance(edited.after, Practice)
    assert (edited.after.updated_by, edited.after.created_by, edited.after.version) == ("lee", "sam", 2)
    assert edited.inverse().after is place
