"""The styles of tones and of the parts of lists, taken from the theme at one go.

Textual's component classes would do the same, at the price of a whole style sheet pass for each class of each widget:
together a tenth of the time to the first frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from rich.style import Style
from textual.color import Color

from screens.widgets.columns import Tone

Part = Literal["heading", "rule", "header", "cursor", "resting_cursor", "touched", "mark", "empty"]
"""What a list draws beside its cells; the cursor rests while the list has not the focus."""


class _Look(NamedTuple):
    colour: str | None = None
    background: str | None = None
    bold: bool = False


_LOOKS: Final[Mapping[Tone | Part, _Look]] = {
    "normal": _Look(),
    "dim": _Look("text-muted"),
    "accent": _Look("primary"),
    "amber": _Look("warning"),
    "red": _Look("error"),
    "bold": _Look(bold=True),
    "heading": _Look("text-muted", bold=True),
    "rule": _Look("panel-lighten-2"),
    "header": _Look("text-muted"),
    "cursor": _Look("block-cursor-foreground", "block-cursor-background"),
    "resting_cursor": _Look("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    "touched": _Look("primary", bold=True),
    "mark": _Look("primary", bold=True),
    "empty": _Look("text-muted"),
}


def styles_of(theme: Mapping[str, str], base: Style) -> dict[Tone | Part, Style]:
    """The style of every tone and part, over the style of the widget that draws them."""
    return {name: base + _style(theme, look) for name, look in _LOOKS.items()}


def _style(theme: Mapping[str, str], look: _Look) -> Style:
    foreground, faint = _colour(theme, look.colour)
    background, _ = _colour(theme, look.background)
    return Style(
        color=foreground.rich_color if foreground is not None else None,
        bgcolor=background.rich_color if background is not None else None,
        bold=look.bold or None,
        dim=faint or None,
    )


def _colour(theme: Mapping[str, str], name: str | None) -> tuple[Color | None, bool]:
    """A theme's colour as it shows on the background; and whether a terminal's own colours can only show it as dim."""
    if name is None:
        return None, False
    text, _, share = theme[name].partition(" ")
    colour = Color.parse(theme["foreground"] if text == "auto" else text)
    if share:
        colour = colour.with_alpha(float(share.removesuffix("%")) / 100)
    background = Color.parse(theme["background"])
    if colour.ansi is not None or background.ansi is not None:
        return (None if colour.a == 0 else Color.parse(text)), colour.a < 1
    return (background + colour if colour.a < 1 else colour), False
