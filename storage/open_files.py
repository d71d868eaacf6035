"""The files of an open book, followed as other sessions and programs write them (DESIGN.md section 5, refresh)."""

from __future__ import annotations

from pathlib import Path

from relationships.book import Book
from relationships.changes import Act
from storage import errors
from storage.arrivals import Arrivals
from storage.book_file import BookFile, Standing
from storage.journal import Gap, Journal
from storage.loading import load
from storage.system_calls import SystemCalls


class OpenFiles:
    """Book file and journal as they were read last, and what arrived from them. One thread at a time uses it, but for
    `changed` and `arrivals`."""

    def __init__(self, calls: SystemCalls, path: Path, *, allow_network_files: bool, salvage: bool = False) -> None:
        """Load the book; with `salvage`, what can be read of it when it is damaged.

        Raises:
            OSError: it cannot be opened or read.
            BookIsFolder, BookDamaged, BookNewer: it is no book that can be read.
        """
        self._calls = calls
        self._path = path
        self.allow_network_files = allow_network_files
        self._salvage = salvage
        self.arrivals = Arrivals(self._load(None))

    def _load(self, previous: BookFile | None) -> Book:
        loaded = load(
            self._calls,
            self._path,
            allow_network_files=self.allow_network_files,
            previous=previous,
            salvage=self._salvage,
        )
        self._salvage = isinstance(loaded.read_only, errors.BookSalvaged)
        """A sound book that is shown never gives way to the rests of a damaged one."""
        self.file: BookFile = loaded.file
        self.journal: Journal = loaded.journal
        self.read_only = loaded.read_only
        self.warnings = loaded.warnings
        return loaded.book

    def close(self) -> None:
        """Give the descriptors back."""
        self.journal.close()
        self.file.close()

    def changed(self) -> bool:
        """Whether somebody else wrote since the last reading: two `stat` calls.

        Raises:
            OSError: the book is gone, or that cannot be told.
        """
        return self.journal.changed() or self.file.changed()

    def catch_up(self) -> None:
        """Let come in what others wrote.

        Raises:
            BookVanished: the book is gone.
            BookError: the files can no longer be read; what was loaded stays.
        """
        try:
            if not self.changed():
                return
            if self.read_only is not None or self.file.standing() is Standing.REPLACED or self._read_journal():
                self.reload()
        except (FileNotFoundError, NotADirectoryError):
            raise errors.BookVanished(f"{self._path} is not there any more.") from None
        except OSError as error:
            raise errors.unreadable(error, self._path) from error

    def _read_journal(self) -> bool:
        """Let come in what the journal has; true when it does not go on from what is known."""
        acts: list[Act] = []
        gap = False
        try:
            self.journal.read_new(acts)
        except Gap:
            gap = True
        finally:
            self.arrivals.arrive(acts)
        return gap or self.journal.sequence < self.file.meta.sequence

    def reload(self) -> None:
        """Load the book again, because it was replaced or acts are missing in between. A failure changes nothing.

        Raises:
            OSError, BookIsFolder, BookDamaged, BookNewer: as when it was opened.
        """
        file, journal = self.file, self.journal
        self.arrivals.replace(self._load(file))
        journal.close()
        file.close()
