"""The form that every record dialog is: fields one below the other, ctrl+s saves, escape leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar, Generic, Literal, TypeVar

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, TextArea

from relationships.dates import DateProblem, DateStyle, Direction, echo, parse_day
from screens.commands import keys_line
from screens.dialogs.kept import KeptDialog
from screens.text import wrapped
from screens.widgets.choice_field import Choice, ChoiceField
from screens.widgets.text_lines import TextLines, line
from screens.widgets.typed_text import TypedLine, TypedText
from storage.drafts import Page

T = TypeVar("T")


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a form."""

    key: str
    label: str
    value: str = ""
    kind: Literal["text", "day", "choice", "long"] = "text"
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    """What to type, shown while the field has the focus."""
    prefer: Direction = "future"
    """Which way a day without a year is read."""
    required: bool = False


class FieldProblem(Exception):
    """A field that cannot be taken as it is."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key


class FormDialog(KeptDialog[T], Generic[T]):
    """Takes a record, gives back a record or None. It never saves: the journey that opened it does."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("ctrl+s,f2", "save", "Save", show=False, id="form.save", tooltip="Save what the form says"),
        Binding("escape", "cancel", "Cancel", show=False, id="form.cancel", tooltip="Leave without saving"),
        Binding("ctrl+q", "leave", "Leave", show=False, id="form.leave", tooltip="Leave the program"),
        Binding("down", "app.focus_next", "Next field", show=False, id="form.next", tooltip="The next field"),
        Binding("up", "app.focus_previous", "Field before", show=False, id="form.previous", tooltip="The field before"),
    ]

    heading: str = ""
    first: ClassVar[str] = ""
    """The field that the cursor starts in; the first one when empty."""

    def __init__(self, fields: Sequence[Field], today: date, style: DateStyle, *, problem: str = "") -> None:
        super().__init__()
        self.fields = {field.key: field for field in fields}
        self.today = today
        self.style = style
        self._problem = problem
        """What is wrong, until it is mended."""
        self._problem_at = self.first or next(iter(self.fields))
        """The field that it is said at."""
        self._said_of: Mapping[str, str] = {}
        """What stood in the fields when it was said: fields tell of a change when they are first shown, too."""
        self._came_back = bool(problem)
        """Saving failed before: what stands here is not saved, changed or not."""
        self._asked = False
        self._begun: dict[str, str] = {}
        """What was typed into fields in an earlier session."""

    def read(self, values: Mapping[str, str]) -> T:
        """What the form says, as a record.

        Raises:
            FieldProblem: a field cannot be taken as it is.
        """
        raise NotImplementedError

    def remark(self, key: str, value: str) -> str:
        """What is understood of a field while it is typed; empty for nothing to say."""
        return ""

    def compose(self) -> ComposeResult:
        """Heading, fields, what is understood, and the keys."""
        with Vertical(id="form"):
            yield TextLines([line(self.heading, "bold")], id="form-heading")
            with VerticalScroll(id="form-fields", can_focus=False):
                for field in self.fields.values():
                    with Horizontal(classes="form-row -long" if field.kind == "long" else "form-row"):
                        yield TextLines([line(field.label, "dim")], classes="form-label")
                        yield _input_of(field, self._begun.get(field.key, field.value))
            yield TextLines(id="form-remark")
            yield TextLines(
                [keys_line(("ctrl+s", "save"), ("tab", "next field"), ("esc", "cancel"))],
                id="form-keys",
            )

    def on_mount(self) -> None:
        """Ready for typing."""
        self._said_of = self.values()
        self._widget(self._problem_at).focus()

    def values(self) -> dict[str, str]:
        """What stands in the fields."""
        return {key: _value_of(self._widget(key)) for key in self.fields}

    def page_now(self) -> Page:
        """What stands in the fields, and what they opened with."""
        before = {key: field.value for key, field in self.fields.items()}
        values = self.values() if self.is_mounted else before | self._begun
        name = type(self).__name__
        words = f"“{self.heading}”" + (f" ({values['name']})" if values.get("name") else "")
        return Page(dialog=name, words=words, day=self.today, values=values, before=before)

    def take_up(self, page: Page, *, whole: bool) -> None:
        """Fill the fields in which something was typed, and say where the book has something new by now."""
        moved = []
        for key, field in self.fields.items():
            then, mine = page.before.get(key, field.value), page.values.get(key, field.value)
            if mine == field.value or (mine == then and not whole):
                continue
            self._begun[key] = mine
            if field.value != then and not whole:
                moved.append((key, f"{field.label} is “{field.value}” in the book by now. Saving keeps yours."))
        if moved:
            self._problem_at, self._problem = moved[0]

    def listed(
        self, key: str, values: Mapping[str, str], before: tuple[str, ...], separator: str = ","
    ) -> tuple[str, ...]:
        """The parts that a field says; as they were before when it was left alone, separators inside them too."""
        if values[key] == self.fields[key].value:
            return before
        return tuple(part.strip() for part in values[key].split(separator) if part.strip())

    def day(self, key: str, values: Mapping[str, str]) -> date | None:
        """The day that a field says; None when it is empty.

        Raises:
            FieldProblem: it is no day.
        """
        text = values[key].strip()
        if not text:
            return None
        try:
            return parse_day(text, self.today, style=self.style, prefer=self.fields[key].prefer)
        except DateProblem as problem:
            raise FieldProblem(key, str(problem)) from None

    def needed_day(self, key: str, values: Mapping[str, str]) -> date:
        """The day that a field must say.

        Raises:
            FieldProblem: it says none.
        """
        day = self.day(key, values)
        if day is None:
            raise FieldProblem(key, f"{self.fields[key].label}: give a day, such as today, tue or 14 mar.")
        return day

    @on(Input.Changed)
    @on(ChoiceField.Changed)
    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self.values() != self._said_of:
            self._problem = ""
        self.tell_of_typing()
        self._explain()

    @on(events.DescendantFocus)
    def _explain(self) -> None:
        self._asked = False
        if self.focused is None or self.focused.id is None:
            return
        key = self.focused.id.removeprefix("field-")
        field = self.fields.get(key)
        if field is None:
            return
        if self._problem and key == self._problem_at:
            self._remark(self._problem, wrong=True)
        else:
            self._remark(*self._understood(field, _value_of(self._widget(key))))

    def _understood(self, field: Field, value: str) -> tuple[str, bool]:
        if field.kind == "day" and value.strip():
            try:
                day = parse_day(value, self.today, style=self.style, prefer=field.prefer)
            except DateProblem as problem:
                return str(problem), True
            return f"{field.label}: {echo(day, self.today)}", False
        return self.remark(field.key, value) or field.hint, False

    @on(Input.Submitted)
    def _next_field(self, event: Input.Submitted) -> None:
        """Enter goes on; in the last field it saves."""
        event.stop()
        if event.input.id == f"field-{list(self.fields)[-1]}":
            self.action_save()
        else:
            self.focus_next()

    def action_save(self) -> None:
        """Give back what the form says."""
        values = self.values()
        try:
            for field in self.fields.values():
                if field.required and not values[field.key].strip():
                    raise FieldProblem(field.key, f"{field.label} is needed.")
            record = self.read(values)
        except FieldProblem as problem:
            self._problem, self._problem_at, self._said_of = str(problem), problem.key, values
            self._widget(problem.key).focus()
            self._explain()
            return
        self.dismiss(record)

    def action_cancel(self) -> None:
        """Close the form; with something typed, only at the second press."""
        if self._may_drop("esc"):
            self.dismiss(None)

    def action_leave(self) -> None:
        """Leave the program; with something typed, only at the second press."""
        if self._may_drop("ctrl+q"):
            self.app.exit(return_code=0)

    def _may_drop(self, key: str) -> bool:
        """Whether nothing would be lost, or the trainer has said already that it may be."""
        changed = self._came_back or any(value != self.fields[name].value for name, value in self.values().items())
        if not changed or self._asked:
            return True
        self._asked = True
        self._remark(f"Not saved yet: {key} again drops what you typed, ctrl+s saves it.", wrong=True)
        return False

    def _remark(self, text: str, wrong: bool = False) -> None:
        remark = self.query_one("#form-remark", TextLines)
        lines = wrapped(text, remark.size.width - 1, 2) if wrong and remark.size.width else [text] if text else []
        remark.set_class(len(lines) > 1, "-two")
        remark.show([line(part, "red" if wrong else "accent") for part in lines])

    def _widget(self, key: str) -> Widget:
        return self.query_one(f"#field-{key}")


def _input_of(field: Field, value: str) -> Widget:
    widget_id = f"field-{field.key}"
    if field.kind == "choice":
        return ChoiceField(field.choices, value, id=widget_id)
    if field.kind == "long":
        area = TypedText(value, id=widget_id, compact=True, show_line_numbers=False)
        area.cursor_blink = False
        return area
    text = TypedLine(value, id=widget_id, compact=True, select_on_focus=False)
    text.cursor_blink = False
    return text


def _value_of(widget: Widget) -> str:
    if isinstance(widget, Input | ChoiceField):
        return widget.value
    return widget.text if isinstance(widget, TextArea) else ""


def day_text(day: date | None) -> str:
    """A day as a field shows it, so that it reads back as the same day."""
    return "" if day is None else day.isoformat()
