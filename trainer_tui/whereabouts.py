"""What `where` tells: the files, who may read them, and how much is in the book."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from storage.errors import BookOlder
from trainer_tui.errand import Errand
from trainer_tui.listing import one_line
from trainer_tui.locations import drafts_folder

if TYPE_CHECKING:
    from storage.book_store import BookStore

_OLDER: Final = " (the app, and every command that saves, first brings it up to date, after a backup)"


class Whereabouts:
    """The places of one book, as far as they are known."""

    def __init__(self, errand: Errand) -> None:
        path = errand.place.path
        self._older = False
        self._facts: dict[str, Any] = {
            "book": str(path),
            "named_by": errand.place.named_by or "the usual place",
            "mode": _mode(path),
            "folder_mode": _mode(path.parent),
            "journal": None,
            "history": None,
            "schema": None,
            "sequence": None,
            "waiting": None,
            "read_only": None,
            "counts": {},
            "sessions": [],
            "user": errand.user,
            "drafts": str(drafts_folder(errand.environ)),
            "config": str(errand.config.path),
            "config_found": errand.config.path.exists(),
            "warnings": list(errand.config.warnings),
        }

    def take(self, store: BookStore) -> None:
        """Add what an open book tells."""
        from storage.presence import who_is_here
        from storage.system_calls import SystemCalls

        read_only = store.read_only
        self._older = isinstance(read_only, BookOlder)
        self._facts |= {
            "book": str(store.path),
            "mode": _mode(store.path),
            "folder_mode": _mode(store.path.parent),
            "journal": f"{store.path}.journal",
            "history": f"{store.path}.history",
            "schema": store.schema,
            "sequence": store.book.sequence,
            "waiting": store.unfolded,
            "read_only": None if read_only is None or self._older else str(read_only),
            "counts": {
                table: sum(record.trashed_at is None for record in records.values())
                for table, records in store.book.tables.items()
            },
        }
        self._facts["sessions"] = [
            {"user": each.user, "since": each.since} for each in who_is_here(SystemCalls(), store.path)
        ]
        self._facts["warnings"] += store.warnings

    def document(self) -> dict[str, Any]:
        """The facts, for programs."""
        return self._facts

    def text(self) -> str:
        """The facts, one line each."""
        facts = self._facts
        lines = [("book", f"{facts['book']} ({facts['named_by']})")]
        if facts["mode"]:
            lines.append(("modes", f"{facts['mode']}, its folder {facts['folder_mode']}"))
        if facts["sequence"] is not None:
            state = "holds acts that are not folded yet" if facts["waiting"] else "everything in it is folded"
            lines += [
                ("journal", f"{facts['journal']} ({state})"),
                ("history", facts["history"]),
                ("schema", f"{facts['schema']}{_OLDER if self._older else ''}"),
                ("sequence", str(facts["sequence"])),
                ("records", ", ".join(f"{count} {name.replace('_', '-')}" for name, count in facts["counts"].items())),
            ]
        for each in facts["sessions"]:
            lines.append(("open in", f"the app of {each['user']}, since {each['since'].astimezone():%Y-%m-%d %H:%M}"))
        if facts["read_only"]:
            lines.append(("read only", facts["read_only"]))
        lines.append(("user", facts["user"]))
        lines.append(("drafts", facts["drafts"]))
        lines.append(("settings", facts["config"] + ("" if facts["config_found"] else " (none there)")))
        lines += [("warning", warning) for warning in facts["warnings"]]
        width = max(len(label) for label, _ in lines)
        return "".join(f"{label:<{width}}  {one_line(said)}\n" for label, said in lines)


def _mode(path: Path) -> str:
    """The mode in octal and the owner's number, "" when there is nothing to ask."""
    try:
        found = os.stat(path)
    except OSError:
        return ""
    return f"{stat.S_IMODE(found.st_mode):04o}"
