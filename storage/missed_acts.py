"""Acts that were saved and folded while this session looked away: read from the end of the history, not by loading the
book again (DESIGN.md section 5, refresh)."""

from __future__ import annotations

from relationships.changes import Act
from storage.history import History


def missed_acts(history: History, known: int, known_id: str, up_to: int) -> list[Act] | None:
    """The acts after number `known` up to `up_to`, oldest first; None when the history does not tell them for certain.

    It does when none of the numbers is missing and the act before them is the one that is known. Where an older book
    was put back, the history holds acts of both stories under the same numbers; then that act is another one.

    Raises:
        OSError: it cannot be read.
    """
    found: list[Act] = []
    wanted = up_to
    for act in history.acts_backwards():
        if act.sequence > wanted:
            continue
        if act.sequence < wanted:
            return None
        if wanted == known:
            return found[::-1] if act.id == known_id else None
        found.append(act)
        wanted -= 1
    return found[::-1] if wanted == known == 0 else None


def id_of_act(history: History, sequence: int) -> str:
    """The id of a folded act that is one of the last; "" when the history does not begin with it, going backwards.

    Raises:
        OSError: it cannot be read.
    """
    for act in history.acts_backwards():
        if act.sequence <= sequence:
            return act.id if act.sequence == sequence else ""
    return ""
