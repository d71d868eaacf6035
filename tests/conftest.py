"""What every test stands on: the same examples each time, a home of its own, and no network."""

from __future__ import annotations

import os
import socket
from typing import NoReturn

import pytest
from hypothesis import settings

OUTSIDE_SETTINGS = ("EDITOR", "NO_COLOR", "VISUAL")
OUTSIDE_PREFIXES = ("TEXTUAL", "TRAINER_TUI_", "XDG_")


def pytest_configure(config: pytest.Config) -> None:
    """Load our fixtures, and the profile of the gate; `--hypothesis-profile=soak` looks further."""
    settings.register_profile("gate", deadline=None, derandomize=True, database=None)
    settings.register_profile("soak", deadline=None, max_examples=2_000, database=None)
    settings.load_profile("gate")
    for fixtures in ("tests.studio_book", "tests.app_driving", "tests.app_watching", "tests.pty_app"):
        config.pluginmanager.import_plugin(fixtures)


def _refuse(*_args: object, **_kwargs: object) -> NoReturn:
    raise OSError("tests do not use the network")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever in this process would reach for another machine."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _refuse)
    monkeypatch.setattr(socket, "getaddrinfo", _refuse)


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give the test an empty home, so that neither the user's book nor their settings are read or written."""
    for name in list(os.environ):
        if name in OUTSIDE_SETTINGS or name.startswith(OUTSIDE_PREFIXES):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name, folder in {
        "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
        "XDG_STATE_HOME": ".local/state",
        "XDG_CACHE_HOME": ".cache",
    }.items():
        monkeypatch.setenv(name, str(home / folder))
