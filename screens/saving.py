"""Saving as a screen waits for it: off the event loop, and with a word about it when it takes long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from relationships.changes import Act
from screens.open_book import OpenBook
from screens.widgets.columns import Tone

WAIT_SECONDS = 0.3
"""How long a commit may take without a word about it."""


async def saved(commit: Callable[[], Act], open_book: OpenBook, say: Callable[[str, Tone], None]) -> Act:
    """The act as it was committed.

    Raises:
        BookError: as for what `commit` calls.
    """
    saving = asyncio.create_task(asyncio.to_thread(commit))
    await asyncio.wait({saving}, timeout=WAIT_SECONDS)
    if not saving.done() and open_book.store is not None and open_book.store.waiting:
        say("Another session is saving; yours comes next …", "amber")
    return await saving
