"""The files of an open book, followed as other sessions and programs write them (DESIGN.md section 5, refresh)."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from relationships.book import Book
from relationships.changes import Act, Clock
from storage import errors, failures
from storage.arrivals import Arrivals
from storage.book_file import BookFile, Standing
from storage.journal import FoldedPast, Gap, Journal
from storage.limits import why_read_only
from storage.loading import Loaded, Terms, load
from storage.lock import FolderLock
from storage.migrations import newest
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from storage.history import History

_ONLY_IN_PART = (errors.BookDamaged, errors.BookNewer)
"""What was wrong when not everything could be read: any change may have mended it."""
_TRIES = 10
"""Others may fold again while the history is read; this often, that is no chance any more."""


class OpenFiles:
    """Book file and journal as they were read last, and what arrived from them. One thread at a time uses it, but for
    `changed` and `arrivals`."""

    def __init__(self, calls: SystemCalls, path: Path, lock: FolderLock, clock: Clock, terms: Terms) -> None:
        """Load the book.

        Raises:
            OSError: it cannot be opened or read.
            BookIsFolder, BookDamaged, BookNewer: it is no book that can be read.
        """
        self._calls = calls
        self._path = path
        self._lock = lock
        self._clock = clock
        self._terms = terms
        try:
            self.arrivals = Arrivals(self._load(None))
        except BaseException:
            lock.close()
            raise

    def _load(self, previous: BookFile | None) -> Book:
        loaded = self._load_as_it_is(previous)
        if isinstance(loaded.read_only, errors.BookOlder) and not self._terms.to_read:
            from storage.migrating import migrate

            again = partial(self._load_as_it_is, previous)
            loaded = migrate(self._calls, self._lock, self._clock, loaded, again)
        self._terms = self._terms._replace(salvage=isinstance(loaded.read_only, errors.BookSalvaged))
        """A sound book that is shown never gives way to the rests of a damaged one."""
        self.file: BookFile = loaded.file
        self.journal: Journal = loaded.journal
        self._last_act_asked = False
        self.read_only = loaded.read_only
        self.warnings = loaded.warnings
        return loaded.book

    def _load_as_it_is(self, previous: BookFile | None) -> Loaded:
        return load(self._calls, self._path, self._terms, previous)

    @property
    def allow_network_files(self) -> bool:
        """Whether the book may be written where locks cannot be trusted."""
        return self._terms.allow_network_files

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
                self._learn_last_act()
            elif isinstance(self.read_only, _ONLY_IN_PART) or self._replaced() or not self._read_on():
                self.reload()
            elif self.read_only is not None:
                self.read_only = self._why_read_only()
        except (FileNotFoundError, NotADirectoryError):
            raise errors.BookVanished(f"{self._path} is not there any more.") from None
        except OSError as error:
            raise failures.unreadable(error, self._path) from error

    def _replaced(self) -> bool:
        return self.file.standing() is Standing.REPLACED

    def _why_read_only(self) -> errors.BookError | None:
        return why_read_only(
            self._calls,
            self._path,
            self.journal.path,
            self.file.meta.schema,
            newest(self._terms.steps),
            allow_network_files=self._terms.allow_network_files,
        )

    def _read_on(self) -> bool:
        """Let come in what the journal has and what was folded in between; false when that does not go on from here."""
        for _ in range(_TRIES):
            acts: list[Act] = []
            try:
                self.journal.read_new(acts)
                return self.journal.sequence >= self.file.meta.sequence
            except FoldedPast as gap:
                folded = gap.goes_on_from
            except Gap:
                return False
            finally:
                self.arrivals.arrive(acts)
            if not self._read_missed(folded):
                return False
        return False

    def _read_missed(self, up_to: int) -> bool:
        """Let come in acts that were saved and folded since the last reading; all else in the book is as it was."""
        if self._replaced() or self.file.meta.sequence < up_to:
            return False
        from storage.missed_acts import missed_acts

        try:
            acts = missed_acts(self._history(), self.journal.sequence, self.journal.last, up_to)
        except OSError:
            return False
        if acts is None:
            return False
        self.journal.skip_to(acts[-1])
        self.arrivals.arrive(acts)
        return True

    def _learn_last_act(self) -> None:
        """A journal that was just folded does not tell which act was the last; the history does. It is asked at a quiet
        moment, since opening a book has no time for it."""
        if self._last_act_asked or self.journal.last or not self.journal.sequence:
            return
        self._last_act_asked = True
        from storage.missed_acts import id_of_act

        with suppress(OSError):
            self.journal.last = id_of_act(self._history(), self.journal.sequence)

    def _history(self) -> History:
        from storage.history import History

        return History(self._calls, self._path, self.file.modes, self.file.lift)

    def reload(self) -> None:
        """Load the book again, because it was replaced or acts are missing in between. A failure changes nothing.

        Raises:
            OSError, BookIsFolder, BookDamaged, BookNewer: as when it was opened.
        """
        file, journal = self.file, self.journal
        self.arrivals.replace(self._load(file))
        journal.close()
        file.close()
