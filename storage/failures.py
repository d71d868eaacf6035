"""What the system refused, in the words of `storage.errors`."""

from __future__ import annotations

import errno
from pathlib import Path

from storage.errors import (
    BookError,
    BookMissing,
    BookVanished,
    Clash,
    Conflict,
    DiskFull,
    NoPermission,
    NotFolded,
    NotSaved,
)

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system answers when there is no room."""
_GONE = (errno.ENOENT, errno.ENOTDIR)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
"""What the system answers when something may not be written."""


def in_words(error: OSError) -> BookError:
    """The failure of a commit, in words."""
    reason = error.strerror or str(error)
    if error.errno in _GONE:
        return BookVanished(f"The book or its folder is not there any more ({reason}).")
    if error.errno in FULL:
        return DiskFull(f"There is no room left for the book ({reason}).")
    if error.errno == errno.EROFS:
        return NotSaved("The disk is mounted for reading only.")
    if error.errno == errno.EBADF:
        return NotSaved("You may not write in the journal beside the book.")
    if error.errno in FORBIDDEN:
        return NotSaved(f"You may not write in the folder of the book ({reason}).")
    return NotSaved(f"The book could not be written ({reason}).")


def conflict(clashes: tuple[Clash, ...]) -> Conflict:
    """What changed underneath, in words."""
    first = clashes[0]
    who = first.theirs.updated_by if first.theirs is not None else "Somebody else"
    noun = next((record.noun for record in (first.before, first.mine) if record is not None), "record")
    return Conflict(f"{who} changed the {noun} meanwhile.", clashes)


def not_folded(error: OSError) -> NotFolded:
    """The failure of a fold, in words."""
    reason = error.strerror or str(error)
    if error.errno in FULL:
        return NotFolded(
            f"There is no room for a second copy of the book ({reason}).",
            next_step="Make some room; then it is tried again.",
        )
    return NotFolded(f"The journal could not be folded into the book ({reason}).")


def unreadable(error: OSError, path: Path) -> BookError:
    """The failure of opening or reading, in words."""
    reason = error.strerror or str(error)
    where = error.filename or path
    if error.errno in _GONE:
        return BookMissing(f"There is no book at {path}.")
    if isinstance(error, PermissionError):
        return NoPermission(f"You may not read {where}.")
    return BookError(f"{where} cannot be read ({reason}).")
