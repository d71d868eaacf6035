"""Text that is no Unicode, made legible: what a terminal that does not speak UTF-8 sends (STORAGE.md section 6).

Python keeps such bytes as lone surrogates, which no JSON file can hold. Each becomes its number between single angle
quotes, so that everybody sees what came: the byte FC, as "fc" in such quotes.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)

_LONE = re.compile("[\ud800-\udfff]")
_BYTES = range(0xDC80, 0xDD00)


def legible_text(text: str) -> str:
    """The text with a sign in place of each lone surrogate: the byte that it stands for, else its own number."""
    return _LONE.sub(lambda found: _sign(ord(found[0])), text)


def _sign(number: int) -> str:
    return f"\u2039{number - 0xDC00:02x}\u203a" if number in _BYTES else f"\u2039{number:04x}\u203a"


def legible(struct: S) -> S:
    """A record with every text in it legible."""
    return msgspec.convert(_legible(msgspec.to_builtins(struct, str_keys=True)), type(struct))


def _legible(value: Any) -> Any:
    if isinstance(value, str):
        return legible_text(value)
    if isinstance(value, dict):
        return {legible_text(key): _legible(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_legible(item) for item in value]
    return value
