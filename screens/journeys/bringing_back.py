"""The way out of a damaged book that is shown with what can be read of it: its newest backup."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from relationships.dates import day_words, short_day
from screens.commands import key_words
from screens.dialogs.yes_no import YesNo
from screens.general_commands import GENERAL
from screens.journeys.desk import Desk
from screens.open_book import OpenBook
from storage.damaged_book import bring_back_over_damaged
from storage.errors import BookError

if TYPE_CHECKING:
    from storage.rotation import Backup

_COMMAND = "do.bring_back"
_KEPT = "What was damaged is kept."
_BY_HAND = "`trainer-tui doctor --repair` keeps what can be read."


def newest_backup(open_book: OpenBook) -> Backup | None:
    """The last backup of the book; None when there is none, or none can be found. Reads the folder."""
    try:
        return next(iter(open_book.store.backups()), None) if open_book.store is not None else None
    except BookError:
        return None


def offer(open_book: OpenBook) -> str:
    """What is wrong with the book, and the way out, for the status line. Reads the folder."""
    backup = newest_backup(open_book)
    usual = next(command.key for command in GENERAL if command.id == _COMMAND)
    key = key_words(open_book.keymap.get(_COMMAND, usual))
    store = open_book.store
    reason = None if store is None else store.read_only
    if store is None or reason is None:
        return ""
    happened = reason.happened.replace(str(store.path), store.path.name)
    if backup is None:
        return f"Read only: {happened} There is no backup. {_BY_HAND}"
    return f"Read only: {happened} Press {key} to bring back the backup of {_day(open_book, backup)}. {_BY_HAND}"


def _day(open_book: OpenBook, backup: Backup) -> str:
    return f"{short_day(backup.day, open_book.today)} ({day_words(backup.day, open_book.today)})"


def _put_back(open_book: OpenBook, backup: Backup) -> int:
    store = open_book.store
    return 0 if store is None else bring_back_over_damaged(store, backup.path)


async def bring_back(desk: Desk) -> None:
    """Ask, then put the newest backup in the place of the damaged book."""
    open_book = desk.open_book
    backup = await asyncio.to_thread(newest_backup, open_book)
    if backup is None:
        desk.say(f"There is no backup of this book. {_BY_HAND}", "red")
        return
    wanted = await desk.ask(
        YesNo(
            f"Bring back the backup of {_day(open_book, backup)}?",
            "It takes the place of the damaged book, with everything that was done since as far as history and journal"
            " tell it. The damaged files are kept as they are among the backups.",
            no="No, leave the book as it is",
            yes="Yes, bring the backup back",
        )
    )
    if not wanted:
        return
    back = f"The backup of {_day(open_book, backup)} is back"
    open_book.brought_back = f"{back}. {_KEPT}"
    try:
        later = await asyncio.to_thread(_put_back, open_book, backup)
    except BookError as error:
        open_book.brought_back = ""
        desk.say(f"{error.title}. {error}", "red")
        return
    since = {0: "", 1: ", with one act since"}.get(later, f", with {later} acts since")
    if open_book.brought_back:
        open_book.brought_back = f"{back}{since}. {_KEPT}"
    else:
        desk.say(f"{back}{since}. {_KEPT}")
