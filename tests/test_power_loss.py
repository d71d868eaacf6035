"""The power fails at any moment, and the disk lost what was not synced: an act is whole or absent, and promises stand.

Here at a sample of what the disk may have lost, and at far more of it in `make soak` (`tests/test_soak_faults.py`).
"""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.fault_calls import CALLS
from tests.fault_runs import memory
from tests.fault_scenarios import SCENARIOS, Scenario
from tests.power_loss import LOOKS, Cut, Disk, FolderSynced, Moment, Named, RecordingCalls, Synced, Wrote
from tests.power_runs import PowerRuns

LIMIT = 5
"""Folders that are looked at for each moment."""
AT_ODDS = [scenario for scenario in SCENARIOS if scenario.power]


@pytest.mark.parametrize("scenario", AT_ODDS, ids=lambda scenario: scenario.name)
def test_whatever_a_loss_of_power_leaves_is_a_sound_book_with_every_promise_kept(scenario: Scenario) -> None:
    with TemporaryDirectory(dir=memory()) as folder:
        assert PowerRuns(scenario, Path(folder)).losses(limit=LIMIT) >= 4


def found(disk: Disk) -> list[dict[str, bytes | None]]:
    """All that may be found after the last step, by name."""
    losses = Moment(disk, len(disk.steps)).losses(random.Random(1), 10_000)
    return [{Path(path).name: content for path, content in lost.files if path != disk.root} for lost in losses]


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """One that holds a file "a" of 700 bytes."""
    root = tmp_path / "disk"
    root.mkdir()
    (root / "a").write_bytes(b"o" * 700)
    return Disk(root)


def test_content_comes_whole_not_at_all_by_sectors_or_as_zeros_until_it_is_synced(disk: Disk) -> None:
    disk.steps.append(Wrote(1, 700, b"n" * 1_000))
    contents = {one["a"] for one in found(disk)}
    old, new = b"o" * 700, b"n" * 1_000
    assert {old, old + new, old + bytes(1_000), old + new[:324], old + new[:836]} <= contents
    assert old + bytes(324) + new[324:836] + bytes(164) in contents
    assert all(content is not None and content.startswith(old) for content in contents)
    disk.steps.append(Synced(1))
    assert found(disk) == [{"a": old + new}]
    disk.steps.append(Wrote(1, 0, b"x" * 1_024))
    assert {one["a"] for one in found(disk)} == {
        old + new,
        b"x" * 512 + (old + new)[512:],
        (old + new)[:512] + b"x" * 512 + (old + new)[1_024:],
        b"x" * 1_024 + (old + new)[1_024:],
    }


def test_names_come_in_any_order_until_their_folder_is_synced(disk: Disk) -> None:
    second = disk.name_file(f"{disk.root}/b")
    disk.steps += [Wrote(second, 0, b"new"), Synced(second)]
    disk.name(Named(second, came=f"{disk.root}/a", gone=f"{disk.root}/b"))
    old = b"o" * 700
    assert sorted(found(disk), key=str) == sorted(({"a": old}, {"a": b"new"}, {"a": old, "b": b"new"}), key=str)
    disk.steps.append(FolderSynced(disk.root))
    assert found(disk) == [{"a": b"new"}]


def test_a_file_in_a_folder_whose_own_name_was_lost_is_lost_with_it(disk: Disk) -> None:
    inner = f"{disk.root}/inner"
    disk.name(Named(0, came=inner))
    file = disk.name_file(f"{inner}/b")
    disk.steps += [Wrote(file, 0, b"new"), Synced(file), FolderSynced(inner)]
    old = b"o" * 700
    assert found(disk) == [{"a": old}, {"a": old, "b": b"new", "inner": None}]


def test_a_cut_comes_or_does_not(disk: Disk) -> None:
    disk.steps.append(Cut(1, 10))
    assert found(disk) == [{"a": b"o" * 700}, {"a": b"o" * 10}]


def test_the_model_knows_every_call_of_the_seam() -> None:
    recorded = {name for name in CALLS if hasattr(RecordingCalls, f"record_{name}")}
    assert recorded | LOOKS == CALLS
