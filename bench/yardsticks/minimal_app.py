"""The smallest Textual app: one line of text. What every start is compared with."""

from __future__ import annotations

from typing import Final

from textual.app import App, ComposeResult
from textual.widgets import Static

READY: Final = "the minimal app is ready"


class MinimalApp(App[None]):
    """One Static."""

    def compose(self) -> ComposeResult:
        """The one line."""
        yield Static(READY)


if __name__ == "__main__":
    MinimalApp().run()
