"""What the keys do on the screen that it was opened from."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from screens.commands import Command, bindings_help, keys_line
from screens.widgets.columns import Column
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Row
from screens.widgets.text_lines import TextLines, line


class HelpDialog(ModalScreen[None]):
    """The commands of a screen, and how to move in its list."""

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "RecordList"
    BINDINGS = [
        Binding(
            "escape,q,question_mark,f1,enter", "close", "Close", show=False, id="help.close", tooltip="Close the help"
        ),
        Binding("ctrl+q", "app.quit", "Leave", show=False, id="help.leave", tooltip="Leave the program"),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._shown = tuple(commands)

    def compose(self) -> ComposeResult:
        """Keys at the left, what they do at the right."""
        with Vertical(id="help"):
            yield TextLines([line("What the keys do here", "bold")], id="help-heading")
            yield RecordList(
                (
                    Column("keys", "", 12, tone="accent"),
                    Column("what", "", 30, flex=1),
                    Column("id", "", 15, priority=1, tone="dim"),
                )
            )
            yield TextLines(
                [keys_line(("esc", "close"), ("↑ ↓", "scroll"))],
                id="help-keys",
            )

    def on_mount(self) -> None:
        """Fill the list."""
        rows = [Row(command.id, (command.all_keys, command.tooltip, command.id)) for command in self._shown]
        rows.append(Row("in-lists", ("In lists",), heading=True))
        rows += [
            Row(binding_id, (keys, what, binding_id)) for binding_id, keys, what in bindings_help(RecordList.BINDINGS)
        ]
        self.query_one(RecordList).show(rows)

    def action_close(self) -> None:
        """Back to the screen."""
        self.dismiss(None)
