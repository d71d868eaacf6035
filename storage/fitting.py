"""What a damaged book, its journal and its history come to together: the records, and what becomes of each file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum

import msgspec

from relationships.changes import Act
from relationships.records import Record
from storage.book_format import Meta
from storage.findings import Trouble
from storage.history import one_story
from storage.salvage import Salvaged
from storage.salvage_journal import Line, SalvagedJournal

_NEARLY = 0.75
"""How much of two ids is the same when one is the other with some letters altered; two random ones share half."""


class Fate(Enum):
    """How a journal stands to its book."""

    NONE = "none"
    """There is no journal."""
    FITS = "fits"
    """It goes on from the book."""
    FOREIGN = "foreign"
    """It belongs to another book."""
    BEHIND = "behind"
    """It ends before the last act of the book: an older journal, or a newer book, was put there alone."""
    AHEAD = "ahead"
    """It begins after the last act of the book: an older book, or a newer journal, was put there alone."""


class Fitted(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known, put together."""

    fate: Fate
    tables: dict[str, dict[str, Record]]
    sequence: int
    """The number of the last act in it."""
    after: int
    """The number of the last act that was in the book file."""
    book_id: str
    """Empty when nothing tells it."""
    taken: tuple[Line, ...]
    """The lines of the journal that are in it, in order, for the history."""
    refused: tuple[Line, ...]
    """Lines behind damage that cannot be placed."""
    recovered: tuple[Record, ...]
    """Records that could not be read in the book file, from the journal and the history."""
    bridged: int
    """How many acts of the history lie between the book and its journal, and are in it."""


def fate_of(meta: Meta | None, journal: SalvagedJournal | None) -> Fate:
    """How a journal stands to a book that says this of itself."""
    if journal is None:
        return Fate.NONE
    header, found = journal.header, (*journal.lines, *journal.apart)
    if meta is None or (header is None and not found):
        return Fate.FITS
    if header is not None and header.book != meta.book_id:
        return Fate.FOREIGN
    begin = found[0].act.sequence - 1 if found or header is None else header.after
    if begin > meta.sequence:
        return Fate.AHEAD
    last = found[-1].act.sequence if found else begin
    return Fate.BEHIND if last < meta.sequence and not journal.troubles else Fate.FITS


def reconciled(journal: SalvagedJournal, meta: Meta | None, file: str) -> SalvagedJournal:
    """The journal with what its first line should say. An altered letter in the id of the book makes no other book."""
    header = journal.header
    if meta is None or header is None:
        return journal
    if header.book == meta.book_id:
        if header.schema == meta.schema or journal.nothing:
            return journal
        what = f"the acts have schema {header.schema}, and the book has schema {meta.schema}."
    elif SequenceMatcher(None, header.book, meta.book_id).ratio() >= _NEARLY:
        what = f"the id of the book is altered: {header.book} in place of {meta.book_id}."
    else:
        return journal
    trouble = Trouble(file=file, line=1, what=what, mend="It is written anew; the acts are taken in.")
    return msgspec.structs.replace(
        journal,
        header=msgspec.structs.replace(header, book=meta.book_id),
        troubles=(trouble, *journal.troubles),
    )


def fit(book: Salvaged, journal: SalvagedJournal | None, history: Sequence[Line]) -> Fitted:
    """Put book and journal together; what cannot be read in the book is looked for in the journal and the history."""
    fate = fate_of(book.meta, journal)
    used = journal if journal is not None and fate in (Fate.FITS, Fate.AHEAD) else None
    after = _after(book.meta, used, history)
    tables = {table: dict(records) for table, records in book.tables.items()}
    bridge = _bridge(history, after, used) if fate is Fate.AHEAD else ()
    for line in bridge:
        _apply(tables, line.act, sure=True)
    place = bridge[-1].act.sequence if bridge else after
    whole = fate is not Fate.AHEAD or bool(bridge)
    taken, refused = [], []
    for line, sure in _in_order(used):
        if line.act.sequence > place:
            _apply(tables, line.act, sure=sure and whole)
            place = line.act.sequence
            taken.append(line)
        elif line.act.sequence <= after or sure:
            taken.append(line)
        else:
            refused.append(line)
    recovered = _recover(tables, taken, history, place) if _lost(book) else ()
    header = used.header if used is not None else None
    return Fitted(
        fate=fate,
        tables=tables,
        sequence=place,
        after=after,
        book_id=book.meta.book_id if book.meta is not None else header.book if header is not None else "",
        taken=tuple(taken),
        refused=tuple(refused),
        recovered=recovered,
        bridged=len(bridge),
    )


def _after(meta: Meta | None, journal: SalvagedJournal | None, history: Sequence[Line]) -> int:
    if meta is not None:
        return meta.sequence
    found = () if journal is None else (*journal.lines, *journal.apart)
    if found:
        return found[0].act.sequence - 1
    if journal is not None and journal.header is not None:
        return journal.header.after
    return max((line.act.sequence for line in history), default=0)


def _in_order(journal: SalvagedJournal | None) -> Iterator[tuple[Line, bool]]:
    if journal is not None:
        yield from ((line, True) for line in journal.lines)
        yield from ((line, False) for line in journal.apart)


def _bridge(history: Sequence[Line], after: int, journal: SalvagedJournal | None) -> tuple[Line, ...]:
    """The acts of the history from the book's last one on up to the first of the journal; none if one is missing."""
    begin = next((line.act.sequence for line, _ in _in_order(journal)), after + 1)
    last = {line.act.sequence: line for line in history if after < line.act.sequence < begin}
    return tuple(last[number] for number in range(after + 1, begin)) if len(last) == begin - after - 1 else ()


def _apply(tables: dict[str, dict[str, Record]], act: Act, *, sure: bool) -> None:
    """Take an act in. Where acts before it are missing, it takes away only what is as it knew it."""
    for change in act.changes:
        table = tables[change.table]
        if change.after is not None:
            table[change.id] = change.after
        elif sure or table.get(change.id) == change.before:
            table.pop(change.id, None)


def _lost(book: Salvaged) -> bool:
    return (
        any(trouble.content for trouble in book.troubles) or (bool(book.troubles) and book.meta is None) or _cut(book)
    )


def _cut(book: Salvaged) -> bool:
    return any("ends in the middle" in trouble.what for trouble in book.troubles)


def _recover(
    tables: dict[str, dict[str, Record]], taken: Iterable[Line], history: Iterable[Line], last: int
) -> tuple[Record, ...]:
    """Records that the acts know and the book does not, as the last act left them; they are put into the tables."""
    recent = [line.act for line in taken][::-1]
    folded = [line.act for line in history][::-1]
    seen: set[tuple[str, str]] = set()
    found = []
    for act in one_story(recent, folded, last):
        for change in reversed(act.changes):
            key = (change.table, change.id)
            if key not in seen and change.after is not None and change.id not in tables[change.table]:
                tables[change.table][change.id] = change.after
                found.append(change.after)
            seen.add(key)
    return tuple(found)
