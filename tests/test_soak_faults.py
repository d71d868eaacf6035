"""Every fault at every call of every scenario, and another session between any two calls; part of `make soak`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.book_checks import Broken
from tests.fault_runs import Runs, memory
from tests.fault_scenarios import SCENARIOS

POINTS = 10_000
EVERY = max(1, round(1 / float(os.environ.get("SOAK", "1"))))
"""SOAK=0.1 takes every tenth."""


@pytest.mark.soak
def test_ten_thousand_faults_break_no_promise(capsys: pytest.CaptureFixture[str]) -> None:
    begun, faults, meetings = time.monotonic(), 0, 0
    broken: list[str] = []
    for scenario in SCENARIOS:
        with TemporaryDirectory(dir=memory()) as folder:
            runs = Runs(scenario, Path(folder))
            for fault in [*runs.faults(thorough=True)][::EVERY]:
                faults += 1
                try:
                    runs.fail(fault)
                except Broken as promise:
                    broken.append(f"{promise}")
            for at in range(1, len(runs.calls()) + 1, EVERY):
                meetings += 1
                try:
                    runs.interrupt(at, fold=at % 2 == 0)
                except Broken as promise:
                    broken.append(f"{promise}")
    with capsys.disabled():
        figures = f"fault points {faults:,}, meetings {meetings:,}, broken promises {len(broken):,}"
        sys.stdout.write(f"\n  scenarios {len(SCENARIOS)}, {figures}, seconds {time.monotonic() - begun:.0f}\n")
    assert broken == []
    assert (faults + meetings) * EVERY >= POINTS
