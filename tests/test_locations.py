"""Where things are, and what day it is."""

from __future__ import annotations

import pwd
from datetime import UTC, date, datetime
from pathlib import Path

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_tui.clock import SystemClock
from trainer_tui.errand import login_name
from trainer_tui.locations import BookPlace, book_place, config_path, data_folder, demo_path
from trainer_tui.problem import Problem

HOME = {"HOME": "/home/robin"}


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", HOME["HOME"])


@pytest.mark.parametrize(
    ("option", "environ", "configured", "expected"),
    [
        ("/a/b.json", {"TRAINER_TUI_BOOK": "/e.json"}, Path("/c.json"), BookPlace(Path("/a/b.json"), "--book")),
        (None, {"TRAINER_TUI_BOOK": "/e.json"}, Path("/c.json"), BookPlace(Path("/e.json"), "TRAINER_TUI_BOOK")),
        (None, {}, Path("/c.json"), BookPlace(Path("/c.json"), "the settings")),
        (None, {}, None, BookPlace(Path("/home/robin/.local/share/trainer-tui/book.json"), "")),
        (None, {"XDG_DATA_HOME": "/d"}, None, BookPlace(Path("/d/trainer-tui/book.json"), "")),
        ("~/b.json", {}, None, BookPlace(Path("/home/robin/b.json"), "--book")),
        ("b.json", {}, None, BookPlace(Path.cwd() / "b.json", "--book")),
    ],
)
def test_the_first_that_names_a_book_decides(
    option: str | None, environ: dict[str, str], configured: Path | None, expected: BookPlace
) -> None:
    found = book_place(option, environ, configured)
    assert found == expected
    assert found.usual == (found.named_by == "")


def test_an_empty_variable_counts_as_none() -> None:
    assert book_place(None, {"TRAINER_TUI_BOOK": ""}, Path("/c.json")).path == Path("/c.json")
    assert config_path({"TRAINER_TUI_CONFIG": "", "XDG_CONFIG_HOME": "/c"}) == Path("/c/trainer-tui/config.toml")
    with pytest.raises(Problem, match="--book"):
        book_place("", {}, None)


@pytest.mark.parametrize("path", ["  ", "a\0b"])
def test_what_is_no_path_is_an_error_that_names_its_source(path: str) -> None:
    with pytest.raises(Problem, match="--book"):
        book_place(path, {}, None)
    with pytest.raises(Problem, match="TRAINER_TUI_BOOK"):
        book_place(None, {"TRAINER_TUI_BOOK": path}, None)
    with pytest.raises(Problem, match="TRAINER_TUI_CONFIG"):
        config_path({"TRAINER_TUI_CONFIG": path})


def test_settings_and_demo_have_their_places() -> None:
    assert config_path({}) == Path("/home/robin/.config/trainer-tui/config.toml")
    assert config_path({"XDG_CONFIG_HOME": "/c"}) == Path("/c/trainer-tui/config.toml")
    assert config_path({"TRAINER_TUI_CONFIG": "~/mine.toml", "XDG_CONFIG_HOME": "/c"}) == Path("/home/robin/mine.toml")
    assert demo_path({"XDG_DATA_HOME": "/d"}) == Path("/d/trainer-tui/demo/book.json")


def test_a_relative_xdg_folder_does_not_count() -> None:
    """The XDG base directory specification: relative paths are invalid and to be ignored."""
    assert data_folder({"XDG_DATA_HOME": "here"}) == Path("/home/robin/.local/share/trainer-tui")


@given(st.one_of(st.none(), st.from_regex(r"/[a-z/.]{0,12}", fullmatch=True)))
def test_the_places_are_those_of_platformdirs(folder: str | None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        environ: dict[str, str] = {}
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            patch.delenv(name, raising=False)
            if folder is not None:
                patch.setenv(name, folder)
                environ[name] = folder
        assert data_folder(environ) == platformdirs.user_data_path("trainer-tui")
        assert config_path(environ).parent == platformdirs.user_config_path("trainer-tui")


def test_without_a_home_there_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_uid: int) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(Problem, match="home folder"):
        book_place(None, {}, None)
    assert book_place("/a/b.json", {}, None).path == Path("/a/b.json")


@pytest.mark.parametrize(("login", "expected"), [("robin", "robin"), ("Ünal", "Ünal")])
def test_the_user_is_the_login_name(monkeypatch: pytest.MonkeyPatch, login: str, expected: str) -> None:
    monkeypatch.setenv("LOGNAME", login)
    assert login_name() == expected


@pytest.mark.parametrize("error", [KeyError, OSError, ImportError])
def test_without_a_login_name_the_user_has_a_number(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def no_login() -> str:
        raise error

    monkeypatch.setattr("getpass.getuser", no_login)
    monkeypatch.setattr("os.getuid", lambda: 4321)
    assert login_name() == "user 4321"


def test_a_login_name_with_hidden_characters_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "robin\x1b[2J")
    monkeypatch.setattr("os.getuid", lambda: 4321)
    assert login_name() == "user 4321"


def test_the_clock_is_that_of_the_machine() -> None:
    clock = SystemClock({})
    before = datetime.now(UTC)
    now = clock.now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == UTC.utcoffset(None)
    assert abs((clock.today() - now.date()).days) <= 1


def test_the_day_can_be_fixed() -> None:
    clock = SystemClock({"TRAINER_TUI_TODAY": "2026-03-14"})
    assert clock.today() == date(2026, 3, 14)
    assert clock.now().date() == date(2026, 3, 14)
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize("text", ["tomorrow", "2026-02-30", "14/3/2026", " "])
def test_a_fixed_day_that_is_none_is_a_clear_error(text: str) -> None:
    with pytest.raises(Problem, match="TRAINER_TUI_TODAY"):
        SystemClock({"TRAINER_TUI_TODAY": text})
