"""How loud lateness is on every screen: amber past the target, red past the limit (SCREENS.md)."""

from __future__ import annotations

from typing import Final

from relationships.cadence import Lateness
from screens.widgets.columns import Tone

LATENESS_TONES: Final[dict[Lateness, Tone]] = {
    Lateness.ON_TIME: "normal",
    Lateness.PAST_TARGET: "amber",
    Lateness.PAST_LIMIT: "red",
}
