"""What the doctor finds: one thing that is not as it should be, with the file and the record that it is in."""

from __future__ import annotations

from enum import Enum

import msgspec


class Severity(Enum):
    """How much it matters."""

    DAMAGE = "damage"
    """Something cannot be read, or nothing can be saved because of it."""
    WARNING = "warning"
    """Nothing is lost, but somebody should do something."""
    NOTE = "note"
    """Good to know; nothing has to be done."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as it should be."""

    severity: Severity
    file: str
    """The name of the file; that of the folder where it is about the folder."""
    table: str = ""
    record: str = ""
    """The id of the record, or its number in the file where it has none that could be read."""
    what: str
    """What is wrong, in a sentence."""
    mend: str = ""
    """What a repair does about it, or what to do by hand; empty when there is nothing to do."""


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a file that could not be read as it stands."""

    file: str
    line: int
    what: str
    table: str = ""
    record: str = ""
    content: bytes = b""
    """The bytes as they stand; empty when everything in them was read."""
    mend: str = ""
    severity: Severity = Severity.DAMAGE

    def finding(self) -> Finding:
        """The same, as the doctor tells it."""
        return Finding(
            severity=self.severity,
            file=self.file,
            table=self.table,
            record=self.record,
            what=f"Line {self.line}: {self.what}",
            mend=self.mend,
        )


def damage(file: str, what: str, mend: str = "") -> Finding:
    """Something that cannot be read."""
    return Finding(severity=Severity.DAMAGE, file=file, what=what, mend=mend)


def warning(file: str, what: str, mend: str = "") -> Finding:
    """Something to be mended."""
    return Finding(severity=Severity.WARNING, file=file, what=what, mend=mend)


def note(file: str, what: str, mend: str = "") -> Finding:
    """Something good to know."""
    return Finding(severity=Severity.NOTE, file=file, what=what, mend=mend)
