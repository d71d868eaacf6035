"""What can be typed after `trainer-tui`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trainer_tui.cli_arguments import COMMANDS, Arguments, Command, help_text, parse, whole_number
from trainer_tui.problem import Problem

MANUAL = Path(__file__).resolve().parent.parent / "docs" / "command-line.md"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ([], Arguments("", "", {})),
        (["--book", "b.json"], Arguments("", "", {"--book": "b.json"})),
        (["--book=b.json", "due"], Arguments("due", "", {"--book": "b.json"})),
        (["due", "--book", "b.json", "--days=3"], Arguments("due", "", {"--book": "b.json", "--days": "3"})),
        (["--book", "a", "due", "--book", "b"], Arguments("due", "", {"--book": "b"})),
        (["log", "visit patel", "today"], Arguments("log", "visit patel today", {})),
        (["log", "--", "--book", "-x"], Arguments("log", "--book -x", {})),
        (["list", "visits", "--query", "-x y"], Arguments("list", "visits", {"--query": "-x y"})),
        (["show", "-"], Arguments("show", "-", {})),
        (["history"], Arguments("history", "", {})),
        (["history", "Priya", "Patel", "--json"], Arguments("history", "Priya Patel", {"--json": ""})),
        (["log", "--help"], Arguments("log", "", {"--help": ""})),
        (["-h"], Arguments("", "", {"--help": ""})),
    ],
)
def test_what_was_typed_is_understood(typed: list[str], expected: Arguments) -> None:
    assert parse(typed) == expected


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["dues"], 'no command "dues"'),
        (["--days", "3"], 'no option "--days"'),
        (["due", "--day", "3"], 'no option "--day"'),
        (["due", "later"], '"later" was not expected'),
        (["due", "--days"], "the N is missing"),
        (["due", "--check=yes"], "takes no value"),
        (["--book"], "the PATH is missing"),
        (["log"], "the LINE is missing"),
        (["log", "  "], "the LINE is missing"),
        (["log", "-5kg already"], "Put -- before words"),
        (["list"], "the KIND is missing"),
    ],
)
def test_what_was_not_understood_is_said_with_the_way_to_the_help(typed: list[str], said: str) -> None:
    with pytest.raises(Problem, match="--help") as caught:
        parse(typed)
    assert said in caught.value.happened


@pytest.mark.parametrize(("typed", "number"), [("0", 0), ("7", 7), ("400", 400)])
def test_a_number_is_read(typed: str, number: int) -> None:
    assert whole_number(parse(["due", "--days", typed]), "--days", 7, 400) == number


@pytest.mark.parametrize("typed", ["401", "-1", "1.5", "", "x", "٣", "9" * 5000])
def test_a_number_out_of_range_is_an_error(typed: str) -> None:
    with pytest.raises(Problem, match="from 0 to 400"):
        whole_number(parse(["due", f"--days={typed}"]), "--days", 7, 400)


def test_without_the_option_the_usual_number_holds() -> None:
    assert whole_number(parse(["due"]), "--days", 7, 400) == 7


def test_the_help_names_every_command_and_fits_a_terminal() -> None:
    text = help_text("")
    for command in COMMANDS:
        assert f"\n  {command.usage} " in text
    assert max(map(len, text.splitlines())) <= 85


@pytest.mark.parametrize("command", COMMANDS, ids=[command.name for command in COMMANDS])
def test_help_and_manual_name_every_option(command: Command) -> None:
    text = help_text(command.name)
    (row,) = re.findall(rf"^\| `{command.name}\b.*$", MANUAL.read_text(encoding="utf-8"), re.MULTILINE)[:1]
    assert max(map(len, text.splitlines())) <= 85
    for option in command.options:
        assert option.usage in text
        assert option.name in row or option.name == "--json"
