"""Two people changed the same fields: both versions, and which is to stand, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen

from relationships.changes import Act, Disputed, Merged
from relationships.field_words import Find, field_name, field_names, moment_words, value_words
from relationships.records import Record
from screens.commands import keys_line
from screens.open_book import OpenBook
from screens.widgets.paragraphs import Paragraph, Paragraphs
from screens.widgets.text_lines import TextLines, line
from screens.widgets.version_choice import Version, VersionChoice
from screens.words import by_words, several

R = TypeVar("R", bound=Record)
_AROUND = 7
"""Lines of the dialog above and below the fields."""


class ConflictDialog(ModalScreen[R | None], Generic[R]):
    """Takes what came of two changes, gives back the record as it is to stand, or None to go back to the form.

    Mine is chosen to begin with: theirs stays in the history whatever is chosen, mine stands nowhere else yet.
    """

    CSS_PATH = "conflict.tcss"
    AUTO_FOCUS = "VersionChoice"
    BINDINGS = [
        Binding("ctrl+s,f2,enter", "save", "Save", show=False, id="conflict.save", tooltip="Save what is chosen"),
        Binding("escape", "back", "Back", show=False, id="conflict.back", tooltip="Back to the form"),
        Binding("ctrl+q", "leave", "Leave", show=False, id="conflict.leave", tooltip="Leave the program"),
        Binding("down", "app.focus_next", "Next field", show=False, id="conflict.next", tooltip="The next field"),
        Binding(
            "up", "app.focus_previous", "Field before", show=False, id="conflict.previous", tooltip="The field before"
        ),
        Binding("pagedown", "scroll(1)", "Down", show=False, id="conflict.page_down", tooltip="Further down"),
        Binding("pageup", "scroll(-1)", "Up", show=False, id="conflict.page_up", tooltip="Further up"),
    ]

    def __init__(
        self, open_book: OpenBook, subject: str, merged: Merged[R], since: Mapping[str, Act], theirs: R, find: Find
    ) -> None:
        super().__init__()
        self._open_book = open_book
        self._subject = subject
        self._merged = merged
        self._since = since
        """The last act of somebody else that changed each field."""
        self._theirs = theirs
        self._find = find
        self._asked = False

    def compose(self) -> ComposeResult:
        """What happened, the fields, what else they changed, and the keys."""
        disputed, from_them = self._merged.disputed, self._merged.from_them
        fields = "this field" if len(disputed) == 1 else f"these {len(disputed)} fields"
        names = self._names(tuple(each.field for each in disputed))
        with Vertical(id="conflict"):
            yield TextLines([line(f"{names} changed {fields} while you did", "bold")], id="conflict-heading")
            yield TextLines([line(f"{self._subject} · nothing is saved yet", "dim")], id="conflict-subject")
            with VerticalScroll(id="conflict-fields", can_focus=False):
                for each in disputed:
                    yield self._choice(each)
                if from_them:
                    also = f"also changed by {self._names(from_them)}: {field_names(from_them)}"
                    yield Paragraphs([Paragraph(also, "dim")])
            yield TextLines(id="conflict-keys")

    def on_mount(self) -> None:
        """The keys that do something here."""
        both = any(each.both is not None for each in self._merged.disputed)
        several_fields = [("tab", "next")] if len(self._merged.disputed) > 1 else []
        choose = [("← →", "choose"), ("t", "theirs"), ("m", "mine"), *([("b", "both")] if both else [])]
        keys = keys_line(*choose, *several_fields, ("enter", "save"), ("esc", "back"))
        self.query_one("#conflict-keys", TextLines).show([keys])

    def on_resize(self) -> None:
        """The fields scroll in what the heading and the keys leave free."""
        self.query_one("#conflict-fields").styles.max_height = max(self.size.height - _AROUND, 3)

    def _names(self, fields: tuple[str, ...]) -> str:
        """Who changed some fields."""
        users = [self._since[field].by if field in self._since else self._theirs.updated_by for field in fields]
        return several(by_words(self._open_book, user) for user in users)

    def _choice(self, each: Disputed) -> VersionChoice:
        today = self._open_book.today
        act = self._since.get(each.field)
        at = act.at if act is not None else self._theirs.updated_at
        versions = [
            Version(
                "theirs", f"{self._names((each.field,))}, {moment_words(at, today)}", self._said(each, each.theirs)
            ),
            Version("mine", "you, now", self._said(each, each.mine)),
        ]
        if each.both is not None:
            versions.append(Version("both", "both", self._said(each, each.both)))
        name = field_name(each.field)
        return VersionChoice(
            each.field,
            f"{name[0].upper()}{name[1:]}",
            versions,
            "both" if isinstance(each.both, tuple) else "mine",
            ascii_signs=self._open_book.ascii_signs,
        )

    def _said(self, each: Disputed, value: object) -> str:
        return value_words(each.field, value, self._find, self._open_book.today)

    def action_save(self) -> None:
        """Give back the record as chosen."""
        disputed = {each.field: each for each in self._merged.disputed}
        choices = ((choice.field, choice.chosen) for choice in self.query(VersionChoice))
        self.dismiss(self._merged.settled({field: getattr(disputed[field], key) for field, key in choices}))

    def action_back(self) -> None:
        """Back to the form, which has what was typed."""
        self.dismiss(None)

    def action_leave(self) -> None:
        """Leave the program, which drops what was typed: only at the second press."""
        if self._asked:
            self.app.exit(return_code=0)
            return
        self._asked = True
        warning = "Not saved yet: ctrl+q again drops what you typed, enter saves it."
        self.query_one("#conflict-keys", TextLines).show([line(warning, "red")])

    def action_scroll(self, way: int) -> None:
        """Show more of a long text."""
        box = self.query_one("#conflict-fields", VerticalScroll)
        box.scroll_relative(y=way * max(box.size.height - 2, 1), animate=False)
