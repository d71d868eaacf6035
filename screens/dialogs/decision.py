"""A question that only the trainer can answer: what happened, and what may be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen

from screens.commands import keys_line
from screens.widgets.columns import Column
from screens.widgets.paragraphs import Paragraph, Paragraphs
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Row
from screens.widgets.text_lines import TextLines, line

Answers = Sequence[tuple[str, str]]
"""A key and the words for it; the first one is pointed at to begin with."""


class Decision(ModalScreen[str | None]):
    """Gives back the key of the answer; None for going back."""

    CSS_PATH = "decision.tcss"
    AUTO_FOCUS = "RecordList"
    BINDINGS = [
        Binding("escape,q", "back", "Back", show=False, id="decision.back", tooltip="Back, with nothing done"),
        Binding("ctrl+q", "app.quit", "Leave", show=False, id="decision.leave", tooltip="Leave the program"),
        Binding(
            "pagedown", "scroll(1)", "Down", show=False, id="decision.page_down", tooltip="Further down", priority=True
        ),
        Binding("pageup", "scroll(-1)", "Up", show=False, id="decision.page_up", tooltip="Further up", priority=True),
    ]

    def __init__(
        self, heading: str, said: Sequence[Paragraph], answers: Answers, *, back: str = "back to the form"
    ) -> None:
        super().__init__()
        self._heading = heading
        self._paragraphs = tuple(said)
        self._answers = tuple(answers)
        self._back = back

    def compose(self) -> ComposeResult:
        """What happened, the answers, and the keys."""
        with Vertical(id="decision"):
            yield TextLines([line(self._heading, "bold")], id="decision-heading")
            if self._paragraphs:
                with VerticalScroll(id="decision-said", can_focus=False):
                    yield Paragraphs(self._paragraphs)
            answers = RecordList((Column("answer", "", 20, flex=1),), id="decision-answers")
            answers.styles.height = len(self._answers)
            yield answers
            yield TextLines([keys_line(("enter", "choose"), ("↑ ↓", "move"), ("esc", self._back))], id="decision-keys")

    def on_mount(self) -> None:
        """The answers, one a line."""
        self.query_one(RecordList).show([Row(key, (words,)) for key, words in self._answers])

    @on(RecordList.RecordChosen)
    def _choose(self, event: RecordList.RecordChosen) -> None:
        self.dismiss(event.id)

    def action_back(self) -> None:
        """Nothing is done."""
        self.dismiss(None)

    def action_scroll(self, way: int) -> None:
        """Show more of a long text."""
        for box in self.query(VerticalScroll):
            box.scroll_relative(y=way * max(box.size.height - 1, 1), animate=False)
