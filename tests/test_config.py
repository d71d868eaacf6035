"""The settings: what is read, what is left out with a warning, and what is an error."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.dates import DateStyle
from trainer_tui.config import SAMPLE, Config, config_of, load_config
from trainer_tui.problem import Problem


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def read(file: Path, text: str) -> Config:
    file.write_text(text, encoding="utf-8")
    return load_config(file)


def test_without_a_file_the_defaults_hold(file: Path) -> None:
    assert load_config(file) == Config(path=file)
    assert load_config(file / "below a file that is not there") == Config(path=file / "below a file that is not there")


def test_a_file_that_was_named_and_is_missing_is_told(file: Path) -> None:
    (warning,) = load_config(file, named=True).warnings
    assert str(file) in warning


def test_everything_can_be_set(file: Path) -> None:
    config = read(
        file,
        """
        book = "/srv/studio/book.json"
        user = " Robin Ó "
        ascii_marks = true
        allow_network_files = true
        [date]
        day_first = false
        week_start = "Sunday"
        [keymap]
        "contacts.sort" = "o"
        visits.open = "enter, ctrl+o"
        """,
    )
    assert config == Config(
        path=file,
        book=Path("/srv/studio/book.json"),
        user="Robin Ó",
        ascii_marks=True,
        allow_network_files=True,
        day_first=False,
        week_start=6,
        keymap={"contacts.sort": "o", "visits.open": "enter, ctrl+o"},
    )
    assert config.date_style == DateStyle(week_start=6, day_first=False)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("book.json", "{folder}/book.json"), ("../book.json", "{above}/book.json"), ("~/b.json", "{home}/b.json")],
)
def test_the_path_of_the_book_starts_at_the_settings_or_at_home(
    file: Path, monkeypatch: pytest.MonkeyPatch, written: str, meant: str
) -> None:
    monkeypatch.setenv("HOME", "/home/robin")
    expected = meant.format(folder=file.parent, above=file.parent.parent, home="/home/robin")
    assert read(file, f'book = "{written}"').book == Path(expected)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("bok = 'x'", "bok"),
        ("book = 3", "book"),
        ("book = ''", "book"),
        ("user = ''", "user"),
        ("user = ['Robin']", "user"),
        ('user = "a\\u001b[31m"', "user"),
        ("ascii_marks = 'yes'", "ascii_marks"),
        ("ascii_marks = 1", "ascii_marks"),
        ("allow_network_files = 0", "allow_network_files"),
        ("date = 3", "date"),
        ("[date]\nday_first = 'no'", "date.day_first"),
        ("[date]\nweek_start = 'someday'", "date.week_start"),
        ("[date]\nweek_start = 1", "date.week_start"),
        ("[date]\nmonth = 1", "date.month"),
        ("keymap = 'o'", "keymap"),
        ("[keymap]\ncontacts.sort = 3", "keymap.contacts.sort"),
    ],
)
def test_what_is_not_understood_is_left_out_with_one_sentence(file: Path, text: str, key: str) -> None:
    config = read(file, f"{text}\n")
    (warning,) = config.warnings
    assert warning.startswith(f"{file}: ")
    assert key in warning
    assert warning.endswith("left out.")
    assert config == Config(path=file, warnings=config.warnings)


def test_one_slip_leaves_the_rest_in_force(file: Path) -> None:
    config = read(file, "user = 'Robin'\nbok = 1\n[date]\nweek_start = 'x'\nday_first = false\n")
    assert (config.user, config.day_first, len(config.warnings)) == ("Robin", False, 2)


@pytest.mark.parametrize("content", [b"user = Robin", b"a = 1\na = 2", b"\xff\xfe", b"x = " + b"[" * 100_000])
def test_what_is_not_toml_is_one_clear_error(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(Problem) as caught:
        load_config(file)
    assert str(file) in caught.value.happened
    assert caught.value.next_step
    assert file.read_bytes() == content


def test_a_folder_in_its_place_is_one_clear_error(file: Path) -> None:
    file.mkdir()
    with pytest.raises(Problem, match=str(file)):
        load_config(file)


def test_a_byte_order_mark_does_no_harm(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbfuser = 'Robin'\n")
    assert load_config(file).user == "Robin"


def test_the_sample_holds_the_defaults(file: Path) -> None:
    assert read(file, SAMPLE) == Config(path=file)
    shown = tomllib.loads("\n".join(line.removeprefix("# ") if " = " in line else "" for line in SAMPLE.splitlines()))
    for key in ("book", "user", "ascii_marks", "allow_network_files", "day_first", "week_start"):
        assert key in shown


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.text(max_size=8), st.floats(allow_nan=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=4), inner, max_size=2)),
    max_leaves=4,
)
KEYS = st.sampled_from(["book", "user", "ascii_marks", "allow_network_files", "date", "keymap", "else"])


@given(st.dictionaries(KEYS, VALUES, max_size=7))
def test_no_value_keeps_the_program_from_starting(document: dict[str, Any]) -> None:
    """Each entry at the top is in force, or told in a warning, or an empty part."""
    config = config_of(Path("/etc/config.toml"), document)
    told = " ".join(config.warnings)
    for key, value in document.items():
        in_force = getattr(config, key, None) not in (None, getattr(Config(path=config.path), key, None))
        default = value is False or value == {}
        assert in_force or default or key in told


def test_an_empty_part_of_the_keymap_is_told() -> None:
    config = config_of(Path("/etc/config.toml"), {"keymap": {"list": {}}})
    assert config.keymap == {}
    assert "keymap.list" in config.warnings[0]
