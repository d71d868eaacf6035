"""Which act a user's next undo or redo takes back, and the saving of its inverse.

An undo names the act that it takes back, and a redo names the undo that it takes back. A redo stands for the act that
it brings back: it can be undone in turn. A new act ends what could be redone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from relationships.changes import Act
from storage import errors

if TYPE_CHECKING:
    from storage.book_store import BookStore


def act_to_undo(newest_first: Iterable[Act], user: str) -> Act | None:
    """This user's last act that stands: no undo, and not taken back already."""
    taken_back: set[str] = set()
    for act in newest_first:
        if act.by != user or act.id in taken_back:
            continue
        if act.undoes is None:
            return act
        taken_back.add(act.undoes)
    return None


def undo_to_redo(newest_first: Iterable[Act], user: str) -> Act | None:
    """This user's last undo that was not redone, when no new act came after it."""
    redone: set[str] = set()
    for act in newest_first:
        if act.by != user or act.id in redone:
            continue
        if act.undoes is not None:
            return act
        if act.redoes is None:
            return None
        redone.add(act.redoes)
    return None


def undo_last(store: BookStore, unconfirmed: Act | None) -> Act:
    """Take back this user's last act that stands; `unconfirmed` is the act that the disk did not confirm.

    Raises:
        BookError: as for `BookStore.undo`.
    """
    doubtful = _last_if(store, unconfirmed)
    if doubtful is not None and doubtful.undoes is not None:
        return store.commit(doubtful)
    act = act_to_undo(store.history(), store.author.user)
    if act is None:
        raise errors.NothingToUndo("You have done nothing in this book that could be undone.")
    return commit_inverse(store, store.author.undo(act), act)


def redo_last(store: BookStore, unconfirmed: Act | None) -> Act:
    """Do again what this user's last undo took back.

    Raises:
        BookError: as for `BookStore.redo`.
    """
    doubtful = _last_if(store, unconfirmed)
    if doubtful is not None and doubtful.redoes is not None:
        return store.commit(doubtful)
    undo = undo_to_redo(store.history(), store.author.user)
    if undo is None:
        raise errors.NothingToUndo("You have undone nothing that could be done again.")
    return commit_inverse(store, store.author.redo(undo), undo)


def _last_if(store: BookStore, unconfirmed: Act | None) -> Act | None:
    """The act that was saved last, if the disk did not confirm it: asking again means that act, not one more."""
    last = next(store.history(), None) if unconfirmed is not None else None
    return last if last is not None and unconfirmed is not None and last.id == unconfirmed.id else None


def take_back(store: BookStore, act: Act) -> Act:
    """Take back any act of the history; an undo is taken back by doing again what it took back.

    It is taken as it stands in the history now: something in it may have been erased since it was read.

    Raises:
        BookError: as for `BookStore.take_back`.
    """
    act = next((known for known in store.history() if known.id == act.id), act)
    author = store.author
    return commit_inverse(store, author.undo(act) if act.undoes is None else author.redo(act), act)


def commit_inverse(store: BookStore, inverse: Act, act: Act) -> Act:
    """Save the inverse of an act.

    Raises:
        CannotUndo: a record in it has moved on since, or was erased.
        BookError: as for `BookStore.commit`.
    """
    if act.erased:
        raise errors.CannotUndo(f"“{act.words}” cannot be taken back: what it was about was erased for good.")
    try:
        return store.commit(inverse)
    except errors.Conflict as conflict:
        current = conflict.clashes[0].theirs
        what = f"{current.updated_by} changed it since" if current is not None else "it is gone"
        raise errors.CannotUndo(f"“{act.words}” cannot be taken back: {what}.") from None
