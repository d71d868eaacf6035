"""The harness is worth what it catches: bugs are put into the store, and the checks of the other tests must find each.

A bug is a piece of a function put in the place of another, so that an entry that no longer fits the code fails loudly.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FunctionType

import msgspec
import pytest

from storage import codec, folding, undo
from storage.book_file import BookFile
from storage.book_store import BookStore
from storage.history import History
from storage.journal import Journal
from storage.lock import FolderLock
from storage.new_book import NewBook
from tests import fault_scenarios as played
from tests.book_checks import Broken
from tests.fault_calls import Fault, How, Numbers, OldDisk
from tests.fault_runs import Runs, memory
from tests.fault_scenarios import SCENARIOS, Scenario, Scene
from tests.power_runs import PowerRuns

TURNS = frozenset("flock write sync sync_content rename unlink truncate mkdir".split())


def by_faults(scenario: Scenario, folder: Path) -> None:
    """The fault table, at every seventh of its places."""
    runs = Runs(scenario, folder)
    for fault in [*runs.faults()][::7]:
        runs.fail(fault)


def by_stops(scenario: Scenario, folder: Path) -> None:
    """The fault table, where the session stops before something new is done to the disk."""
    runs = Runs(scenario, folder)
    for at in turns(runs):
        runs.fail(Fault(at=at, how=How.BEFORE))


def by_others(scenario: Scenario, folder: Path) -> None:
    """Another session that comes in there."""
    runs = Runs(scenario, folder)
    for at in turns(runs):
        runs.interrupt(at)


def turns(runs: Runs) -> list[int]:
    """The calls that do something new to the disk, each the first of its kind in a row."""
    names = ["", *(name for name, _ in runs.calls())]
    return [at for at, name in enumerate(names) if name in TURNS and name != names[at - 1]]


def by_play(scenario: Scenario, folder: Path) -> None:
    """The scenario as it is."""
    Runs(scenario, folder).calls()


def by_power(scenario: Scenario, folder: Path) -> None:
    """The power-loss model."""
    PowerRuns(scenario, folder).losses(limit=24 if scenario.play is played.write_a_long_note else 8)


def by_an_old_disk(scenario: Scenario, folder: Path) -> None:
    """The scenario on a disk whose files cannot be told by their numbers and times."""
    runs, numbers = Runs(scenario, folder), Numbers(folder)
    runs.run(OldDisk(numbers, runs.written), OldDisk(numbers, runs.written))


class Bug(msgspec.Struct, frozen=True):
    """What is wrong, and which check of which scenario finds it."""

    name: str
    function: Callable[..., object]
    right: str
    wrong: str
    check: Callable[[Scenario, Path], None]
    play: Callable[[Scene], None]

    def code(self) -> CodeType:
        """The function with the bug in it."""
        source = textwrap.dedent(inspect.getsource(self.function))
        assert source.count(self.right) == 1, f"{self.name}: the code has changed"
        assert isinstance(self.function, FunctionType)
        found: dict[str, object] = {}
        exec(source.replace(self.right, self.wrong), self.function.__globals__, found)
        (mutant,) = found.values()
        assert isinstance(mutant, FunctionType)
        return mutant.__code__


BUGS = (
    Bug(
        "takes no lock",
        FolderLock._take,
        "self._calls.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "pass",
        by_others,
        played.add_a_person,
    ),
    Bug(
        "does not sync a line",
        Journal.append,
        "self._calls.sync_content(self._fd)",
        "pass",
        by_power,
        played.close_without_a_fold,
    ),
    Bug(
        "does not sync the new book before it gets its name",
        NewBook.write,
        "self._calls.sync(self._fd)",
        "pass",
        by_power,
        played.close,
    ),
    Bug(
        "does not sync the folder after the book got its name",
        NewBook.put_in_place,
        "self._calls.sync(folder_fd)",
        "pass",
        by_power,
        played.close,
    ),
    Bug(
        "does not sync the folder after the journal got its name",
        Journal.start,
        "sync_folder(self._calls, self.path.parent)",
        "pass",
        by_power,
        played.first_acts,
    ),
    Bug(
        "does not sync the history before the journal is cut",
        History._append_to,
        "self._calls.sync(fd)",
        "pass",
        by_power,
        played.close,
    ),
    Bug(
        "does not read what others wrote before it saves",
        BookStore.commit,
        "self._files.catch_up()",
        "pass",
        by_play,
        played.undo_beside_another_user,
    ),
    Bug(
        "does not look at checksums",
        codec._read_line,
        'line[:_SUM_END] != b\'{"sum":"%08x",\' % crc32(body)',
        "False",
        by_power,
        played.write_a_long_note,
    ),
    Bug(
        "does not look for conflicts",
        BookStore._save,
        "if clashes := self._files.arrivals.clashes(act):",
        "if False:",
        by_play,
        played.two_edit_one_record,
    ),
    Bug(
        "folds the records of before",
        folding._fold,
        "files.arrivals.records()",
        "{table: [*found.values()] for table, found in files.arrivals.book.tables.items()}",
        by_play,
        played.fold,
    ),
    Bug(
        "cuts one line too many from the journal",
        folding.Fold.finish,
        "lines[folded:]",
        "lines[folded + 1 :]",
        by_others,
        played.close,
    ),
    Bug(
        "moves one line too few to the history",
        folding.Fold.finish,
        "lines[:folded]",
        "lines[: folded - 1]",
        by_play,
        played.close,
    ),
    Bug(
        "lets the journal begin at the first act whatever was folded",
        Journal.start,
        "encode_header(self._book_id, after, ",
        "encode_header(self._book_id, 0, ",
        by_play,
        played.fold,
    ),
    Bug(
        "cuts the journal before its lines are in the history",
        folding.Fold.finish,
        "    History(self._calls, file.path, file.modes).append(lines[:folded])\n"
        "    journal.start(self._sequence, lines[folded:])\n",
        "    journal.start(self._sequence, lines[folded:])\n"
        "    History(self._calls, file.path, file.modes).append(lines[:folded])\n",
        by_stops,
        played.close,
    ),
    Bug(
        "does not see what of a fold is in the history already",
        History._keep_in_order,
        "return kept",
        "return 0",
        by_stops,
        played.close,
    ),
    Bug(
        "leaves lines behind a hole in the history",
        History._keep_in_order,
        "elif line in there:",
        "elif False:",
        by_power,
        played.close,
    ),
    Bug(
        "undoes what another user did",
        undo.act_to_undo,
        "act.by != user or ",
        "",
        by_play,
        played.undo_beside_another_user,
    ),
    Bug(
        "does not cut off a torn line",
        Journal._make_sound,
        "if self._torn:",
        "if False:",
        by_power,
        played.write_a_long_note,
    ),
    Bug(
        "gives two acts one number",
        Journal.append,
        "self.sequence + 1",
        "self.sequence",
        by_play,
        played.log_a_visit,
    ),
    Bug(
        "does not raise the number of a folded book",
        BookFile._next_meta,
        "sequence=sequence",
        "sequence=self.meta.sequence",
        by_play,
        played.close,
    ),
    Bug(
        "does not count what other programs wrote",
        BookFile._next_meta,
        "alterations=self.next_alterations",
        "alterations=self.meta.alterations",
        by_play,
        played.a_script_writes,
    ),
    Bug(
        "tells a file by its numbers and does not hold it",
        BookFile._take,
        "self._fd, self.stamp, self.meta = fd, stamp, meta",
        "self.stamp, self.meta, _ = stamp, meta, self._calls.close(fd)",
        by_an_old_disk,
        played.scripts_replace_it_twice,
    ),
    Bug(
        "calls an act unsaved when only the lock was not let go of",
        FolderLock.__exit__,
        "except OSError:",
        "except KeyError:",
        by_faults,
        played.add_a_person,
    ),
    Bug(
        "calls an act unsaved that is in doubt",
        BookStore._told_of,
        "doubtful and not known",
        "False",
        by_faults,
        played.save_again_what_was_not_confirmed,
    ),
    Bug(
        "forgets what a written line has to be taken back",
        Journal.append,
        "self._cut_off()",
        "self._size += len(line)",
        by_faults,
        played.add_a_person,
    ),
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_bug_is_caught(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.book_store.PATIENCE", 0.01)
    (scenario,) = (one for one in SCENARIOS if one.play is bug.play)
    with TemporaryDirectory(dir=memory()) as folder:
        bug.check(scenario, Path(folder))
    monkeypatch.setattr(bug.function, "__code__", bug.code())
    with TemporaryDirectory(dir=memory()) as folder, pytest.raises(Broken):
        bug.check(scenario, Path(folder))
