"""What an earlier session left half typed: the offer to go on with it, and its text where that is not possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from screens.commands import keys_line
from screens.text import wrapped
from screens.widgets.text_lines import TextLines, line
from screens.widgets.typed_text import TypedText
from storage.drafts import Page

Wish = Literal["go on", "drop"]
_WIDTH = 80
_MARGIN = 5
_MOST_LINES = 5


class DraftText(ModalScreen[Wish | None]):
    """Shows what was typed. Gives back what to do with it; None for later."""

    CSS_PATH = "draft_text.tcss"
    AUTO_FOCUS = "TextArea"
    BINDINGS = [
        Binding("enter", "go_on", "Go on", show=False, id="draft.go_on", tooltip="Go on writing"),
        Binding("d", "drop", "Drop", show=False, id="draft.drop", tooltip="Drop it for good; asks once more"),
        Binding("escape", "later", "Later", show=False, id="draft.later", tooltip="Keep it for the next start"),
        Binding("ctrl+q", "app.quit", "Leave", show=False, id="draft.leave", tooltip="Leave the program; it is kept"),
    ]

    def __init__(self, pages: Sequence[Page], sentence: str, *, can_go_on: bool = False) -> None:
        super().__init__()
        self._pages = pages
        self._sentence = sentence
        self._can_go_on = can_go_on
        self._asked = False

    def compose(self) -> ComposeResult:
        """The sentence, the text, the keys."""
        with Vertical(id="draft"):
            yield TextLines(id="draft-sentence", indent=0)
            text = TypedText(text_of(self._pages), read_only=True, compact=True, show_line_numbers=False)
            text.cursor_blink = text.show_cursor = False
            yield text
            yield TextLines(id="draft-keys", indent=0)

    def on_mount(self) -> None:
        """As wide as the terminal lets it be."""
        sentence = self.query_one("#draft-sentence", TextLines)
        lines = wrapped(self._sentence, min(self.app.size.width, _WIDTH) - _MARGIN, _MOST_LINES)
        sentence.styles.height = len(lines)
        sentence.show([line(part, "bold") for part in lines])
        self._show_keys()

    def _show_keys(self) -> None:
        go_on = (("enter", "goes on writing"),) if self._can_go_on else ()
        keys = keys_line(*go_on, ("d", "drops it"), ("esc", "later"))
        sure = line("d again drops it for good, esc keeps it.", "red")
        self.query_one("#draft-keys", TextLines).show([sure if self._asked else keys])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether there is anything to go on with."""
        return self._can_go_on if action == "go_on" else True

    def action_go_on(self) -> None:
        """Go on writing."""
        self.dismiss("go on")

    def action_drop(self) -> None:
        """Drop it, at the second press."""
        if self._asked:
            self.dismiss("drop")
        self._asked = True
        self._show_keys()

    def action_later(self) -> None:
        """Keep it."""
        self.dismiss(None)


def text_of(pages: Sequence[Page]) -> str:
    """What was typed, field by field; what the dialogs opened with is left out."""
    parts = []
    for page in pages:
        for key, value in page.values.items():
            if value != page.before.get(key) and value.strip():
                name = key.replace("_", " ").capitalize()
                parts.append(f"{name}:\n{value}" if "\n" in value else f"{name}: {value}")
    return "\n".join(parts)
