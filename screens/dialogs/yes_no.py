"""A question before something that cannot simply be undone: the cursor stands on no, and yes has a key of its own."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from screens.commands import keys_line
from screens.text import wrapped
from screens.widgets.columns import Column
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Row
from screens.widgets.text_lines import TextLines, line

_WIDTH = 74
_MOST_LINES = 8
_YES, _NO = "yes", "no"


class YesNo(ModalScreen[bool | None]):
    """Gives back True for yes, None for anything else."""

    CSS_PATH = "yes_no.tcss"
    AUTO_FOCUS = "RecordList"
    BINDINGS = [
        Binding("y", "yes", "Yes", show=False, id="question.yes", tooltip="Do it"),
        Binding("escape,n,q", "no", "No", show=False, id="question.no", tooltip="Leave everything as it is"),
        Binding("ctrl+q", "app.quit", "Leave", show=False, id="question.leave", tooltip="Leave the program"),
    ]

    def __init__(self, heading: str, said: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._heading = heading
        self._said = said
        self._answers = (Row(_NO, (no,)), Row(_YES, (yes,)))

    def compose(self) -> ComposeResult:
        """What it is about, and the two answers."""
        said = wrapped(self._said, _WIDTH, _MOST_LINES)
        with Vertical(id="question"):
            yield TextLines([line(self._heading, "bold")], id="question-heading")
            lines = TextLines([line(part) for part in said], id="question-said")
            lines.styles.height = len(said) + 1
            yield lines
            yield RecordList((Column("answer", "", 20, flex=1),))
            yield TextLines([keys_line(("y", "yes"), ("esc", "no"), ("enter", "choose"))], id="question-keys")

    def on_mount(self) -> None:
        """No comes first."""
        self.query_one(RecordList).show(self._answers)

    @on(RecordList.RecordChosen)
    def _choose(self, event: RecordList.RecordChosen) -> None:
        self.dismiss(True if event.id == _YES else None)

    def action_yes(self) -> None:
        """Do it."""
        self.dismiss(True)

    def action_no(self) -> None:
        """Leave it."""
        self.dismiss(None)
