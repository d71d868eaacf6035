"""Whether a trainer's own keys fit: unknown names of commands, and keys that would mean two things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from textual.binding import Binding, BindingType

from screens.book_screen import BookScreen
from screens.commands import key_words
from screens.contacts import ContactsScreen
from screens.dialogs.conflict import ConflictDialog
from screens.dialogs.decision import Decision
from screens.dialogs.form import FormDialog
from screens.dialogs.help import HelpDialog
from screens.dialogs.log_line import LogLine
from screens.dialogs.pick import PickPractitioner
from screens.dialogs.whole_act import WholeAct
from screens.follow_ups import FollowUpsScreen
from screens.general_commands import GENERAL
from screens.history import HistoryScreen
from screens.offers import OffersScreen
from screens.practitioner import PractitionerScreen
from screens.today import TodayScreen
from screens.visits import VisitsScreen
from screens.widgets.choice_field import ChoiceField
from screens.widgets.record_list import RecordList
from screens.widgets.version_choice import VersionChoice

_SCREENS: tuple[type[BookScreen], ...] = (
    TodayScreen,
    ContactsScreen,
    VisitsScreen,
    OffersScreen,
    FollowUpsScreen,
    PractitionerScreen,
    HistoryScreen,
)
_DIALOGS = (
    FormDialog,
    LogLine,
    PickPractitioner,
    HelpDialog,
    ChoiceField,
    ConflictDialog,
    VersionChoice,
    Decision,
    WholeAct,
)


def problems(keymap: Mapping[str, str]) -> list[str]:
    """A sentence for each thing in a keymap that does not fit."""
    if not keymap:
        return []
    known = {command_id for screen in _SCREENS for command_id, _ in _keys(screen)}
    known.update(command_id for dialog in _DIALOGS for command_id, _ in _bound(dialog.BINDINGS))
    unknown = [
        f"There is no command called {name}: its key in the settings was left out."
        for name in keymap
        if name not in known
    ]
    clashes = dict.fromkeys(sentence for screen in _SCREENS for sentence in _clashes(screen, keymap))
    return [*unknown, *clashes]


def _clashes(screen: type[BookScreen], keymap: Mapping[str, str]) -> Iterator[str]:
    """The keys that would mean two things on a screen. What a screen says of a command goes before the general one."""
    taken: dict[str, str] = {}
    for command_id, keys in dict(_keys(screen)).items():
        for key in keymap.get(command_id, keys).split(","):
            other = taken.setdefault(key.strip(), command_id)
            if other != command_id and (command_id in keymap or other in keymap):
                yield f"The key {key_words(key.strip())} means both {other} and {command_id}: change one."


def _keys(screen: type[BookScreen]) -> Iterator[tuple[str, str]]:
    for command in (*GENERAL, *screen.commands_here):
        yield command.id, command.key
    yield from _bound(RecordList.BINDINGS)


def _bound(declared: list[BindingType]) -> Iterator[tuple[str, str]]:
    for binding in declared:
        if isinstance(binding, Binding) and binding.id is not None:
            yield binding.id, binding.key
