"""Records erased for good: nothing of them is left in book, journal, history and backups (DESIGN.md section 5).

The book gives way last. As long as a record stands in it, erasing can be repeated; once it does not, it stands nowhere.
References to an erased record stay in other records: an id tells nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from relationships.changes import Act
from storage import errors, failures
from storage.backups import Backups
from storage.book_file import BookFile
from storage.book_format import plain_book, plain_tables
from storage.codec import without_records
from storage.history import History
from storage.new_book import NewBook
from storage.open_files import OpenFiles
from storage.plain_files import replace_file
from storage.system_calls import SystemCalls, read_whole, stands, sync_folder

if TYPE_CHECKING:
    from storage.book_store import BookStore

WORDS: Final = "erase a record for good"


def erase(store: BookStore, calls: SystemCalls, records: Iterable[tuple[str, str]], words: str = WORDS) -> Act:
    """Erase records, each given by table and id, and say so in the history; `words` must not tell whom or what.

    Lines of the history keep who did what and when, but not what the records held, and cannot be undone any more. Where
    files of a damaged or older book were kept as they were, and in what a crash or a repair left beside the book, what
    holds a record is removed as a whole; the act says how many files those were.

    Raises:
        ReadOnlyBook: nothing can be saved; nothing was changed.
        NotErased: it was not done, or not wholly; it can be repeated.
        BookVanished, BookDamaged: as for `BookStore.refresh`.
    """
    erasure = None
    try:
        with store.holding() as (files, folder_fd):
            if files.read_only is not None:
                because = files.read_only
                raise errors.ReadOnlyBook(f"Nothing can be erased: {because.happened}", next_step=because.next_step)
            erasure = _Erasure(calls, files, frozenset(records))
            erasure.clear_journal(store.fold)
            erasure.clear_copies()
            erasure.clear_book(folder_fd)
            act = store.author.act(words, subject=erasure.told())
            return store.commit(msgspec.structs.replace(act, erased=True))
    except (errors.NotSaved, errors.NotConfirmed) as problem:
        raise _in_words(problem.happened, problem, erasure) from problem
    except OSError as error:
        raise _in_words(failures.in_words(error).happened, error, erasure) from error


class _Erasure:
    """The records on their way out of all files. The folder is locked."""

    def __init__(self, calls: SystemCalls, files: OpenFiles, records: frozenset[tuple[str, str]]) -> None:
        self._calls = calls
        self._files = files
        self._records = records
        self._ids = [msgspec.json.encode(record_id) for _, record_id in records]
        self._path = files.file.path
        self._modes = files.file.modes
        self._removed = 0
        self.gone = False
        """The book holds them no more, as far as can be told."""

    def told(self) -> str:
        """How many files were removed because they could not be cleared, in words."""
        files = "1 file" if self._removed == 1 else f"{self._removed} files"
        return f"{files} of an older or damaged book removed too" if self._removed else ""

    def clear_journal(self, fold: Callable[[], bool]) -> None:
        """Move all lines to the history, and leave nothing in the blanks behind them."""
        folded = fold()
        journal = self._files.journal
        if journal.sequence > self._files.file.meta.sequence:
            raise errors.Busy("Another session is writing the book file just now.")
        if not folded and stands(self._calls, journal.path):
            History(self._calls, self._path, self._modes).append(journal.lines())
            journal.start(journal.sequence, [])

    def clear_copies(self) -> None:
        """Clear history and backups, and what was left or kept beside them."""
        history = History(self._calls, self._path, self._modes)
        self._remove_unfinished(history.folder)
        history.rewrite(self._cleared_line)
        backups = Backups(self._calls, self._path, self._modes)
        self._remove_unfinished(backups.folder)
        for backup in backups.list():
            self._clear_backup(backup.path)
        for kept in backups.kept():
            self._remove_if_it_holds_them(kept.path)
        for name in self._calls.listdir(self._path.parent):
            beside = self._path.with_name(name)
            if name.startswith(self._path.name + ".") and beside != self._files.journal.path and self._is_file(beside):
                self._remove_if_it_holds_them(beside)

    def clear_book(self, folder_fd: int) -> None:
        """Write the book without them. The count of alterations rises, so that every open session loads it anew."""
        file, journal = self._files.file, self._files.journal
        tables = {
            table: [record for record in found if (table, record.id) not in self._records]
            for table, found in self._files.arrivals.records().items()
        }
        file.next_alterations += 1
        new = NewBook(self._calls, self._path, self._modes)
        try:
            new.write(file.blocks(tables, journal.sequence, new.written))
            self.gone = True
            new.put_in_place(folder_fd)
        except OSError:
            self.gone = self.gone and _may_be_changed(file)
            raise
        finally:
            new.drop()
        self._files.reload()

    def _cleared_line(self, line: bytes) -> bytes | None:
        return without_records(line, self._records) if self._holds_them(line) else line

    def _clear_backup(self, path: Path) -> None:
        content = self._content(path)
        if not self._holds_them(content):
            return
        try:
            tables, rest = plain_tables(content)
            (meta,) = tables.pop("_meta").values()
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, LookupError, ValueError):
            self._remove(path)
            return
        for table, documents in tables.items():
            tables[table] = {
                number: document
                for number, document in documents.items()
                if (table, document.get("id")) not in self._records
            }
        replace_file(self._calls, path, b"".join(plain_book(meta, tables, rest)), self._modes)

    def _remove_if_it_holds_them(self, path: Path) -> None:
        """A file, or a folder with all its files."""
        files = [path] if self._is_file(path) else [path / name for name in self._calls.listdir(path)]
        if any(self._holds_them(self._content(file)) for file in files):
            self._remove(path)

    def _remove_unfinished(self, folder: Path) -> None:
        """What crashes left in the making. Whoever is making a backup just now is told that it failed."""
        with suppress(FileNotFoundError):
            for name in self._calls.listdir(folder):
                if name.endswith(".new"):
                    self._remove(folder / name, counted=False)

    def _remove(self, path: Path, *, counted: bool = True) -> None:
        files = [path] if self._is_file(path) else [path / name for name in self._calls.listdir(path)]
        for file in files:
            self._calls.unlink(file)
        if files != [path]:
            self._calls.rmdir(path)
        sync_folder(self._calls, path.parent)
        self._removed += len(files) if counted else 0

    def _is_file(self, path: Path) -> bool:
        return not stat.S_ISDIR(self._calls.stat(path).st_mode)

    def _holds_them(self, content: bytes) -> bool:
        return any(record_id in content for record_id in self._ids)

    def _content(self, path: Path) -> bytes:
        fd = self._calls.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            return read_whole(self._calls, fd)
        finally:
            self._calls.close(fd)


def _may_be_changed(file: BookFile) -> bool:
    try:
        return file.changed()
    except OSError:
        return True


def _in_words(happened: str, problem: Exception, erasure: _Erasure | None) -> errors.BookError:
    busy = isinstance(problem, errors.Busy | BlockingIOError)
    if erasure is None or not erasure.gone:
        step = "Wait a moment, then erase it again." if busy else None
        return errors.NotErased(happened, next_step=step)
    return errors.HalfErased(f"The book without it is in place, but neither confirmed nor in the history: {happened}")
