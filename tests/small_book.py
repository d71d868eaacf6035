"""A small real book to be damaged: records in the book file, acts in the history, acts in the journal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from relationships.changes import Act
from relationships.records import FollowUp, Practice, Practitioner, Touch
from relationships.vocabulary import TouchKind
from storage.book_store import BookStore
from storage.doctor import examine
from storage.findings import Finding
from storage.system_calls import SystemCalls

BOOK_ID = "8c1f0e7ab2d94c55"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
"""A while after everything in the book was written."""


class StepClock:
    """Each look finds it a second later, from 9 o'clock on."""

    def __init__(self) -> None:
        self._seconds = count()

    def now(self) -> datetime:
        """This moment, UTC."""
        return NOW - timedelta(hours=1) + timedelta(seconds=next(self._seconds))

    def today(self) -> Any:
        """The day of all this."""
        return NOW.date()


def make_book(path: Path) -> None:
    """Ids `id1` and so on; `patel` works at `quay`; touches `folded-0` to `folded-3` in book and history, `fresh-0` to
    `fresh-3` in the journal, and there an edit of `patel`."""
    store = BookStore.create(
        path, user="sam", clock=StepClock(), new_id=chain([BOOK_ID], map("id{}".format, count(1))).__next__
    )
    author = store.author
    quay = replace(author.new(Practice, name="Quay Physio", city="Harbourside"), id="quay")
    patel = replace(author.new(Practitioner, name="Priya Patel", practices=("quay",), phone="020 1"), id="patel")
    store.commit(author.act("add", author.add(quay), author.add(patel)))
    for number in range(4):
        store.commit(touch_act(store, f"folded-{number}"))
    step = author.new(FollowUp, practitioner="patel", from_touch="folded-0", due=NOW.date(), what="ring")
    store.commit(author.act("plan", author.add(replace(step, id="step"))))
    store.apply_arrived()
    store.fold()
    for number in range(4):
        store.commit(touch_act(store, f"fresh-{number}"))
    store.commit(author.act("edit", author.edit(patel, replace(patel, notes="likes figures"))))
    store.close(fold=False)


def touch_act(store: BookStore, touch_id: str) -> Act:
    """The adding of a visit to patel, with its id for its note too."""
    author = store.author
    touch = author.new(Touch, kind=TouchKind.VISIT, practitioners=("patel",), practice="quay", note=f"note {touch_id}")
    return author.act("log a visit", author.add(replace(touch, id=touch_id)), subject="Priya Patel")


def journal_of(path: Path) -> Path:
    """The journal beside a book."""
    return path.with_name(path.name + ".journal")


def history_of(path: Path) -> Path:
    """The one file of the history."""
    return path.with_name(path.name + ".history") / "2026-11.jsonl"


def edited(path: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Change the book file as a program would that knows JSON and nothing else."""
    document = json.loads(path.read_bytes())
    edit(document)
    path.write_text(json.dumps(document))


def look(path: Path) -> tuple[Finding, ...]:
    """What the doctor finds."""
    return examine(SystemCalls(), path, now=NOW)


def ids_in(path: Path) -> set[str]:
    """The ids of all records of a book that opens, and that can be written."""
    store = BookStore.open(path, user="sam", clock=StepClock())
    assert store.read_only is None
    found = {record.id for records in store.book.tables.values() for record in records.values()}
    store.close(fold=False)
    return found


def all_files(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, by its path in there."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def lines_of_records(content: bytes) -> dict[bytes, str]:
    """The id of the record in each line of a book file as we write it."""
    found = {}
    for line in content.split(b"\n"):
        if b'"created_at"' in line:
            (record,) = json.loads(b"{%s}" % line.rstrip(b",")).values()
            found[line] = record["id"]
    return found


def lines_of_acts(content: bytes) -> dict[bytes, list[str]]:
    """The ids of the records in each line of a journal."""
    lines = [line for line in content.split(b"\n")[1:] if line.strip()]
    return {line: [change[1] for change in json.loads(line)["changes"]] for line in lines}


def words(found: Iterable[Finding]) -> list[str]:
    """The findings in short."""
    return [f"{each.severity.value} {each.file} {each.table} {each.record}: {each.what}" for each in found]
