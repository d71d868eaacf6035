"""The fold: the book file written anew with every act in it, and the folded lines moved to the history.

At any instant, a crash leaves a book and a journal that load to the same records: the book gets its name first, and
sequence numbers tell which lines of the journal it holds already (DESIGN.md section 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from relationships.records import Record
from storage.book_file import BookFile
from storage.errors import Busy, NotFolded
from storage.failures import not_folded
from storage.history import History
from storage.journal import Journal
from storage.lock import FolderLock
from storage.new_book import NewBook
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from storage.open_files import OpenFiles


class Fold:
    """A book that is being folded, up to the act that was the last one when the fold began."""

    def __init__(self, calls: SystemCalls, lock: FolderLock, file: BookFile, journal: Journal) -> None:
        """Begin it.

        Raises:
            BlockingIOError: another session is folding.
            OSError, Busy: it cannot begin.
        """
        self._calls = calls
        self._file = file
        self._stamp = file.stamp
        self._sequence = journal.sequence
        with lock:
            self._new = NewBook(calls, file.path, file.modes)

    def write(self, tables: Mapping[str, Sequence[Record]]) -> None:
        """Write the records as of that act; takes long, and needs no lock.

        Raises:
            OSError: they could not be written.
        """
        self._new.write(self._file.blocks(tables, self._sequence, self._new.written))

    def finish(self, file: BookFile, journal: Journal, folder_fd: int) -> bool:
        """Put the new book in its place and move the folded lines. The caller holds the lock and has caught up.

        False when somebody else wrote the book meanwhile: what was written here may lack that.

        Raises:
            OSError: it is not done, or not wholly; book and journal load to the same records all the same.
        """
        if file is not self._file or file.stamp != self._stamp:
            return False
        file.replace(self._new, self._sequence, folder_fd)
        lines = journal.lines()
        folded = len(lines) - (journal.sequence - self._sequence)
        History(self._calls, file.path, file.modes).append(lines[:folded])
        journal.start(self._sequence, lines[folded:])
        return True

    def end(self) -> None:
        """Leave nothing behind."""
        self._new.drop()


def fold(files: OpenFiles, turn: AbstractContextManager[object], lock: FolderLock, calls: SystemCalls) -> bool:
    """Fold what is not folded yet; `turn` keeps other threads of this session from the files.

    False when there was nothing to do, when another session is folding, or when the book was written meanwhile.

    Raises:
        NotFolded: it failed; book and journal still load to the same records.
        BookVanished, BookDamaged: as for `BookStore.refresh`.
    """
    try:
        return _fold(files, turn, lock, calls)
    except BlockingIOError:
        return False
    except Busy as busy:
        raise NotFolded(busy.happened) from None
    except OSError as error:
        raise not_folded(error) from error


def _fold(files: OpenFiles, turn: AbstractContextManager[object], lock: FolderLock, calls: SystemCalls) -> bool:
    with turn:
        files.catch_up()
        if files.read_only is not None or files.journal.sequence <= files.file.meta.sequence:
            return False
        begun = Fold(calls, lock, files.file, files.journal)
        records = files.arrivals.records()
    try:
        begun.write(records)
        with turn, lock as folder_fd:
            files.catch_up()
            return begun.finish(files.file, files.journal, folder_fd)
    finally:
        begun.end()
