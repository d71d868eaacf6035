"""Keys that this version does not know, in a record and in the parts inside it: kept as they were read.

In memory they stand in a field of their own; in the file they stand beside the known ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

import msgspec

UNKNOWN = "__unknown__"
"""The name of the field that keeps them."""


def kept_apart(kind: type[msgspec.Struct], document: Mapping[str, Any]) -> dict[str, Any]:
    """A document with the keys that the struct does not know in the field for them, those of its parts too."""
    fields = _fields(kind)
    known = {key: _inside(fields[key], value) for key, value in document.items() if key in fields}
    unknown = {key: value for key, value in document.items() if key not in fields}
    return {**known, UNKNOWN: unknown} if unknown else known


def _inside(part: type[msgspec.Struct] | None, value: Any) -> Any:
    if part is not None and isinstance(value, dict):
        return kept_apart(part, value)
    if part is not None and isinstance(value, list):
        return [_inside(part, each) for each in value]
    return value


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, type[msgspec.Struct] | None]:
    """The known keys of a struct, each with the kind of part that it holds, if it holds parts."""
    fields = msgspec.structs.fields(kind)
    return {field.encode_name: next(_parts_in(field.type), None) for field in fields if field.encode_name != UNKNOWN}


def _parts_in(kind: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for inner in get_args(kind):
        yield from _parts_in(inner)


def put_back(struct: msgspec.Struct) -> dict[str, Any]:
    """A struct as a document in which the unknown keys stand beside the known ones."""
    document: dict[str, Any] = _beside(msgspec.to_builtins(struct, str_keys=True))
    return document


def _beside(value: Any) -> Any:
    if isinstance(value, dict):
        unknown = value.pop(UNKNOWN, {})
        return {**unknown, **{key: _beside(each) for key, each in value.items()}}
    if isinstance(value, list | tuple):
        return [_beside(each) for each in value]
    return value
