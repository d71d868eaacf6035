"""Choose a practitioner by typing a part of the name."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input

from relationships.records import Practitioner
from screens.commands import keys_line
from screens.dialogs.kept import KeptDialog
from screens.open_book import OpenBook
from screens.widgets.columns import Column
from screens.widgets.record_list import RecordList
from screens.widgets.record_rows import Row
from screens.widgets.text_lines import TextLines, line
from screens.widgets.typed_text import TypedLine
from screens.words import practice_names
from storage.drafts import Page


class PickPractitioner(KeptDialog[Practitioner]):
    """Whom it is about."""

    CSS_PATH = "pick.tcss"
    AUTO_FOCUS = "Input"
    BINDINGS = [
        Binding("escape", "cancel", "Cancel", show=False, id="pick.cancel", tooltip="Choose nobody"),
        Binding("ctrl+q", "app.quit", "Leave", show=False, id="pick.leave", tooltip="Leave the program"),
    ]

    def __init__(self, open_book: OpenBook, heading: str) -> None:
        super().__init__()
        self._open_book = open_book
        self._heading = heading

    def compose(self) -> ComposeResult:
        """A field and the names that fit."""
        columns = (
            Column("name", "Name", 20, flex=2),
            Column("discipline", "", 10, tone="dim"),
            Column("practice", "", 12, flex=1, tone="dim"),
        )
        with Vertical(id="pick"):
            yield TextLines([line(self._heading, "bold")], id="pick-heading")
            field = TypedLine(placeholder="type a part of the name", compact=True)
            field.cursor_blink = False
            yield field
            yield RecordList(columns, empty="Nobody here has that in the name.")
            yield TextLines(
                [keys_line(("enter", "choose"), ("↑ ↓", "move"), ("esc", "cancel"))],
                id="pick-keys",
            )

    def on_mount(self) -> None:
        """Everybody, to begin with."""
        self._show("")

    def page_now(self) -> Page:
        """Nothing that is worth keeping; only the answer is."""
        name, day = type(self).__name__, self._open_book.today
        return Page(dialog=name, words=self._heading, day=day, values={}, before={})

    def answer_words(self, result: Practitioner) -> str:
        """Who was chosen."""
        return result.id

    def answer_again(self, page: Page) -> Practitioner | None:
        """The same person, as the book has them now."""
        person = self._open_book.book.practitioners.get(page.answer)
        return person if person is not None and person.trashed_at is None else None

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, words: str) -> None:
        book = self._open_book.book
        people = book.all_practitioners()
        if words.strip():
            found = self._open_book.search.find(book, Practitioner, words)
            people = [person for person in people if person.id in found]
        self.query_one(RecordList).set_rows([person.id for person in people], self._row, keep=False)

    def _row(self, person_id: str) -> Row:
        book = self._open_book.book
        person = book.practitioners[person_id]
        return Row(person.id, (person.name, person.discipline.short, practice_names(book, person)))

    def on_key(self, event: events.Key) -> None:
        """The arrows move in the list while the field has the focus."""
        steps = {"down": 1, "up": -1}
        if event.key in steps:
            event.stop()
            self.query_one(RecordList).move(steps[event.key])

    @on(Input.Submitted)
    def _choose(self) -> None:
        self._take(self.query_one(RecordList).highlighted)

    @on(RecordList.RecordChosen)
    def _clicked(self, event: RecordList.RecordChosen) -> None:
        self._take(event.id)

    def _take(self, person_id: str | None) -> None:
        if person_id is not None:
            self.dismiss(self._open_book.book.practitioners[person_id])

    def action_cancel(self) -> None:
        """Nobody."""
        self.dismiss(None)
