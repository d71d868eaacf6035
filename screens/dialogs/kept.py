"""A dialog whose text outlives the session that it was typed in (storage/drafts.py)."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

from screens.messages import Typed
from storage.drafts import Page

T = TypeVar("T")


class KeptDialog(ModalScreen[T | None], Generic[T]):
    """Tells when something was typed, and what stands in it. It never keeps anything itself."""

    _left_with: Page | None = None

    def page(self) -> Page:
        """What stands in it; once it was answered, what stood in it then."""
        return self._left_with or self.page_now()

    def page_now(self) -> Page:
        """What stands in it at this moment, on the screen or before it is shown."""
        raise NotImplementedError

    def take_up(self, page: Page, *, whole: bool) -> None:
        """Open with what was typed in an earlier session.

        What the dialog opens with by itself may be news since then: that stays where nothing was typed, unless the
        `whole` page came from what was answered before it.
        """

    def answer_words(self, result: T) -> str:
        """What it was left with, so that `answer_again` can give the same."""
        return ""

    def answer_again(self, page: Page) -> T | None:
        """The answer of an earlier session; None when it has to be asked again."""
        return None

    def tell_of_typing(self) -> None:
        """Something was typed."""
        self.post_message(Typed(self))

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close it. What stands in it is noted first: soon there are no fields to ask any more."""
        if self._left_with is None:
            self._left_with = self.page_now()
        return super().dismiss(result)
