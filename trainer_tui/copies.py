"""The commands about backups: `backup` and `restore`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from relationships.dates import DateProblem, parse_day
from storage.backing_up import list_backups, list_kept
from storage.errors import BackupUnusable, BookDamaged, BookMissing, JournalDamaged, JournalNewer
from storage.rotation import Backup
from storage.system_calls import SystemCalls
from trainer_tui.errand import Answer, Errand
from trainer_tui.json_text import json_text
from trainer_tui.listing import one_line, table
from trainer_tui.locations import given_path
from trainer_tui.problem import Problem

if TYPE_CHECKING:
    from relationships.changes import Act
    from storage.book_store import BookStore
    from storage.putting_back import PutBack

_UNCHANGED: Final = "Nothing was changed.\n"


def backup(errand: Errand) -> Answer:
    """Make a backup and say where it is, or list those that are there.

    Raises:
        BookError: the book cannot be read, or the backup not be written.
    """
    if "--list" in errand.arguments.options:
        return _listed(errand)
    store = errand.open_book()
    try:
        made = store.back_up()
    finally:
        store.close(fold=False)
    if errand.json:
        return Answer(json_text({"book": str(store.path), "backup": _document(made)}))
    return Answer(f"{one_line(str(made.path))}\n")


def _listed(errand: Errand) -> Answer:
    calls = SystemCalls()
    book = calls.resolve(errand.place.path)
    found, kept = list_backups(calls, book), list_kept(calls, book)
    if errand.json:
        lists = {"backups": [_document(each) for each in found], "kept": [_document(each) for each in kept]}
        return Answer(json_text({"book": str(book), **lists}))
    if not (found or kept):
        return Answer(f"There is no backup of {one_line(str(book))} yet.\n")
    rows = [(_when(each), each.reason, f"{each.size:,}", str(each.path)) for each in found]
    rows += [(_when(each), f"kept: {each.reason}", "", f"{each.path}/") for each in kept]
    return Answer(table(("WHEN", "WHY", "BYTES", "FILE"), rows, errand.width))


def _when(made: Backup) -> str:
    return f"{made.moment.astimezone():%Y-%m-%d %H:%M}"


def _document(made: Backup) -> dict[str, object]:
    return {"path": str(made.path), "at": made.moment, "reason": made.reason, "size": made.size}


def restore(errand: Errand) -> Answer:
    """Bring back what a backup holds, after showing what that changes and asking.

    Raises:
        Problem: no backup is meant by what was typed, or nobody can be asked.
        BookError: the backup cannot be used, or the book not be read or written.
    """
    calls = SystemCalls()
    chosen = _chosen(errand, calls)
    try:
        store = errand.open_book()
    except (BookDamaged, BookMissing) as damage:
        return _over_damaged(errand, calls, chosen, damage.happened)
    reason = store.read_only
    if reason is None:
        return _over_sound(errand, calls, store, chosen.path)
    store.close(fold=False)
    if isinstance(reason, JournalDamaged) and not isinstance(reason, JournalNewer):
        return _over_damaged(errand, calls, chosen, reason.happened)
    raise reason


class _Chosen(msgspec.Struct, frozen=True):
    """The backup that is meant."""

    path: Path
    named: bool
    """By the one who typed it; else it is the newest."""


def _chosen(errand: Errand, calls: SystemCalls) -> _Chosen:
    book = calls.resolve(errand.place.path)
    try:
        found = list_backups(calls, book)
    except BookMissing:
        found = ()
    typed = errand.arguments.words.strip()
    if typed:
        return _Chosen(_named(errand, typed, book, found), named=True)
    if not found:
        raise Problem(
            "Nothing to restore", f"There is no backup of {book}.", "Name a file: `trainer-tui restore FILE`."
        )
    return _Chosen(found[0].path, named=False)


def _named(errand: Errand, typed: str, book: Path, found: Sequence[Backup]) -> Path:
    """A path, the name of a backup, or the last backup of a day."""
    for path in (given_path(typed, "FILE"), book.with_name(f"{book.name}.backups") / typed):
        if path.exists():
            return path
    try:
        day = parse_day(typed, errand.clock.today(), style=errand.config.date_style, prefer="past")
    except DateProblem:
        raise Problem(
            "No such backup", f'"{typed}" is no file and no day.', "`trainer-tui backup --list` shows them."
        ) from None
    of_day = next((each for each in found if each.day == day), None)
    if of_day is None:
        raise Problem("No such backup", f"There is none of {day}.", "`trainer-tui backup --list` shows them.")
    return of_day.path


def _over_sound(errand: Errand, calls: SystemCalls, store: BookStore, path: Path) -> Answer:
    from storage.restoring import would_change
    from trainer_tui.writing import closed, opened_to_write

    try:
        found = would_change(store, calls, path)
    except BackupUnusable:
        closed(store)
        if path.is_dir():
            return _put_back_kept(errand, calls, path)
        raise
    closed(store)
    if not found.changes:
        return Answer(f"The book holds just what is in {one_line(str(path))}. {_UNCHANGED}")
    told = f"{path} brings back {found.added} records, changes {found.changed} and removes {found.removed}."
    if not _agreed(errand, told):
        return Answer(_UNCHANGED)
    with opened_to_write(errand) as (opened, notes):
        act = opened.restore(path)
    return Answer(_restored(act) if act is not None else _UNCHANGED, notes=tuple(notes))


def _restored(act: Act) -> str:
    return f"Restored: {one_line(act.words)}, {len(act.changes)} records. `trainer-tui undo` takes it back.\n"


def _over_damaged(errand: Errand, calls: SystemCalls, chosen: _Chosen, damage: str) -> Answer:
    from storage.putting_back import restore_over_damaged

    since = "" if chosen.named else ", and what was done since as far as it can be found"
    if not _agreed(errand, f"{damage} {chosen.path} takes its place{since}; what is there now is kept."):
        return Answer(_UNCHANGED)
    done = restore_over_damaged(
        calls,
        errand.place.path,
        chosen.path,
        errand.clock.now(),
        later_acts=not chosen.named,
        allow_network_files=errand.config.allow_network_files,
    )
    later = f" {done.later} acts that were done since are in it too." if done.later else ""
    return Answer(f"Restored from {one_line(str(chosen.path))}.{later}\n{_kept(done)}")


def _put_back_kept(errand: Errand, calls: SystemCalls, folder: Path) -> Answer:
    from storage.putting_back import put_back_kept

    told = f"The book in {folder} cannot be read. Its files are put back as they are; what is there now is kept."
    if not _agreed(errand, told):
        return Answer(_UNCHANGED)
    done = put_back_kept(
        calls,
        errand.place.path,
        folder,
        errand.clock.now(),
        allow_network_files=errand.config.allow_network_files,
    )
    return Answer(f"Put back from {one_line(str(folder))}.\n{_kept(done)}")


def _kept(done: PutBack) -> str:
    return f"What was there is kept in {one_line(str(done.kept))}\n" if done.kept is not None else ""


def _agreed(errand: Errand, told: str) -> bool:
    """Whether it shall be done: `--yes`, or a y typed at a terminal.

    Raises:
        Problem: neither was given, and there is nobody to ask.
    """
    if "--yes" in errand.arguments.options:
        return True
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr):
        raise Problem("Nothing was restored", told, "Add --yes to do it.")
    sys.stderr.write(f"{one_line(told)} Restore? y/N ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in ("y", "yes")
