"""The part of the app that keeps what is half typed, whatever becomes of the session."""

from __future__ import annotations

from pathlib import Path

from rich.console import RenderableType
from textual import on
from textual.app import App
from textual.binding import Binding
from textual.driver import Driver

from screens.messages import Typed
from screens.open_book import OpenBook


class KeepingApp(App[None]):
    """An app over a book in whose dialogs somebody types."""

    BINDINGS = [Binding("ctrl+q", "quit", "Leave", show=False, tooltip="Leave the program")]
    """Textual gives this key priority, so that it would leave before a dialog could ask about what is typed in it."""

    open_book: OpenBook

    def __init__(self, drafts: Path | None, driver_class: type[Driver] | None) -> None:
        """`drafts` is the folder for them; without one, nothing is kept."""
        super().__init__(driver_class)
        self.drafts = drafts

    @on(Typed)
    def _keep_what_is_typed(self, event: Typed) -> None:
        self.open_book.drafting.typed(event.dialog)

    def offer_drafts(self) -> None:
        """Offer again what a session that died left half typed, once the book is here and the first frame is out."""
        store = self.open_book.store
        if self.drafts is not None and store is not None and store.read_only is None:
            from trainer_tui.left_drafts import LOOK_SECONDS, LeftDrafts

            self.set_timer(LOOK_SECONDS, LeftDrafts(self, self.open_book, store, self.drafts).look)

    def keep_typing(self) -> None:
        """Write down what is half typed, before an ending that nobody asked for."""
        if self.open_book.typing:
            self.open_book.drafting.write_now()

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Close the app. A trainer who leaves has said before that what is half typed may go."""
        if return_code == 0 and self.open_book.typing:
            self.open_book.drafting.drop()
        super().exit(result, return_code, message)
