"""The quick log line: one line typed, what is understood of it in words underneath, enter saves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.suggester import Suggester
from textual.widgets import Input

from relationships.dates import short_day
from relationships.names import fold
from relationships.quick_log import Ambiguous, Incomplete, Reading, Unknown, echo, read_line
from relationships.records import FollowUp
from relationships.vocabulary import FollowUpState
from screens.commands import keys_line
from screens.dialogs.kept import KeptDialog
from screens.open_book import OpenBook
from screens.text import wrapped
from screens.widgets.columns import Tone
from screens.widgets.text_lines import TextLines, line
from screens.widgets.typed_text import TypedLine
from storage.drafts import Page

_MOST_ANSWERS = 6


class LogEntry(msgspec.Struct, frozen=True):
    """What became of the line."""

    line: str
    reading: Reading
    chosen: Mapping[str, str]
    """Who was picked where a name fits several: folded name to id."""
    add: str = ""
    """A name to add to the book first."""
    form: bool = False
    """The rest is to be filled in on the form."""
    passed: tuple[FollowUp, ...] = ()
    """Next steps as they were shown to be closed, which somebody else changed since: they are left alone."""


class _Completion(Suggester):
    """Offers the rest of the name or kind that is being typed."""

    def __init__(self, dialog: LogLine) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._dialog = dialog

    async def get_suggestion(self, value: str) -> str | None:
        word = self._dialog.read(value).completion
        start = value.rpartition(" ")[2]
        if word is None or not start or not word.casefold().startswith(start.casefold()):
            return None
        return value + word[len(start) :]


class LogLine(KeptDialog[LogEntry]):
    """One line over any screen."""

    CSS_PATH = "log_line.tcss"
    AUTO_FOCUS = "Input"
    BINDINGS = [
        Binding("escape", "cancel", "Cancel", show=False, id="log.cancel", tooltip="Log nothing"),
        Binding(
            "tab", "form", "More", show=False, id="log.form", tooltip="People, promises and outcome", priority=True
        ),
        Binding("ctrl+s", "submit", "Save", show=False, id="log.save", tooltip="Save the line"),
        Binding("ctrl+q", "leave", "Leave", show=False, id="log.leave", tooltip="Leave the program"),
    ]

    def __init__(
        self,
        open_book: OpenBook,
        text: str = "",
        chosen: Mapping[str, str] | None = None,
        *,
        begun: str = "",
        closing: FollowUp | None = None,
        problem: str = "",
    ) -> None:
        super().__init__()
        self._open_book = open_book
        self._text = text
        self._begun = begun
        self._chosen = dict(chosen or {})
        self._kept = closing
        self._shown: tuple[FollowUp, ...] = ()
        """The next steps that the line was last shown to close."""
        self._problem = problem
        self._at = 0
        self._asked = False
        self._typed_on: date | None = None
        """The day on which an earlier session left it, when that is not today."""

    def compose(self) -> ComposeResult:
        """The line, its reading, and the keys."""
        with Vertical(id="log"):
            with Horizontal(id="log-line"):
                yield TextLines([line("Log", "accent")], id="log-label")
                field = TypedLine(self._text, compact=True, select_on_focus=False, suggester=_Completion(self))
                field.cursor_blink = False
                yield field
            yield TextLines(id="log-reading", indent=6)
            yield TextLines(id="log-keys")

    def on_mount(self) -> None:
        """Show the reading of what stands there already."""
        self._show()

    def read(self, text: str) -> Reading:
        """What is understood of a text."""
        book = self._open_book
        reading = read_line(text, book.book, book.today, style=book.style, names=book.names, chosen=self._chosen)
        closing = self._kept
        if closing is None or closing.state is not FollowUpState.OPEN:
            return reading
        if reading.planned or closing in reading.closes or not _about(reading, closing):
            return reading
        if book.book.follow_ups.get(closing.id) != closing:
            return reading
        return msgspec.structs.replace(reading, closes=(closing, *reading.closes))

    def page_now(self) -> Page:
        """The line, and who was picked."""
        text = self._line if self.is_mounted else self._text
        reading, today = self.read(text), self._open_book.today
        kind = reading.kind.words
        words = "a line in the log"
        if reading.problem is None:
            words = f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} with {reading.subject}"
        return Page(
            dialog=type(self).__name__,
            words=words,
            day=self._typed_on or today,
            values={"line": text},
            before={"line": self._begun},
            chosen=self._chosen,
        )

    def take_up(self, page: Page, *, whole: bool) -> None:
        """Open with the line of an earlier session."""
        self._text = page.values.get("line", self._text)
        self._chosen |= page.chosen
        self._typed_on = page.day if page.day != self._open_book.today else None

    def answer_words(self, result: LogEntry) -> str:
        """What comes next: the adding of somebody, or the form."""
        return "add" if result.add else "form" if result.form else ""

    def answer_again(self, page: Page) -> LogEntry | None:
        """The same as then, if the line is still understood like that."""
        self.take_up(page, whole=True)
        reading = self.read(self._text)
        if page.answer == "form" and reading.problem is None:
            return LogEntry(self._text, reading, self._chosen, form=True)
        if page.answer == "add" and isinstance(reading.problem, Unknown):
            return LogEntry(self._text, reading, self._chosen, add=reading.problem.name_text)
        return None

    @property
    def _line(self) -> str:
        return self.query_one(Input).value

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._line != self._text:
            self._problem = ""
        self._at, self._asked = 0, False
        self.tell_of_typing()
        self._show()

    def _answers(self, reading: Reading) -> list[tuple[str, str]]:
        """What can be picked when a name is not clear: folded name or nothing, and words for it."""
        problem = reading.problem
        if isinstance(problem, Ambiguous):
            return list(zip((c.id for c in problem.candidates), problem.labels, strict=True))[:_MOST_ANSWERS]
        if isinstance(problem, Unknown):
            near = [(person.id, person.name) for person in problem.nearest]
            return [*near, ("", f"add “{problem.name_text}” to the book")]
        return []

    def _show(self) -> None:
        reading = self.read(self._line)
        self._shown = reading.closes
        first, second = echo(reading, self._open_book.today)
        answers = self._answers(reading)
        if isinstance(reading.problem, Unknown):
            first = f"Nobody here is called “{reading.problem.name_text}”."
        width = self.size.width - 8
        lines = [line(first, _tone(reading)), *(line(part, "dim") for part in wrapped(second, width, 2))]
        if self._typed_on is not None:
            when = f"{self._typed_on:%a} {short_day(self._typed_on, self._open_book.today)}"
            lines.append(line(f"Typed on {when}: the days in it count from today now.", "amber"))
        if answers:
            self._at = min(self._at, len(answers) - 1)
            lines = [lines[0]] + [
                line(f"{'▸' if at == self._at else ' '} {words}", "accent" if at == self._at else "normal")
                for at, (_, words) in enumerate(answers)
            ]
        self.query_one("#log-reading", TextLines).show(lines)
        self.query_one("#log").styles.height = max(len(lines), 2) + 3
        self._show_keys(bool(answers), reading.problem is None)
        if self._problem:
            self._say(self._problem)

    def _show_keys(self, choosing: bool, clear: bool) -> None:
        can_save = [("enter", "save"), ("tab", "more fields")] if clear else []
        keys = [("enter", "choose"), ("↑ ↓", "move")] if choosing else can_save
        self.query_one("#log-keys", TextLines).show([keys_line(*keys, ("esc", "cancel"))])

    def _say(self, text: str) -> None:
        lines = [line(part, "red") for part in wrapped(text, self.size.width - 8, 3)]
        self.query_one("#log-reading", TextLines).show(lines)
        self.query_one("#log").styles.height = max(len(lines), 2) + 3

    def on_key(self, event: events.Key) -> None:
        """The arrows move among those who may be meant."""
        answers = self._answers(self.read(self._line))
        if answers and event.key in ("up", "down"):
            event.stop()
            self._at = (self._at + (1 if event.key == "down" else -1)) % len(answers)
            self._show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_submit()

    def action_submit(self) -> None:
        """Save the line, or take the answer that is pointed at."""
        reading = self.read(self._line)
        answers = self._answers(reading)
        if answers and isinstance(reading.problem, Ambiguous | Unknown):
            picked, _ = answers[self._at]
            if not picked:
                self.dismiss(LogEntry(self._line, reading, self._chosen, add=reading.problem.name_text))
                return
            self._chosen[fold(reading.problem.name_text)] = picked
            self._at = 0
            self.tell_of_typing()
            self._show()
        elif reading.problem is None:
            self.dismiss(self._entry(reading))

    def _entry(self, reading: Reading, *, form: bool = False) -> LogEntry:
        """The line; it closes only what it was shown to close."""
        closing, follow_ups = self._kept, self._open_book.book.follow_ups
        meant = [closing] if closing is not None and not reading.planned and _about(reading, closing) else []
        closes = tuple(each for each in reading.closes if each in self._shown)
        closed = {each.id for each in closes}
        passed = {each.id: each for each in (*meant, *self._shown) if each.id not in closed}
        reading = msgspec.structs.replace(reading, closes=closes)
        others = tuple(each for each in passed.values() if follow_ups.get(each.id) != each)
        return LogEntry(self._line, reading, self._chosen, form=form, passed=others)

    def action_form(self) -> None:
        """Fill in the rest on the form."""
        reading = self.read(self._line)
        if reading.problem is None:
            self.dismiss(self._entry(reading, form=True))

    def action_cancel(self) -> None:
        """Log nothing; with a line typed, only at the second press."""
        if self._may_drop("esc"):
            self.dismiss(None)

    def action_leave(self) -> None:
        """Leave the program; with a line typed, only at the second press."""
        if self._may_drop("ctrl+q"):
            self.app.exit(return_code=0)

    def _may_drop(self, key: str) -> bool:
        """Whether nothing would be lost, or the trainer has said already that it may be."""
        if not self._line.strip() or self._line == self._begun or self._asked:
            return True
        self._asked = True
        self._say(f"Not saved yet: {key} again drops the line, enter saves it.")
        return False


def _about(reading: Reading, follow_up: FollowUp) -> bool:
    """Whether the line is about those whom the follow-up is about."""
    if follow_up.practitioner is not None:
        return any(person.id == follow_up.practitioner for person in reading.people)
    return reading.practice is not None and reading.practice.id == follow_up.practice


def _tone(reading: Reading) -> Tone:
    if reading.problem is None:
        return "bold"
    return "dim" if isinstance(reading.problem, Incomplete) else "amber"
