"""What can be typed after `trainer-tui`, and the help for it.

argparse would cost 5 of the 38 ms that `trainer-tui due` has at a login (DESIGN.md section 9): the few rules are here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from trainer_tui.problem import Problem


class Option(msgspec.Struct, frozen=True):
    """Something that starts with `--`; `value` names what has to follow, "" for a switch."""

    name: str
    value: str
    help: str

    @property
    def usage(self) -> str:
        """As the help shows it: `--days N`."""
        return f"{self.name} {self.value}".rstrip()


class Command(msgspec.Struct, frozen=True):
    """One command, the words that it takes and its options."""

    name: str
    words: str
    """As the help shows them; in brackets when they may be left out, "" when there are none."""
    help: str
    options: tuple[Option, ...] = ()
    example: str = ""

    @property
    def usage(self) -> str:
        """As the help shows it: `show NAME|ID`."""
        return f"{self.name} {self.words}".rstrip()


class Arguments(msgspec.Struct, frozen=True):
    """What was typed."""

    command: str
    """"" for the app itself."""
    words: str
    """All plain words, with a space between them."""
    options: Mapping[str, str]
    """Values by name; a switch that was given has the value ""."""


_JSON: Final = Option("--json", "", "print JSON for programs (docs/command-line.md)")
_SHARED: Final = (
    Option("--book", "PATH", "the book; `trainer-tui where` tells which one it is otherwise"),
    Option("--help", "", "print this help"),
)
_VERSION: Final = Option("--version", "", "print the version")
APP: Final = Command("", "", "open the app", (_VERSION,))
COMMANDS: Final = (
    Command(
        "demo",
        "",
        "write a made-up book to look around in",
        (
            Option("--to", "PATH", "the file to write; nothing may stand there yet"),
            Option("--touches", "N", "how many touches it holds (400)"),
            Option("--seed", "S", "another number makes another book (7)"),
        ),
    ),
    Command(
        "log",
        "LINE",
        "log a touch in one line",
        example='trainer-tui log "visit patel yesterday asked about post-rehab; next in 3 weeks"',
    ),
    Command(
        "list",
        "KIND",
        "practitioners, practices, touches, follow-ups, offers, referrals",
        (Option("--query", "Q", "only those in which all these words stand"), _JSON),
    ),
    Command("show", "NAME|ID", "show one record, with its timeline", (_JSON,)),
    Command(
        "due",
        "",
        "what is overdue, due today and due soon",
        (
            Option("--days", "N", "how far to look ahead (7; with --check 0)"),
            Option("--check", "", "exit 1 when something is due, else print nothing and exit 0"),
            Option("--rules", "", "also what the rules ask for, as Today does"),
            _JSON,
        ),
    ),
    Command("undo", "[ACT-ID]", "take back your last act, or any act by its id"),
    Command(
        "history",
        "[NAME|ID]",
        "who changed what and when, newest first",
        (
            Option("--by", "USER", "only what this user did"),
            Option("--since", "DAY", "only from this day on: yesterday, tue, 14 nov, 2026-11-14"),
            Option("--until", "DAY", "only up to this day"),
            Option("--limit", "N", "only the newest N"),
            Option("--changes", "", "each field before and after, and the id for `undo`"),
            _JSON,
        ),
    ),
    Command(
        "doctor",
        "",
        "look whether the book is sound, and mend it",
        (
            Option("--repair", "", "mend what can be mended, after keeping everything as it is"),
            _JSON,
        ),
    ),
    Command("fold", "", "write the journal into the book file"),
    Command(
        "backup",
        "",
        "copy the book into the folder of its backups",
        (Option("--list", "", "list the backups that are there, newest first"), _JSON),
    ),
    Command(
        "restore",
        "[WHICH]",
        "bring back a backup: the newest, or that of a FILE or a DAY",
        (Option("--yes", "", "do not ask"),),
        example="trainer-tui restore yesterday",
    ),
    Command(
        "where",
        "",
        "which files are used, and what is in the book",
        (Option("--sample-config", "", "print settings to start from"), _JSON),
    ),
)
_BY_NAME: Final = {command.name: command for command in (APP, *COMMANDS)}


def parse(typed: Sequence[str]) -> Arguments:
    """What was typed, by command, words and options. `--book` may stand before the command too.

    Raises:
        Problem: something cannot be understood.
    """
    command = APP
    words: list[str] = []
    options: dict[str, str] = {}
    left = list(typed)
    while left:
        word = left.pop(0)
        if word == "--":
            words += left
            break
        if word.startswith("-") and len(word) > 1:
            _take_option(command, word, left, options)
        elif command is APP:
            command = _command(word)
        else:
            words.append(word)
    if "--help" not in options:
        _check_words(command, words)
    return Arguments(command.name, " ".join(words), options)


def whole_number(arguments: Arguments, option: str, default: int, largest: int) -> int:
    """The number that was given for an option, from 0 to `largest`.

    Raises:
        Problem: it is no such number.
    """
    text = arguments.options.get(option, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(largest)) and int(text) <= largest):
        raise _usage(f'{option} takes a whole number from 0 to {largest}, not "{text}".', arguments.command)
    return int(text)


def help_text(name: str) -> str:
    """The help for a command; for the program when the name is ""."""
    command = _BY_NAME[name]
    if command is not APP:
        rows = [(option.usage, option.help) for option in (*command.options, *_SHARED)]
        head = f"Usage: trainer-tui {command.usage} [OPTIONS]\n\n{command.help[0].upper()}{command.help[1:]}.\n"
        example = f"\n  {command.example}\n" if command.example else ""
        return f"{head}{example}\n{_columns(rows)}"
    rows = [("", APP.help), *((each.usage, each.help) for each in COMMANDS)]
    options = [(option.usage, option.help) for option in (*_SHARED, _VERSION)]
    return (
        "Usage: trainer-tui [--book PATH] [COMMAND]\n\n"
        "A terminal book of the practitioners who refer clients to a personal trainer.\n\n"
        f"{_columns(rows)}\n{_columns(options)}\n"
        "`trainer-tui COMMAND --help` shows the options of a command.\n"
    )


def _columns(rows: Sequence[tuple[str, str]]) -> str:
    width = max(len(left) for left, _ in rows)
    return "".join(f"  {left:<{width}}  {right}\n" for left, right in rows)


def _take_option(command: Command, word: str, left: list[str], options: dict[str, str]) -> None:
    name, equals, value = word.partition("=")
    name = "--help" if name == "-h" else name
    option = next((each for each in (*_SHARED, *command.options) if each.name == name), None)
    if option is None:
        hint = " Put -- before words that start with a dash." if command.words else ""
        raise _usage(f'There is no option "{name}" here.{hint}', command.name)
    if not option.value and equals:
        raise _usage(f"{name} takes no value.", command.name)
    if option.value and not equals:
        if not left:
            raise _usage(f"{option.usage}: the {option.value} is missing.", command.name)
        value = left.pop(0)
    options[name] = value


def _command(word: str) -> Command:
    command = _BY_NAME.get(word)
    if command is None:
        names = ", ".join(each.name for each in COMMANDS)
        raise _usage(f'There is no command "{word}"; there are {names}. To open a book, put --book before it.', "")
    return command


def _check_words(command: Command, words: Sequence[str]) -> None:
    if words and not command.words:
        raise _usage(f'"{words[0]}" was not expected here.', command.name)
    if command.words and not command.words.startswith("[") and not " ".join(words).strip():
        raise _usage(f"{command.usage}: the {command.words} is missing.", command.name)


def _usage(happened: str, command: str) -> Problem:
    asked = f"trainer-tui {command}".rstrip()
    return Problem("That was not understood", happened, f"`{asked} --help` shows what can be typed.")
