"""The command line: `trainer-tui` and `python -m trainer_tui` (DESIGN.md section 8).

This module imports next to nothing, so that the collector is off before anything of size is imported.
"""

from __future__ import annotations

import gc
import os
import sys
import typing
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Do what was typed and return the exit code: 0, or 2 with an error in plain words (docs/command-line.md).

    The garbage collector stays off: a command is over before there is garbage worth collecting, and the app turns it on
    again after its first frame. A process that has answered from a book leaves without taking the book apart (80 ms of
    `trainer-tui due` at 100,000 touches); what is frozen is not looked through once more on the way out.
    """
    gc.disable()
    _import_msgspec()
    from trainer_tui.cli_run import guarded

    found = guarded(sys.argv[1:] if argv is None else argv)
    if argv is None and found.kept is not None:
        os._exit(found.code)
    gc.freeze()
    return found.code


def _import_msgspec() -> None:
    """Let msgspec take its three typing helpers from `typing`.

    It asks `typing_extensions` first, which imports `inspect`, `ast` and `tokenize`: 6 of the 38 ms that `trainer-tui
    due` has (DESIGN.md section 9). From Python 3.11 on both hold the same.
    """
    if "typing_extensions" in sys.modules:
        return
    sys.modules["typing_extensions"] = typing
    try:
        __import__("msgspec")
    finally:
        del sys.modules["typing_extensions"]
