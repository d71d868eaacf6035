"""Two changes to one record as one: what merges, what is in dispute, and who changed which field."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from relationships.changes import Act, Author, changed_fields, merged
from relationships.parts import Move, Promise, Snooze
from relationships.past import changed_since
from relationships.records import FollowUp, Offer, Practitioner, Touch
from relationships.vocabulary import PromisedBy, TouchKind

MONDAY = date(2026, 11, 23)


class Ticking:
    """A clock that moves on a minute at each look."""

    def __init__(self) -> None:
        self._minutes = count()

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 9, tzinfo=UTC) + timedelta(minutes=next(self._minutes))

    def today(self) -> date:
        return MONDAY


def author(user: str = "sam") -> Author:
    ids = count(1)
    return Author(user, Ticking(), lambda: f"{user}-{next(ids)}")


RUTH = author().new(Practitioner, name="Ruth", tags=("run", "gp"), notes="tea")


def test_what_only_one_side_changed_is_merged() -> None:
    met = merged(RUTH, replace(RUTH, phone="111"), replace(RUTH, email="ruth@x", version=2, updated_by="alex"))
    assert (met.record.phone, met.record.email, met.record.updated_by) == ("111", "ruth@x", "alex")
    assert (met.disputed, met.from_them) == ((), ("email",))


def test_what_both_changed_to_the_same_is_not_in_dispute() -> None:
    met = merged(RUTH, replace(RUTH, phone="111"), replace(RUTH, phone="111", email="ruth@x"))
    assert (met.disputed, met.from_them, met.record.phone) == ((), ("email",), "111")


def test_what_both_changed_is_in_dispute_with_both_values_and_mine_stands_until_it_is_settled() -> None:
    met = merged(RUTH, replace(RUTH, phone="111"), replace(RUTH, phone="222"))
    (phone,) = met.disputed
    assert (phone.field, phone.theirs, phone.mine, phone.both) == ("phone", "222", "111", None)
    assert met.record.phone == "111"
    assert met.settled({"phone": "222"}).phone == "222"
    assert met.settled({}).phone == "111"


def test_lists_can_take_both_changes() -> None:
    mine, theirs = replace(RUTH, tags=("run", "gp", "swim")), replace(RUTH, tags=("gp", "new"))
    (tags,) = merged(RUTH, mine, theirs).disputed
    assert tags.both == ("gp", "new", "swim")
    (tags,) = merged(RUTH, replace(RUTH, tags=()), replace(RUTH, tags=("run", "gp", "x"))).disputed
    assert tags.both == ("x",)
    (tags,) = merged(RUTH, replace(RUTH, tags=("run",)), replace(RUTH, tags=())).disputed
    assert tags.both is None, "the same as theirs is no third answer"


def test_notes_can_stand_below_one_another() -> None:
    (notes,) = merged(RUTH, replace(RUTH, notes="tea, milk"), replace(RUTH, notes="tea\ncake\n")).disputed
    assert notes.both == "tea\ncake\n, milk"
    (notes,) = merged(RUTH, replace(RUTH, notes="mine"), replace(RUTH, notes="theirs")).disputed
    assert notes.both == "theirs\nmine"
    (notes,) = merged(RUTH, replace(RUTH, notes=""), replace(RUTH, notes="theirs")).disputed
    assert notes.both is None


def test_logs_keep_both_additions_without_a_question() -> None:
    offer = author().new(Offer, practitioner="ruth", moves=(Move(state="made", on=MONDAY),))
    mine = replace(offer, moves=(*offer.moves, Move(state="accepted", on=MONDAY, by="sam")))
    theirs = replace(offer, moves=(*offer.moves, Move(state="no_reply", on=MONDAY, by="alex")))
    met = merged(offer, mine, theirs)
    assert [move.by for move in met.record.moves] == ["", "alex", "sam"]
    assert (met.disputed, met.from_them) == ((), ("moves",))
    step = author().new(FollowUp, due=MONDAY)
    off = [Snooze(on=MONDAY, until=MONDAY, reason=why) for why in ("mine", "theirs")]
    met_step = merged(step, replace(step, snoozes=(off[0],)), replace(step, snoozes=(off[1],)))
    assert [each.reason for each in met_step.record.snoozes] == ["theirs", "mine"]


def test_promises_are_a_list_too() -> None:
    touch = author().new(Touch, kind=TouchKind.VISIT)
    ours, yours = Promise(by=PromisedBy.US, text="figures"), Promise(by=PromisedBy.THEM, text="protocol")
    (promised,) = merged(touch, replace(touch, promised=(ours,)), replace(touch, promised=(yours,))).disputed
    assert promised.both == (yours, ours)


texts = st.sampled_from(["", "a", "b", "c"])
people = st.builds(
    lambda name, phone, tags, notes: replace(RUTH, name=name, phone=phone, tags=tuple(tags), notes=notes),
    texts,
    texts,
    st.lists(st.sampled_from("xyz"), unique=True, max_size=3),
    texts,
)


@given(people, people, people)
def test_nothing_of_either_side_is_lost_unseen(before: Practitioner, mine: Practitioner, theirs: Practitioner) -> None:
    met = merged(before, mine, theirs)
    disputed = {each.field: each for each in met.disputed}
    for field in changed_fields(before, mine):
        assert getattr(met.record, field) == getattr(mine, field)
    for field in changed_fields(before, theirs):
        if field in disputed:
            assert (disputed[field].theirs, disputed[field].mine) == (getattr(theirs, field), getattr(mine, field))
        else:
            assert getattr(met.record, field) == getattr(theirs, field)
    assert merged(before, mine, before).record == mine
    assert merged(before, before, theirs).record == theirs
    assert met.settled({each.field: each.theirs for each in met.disputed}) == replace(
        theirs, **{field: getattr(mine, field) for field in changed_fields(before, mine) if field not in disputed}
    )


def edited(writer: Author, before: Practitioner, **fields: object) -> tuple[Act, Practitioner]:
    change = writer.edit(before, replace(before, **fields))
    assert isinstance(change.after, Practitioner)
    return writer.act("edit", change), change.after


def test_who_changed_which_field_since() -> None:
    old, first = edited(author("old"), RUTH, source="long ago")
    by_alex, second = edited(author("alex"), first, phone="1", email="1")
    by_kim, third = edited(author("kim"), second, phone="2")
    writer = author("lee")
    elsewhere = writer.act("add", writer.add(writer.new(Practitioner, name="Ann")))
    found = changed_since([by_kim, elsewhere, by_alex, old], first)
    assert {field: act.by for field, act in found.items()} == {"phone": "kim", "email": "alex"}
    gone = writer.act("undo add", writer.add(third).inverse())
    assert {field: act.by for field, act in changed_since([gone, by_kim], third).items()} == {"id": "lee"}
    assert changed_since([], first) == {}


def test_a_record_that_is_gone_comes_again_as_a_new_one() -> None:
    writer = author("kim")
    again = writer.anew(replace(RUTH, version=7, phone="111"))
    assert (again.id, again.version, again.created_by, again.phone, again.tags) == ("kim-1", 1, "kim", "111", RUTH.tags)
