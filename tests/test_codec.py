"""Records and acts as bytes: what is written is read back the same, and what could not be is never written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args
from zlib import crc32

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.changes import Act, Change
from relationships.parts import Part, Promise
from relationships.records import KINDS, Record, Touch
from relationships.vocabulary import PromisedBy, TouchKind
from storage.codec import Unreadable, decode_act, decode_record, encode_record, settle
from storage.legible import legible_text

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SCRIPTS = ("Zoë", "李小龍", "محمد", "O'Brien [DPT]", 'say "hi"', "\x1b[31mred", "line\nbreak", "👩🏽", "\x00", " " * 9)


def touch(**fields: Any) -> Touch:
    return Touch(
        **{
            "id": "t1",
            "created_at": NOON,
            "created_by": "sam",
            "updated_at": NOON,
            "updated_by": "sam",
            "kind": TouchKind.VISIT,
            **fields,
        }
    )


def act(*changes: Change, **fields: Any) -> Act:
    return Act(**{"id": "a1", "name": "log a visit", "changes": changes, "at": NOON, "by": "sam", **fields})


LATER = st.none() | st.just({"later": [1, {"deep": "ü"}]})
"""What a later version may have put beside the keys of a record or of a part."""


def any_record(kind: type[Record]) -> st.SearchStrategy[Record]:
    """Records of a kind with every field drawn."""
    return st.builds(kind, **{field.name: drawn(field.type) for field in msgspec.structs.fields(kind)})


def drawn(kind: Any) -> Any:
    """Values for a field of this type."""
    if kind == Decimal | None:
        return st.none() | st.decimals(allow_nan=False, allow_infinity=False)
    if kind == dict[str, Any] | None:
        return LATER
    if isinstance(kind, type) and issubclass(kind, Part):
        return st.builds(kind, **{field.name: drawn(field.type) for field in msgspec.structs.fields(kind)})
    inner = [each for each in get_args(kind) if isinstance(each, type) and issubclass(each, Part)]
    if inner:
        part = drawn(inner[0])
        return st.none() | part if type(None) in get_args(kind) else st.lists(part, max_size=3).map(tuple)
    return ...


@given(st.sampled_from(KINDS).flatmap(any_record))
def test_every_kind_of_record_comes_back_as_it_was(record: Record) -> None:
    assert decode_record(record.table, encode_record(record)) == record


@pytest.mark.parametrize("text", SCRIPTS)
def test_text_comes_back_as_it_was_typed(text: str) -> None:
    record = touch(note=text, promised=(Promise(by=PromisedBy.US, text=text),), tags=(text, text))
    settled, line = settle(act(Change(None, record), name=text, subject=text), 7)
    assert settled.changes[0].after == record
    assert decode_act(line) == settled
    assert line.count(b"\n") == 1


def test_money_days_and_moments_keep_their_form() -> None:
    record = touch(cost=Decimal("12.50"), done_on=date(2026, 2, 28), trashed_at=NOON.replace(microsecond=1))
    read = decode_record("touches", encode_record(record))
    assert read == record
    assert str(touch_of(read).cost) == "12.50"


def touch_of(record: Record) -> Touch:
    assert isinstance(record, Touch)
    return record


def test_unknown_keys_stand_beside_the_known_ones() -> None:
    before = msgspec.json.decode(encode_record(touch(note="known")))
    on_disk = msgspec.json.encode({"mood": {"colour": "blue", "depth": 3.25}, **before, "later": [1, None]})
    record = touch_of(decode_record("touches", on_disk))
    assert record.note == "known"
    edited = msgspec.structs.replace(record, note="edited")
    assert msgspec.json.decode(encode_record(edited)) == {**msgspec.json.decode(on_disk), "note": "edited"}


@pytest.mark.parametrize(
    ("table", "content", "says"),
    [
        ("touches", b"[]", "Expected `object`, got `array`"),
        ("touches", b'"visit"', "Expected `object`, got `str`"),
        ("touches", b'{"id":7}', "Expected `str`, got `int` - at `$.id`"),
        ("touches", b'{"id":"t1","mood":"blue"}', "missing required field"),
        ("touches", b'{"id":"t1"', "truncated"),
        ("touches", b'{"mood":' + b"[" * 5_000, "recursion"),
        ("dreams", b"{}", "no kind of record called 'dreams'"),
    ],
)
def test_what_is_no_record_is_refused_with_the_reason(table: str, content: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says.replace("$", r"\$")):
        decode_record(table, content)


@pytest.mark.parametrize("field", [{"minutes": "ten"}, {"done_on": "soon"}, {"tags": "one"}, {"note": None}])
def test_an_act_that_could_not_be_read_back_is_never_written(field: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        settle(act(Change(None, touch(**field))), 1)


def test_an_act_is_held_as_it_will_be_read_back() -> None:
    settled, line = settle(act(Change(None, touch(tags=["a", "b"]))), 3)
    assert touch_of(settled.changes[0].record).tags == ("a", "b")
    assert settled == decode_act(line)
    assert settled.sequence == 3


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("M\udcfcller", "M\u2039fc\u203aller"),
        ("\udc80\udcff", "\u203980\u203a\u2039ff\u203a"),
        ("half \ud83d a smile", "half \u2039d83d\u203a a smile"),
        ("whole 🙂", "whole 🙂"),
    ],
)
def test_bytes_that_are_no_text_are_made_visible(typed: str, kept: str) -> None:
    assert legible_text(typed) == kept
    record = touch(note=typed, tags=(typed,), unknown={typed: [typed, 1]})
    settled, line = settle(act(Change(None, record), name=typed, subject=typed, by=typed), 1)
    assert settled == decode_act(line)
    assert (settled.name, settled.subject, settled.by) == (kept, kept, kept)
    assert settled.changes[0].after == touch(note=kept, tags=(kept,), unknown={kept: [kept, 1]})


def test_a_line_with_any_byte_altered_is_refused() -> None:
    _, line = settle(act(Change(touch(), touch(note="Zoë"))), 12)
    for place in range(len(line) - 1):
        altered = line[:place] + bytes([line[place] ^ 1]) + line[place + 1 :]
        with pytest.raises(Unreadable):
            decode_act(altered)


@pytest.mark.parametrize("body", [b"[]}", b'"seq":"one"}', b'"seq":1', b'"seq":1}', b"\xff}"])
def test_a_line_with_a_fitting_sum_may_still_be_no_act(body: bytes) -> None:
    with pytest.raises(Unreadable):
        decode_act(b'{"sum":"%08x",%s\n' % (crc32(body), body))


def test_a_line_cut_anywhere_is_refused() -> None:
    _, line = settle(act(Change(None, touch())), 12)
    for size in range(len(line) - 1):
        with pytest.raises(Unreadable):
            decode_act(line[:size])


def test_unknown_keys_in_the_parts_of_a_record_stand_beside_the_known_ones() -> None:
    promise = {"by": "us", "text": "a list", "until": {"day": "Monday"}}
    before = msgspec.json.decode(encode_record(touch(note="known")))
    on_disk = msgspec.json.encode({**before, "promised": [promise, {"by": "them", "text": "x"}], "mood": 1})
    record = touch_of(decode_record("touches", on_disk))
    assert record.promised[0].unknown == {"until": {"day": "Monday"}}
    edited = msgspec.structs.replace(record, note="edited")
    settled, line = settle(act(Change(record, edited)), 1)
    assert settled.changes[0].after == edited
    assert decode_act(line) == settled
    assert msgspec.json.decode(encode_record(edited)) == {**msgspec.json.decode(on_disk), "note": "edited"}
    assert b"__unknown__" not in line


def test_an_unknown_key_in_a_single_part_is_kept_and_a_wrong_type_in_one_is_still_named() -> None:
    stamps = {"id": "o1", "created_at": "2026-11-23T12:00:00Z", "created_by": "sam"}
    common = {**stamps, "updated_at": "2026-11-23T12:00:00Z", "updated_by": "sam", "name": "Quay"}
    content = {**common, "accepts": {"payers": ["self"], "ages": [5, 99]}, "gatekeepers": [{"name": "Jo", "desk": 2}]}
    record = decode_record("practices", msgspec.json.encode(content))
    assert msgspec.json.decode(encode_record(record)) == content
    wrong = {**content, "gatekeepers": [{"name": 7, "desk": 2}]}
    with pytest.raises(Unreadable, match=r"Expected `str`, got `int` - at `\$.gatekeepers\[0\].name`"):
        decode_record("practices", msgspec.json.encode(wrong))


def test_a_note_that_spells_the_field_of_unknown_keys_is_a_note() -> None:
    record = touch(note='{"__unknown__":{"a":1}}', unknown={"__unknown__": 1, "b": 2})
    assert decode_record("touches", encode_record(record)) == record
