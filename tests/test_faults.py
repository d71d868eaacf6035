"""The system fails, stops or is interrupted at any call: an act is whole or absent, and what was acknowledged stays.

Here at a sample of the places, and at all of them in `make soak` (`tests/test_soak_faults.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest

from storage.system_calls import SystemCalls
from tests.fault_calls import CALLS, Fault, FaultyCalls, How
from tests.fault_runs import Runs, memory
from tests.fault_scenarios import SCENARIOS, Scenario

T = TypeVar("T")
SAMPLE, INTERRUPTED = 40, 8
"""So many faults, and so many moments for another session, of each scenario."""


@pytest.fixture(params=SCENARIOS, ids=lambda scenario: scenario.name)
def runs(request: pytest.FixtureRequest) -> Iterator[Runs]:
    scenario: Scenario = request.param
    with TemporaryDirectory(dir=memory()) as folder:
        yield Runs(scenario, Path(folder))


def spread(all_of_them: list[T], count: int) -> list[T]:
    """So many of them, evenly spread, the first and the last among them."""
    step = max(len(all_of_them) - 1, 1) / max(count - 1, 1)
    return [all_of_them[round(n * step)] for n in range(count)] if count < len(all_of_them) else all_of_them


def test_a_fault_at_any_call_loses_nothing_and_hinders_nobody_afterwards(runs: Runs) -> None:
    faults = [*runs.faults()]
    assert len(faults) > SAMPLE
    for fault in spread(faults, SAMPLE):
        runs.fail(fault)


def test_another_session_in_between_any_two_calls_does_no_harm(runs: Runs) -> None:
    calls = len(runs.calls())
    for at in spread([*range(1, calls + 1)], INTERRUPTED):
        runs.interrupt(at, fold=at % 2 == 0)


def test_every_call_of_the_seam_is_watched() -> None:
    assert {"open", "close", "write", "sync_content", "flock", "stat"} <= CALLS
    calls = FaultyCalls(Fault(at=2, how=How.FAIL, error=5))
    assert calls.stat("/").st_ino
    with pytest.raises(OSError, match="Input/output error"):
        calls.stat("/")
    assert [name for name, _ in calls.names] == ["stat", "stat"]
    assert {name for name in dir(SystemCalls) if name[0] != "_"} == CALLS
