"""The settings: a small TOML file that is read, never written, and never keeps the program from starting by a typo."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import msgspec

from trainer_tui.problem import Problem

if TYPE_CHECKING:
    from relationships.dates import DateStyle
    from relationships.rule_days import RuleSettings

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_RULE_PARTS: Final = ("rhythm", "rules", "pause")

SAMPLE: Final = """\
# Settings of trainer-tui. Every line is optional; what is shown is the default.

# book = "~/studio/book.json"    # a path without / in front starts at this file's folder
# user = "Robin"                 # your name in the history of the book; else your login name
# ascii_marks = false            # true where the terminal shows no symbols
# allow_network_files = false    # true to save on a network disk; see the manual first

[date]
# day_first = true               # 3/4 is the 3rd of April
# week_start = "monday"

[keymap]
# "list.sort" = "o"              # the id of a key, as `?` shows it, and the key or keys instead

[rhythm]                         # days between two-way touches: due, and too late
# A = [30, 45]
# B = [60, 90]
# C = [90, 120]
[rhythm.discipline]              # before the tier: physiotherapist = [45, 60]
[rhythm.person]                  # before both: "Priya Patel" = [20, 30]

[rules]                          # days after the event: due, or due and too late; false switches a rule off
# introduced_call = [5, 7]
# letters_only = 14
# first_meeting_thanks = 2
# second_contact = [30, 90]
# opening_sequence = 56
# flow_quiet = [21, 28]
# visit_thanks = 2
# workout_thanks = 2
# treatment_thanks = 2
# treatment_next = 14
# slowing = 0
# lapsed = 90
# route_missing = 7
# question_unanswered = [10, 20]
# ask_again = 60
# practice_facts = 0
# promise_owed = 7
# offer_no_reply = [14, 21]
# invitation_no_reply = 7
# joint_day_before = 1
# referral_thanks = [1, 2]
# referral_client_call = [1, 2]  # working days
# first_session_told = [1, 2]
# progress_report = 30
# discharge_summary = 7
# given_call = 1
# given_ask_client = 7
# given_no_word = 21
# given_reassessment = 42
[rules.tier.A]                   # the same for one tier, [rules.discipline.osteopath], [rules.person."Priya Patel"]

[pause]                          # the studio is away: until that day no rule asks for contact
# until = 2026-12-28
# reason = "holiday"
"""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The settings as they hold: those in the file, and the defaults."""

    path: Path
    """The file, whether or not it exists."""
    book: Path | None = None
    user: str = ""
    """The name to sign with; empty for the login name."""
    day_first: bool = True
    """3/4 is the 3rd of April."""
    week_start: int = 0
    """0 Monday to 6 Sunday."""
    keymap: Mapping[str, str] = MappingProxyType({})
    """Keys by the id of the binding, as Textual's `App.set_keymap` takes them."""
    rules: RuleSettings | None = None
    """What is set for the rules; None when they all have their usual days."""
    ascii_marks: bool = False
    allow_network_files: bool = False
    warnings: tuple[str, ...] = ()
    """What in the file was not understood and left out, one sentence each."""

    @property
    def date_style(self) -> DateStyle:
        """How days are read and weeks begin."""
        from relationships.dates import DateStyle

        return DateStyle(week_start=self.week_start, day_first=self.day_first)

    @property
    def rule_settings(self) -> RuleSettings:
        """The days of the rules."""
        if self.rules is not None:
            return self.rules
        from relationships.rule_days import DEFAULTS

        return DEFAULTS


def load_config(path: Path, *, named: bool = False) -> Config:
    """The settings in a file; the defaults when there is none, with a warning when the file was `named` on purpose.

    Raises:
        Problem: the file is there but cannot be read, or is not TOML.
    """
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        missing = (f"There is no file {path}: the usual settings hold.",) if named else ()
        return Config(path=path, warnings=missing)
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error), "Mend or remove it, then start again.") from None
    import tomllib

    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _unreadable(path, "it is not UTF-8 text", "Save it as UTF-8, then start again.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _unreadable(path, str(error), "Mend that line or remove the file, then start again.") from None
    return config_of(path, document)


def config_of(path: Path, document: Mapping[str, Any]) -> Config:
    """The settings in a TOML document that was read from `path`."""
    return _Reading(path, document).config()


def _unreadable(path: Path, why: str, next_step: str) -> Problem:
    return Problem("The settings cannot be read", f"{path}: {why}.", f"{next_step} Nothing was changed.")


class _Reading:
    """One reading of a settings file, which gathers what it has to leave out."""

    def __init__(self, path: Path, document: Mapping[str, Any]) -> None:
        self._path = path
        self._document = document
        self._warnings: list[str] = []

    def config(self) -> Config:
        readers: Mapping[str, Callable[[str, Any], Mapping[str, Any]]] = {
            "book": self._book,
            "user": self._user,
            "ascii_marks": self._switch,
            "allow_network_files": self._switch,
            "date": self._date,
            "keymap": self._keymap,
        }
        read: dict[str, Any] = {}
        for key, value in self._document.items():
            if key in readers:
                read.update(readers[key](key, value))
            elif key not in _RULE_PARTS:
                self.unknown(key)
        if about_rules := {key: self._document[key] for key in _RULE_PARTS if key in self._document}:
            from trainer_tui.rule_config import rule_settings

            read["rules"] = rule_settings(about_rules, self)
        return Config(path=self._path, warnings=tuple(self._warnings), **read)

    def unknown(self, key: str) -> None:
        """Say that there is no such setting."""
        self._warnings.append(f"{self._path}: there is no setting {key!a}; it was left out.")

    def wrong(self, key: str, expected: str) -> Mapping[str, Any]:
        """Say what a setting has to be; nothing is read from it."""
        self._warnings.append(f"{self._path}: {key} has to be {expected}; it was left out.")
        return {}

    def _book(self, key: str, value: object) -> Mapping[str, Any]:
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            return self.wrong(key, 'a path, such as "~/studio/book.json"')
        try:
            return {key: Path(os.path.abspath(self._path.parent / Path(value).expanduser()))}
        except RuntimeError:
            return self.wrong(key, "a path in a home folder that exists")

    def _user(self, key: str, value: object) -> Mapping[str, Any]:
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            return self.wrong(key, 'a name in quotes, such as "Robin"')
        return {key: value.strip()}

    def _switch(self, key: str, value: object) -> Mapping[str, Any]:
        return {key.rpartition(".")[2]: value} if isinstance(value, bool) else self.wrong(key, "true or false")

    def _date(self, key: str, value: object) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            return self.wrong(key, "a part of its own, [date], with day_first and week_start")
        read: dict[str, Any] = {}
        for name, setting in value.items():
            if name == "day_first":
                read.update(self._switch("date.day_first", setting))
            elif name == "week_start":
                read.update(self._week_start("date.week_start", setting))
            else:
                self.unknown(f"{key}.{name}")
        return read

    def _week_start(self, key: str, value: object) -> Mapping[str, Any]:
        if isinstance(value, str) and value.strip().lower() in WEEKDAYS:
            return {"week_start": WEEKDAYS.index(value.strip().lower())}
        return self.wrong(key, 'the name of a day in quotes, such as "monday"')

    def _keymap(self, key: str, value: object) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            return self.wrong(key, 'a part of its own, [keymap], with lines like "list.sort" = "o"')
        return {key: MappingProxyType(dict(self._keys(value, "")))}

    def _keys(self, table: Mapping[str, Any], before: str) -> Mapping[str, str]:
        """Keys by id; an id written without quotes, `list.sort = "o"`, reaches us as a table in a table."""
        found: dict[str, str] = {}
        for name, value in table.items():
            if isinstance(value, dict) and value:
                found.update(self._keys(value, f"{before}{name}."))
            elif isinstance(value, str) and value.strip() and value.isprintable():
                found[before + name] = value.strip()
            else:
                self.wrong(f"keymap.{before}{name}", 'keys in quotes, such as "o" or "ctrl+o,o"')
        return found
