"""Which act a user's next undo or redo takes back. Pure: both read acts newest first.

An undo names the act that it takes back, and a redo names the undo that it takes back. A redo stands for the act that
it brings back: it can be undone in turn. A new act ends what could be redone.
"""

from __future__ import annotations

from collections.abc import Iterable

from relationships.changes import Act


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
