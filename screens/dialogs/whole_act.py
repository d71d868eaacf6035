"""One act of the history, with all that it changed."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen

from relationships.act_words import RecordChange, changes_in_words
from relationships.changes import Act
from relationships.field_words import moment_words
from screens.commands import keys_line
from screens.open_book import OpenBook
from screens.widgets.paragraphs import Paragraph, Paragraphs
from screens.widgets.text_lines import TextLine, TextLines, line

_NAME_MOST = 22
_AROUND = 6
"""Lines of the dialog above and below what scrolls."""


class WholeAct(ModalScreen[bool | None]):
    """Who, when, and each field before and after; True when it is to be taken back."""

    CSS_PATH = "whole_act.tcss"
    AUTO_FOCUS = "#act-changes"
    BINDINGS = [
        Binding("escape,q,enter", "close", "Close", show=False, id="act.close", tooltip="Back to the history"),
        Binding("u", "take_back", "Take back", show=False, id="act.take_back", tooltip="Take this act back"),
        Binding("ctrl+q", "app.quit", "Leave", show=False, id="act.leave", tooltip="Leave the program"),
        Binding("j", "scroll(1)", "Down", show=False, id="act.down", tooltip="Further down"),
        Binding("k", "scroll(-1)", "Up", show=False, id="act.up", tooltip="Further up"),
    ]

    def __init__(self, open_book: OpenBook, act: Act, *, fallen: bool, can_take_back: bool) -> None:
        super().__init__()
        self._open_book = open_book
        self._act = act
        self._fallen = fallen
        self._can_take_back = can_take_back

    def compose(self) -> ComposeResult:
        """What was done, by whom and when, the changes, and the keys."""
        book, act = self._open_book, self._act
        when = f"{book.by(act.by)}, {moment_words(act.at, book.today)}"
        fallen = ((", taken back", "dim"),) if self._fallen else ()
        take_back = [("u", "take it back")] if self._can_take_back else []
        with Vertical(id="act"):
            yield TextLines([line(act.words, "bold")], id="act-heading")
            yield TextLines([TextLine(((when, "dim"), *fallen))], id="act-when")
            with VerticalScroll(id="act-changes"):
                yield Paragraphs(told(changes_in_words(act, book.book.find, book.today)))
            yield TextLines([keys_line(*take_back, ("↑ ↓", "scroll"), ("esc", "close"))], id="act-keys")

    def on_resize(self) -> None:
        """The changes scroll in what the heading and the keys leave free."""
        self.query_one("#act-changes").styles.max_height = max(self.size.height - _AROUND, 3)

    def action_close(self) -> None:
        """Back to the history."""
        self.dismiss(None)

    def action_take_back(self) -> None:
        """Ask what it would do, then take it back."""
        if self._can_take_back:
            self.dismiss(True)

    def action_scroll(self, way: int) -> None:
        """A line up or down."""
        self.query_one("#act-changes", VerticalScroll).scroll_relative(y=way, animate=False)


def told(changes: Iterable[RecordChange]) -> list[Paragraph]:
    """Changes as paragraphs: the record, then its fields, their names in a column of their own."""
    found: list[Paragraph] = []
    for change in changes:
        if found:
            found.append(Paragraph("\u00a0"))
        found.append(Paragraph(f"{change.record}: {change.verb}"))
        names = [cell_len(field.name) for field in change.fields]
        indent = min(max(names, default=0), _NAME_MOST) + 4
        found += [Paragraph(words, "normal", indent, f"  {name}") for name, words in change.lines()]
    return found
