"""What can go wrong before a book is open, in words: what happened, and what to do next."""

from __future__ import annotations


class Problem(Exception):
    """Something that the person at the command line can put right; nothing was changed."""

    def __init__(self, title: str, happened: str, next_step: str = "") -> None:
        super().__init__(happened)
        self.title = title
        self.happened = happened
        self.next_step = next_step

    def __str__(self) -> str:
        return " ".join(part for part in (self.happened, self.next_step) if part)
