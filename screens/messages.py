"""What the screens over the book and the app tell each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from screens.dialogs.kept import KeptDialog


class ActsTaken(Message):
    """Acts of this session are in the book; the app tells the screens."""


class JourneyOver(Message):
    """No more dialogs come: keys that were held for one are for the screen."""


class GoTo(Message):
    """A trainer wants another of the numbered screens."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place


class BookChanged(Message):
    """The records, or the day, are others than before; `others` are the ids that another session wrote."""

    def __init__(self, others: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.others = others


class Typed(Message):
    """Something was typed in a dialog; the app keeps a draft of it."""

    def __init__(self, dialog: KeptDialog[Any]) -> None:
        super().__init__()
        self.dialog = dialog
