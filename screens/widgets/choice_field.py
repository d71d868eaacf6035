"""A field with a few fixed answers on one line: arrows or space step through them, letters jump to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.geometry import clamp
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from screens.text import fit

Choice = tuple[str, str]
"""A value and the words shown for it."""


class ChoiceField(Widget, can_focus=True):
    """One of several answers."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ChoiceField {
        height: 1;
        width: 1fr;
        color: $foreground;
        &:focus { background: $surface-lighten-1; color: $primary; text-style: bold; }
    }
    """
    BINDINGS = [
        Binding("right,space", "step(1)", "Next answer", show=False, id="choice.next", tooltip="The next answer"),
        Binding("left", "step(-1)", "Answer before", show=False, id="choice.previous", tooltip="The answer before"),
    ]

    @dataclass
    class Changed(Message):
        """Another answer was chosen."""

        choice_field: ChoiceField
        value: str

        @property
        def control(self) -> ChoiceField:
            """The field, for `@on` selectors."""
            return self.choice_field

    def __init__(self, choices: Sequence[Choice], value: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._choices = tuple(choices)
        self._at = next((at for at, (known, _) in enumerate(self._choices) if known == value), 0)
        self._typed = ""

    @property
    def value(self) -> str:
        """The chosen value."""
        return self._choices[self._at][0]

    @value.setter
    def value(self, value: str) -> None:
        self._go(next((at for at, (known, _) in enumerate(self._choices) if known == value), self._at))

    def render_line(self, y: int) -> Strip:
        """The chosen words between arrows, and which of how many."""
        width = self.size.width
        words = f"\u2039 {self._choices[self._at][1]} \u203a" if self.has_focus else self._choices[self._at][1]
        place = f"{self._at + 1}/{len(self._choices)} " if self.has_focus else ""
        text = fit(words, max(width - len(place), 0)) + place
        return Strip([Segment(text, self.rich_style)], width)

    def action_step(self, step: int) -> None:
        """Go to the answer beside this one, round the end."""
        self._typed = ""
        self._go((self._at + step) % len(self._choices))

    def on_key(self, event: events.Key) -> None:
        """Letters jump to the first answer that begins with what was typed."""
        if event.character is None or not event.is_printable or event.character == " ":
            return
        event.stop()
        event.prevent_default()
        for typed in (self._typed + event.character.casefold(), event.character.casefold()):
            beginnings = [[words.casefold()] for _, words in self._choices]
            inner = [words.casefold().split() for _, words in self._choices]
            for candidates in (beginnings, inner):
                for at, words in enumerate(candidates):
                    if any(word.startswith(typed) for word in words):
                        self._typed = typed
                        self._go(at)
                        return
        self._typed = ""

    def on_click(self) -> None:
        """A click goes to the next answer."""
        self.action_step(1)

    def on_blur(self) -> None:
        """What was typed counts for one visit of the field."""
        self._typed = ""
        self.refresh()

    def _go(self, at: int) -> None:
        at = clamp(at, 0, len(self._choices) - 1)
        if at != self._at:
            self._at = at
            self.post_message(self.Changed(self, self.value))
        self.refresh()
