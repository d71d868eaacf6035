"""The styles of tones and of the parts of lists, taken from the theme at one go.

Textual's component classes would do the same, at the price of a whole style sheet pass for each class of each widget:
together a tenth of the time to the first frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from rich.color import Color as RichColor
from rich.color import ColorType
from rich.style import Style
from textual.color import Color

from screens.widgets.columns import Tone

Part = Literal["heading", "rule", "header", "cursor", "resting_cursor", "touched", "mark", "empty"]
"""What a list draws beside its cells; the cursor rests while the list has not the focus."""


_CUBE: Final = (0, 95, 135, 175, 215, 255)
"""The steps of red, green and blue in the 256 colours of a terminal; grey has 24 steps of its own."""


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
    return {name: _short(base + _style(theme, look)) for name, look in _LOOKS.items()}


def _short(style: Style) -> Style:
    """The same colours by their number where a 256 colour terminal has them: half the bytes of each change of style."""
    return style + Style(color=_numbered(style.color), bgcolor=_numbered(style.bgcolor))


def _numbered(colour: RichColor | None) -> RichColor | None:
    if colour is None or colour.type is not ColorType.TRUECOLOR or colour.triplet is None:
        return None
    red, green, blue = colour.triplet
    if red == green == blue and (red - 8) % 10 == 0 and 8 <= red <= 238:
        number = 232 + (red - 8) // 10
    elif red in _CUBE and green in _CUBE and blue in _CUBE:
        number = 16 + 36 * _CUBE.index(red) + 6 * _CUBE.index(green) + _CUBE.index(blue)
    else:
        return None
    return RichColor(colour.name, ColorType.EIGHT_BIT, number, colour.triplet)


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
