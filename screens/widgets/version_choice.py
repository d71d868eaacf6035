"""A field that two people changed: both versions below one another, and which of them is to stand."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from screens.text import fit, one_line, wrapped
from screens.widgets.columns import Tone
from screens.widgets.tones import Part, styles_of

_MOST_LINES = 400
_LABEL_MOST = 24
_INDENT = 2


class Version(msgspec.Struct, frozen=True):
    """One answer: its key, whose it is, and the text of it."""

    key: str
    label: str
    text: str


class VersionChoice(Widget, can_focus=True):
    """One of several versions of a field."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "VersionChoice { height: auto; width: 1fr; color: $foreground; }"
    BINDINGS = [
        Binding("right,space", "step(1)", "Other version", show=False, id="version.next", tooltip="The other version"),
        Binding("left", "step(-1)", "Version before", show=False, id="version.previous", tooltip="The version before"),
        Binding("t", "pick('theirs')", "Theirs", show=False, id="version.theirs", tooltip="Their version"),
        Binding("m", "pick('mine')", "Mine", show=False, id="version.mine", tooltip="My version"),
        Binding("b", "pick('both')", "Both", show=False, id="version.both", tooltip="Both versions together"),
    ]

    def __init__(
        self, field: str, name: str, versions: Sequence[Version], chosen: str, *, ascii_signs: bool = False
    ) -> None:
        super().__init__()
        self.field = field
        """The field of the record."""
        self._heading = name
        self._versions = tuple(versions)
        self._at = next((at for at, version in enumerate(versions) if version.key == chosen), 0)
        self._signs = ("*", "o") if ascii_signs else ("●", "○")

    @property
    def chosen(self) -> str:
        """The key of the version that is to stand."""
        return self._versions[self._at].key

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The name, the versions, and a blank line."""
        return len(self._lines(width)) + 2

    def render_line(self, y: int) -> Strip:
        """One line: the name, or a line of a version with the sign of the one that is chosen."""
        width = self.size.width
        styles: dict[Tone | Part, Style] = styles_of(self.app.theme_variables, self.rich_style)
        if y == 0:
            return Strip([Segment(fit(self._heading, width), styles["touched" if self.has_focus else "bold"])], width)
        lines = self._lines(width)
        if y > len(lines):
            return Strip([Segment(" " * width, styles["normal"])], width)
        at, label, text = lines[y - 1]
        first = y == 1 or lines[y - 2][0] != at
        chosen = at == self._at
        tone: Tone | Part = ("cursor" if self.has_focus else "normal") if chosen else "dim"
        sign = self._signs[0 if chosen else 1] if first else ""
        left = " " * _INDENT + fit(sign, 2) + fit(label, self._label_width(width) + 2)
        return Strip([Segment(fit(left + fit(text, max(width - cell_len(left), 0)), width), styles[tone])], width)

    def _label_width(self, width: int) -> int:
        longest = max(cell_len(one_line(version.label)) for version in self._versions)
        return min(longest, _LABEL_MOST, max(width // 3, 4))

    def _lines(self, width: int) -> list[tuple[int, str, str]]:
        """The number of a version, its label on the first of its lines, and a line of its text."""
        room = max(width - _INDENT - 5 - self._label_width(width), 1)
        found = []
        for at, version in enumerate(self._versions):
            lines = wrapped(version.text, room, _MOST_LINES) if version.text.strip() else ["(empty)"]
            found += [(at, version.label if number == 0 else "", text) for number, text in enumerate(lines)]
        return found

    def action_step(self, step: int) -> None:
        """Choose the version beside this one, round the end."""
        self._choose((self._at + step) % len(self._versions))

    def action_pick(self, key: str) -> None:
        """Choose a version by its key, if there is one."""
        self._choose(next((at for at, version in enumerate(self._versions) if version.key == key), self._at))

    def on_click(self, event: events.Click) -> None:
        """A click chooses the version it falls on."""
        offset = event.get_content_offset(self)
        lines = self._lines(self.size.width)
        if offset is not None and 1 <= offset.y <= len(lines):
            self._choose(lines[offset.y - 1][0])

    def on_focus(self) -> None:
        """The name stands out."""
        self.refresh()

    def on_blur(self) -> None:
        """It does no longer."""
        self.refresh()

    def _choose(self, at: int) -> None:
        if at != self._at:
            self._at = at
            self.refresh()
