"""Plays a scenario on the model of a disk, and looks at every folder that a loss of power could leave."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from storage.book_store import BookStore
from tests.book_checks import check_book, check_going_on, demand
from tests.fault_runs import named
from tests.fault_scenarios import NAME, Scenario, Scene
from tests.power_loss import Disk, Lost, Moment, RecordingCalls
from trainer_tui.clock import SystemClock


class PowerRuns:
    """One scenario, played once and cut off at every moment."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self._scenario = scenario
        self._found = folder / "found"
        studio = folder / "studio"
        studio.mkdir(mode=0o700)
        if scenario.begin is not None:
            scenario.begin(studio)
        self._disk = disk = Disk(studio)
        calls = RecordingCalls(disk)
        self._scene = Scene(studio, calls, lambda: len(disk.steps), RecordingCalls(disk))
        if scenario.begin is not None:
            self._scene.begin()
        self._scene.told.foreign = scenario.foreign
        scenario.play(self._scene)
        for store in self._scene.living(stopped=False):
            store.close(fold=False)

    def losses(self, *, limit: int, seed: str = "studio") -> int:
        """Look at so many folders of each moment, at most; how many there were in all.

        Raises:
            Broken: something that was promised does not hold.
        """
        chance = random.Random(seed)
        seen: set[tuple[Lost, int]] = set()
        for steps in range(len(self._disk.steps) + 1):
            kept = len(self._scene.told.kept(steps))
            for lost in Moment(self._disk, steps).losses(chance, limit):
                if (lost, kept) not in seen:
                    seen.add((lost, kept))
                    self.look(lost, steps)
        return len(seen)

    def look(self, lost: Lost, steps: int) -> None:
        """Build what is found when the power was lost after so many steps, and check it."""
        shutil.rmtree(self._found, ignore_errors=True)
        lost.build(self._disk.root, self._found)
        path = self._found / NAME
        told = self._scene.told.until(steps)
        with named(f"{self._scenario.name}: power lost after step {steps} of {len(self._disk.steps)}"):
            if not path.exists():
                demand(told.created is None, "the book is gone")
                self._found.mkdir(mode=0o700, exist_ok=True)
                BookStore.create(path, user="sam", clock=SystemClock()).close()
            check_book(path, told)
            check_going_on(path, told, (), self._scenario.leaves)
