"""Taking back an act of the history: what it would do is shown first."""

from __future__ import annotations

from relationships.act_words import changes_in_words
from relationships.changes import Act
from screens.dialogs.decision import Decision
from screens.dialogs.whole_act import told
from screens.journeys.desk import Desk


async def ask_to_take_back(desk: Desk, act: Act) -> bool:
    """Whether the act is to be taken back, now that its effect was seen."""
    book = desk.open_book
    effect = changes_in_words(book.author.undo(act), book.book.find, book.today)
    answers = (("take", "take it back"), ("leave", "leave it as it is"))
    heading = f"Take back “{act.words}”: this would be done"
    return await desk.ask(Decision(heading, told(effect), answers, back="leave it")) == "take"
