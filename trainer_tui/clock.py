"""The clock of the machine, the only place where the program asks what day it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime

from trainer_tui.problem import Problem

TODAY_VARIABLE = "TRAINER_TUI_TODAY"


class SystemClock:
    """The machine's clock (`relationships.changes.Clock`), or a fixed day with the machine's time of day.

    Raises:
        Problem: the variable that fixes the day (for tests, demos and pictures) holds no day.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._fixed = _fixed_day(environ.get(TODAY_VARIABLE, ""))

    def now(self) -> datetime:
        """This moment, UTC; on the fixed day if there is one."""
        now = datetime.now(UTC)
        return now if self._fixed is None else datetime.combine(self._fixed, now.timetz())

    def today(self) -> date:
        """This local calendar day, or the fixed one."""
        return self._fixed or date.today()


def _fixed_day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(
            "That is not a day",
            f'The variable {TODAY_VARIABLE} holds "{text}".',
            "Set it to a day like 2026-03-14, or unset it.",
        ) from None
