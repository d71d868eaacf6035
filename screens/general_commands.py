"""What can be done on every screen over the book."""

from __future__ import annotations

from typing import Final

from screens.commands import Command

PLACES: Final[tuple[tuple[str, str], ...]] = (
    ("today", "Today"),
    ("contacts", "Contacts"),
    ("visits", "Visits"),
    ("offers", "Offers"),
    ("follow_ups", "Follow-ups"),
)
"""The screens by number: the name of the mode and the word on the title line."""

REST_SECONDS = 0.12
"""How long the cursor stands still before the details follow it: over SSH each step sends two lines, not a pane."""

GENERAL: Final[tuple[Command, ...]] = (
    Command(id="do.log", key="l", action="log", label="log", tooltip="Log a touch in one line"),
    Command(
        id="find.filter",
        key="slash",
        action="find",
        label="find",
        tooltip="Show only what has these words",
    ),
    Command(id="do.undo", key="u", action="undo", label="undo", tooltip="Take back your last act"),
    Command(id="do.redo", key="U", action="redo", label="redo", tooltip="Do again what you took back last"),
    Command(
        id="do.bring_back",
        key="R",
        action="bring_back",
        label="bring back",
        tooltip="Replace the damaged book by its backup",
    ),
    Command(
        id="do.next_step", key="f", action="next_step", label="next step", tooltip="Set a follow-up with this person"
    ),
    Command(
        id="do.referral", key="r", action="referral", label="referral", tooltip="Note a referral from or to this person"
    ),
    *(
        Command(id=f"go.{mode}", key=str(number), action=f"go('{mode}')", label=word, tooltip=f"Go to {word}")
        for number, (mode, word) in enumerate(PLACES, start=1)
    ),
    Command(
        id="go.history",
        key="at",
        action="history",
        label="history",
        tooltip="Who changed this record, when, and what; a second time, the whole book",
    ),
    Command(
        id="palette",
        key="colon",
        action="app.command_palette",
        label="commands",
        tooltip="Find a command by its name (ctrl+p too)",
    ),
    Command(
        id="back", key="escape,q", action="back", label="back", tooltip="Clear the filter, then the marks, then go back"
    ),
    Command(
        id="leave",
        key="ctrl+q",
        action="leave",
        label="leave",
        tooltip="Leave the program; everything is saved already",
    ),
    Command(
        id="help",
        key="question_mark,f1",
        action="help",
        label="help",
        tooltip="What the keys do on this screen",
    ),
)
WRITING: Final = frozenset({"log", "undo", "redo", "next_step", "referral"})
"""The actions among them that save something."""
