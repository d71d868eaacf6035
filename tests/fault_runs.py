"""Plays a scenario with one fault, then asks what must hold: the runs behind the fault table and the soak."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from storage import errors
from storage.book_store import BookStore
from storage.system_calls import SystemCalls
from tests.book_checks import Broken, check_book, check_going_on, demand, descriptors, visit
from tests.fault_calls import Fault, FaultyCalls, Impatient, Meanwhile, Stop, faults_at
from tests.fault_scenarios import NAME, Scenario, Scene
from trainer_tui.clock import SystemClock


def memory() -> Path | None:
    """A folder that no disk is behind, where there is one: what fails here is made to fail, and costs no time."""
    place = Path("/dev/shm")
    return place if os.access(place, os.W_OK) else None


class Runs:
    """All runs of one scenario, each from the same start, in a folder of its own."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.scenario = scenario
        self._start = folder / "start"
        self._studio = folder / "studio"
        self._played = 0
        self._start.mkdir(mode=0o700)
        if scenario.begin is not None:
            scenario.begin(self._start)

    def calls(self) -> list[tuple[str, int]]:
        """Play it without a fault, and check that; the calls that it makes."""
        calls = FaultyCalls()
        self.run(calls)
        return calls.names[: self._played]

    def faults(self, *, thorough: bool = False) -> Iterator[Fault]:
        """Everything that can go wrong at each of its calls."""
        for at, (name, flags) in enumerate(self.calls(), start=1):
            yield from faults_at(at, name, flags, thorough=thorough)

    def fail(self, fault: Fault) -> None:
        """Play it with a fault.

        Raises:
            Broken: something that was promised does not hold.
        """
        with named(f"{self.scenario.name}: {fault}"):
            self.run(FaultyCalls(fault))

    def interrupt(self, at: int, *, fold: bool = False) -> None:
        """Play it while another session, which does not wait, saves an act before the call of that number.

        Raises:
            Broken: something that was promised does not hold.
        """

        def happens() -> None:
            if not scene.path.exists():
                return
            with suppress(errors.BookError):
                intruder = BookStore.open(scene.path, user="kim", clock=SystemClock(), calls=Impatient())
                scene.save(intruder, visit(intruder, "meanwhile"))
                intruder.close(fold=fold)

        calls = Meanwhile(at, happens)
        scene = self.scene(calls)
        with named(f"{self.scenario.name}: another saves before call {at}"):
            self.play(scene, calls)

    @property
    def written(self) -> int:
        """The time of change of the book at the start."""
        return (self._start / NAME).stat().st_mtime_ns

    def run(self, calls: FaultyCalls, others: SystemCalls | None = None) -> None:
        """Play it with these calls, and those for the sessions beside, and check.

        Raises:
            Broken: something that was promised does not hold.
        """
        self.play(self.scene(calls, others), calls)

    def scene(self, calls: FaultyCalls, others: SystemCalls | None = None) -> Scene:
        """The start of it, made anew."""
        shutil.rmtree(self._studio, ignore_errors=True)
        shutil.copytree(self._start, self._studio)
        scene = Scene(self._studio, calls, lambda: calls.made, others or SystemCalls())
        scene.told.foreign = self.scenario.foreign
        if self.scenario.begin is not None:
            scene.begin()
        return scene

    def play(self, scene: Scene, calls: FaultyCalls) -> None:
        """Play it, and check what it left and how it goes on."""
        before = descriptors()
        try:
            self.scenario.play(scene)
        except Stop:
            pass
        except errors.BookError as error:
            demand(error.title and str(error), f"{type(error)} has no words")
        if calls.stopped:
            calls.bury()
        excused = calls.stopped or (calls.fault is not None and calls.fault.lasting)
        self._played, calls.fault = calls.made, None
        if not scene.path.exists():
            begin_again(scene, leaves=[f"{NAME}.new"] * excused)
        if self.scenario.then is not None:
            self.scenario.then(scene)
        check_book(scene.path, scene.told)
        check_going_on(scene.path, scene.told, scene.living(stopped=calls.stopped), self.scenario.leaves)
        demand(descriptors() == before, "descriptors are leaked")


def begin_again(scene: Scene, leaves: list[str]) -> None:
    """No book was promised: nothing is in the way of a new one, and nothing else is left behind."""
    demand(scene.told.created is None, "the book is gone")
    left = {*os.listdir(scene.path.parent)} if scene.path.parent.exists() else set()
    demand(left <= {*leaves}, f"left over: {sorted(left)}")
    BookStore.create(scene.path, user="sam", clock=SystemClock()).close()


@contextmanager
def named(what: str) -> Iterator[None]:
    """Say which run it was that failed.

    Raises:
        Broken: with that name before it; an OSError that comes through raw is such a failure too.
    """
    try:
        yield
    except (AssertionError, OSError) as problem:
        raise Broken(f"{what}: {type(problem).__name__}: {problem}") from problem
