"""One declaration per command: its key, its words, its place in footer, help and palette all come from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from textual.binding import Binding, BindingType

from screens.widgets.text_lines import Span, TextLine

_KEY_WORDS = {
    "at": "@",
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "exclamation_mark": "!",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "pagedown": "page down",
    "pageup": "page up",
}
_SPELLED = {"[": "left bracket", "]": "right bracket"}


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a trainer can do on a screen."""

    id: str
    """The name by which the config gives it other keys."""
    key: str
    """The keys, separated by commas, as Textual spells them."""
    action: str
    """The action of the screen, without the `action_` in front."""
    label: str
    """A verb or two for the footer."""
    tooltip: str
    """What it does, in a sentence without its full stop, for help and palette."""

    @property
    def key_words(self) -> str:
        """The first key as it stands on a keyboard."""
        return key_words(self.key)

    @property
    def all_keys(self) -> str:
        """Every key of it, for the help."""
        return " ".join(key_words(key) for key in self.key.split(","))

    @property
    def action_name(self) -> str:
        """The action without its arguments."""
        return self.action.partition("(")[0]

    @property
    def title(self) -> str:
        """What the palette lists: the label, then what it does."""
        return f"{self.label.capitalize()}: {self.tooltip[0].lower()}{self.tooltip[1:]}"

    @property
    def spelled_key(self) -> str:
        """The key for the palette, which takes square brackets for markup."""
        return f"Key: {_SPELLED.get(self.key_words, self.key_words)}"

    def binding(self) -> Binding:
        """The same for Textual."""
        return Binding(self.key, self.action, self.label, show=False, id=self.id, tooltip=self.tooltip)


def key_words(key: str) -> str:
    """The first of some keys as it stands on a keyboard."""
    first = key.split(",")[0]
    return _KEY_WORDS.get(first, first)


def bindings(commands: Iterable[Command]) -> list[BindingType]:
    """The key bindings of some commands."""
    return [command.binding() for command in commands]


def keys_line(*keys: tuple[str, str]) -> TextLine:
    """Some keys, each with its word."""
    spans: list[Span] = []
    for key, word in keys:
        spans += [(key, "accent"), (f" {word}   ", "normal")]
    return TextLine(tuple(spans))


def footer_line(commands: Sequence[Command], help_command: Command, width: int) -> TextLine:
    """The keys that work here, as many as fit; the one for help always does, at the right."""
    right: tuple[Span, ...] = ((help_command.key_words, "accent"), (f" {help_command.label}", "normal"))
    shown: list[tuple[str, str]] = []
    room = width - 4 - sum(len(text) for text, _ in right)
    for command in commands:
        room -= len(command.key_words) + len(command.label) + 4
        if room < 0:
            break
        shown.append((command.key_words, command.label))
    return TextLine(keys_line(*shown).left, right)


def bindings_help(declared: Iterable[object]) -> list[tuple[str, str, str]]:
    """Id, keys and meaning of plain bindings, for the help."""
    return [
        (binding.id or binding.key, " ".join(key_words(key) for key in binding.key.split(",")), binding.tooltip)
        for binding in declared
        if isinstance(binding, Binding)
    ]
