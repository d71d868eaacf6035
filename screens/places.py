"""The screens by number, each made when it is first gone to, and the style sheets that the first of them needs."""

from __future__ import annotations

from pathlib import Path, PurePath

from screens.book_screen import BookScreen
from screens.open_book import OpenBook

STYLES: list[str | PurePath] = [Path(__file__).with_name("book_screen.tcss"), Path(__file__).with_name("today.tcss")]
"""What the app reads at its start; the style sheets of the other screens are read when they are first opened."""


def screen_of(place: str, open_book: OpenBook) -> BookScreen:
    """The screen of a place."""
    if place == "contacts":
        from screens.contacts import ContactsScreen

        return ContactsScreen(open_book)
    if place == "visits":
        from screens.visits import VisitsScreen

        return VisitsScreen(open_book)
    if place == "offers":
        from screens.offers import OffersScreen

        return OffersScreen(open_book)
    if place == "follow_ups":
        from screens.follow_ups import FollowUpsScreen

        return FollowUpsScreen(open_book)
    from screens.today import TodayScreen

    return TodayScreen(open_book)
