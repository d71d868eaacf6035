"""The made-up books that are measured on, one for each size, made once per run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import program
from bench.rows import NotMeasured

_WORD: Final = re.compile(r"[a-z]{5,6}")


@dataclass(frozen=True, slots=True)
class DemoBook:
    """A made-up book and what the measurements need to know of it."""

    size: int
    """Touches that it was asked for."""
    path: Path
    names: tuple[str, ...]
    """Of its practitioners."""
    texts: tuple[str, ...]
    """What the filter of the touches looks through: note, outcome and kind with the names, one for each touch."""
    word: str
    """One that many of the texts have."""
    variables: Mapping[str, str]
    """The environment to open it in."""

    def copy(self, name: str) -> Path:
        """A copy of the book in a folder of its own, for a measurement that writes."""
        folder = self.path.parent.parent / f"{self.path.parent.name}-{name}"
        shutil.copytree(self.path.parent, folder)
        return folder / self.path.name


def make_book(size: int, folder: Path, variables: Mapping[str, str]) -> DemoBook:
    """Let the program write a book; raises NotMeasured when it fails."""
    path = write_book(size, folder, variables)
    tables: dict[str, dict[str, dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    name_of = {each["id"]: each["name"] for each in tables.get("practitioners", {}).values()}
    touches = tables.get("touches", {}).values()
    if not name_of or not touches:
        raise NotMeasured(f"{path} has no practitioners or no touches")
    texts = tuple(_text(touch, name_of) for touch in touches)
    return DemoBook(size, path, tuple(name_of.values()), texts, _common_word(texts), variables)


def write_book(size: int, folder: Path, variables: Mapping[str, str]) -> Path:
    """Let the program write a book that nothing needs to be known of; raises NotMeasured when it fails."""
    home = folder / str(size)
    home.mkdir(mode=0o700)
    path = home / "book.json"
    made = subprocess.run(
        program.demo(path, size), cwd=program.ROOT, env=dict(variables), capture_output=True, text=True, check=False
    )
    if made.returncode or not path.is_file():
        raise NotMeasured(f"no made-up book of {size} touches: {made.stderr.strip() or made.stdout.strip()}")
    return path


def _text(touch: Mapping[str, Any], name_of: Mapping[str, str]) -> str:
    said = (str(touch.get(key, "")) for key in ("kind", "note", "learned", "outcome"))
    names = (name_of.get(each, "") for each in touch.get("practitioners", ()))
    return " ".join((*said, *names)).replace("\n", " ")


def _common_word(texts: tuple[str, ...]) -> str:
    """The word that most of the first texts have: something a trainer would look for, found often."""
    counts: Counter[str] = Counter(word for text in texts[:1000] for word in set(_WORD.findall(text)))
    if not counts:
        raise NotMeasured("no word to filter for in the touches of the made-up book")
    return counts.most_common(1)[0][0]
