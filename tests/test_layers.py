"""The layers of DESIGN.md section 2, proved on the running program; import-linter proves them on the text."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("trainer_tui", "screens", "storage", "relationships")

# Prints what is loaded once every module of the package named by the argument has been imported.
IMPORT_ALL = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print("\\n".join(sys.modules))
"""
IMPORT_ONE = """
import importlib, sys
importlib.import_module(sys.argv[1])
print("\\n".join(sys.modules))
"""


def loaded(script: str, name: str) -> set[str]:
    """Return the names of the modules loaded in a fresh Python after `script` ran with `name`."""
    ran = subprocess.run([sys.executable, "-c", script, name], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split())


def tops(modules: set[str]) -> set[str]:
    """Return the top-level packages that `modules` belong to."""
    return {module.partition(".")[0] for module in modules}


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def module_name(source: Path) -> str:
    dotted = ".".join(source.relative_to(ROOT).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


def imported(source: Path) -> Iterator[str]:
    """Yield the top-level package of each import in a file, deferred ones included."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, f"{source}: imports here are absolute"
            yield node.module.partition(".")[0]


@pytest.mark.parametrize(
    ("package", "above"),
    [
        ("relationships", {"storage", "screens", "trainer_tui"}),
        ("storage", {"screens", "trainer_tui"}),
    ],
)
def test_a_floor_runs_without_the_floors_above_and_without_a_screen(package: str, above: set[str]) -> None:
    modules = loaded(IMPORT_ALL, package)
    assert {module_name(source) for source in sources(package)} <= modules
    assert tops(modules) & (above | {"textual", "rich"}) == set()


def test_the_command_line_starts_without_textual() -> None:
    modules = loaded(IMPORT_ONE, "trainer_tui.cli")
    assert "trainer_tui.cli" in modules
    assert tops(modules) & {"textual", "rich"} == set()


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("relationships", {"relationships", "msgspec", "dateutil"}),
        ("storage", {"storage", "relationships", "msgspec", "dateutil", "tinydb"}),
    ],
)
def test_a_floor_imports_only_what_it_was_given(package: str, allowed: set[str]) -> None:
    found = {top: source.name for source in sources(package) for top in imported(source)}
    assert {top: where for top, where in found.items() if top not in allowed | sys.stdlib_module_names} == {}


@pytest.mark.parametrize(
    "source",
    [source for package in PACKAGES for source in sources(package) if source.name == "__init__.py"],
    ids=module_name,
)
def test_a_package_file_holds_only_its_docstring(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_of_modules_is_a_package(package: str) -> None:
    assert [source for source in sources(package) if not (source.parent / "__init__.py").exists()] == []
    assert (ROOT / package / "__init__.py").exists()
