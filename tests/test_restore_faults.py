"""The system fails or stops at any call of a restore over a damaged book: it is as damaged as before, or restored."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage import errors
from storage.putting_back import put_back_kept
from storage.system_calls import SystemCalls

if TYPE_CHECKING:
    from tests.damaged_studio import Studio
    from tests.stopping_calls import MakeCalls, PowerCut

pytest_plugins = ("tests.stopping_calls", "tests.damaged_studio")

CALLS = SystemCalls()
MOMENT = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)


@pytest.mark.parametrize("error", [errno.EIO, None])
@pytest.mark.parametrize("later_acts", [True, False])
@pytest.mark.parametrize("damage", ["cut_in_half", "gone", "journal_cut", "journal_without_head"])
def test_a_failure_or_stop_at_any_call_leaves_the_old_or_the_new(
    studio: Studio,
    tmp_path: Path,
    stopping: MakeCalls,
    power_cut: type[PowerCut],
    damage: str,
    later_acts: bool,
    error: int | None,
) -> None:
    studio.damage(damage)
    start = shutil.copytree(studio.path.parent, tmp_path / "start")
    new = "abcd" if later_acts else "ab"
    if later_acts and damage == "journal_without_head":
        new = "abc"
    at, reached = 0, True
    while reached:
        at += 1
        shutil.rmtree(studio.path.parent)
        shutil.copytree(start, studio.path.parent)
        calls = stopping(at, error)
        done = False
        with suppress(errors.BookError, power_cut):
            studio.restore(calls, later_acts=later_acts)
            done = True
        reached = calls.made >= at
        if not (done or studio.usable):
            studio.restore(later_acts=later_acts)
        assert studio.notes() == studio.story() == new, f"at call {at}"
        store = studio.open()
        studio.log_to(store, "z")
        store.close()
        assert studio.notes() == studio.story() == new + "z"
        assert not [name for name in os.listdir(studio.path.parent) if name.endswith(".new")]
    assert at > 10


@pytest.mark.parametrize("error", [errno.EIO, None])
def test_a_failure_while_kept_files_are_put_back(
    studio: Studio, tmp_path: Path, stopping: MakeCalls, power_cut: type[PowerCut], error: int | None
) -> None:
    studio.cut_in_half()
    damaged = studio.path.read_bytes(), studio.journal.read_bytes()
    kept = studio.restore().kept
    assert kept is not None
    sound = studio.path.read_bytes()
    start = shutil.copytree(studio.path.parent, tmp_path / "start")
    at, reached = 0, True
    while reached:
        at += 1
        shutil.rmtree(studio.path.parent)
        shutil.copytree(start, studio.path.parent)
        calls = stopping(at, error)
        with suppress(errors.BookError, power_cut):
            put_back_kept(calls, studio.path, kept, MOMENT)
        reached = calls.made >= at
        assert studio.path.read_bytes() in (sound, damaged[0])
        if studio.path.read_bytes() == sound:
            assert studio.notes() == "ab"
        put_back_kept(CALLS, studio.path, kept, MOMENT)
        assert (studio.path.read_bytes(), studio.journal.read_bytes()) == damaged
    assert at > 10
