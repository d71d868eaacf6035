"""The line at the top: the screens by number, the day, the book, and who else has it open."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from relationships.dates import echo
from screens.general_commands import PLACES
from screens.open_book import OpenBook
from screens.text import fit, one_line
from screens.widgets.text_lines import Span, TextLine

_FULL = 70
"""From here on, the right side is as wide as it likes; below, what is there gives room to the places."""
_MARGINS = 4
"""Blank cells at both ends, and between the places and what stands at the right."""
_LONGEST_NAME = 16
_NAMED = 2
"""So many of the others are called by name, the rest are counted."""
_ELSEWHERE = "you, in another terminal"


def title_line(open_book: OpenBook, here: str, width: int) -> TextLine:
    """The line for a screen that belongs to the place `here`.

    Where there is not room for all at the right, the day is the first to go, then the book's name, then words about the
    others: who else is here is the news.
    """
    places: list[Span] = []
    for number, (place, word) in enumerate(PLACES, start=1):
        gap = "  " if places else ""
        places += [(f"{gap}{number} ", "dim"), (word, "accent" if place == here else "normal")]
    room = width - _MARGINS - _cells(places)
    right: tuple[Span, ...] = ()
    for right in _right_sides(open_book, width):
        if _cells(right) <= room:
            break
    return TextLine(tuple(places), right)


def _right_sides(open_book: OpenBook, width: int) -> Iterator[tuple[Span, ...]]:
    """What may stand at the right, the most telling first; the last one stands there whether it has room or not."""
    today = open_book.today
    days: tuple[Span, ...] = ((echo(today, today), "dim"),) if width >= _FULL else ()
    store = open_book.store
    limited = store is not None and store.read_only is not None
    about: Span = ("read only", "amber") if limited else (open_book.name, "dim")
    names, elsewhere = open_book.others_by_name()
    others: list[Span] = [(words, "normal") for words in others_in_words(names)]
    if elsewhere:
        also: list[Span] = [*others[:1], (_ELSEWHERE, "normal")]
        yield _joined(*days, about, *also)
        yield _joined(about, *also)
        others = others or [(words, "normal") for words in (_ELSEWHERE, "you, elsewhere")]
    yield _joined(*days, about, *others[:1])
    for words in others:
        yield _joined(about, words)
        if not limited:
            yield _joined(words)
    if limited or not others:
        yield _joined(about)


def _joined(*spans: Span) -> tuple[Span, ...]:
    first, *rest = spans
    return (first, *((f" · {text}", tone) for text, tone in rest))


def others_in_words(names: tuple[str, ...]) -> list[str]:
    """Who else is here, the same in fewer and fewer words."""
    shown = [_short(name) for name in names[:_NAMED]]
    if not names:
        return []
    if len(names) == 1:
        return [f"{shown[0]} is here too", f"{shown[0]} here too", f"{shown[0]} here"]
    rest = [f"{shown[0]} and {len(names) - 1} more", f"{len(names)} others here"]
    if len(names) == _NAMED:
        return [f"{shown[0]} and {shown[1]} are here too", f"{shown[0]} and {shown[1]} here too", *rest]
    return [f"{shown[0]}, {shown[1]} and {len(names) - _NAMED} more", *rest]


def _short(name: str) -> str:
    line = one_line(name)
    return line if cell_len(line) <= _LONGEST_NAME else fit(line, _LONGEST_NAME).rstrip()


def _cells(spans: list[Span] | tuple[Span, ...]) -> int:
    return sum(cell_len(one_line(text)) for text, _ in spans)
