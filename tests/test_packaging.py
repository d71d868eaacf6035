"""What is installed: the locks say exactly what pyproject.toml asks for, and the wheel holds the program alone."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("trainer_tui", "screens", "storage", "relationships")
PIN = re.compile(r"^(?P<pin>[\w.-]+==[\w.]+)", re.MULTILINE)


def asked(*groups: str) -> set[str]:
    """Return the pins that pyproject.toml states for the program (`project`) or for a group of tools."""
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = {"project": stated["project"]["dependencies"], **stated["dependency-groups"]}
    return {pin for group in groups for pin in lists[group] if isinstance(pin, str)}


def lock(name: str) -> str:
    return (ROOT / "locks" / f"{name}.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "groups"),
    [("runtime", ("project",)), ("build", ("build",)), ("dev", ("project", "build", "dev"))],
)
def test_a_lock_holds_what_is_asked_for(name: str, groups: tuple[str, ...]) -> None:
    assert asked(*groups) - set(PIN.findall(lock(name))) == set(), "run `make lock`"


@pytest.mark.parametrize("name", ["runtime", "build"])
def test_the_locks_agree_on_versions(name: str) -> None:
    assert set(PIN.findall(lock(name))) - set(PIN.findall(lock("dev"))) == set()


@pytest.mark.parametrize("name", ["runtime", "build", "dev"])
def test_a_lock_names_hashes_and_no_address(name: str) -> None:
    text = lock(name)
    assert "://" not in text
    assert "index" not in text.replace("no-emit-index", "")
    requirements = re.split(r"\n(?=\w)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert [each for each in requirements if not re.search(r"--hash=sha256:[0-9a-f]{64}", each)] == []


def test_the_wheel_holds_the_program_alone(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    ran = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
        (entry_points,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "trainer-tui = trainer_tui.cli:main" in archive.read(entry_points).decode()
    written = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for suffix in ("py", "tcss")
        for path in (ROOT / package).rglob(f"*.{suffix}")
    }
    assert written - inside == set()
    assert {name.partition("/")[0] for name in inside} == set(PACKAGES)
