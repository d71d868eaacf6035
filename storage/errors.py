"""What can go wrong with a book, in words: what happened, what was kept, what to do next."""

from __future__ import annotations

import msgspec

from relationships.records import Record


class BookError(Exception):
    """Something that a trainer should be told about the book."""

    title = "The book could not be used"
    kept = "The file was left as it is."
    next_step = "Run `trainer-tui where` to see which file is meant."

    def __init__(self, happened: str, *, next_step: str | None = None) -> None:
        super().__init__(happened)
        self.happened = happened
        if next_step is not None:
            self.next_step = next_step

    @property
    def advice(self) -> str:
        """What happened and what to do, for where it is plain to see that everything typed is still there."""
        return " ".join(part for part in (self.happened, self.next_step) if part)

    def __str__(self) -> str:
        return " ".join(part for part in (self.happened, self.kept, self.next_step) if part)


class BookMissing(BookError):
    """Nothing stands at the path."""

    title = "There is no book there"
    kept = ""
    next_step = "Give the right path with --book, or open the app there once to begin a new book."


class BookExists(BookError):
    """A new book was asked for where something stands already."""

    title = "Something stands there already"
    next_step = "Choose another path, or open what is there with --book."


class BookIsFolder(BookError):
    """The path leads to a folder, or to something else that is no file."""

    title = "That is not a file"
    next_step = "Give the path of the book file itself, for example FOLDER/book.json."


class BookDamaged(BookError):
    """The file is not a sound book."""

    title = "The book is damaged"
    next_step = "`trainer-tui restore` brings back a backup; `trainer-tui doctor --repair` keeps what can be read."


class NotABook(BookDamaged):
    """The file is sound JSON, but something else."""

    title = "That is not a trainer-tui book"
    next_step = "Give the path of the book with --book."


class BookSalvaged(BookDamaged):
    """The file is not a sound book, and what can be read of it is shown."""

    kept = "The file was left as it is; all that can be read is shown, and nothing can be saved."
    next_step = (
        "`trainer-tui restore` brings back the newest backup; `trainer-tui doctor` says what is wrong,"
        " and with --repair keeps what can be read."
    )


class JournalDamaged(BookDamaged):
    """The journal beside the book cannot be read to its end, or belongs to another book."""

    title = "The journal beside the book is damaged"
    kept = "Both files were left as they are; all that can be read is shown, and nothing can be saved."
    next_step = "`trainer-tui doctor` says what is wrong; with --repair it keeps the files as they are, and mends them."


class JournalNewer(JournalDamaged):
    """A later version of the program wrote the journal."""

    title = "The journal is newer than this program"
    next_step = "Update trainer-tui, then open the book again."


class JournalApart(JournalDamaged):
    """Book and journal are each sound, but do not go together: one of the two was put there alone."""

    title = "Book and journal do not fit together"
    next_step = (
        "Put the book and the journal of one moment there; or `trainer-tui doctor --repair` keeps both as they are,"
        " and puts together what goes together."
    )


class BookNewer(BookError):
    """A later version of the program wrote it."""

    title = "The book is newer than this program"
    next_step = "Update trainer-tui, then open it again."


class NoPermission(BookError):
    """This user may not read or create it."""

    title = "No permission"
    next_step = "Ask the owner of the folder for access to it."


class UnsafeFolder(BookError):
    """The folder is open to everybody on the machine."""

    title = "Everybody on this machine can write in that folder"
    kept = "Nothing was created."


class ReadOnlyBook(BookError):
    """The book can be read, but nothing can be saved in it."""

    title = "Read only"
    kept = "Nothing was changed."
    next_step = ""


class BookOlder(ReadOnlyBook):
    """An earlier version of the program wrote it, and it has not been brought up to date."""

    title = "The book is older than this program"
    next_step = "It is brought up to date, after a backup, when the app opens it or something is saved in it."


class NotMigrated(BookOlder):
    """It could not be brought up to date."""

    title = "The book was not brought up to date"
    kept = "Everything in it is there and can be read."
    next_step = "Mend the cause, then open the book again: it is tried again then."


class BookVanished(BookError):
    """The book was moved or deleted while it was open."""

    title = "The book is gone"
    kept = "Nothing was saved; everything that was loaded is still here."
    next_step = "Put the file back, then try again."


class NotSaved(BookError):
    """A commit that failed before anything was kept of it."""

    title = "Not saved"
    kept = "Nothing was written; your text is still here."
    next_step = "Mend the cause, then save again."


class DiskFull(NotSaved):
    """There is no room, or a quota or size limit was met."""

    title = "Not saved: the disk is full"
    next_step = "Make some room, then save again."


class Busy(NotSaved):
    """Another session held the lock too long."""

    title = "Not saved: another session is saving"
    next_step = "Wait a moment, then save again."


class NotConfirmed(BookError):
    """The act was written, but the disk did not confirm it."""

    title = "Saved, but not confirmed"
    kept = "The act is in the journal, but the disk reported an error before it confirmed it."
    next_step = "Save again: it is never saved twice. If this goes on, copy the folder and look at the disk."


class NotFolded(NotSaved):
    """The book file could not be written anew."""

    title = "The book file was not written anew"
    kept = "Every act is safe in the journal, and the book file is sound."
    next_step = "It is tried again later; nothing has to be typed again."


class NotBackedUp(BookError):
    """A backup could not be written."""

    title = "No backup was made"
    kept = "The book is as it was, and nothing is left of the try."
    next_step = "Mend the cause, then try again."


class NotErased(BookError):
    """Records could not be erased for good, or not wholly."""

    title = "Not erased for good"
    kept = "It is still in the book; older copies of it may be gone already."
    next_step = "Mend the cause, then erase it again."


class HalfErased(NotErased):
    """They are in the book no more, but that is not confirmed, or the history does not say so."""

    title = "Erased, but not confirmed"
    kept = ""


class BackupUnusable(BookError):
    """A file that was to be restored is no backup that can be read."""

    title = "That backup cannot be used"
    kept = "Nothing was changed."
    next_step = "`trainer-tui backup --list` shows the others."


class BackupElsewhere(BackupUnusable):
    """A backup of another book."""

    title = "That is a backup of another book"
    next_step = "Open it with --book as the book that it is, or name a backup of this one."


class NotRestored(BookError):
    """A backup could not be put in the place of the book."""

    title = "Not restored"
    kept = "The book's files are kept as they were, and so is the backup."
    next_step = "Mend the cause, then run `trainer-tui restore` again."


class Clash(msgspec.Struct, frozen=True):
    """One record that somebody else changed underneath an act."""

    before: Record | None
    """As the act began from it."""
    mine: Record | None
    """As the act would have it."""
    theirs: Record | None
    """As it is now."""


class Conflict(NotSaved):
    """A record changed underneath; nothing is overwritten unseen."""

    title = "Not saved: somebody else changed it meanwhile"
    next_step = "Look at the new version, then make your change again."

    def __init__(self, happened: str, clashes: tuple[Clash, ...]) -> None:
        super().__init__(happened)
        self.clashes = clashes


class NothingToUndo(BookError):
    """This user has done nothing, or nothing more, that could be taken back or done again."""

    title = "Nothing to undo"
    kept = ""
    next_step = ""


class CannotUndo(BookError):
    """The records have moved on since."""

    title = "That cannot be undone any more"
    kept = "Nothing was changed."
    next_step = ""
