"""The journal: the acts since the book was last folded, one line each, appended and synced (DESIGN.md section 5).

Sequence numbers decide what a reader has already seen, so a journal that was replaced by a fold is read on from without
a gap. Its lines follow each other without one; what does not fit is never guessed at.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from relationships.changes import Act
from storage.book_format import Meta
from storage.codec import UnknownKind, Unreadable, decode_act, settle
from storage.errors import JournalDamaged, JournalNewer, NotConfirmed, NotSaved
from storage.failures import FORBIDDEN, in_words
from storage.journal_format import FREE, HEAD, NOTHING, ROOM, decode_header, encode_header, never_whole
from storage.migrations import Step, lift_for, newest
from storage.modes import Modes
from storage.system_calls import SystemCalls, read_whole, sync_folder, write_whole

Stamp = tuple[int, int, int]
"""What tells one state of the file from another: device, inode, size. The descriptor is held, so that no other file
gets the same numbers."""
_NONE: Stamp = (0, 0, 0)


class Gap(Exception):
    """The journal does not go on from what is known: the book must be loaded again."""


class FoldedPast(Gap):
    """The journal goes on from a later act: the missing ones are folded into the book, and stand in the history."""

    def __init__(self, happened: str, act: int) -> None:
        super().__init__(happened)
        self.goes_on_from = act


class Journal:
    """Reads and appends acts. The caller holds the folder's lock to append; reading needs none."""

    def __init__(self, calls: SystemCalls, path: Path, meta: Meta, modes: Modes, steps: Mapping[int, Step]) -> None:
        self.path = path
        self._name = str(path)
        self.sequence = meta.sequence
        """The sequence number of the last act read or written."""
        self.last = ""
        """The id of that act, where it is known."""
        self._calls = calls
        self._book_id = meta.book_id
        self._schema = self._written_in = meta.schema
        """The schema of the book, and of the lines in the file."""
        self._newest = newest(steps)
        self._lift = lift_for(steps, meta.schema, {})
        self._modes = modes
        self._fd = -1
        self._identity = _NONE[:2]
        self._seen = _NONE
        """The state that was read last."""
        self._after = meta.sequence
        """The sequence number that the file goes on from."""
        self._place = meta.sequence
        """The sequence number of the last line read from the file."""
        self._size = 0
        """Bytes of sound lines."""
        self._at = -1
        """The descriptor's place, where it is known."""
        self._torn = False
        """Something that is no whole line stands after them."""
        self._writable = True
        """It could be opened for writing."""
        self._unconfirmed = False
        """Lines were written that the disk did not confirm."""

    def close(self) -> None:
        """Give the descriptor back; the next read opens the file anew."""
        if self._fd >= 0:
            self._calls.close(self._fd)
        self._fd, self._identity, self._seen, self._size, self._at, self._writable = -1, _NONE[:2], _NONE, 0, -1, True

    def changed(self) -> bool:
        """Whether the file is in another state than when it was last read or written.

        A `stat` asks for its times too, and a file whose times were asked for gets new ones with the next write, which
        the sync then has to write as well: a third of its cost. So its name and the end of its lines are looked at.
        """
        if self._fd < 0:
            return self._stamp() != self._seen
        try:
            return self._calls.name_of(self._fd) != self._name or self._written_on()
        except OSError:
            return self._stamp() != self._seen or self._written_on()

    def _written_on(self) -> bool:
        """Whether the last line no longer ends where it did, or something stands in the room behind it."""
        return self._calls.read(self._fd, 2, self._size - 1) not in (b"\n", b"\n ", b"\n\0")

    def _stamp(self) -> Stamp:
        try:
            found = self._calls.stat(self._name)
        except FileNotFoundError:
            return _NONE
        return (found.st_dev, found.st_ino, found.st_size)

    def read_new(self, acts: list[Act]) -> None:
        """Add to `acts` those that were written since the last read, whoever wrote them; also when it raises.

        Raises:
            FoldedPast: acts are missing in between.
            Gap: it tells them otherwise than was known, or has lost some.
            JournalDamaged: a line in it cannot be read, or it belongs to another book.
        """
        stamp = self._stamp()
        if stamp == self._seen and (stamp == _NONE or not self._written_on()):
            return
        if stamp == _NONE:
            self._read_lines(acts)
        elif stamp[:2] != self._identity:
            self._read_lines(acts)
            self._switch(acts)
        elif stamp[2] < self._size:
            self.close()
            raise Gap(f"{self.path} was cut off")
        else:
            self._read_lines(acts)
        self._seen = stamp

    def skip_to(self, act: Act) -> None:
        """Go on from this act, which was read here or elsewhere."""
        self.sequence, self.last = act.sequence, act.id

    def append(self, act: Act) -> Act:
        """Write an act under the next number and wait until it is on the disk. Returns it as it will be read back.

        Raises:
            NotSaved, BookVanished: nothing was kept of it.
            NotConfirmed: it is written, but the disk did not confirm it.
        """
        try:
            act, line = settle(act, self.sequence + 1)
        except Unreadable as problem:
            raise NotSaved(f"It cannot be written so that it can be read again ({problem}).") from None
        try:
            self._make_sound()
            end = self._seen[2]
            if self._size + len(line) > end:
                end = self._make_room(len(line))
            if self._at != self._size:
                self._calls.seek(self._fd, self._size)
            self._at = -1
            write_whole(self._calls, self._fd, line)
        except OSError as error:
            self._cut_off()
            raise in_words(error) from error
        try:
            self._calls.sync_content(self._fd)
        except OSError as error:
            self._unconfirmed = True
            raise NotConfirmed(f"The disk reported: {error.strerror or error}.") from error
        self._size += len(line)
        self._at = self._size
        self.sequence = self._place = act.sequence
        self.last = act.id
        self._seen = (*self._identity, end)
        return act

    def _make_room(self, needed: int) -> int:
        """Write blanks for this line and some more; returns where the file ends then."""
        self._at = -1
        self._calls.seek(self._fd, self._size)
        write_whole(self._calls, self._fd, FREE * (needed + ROOM))
        return self._size + needed + ROOM

    def _make_sound(self) -> None:
        """Bring the file into a state in which a line can be added: there, confirmed, and ending with a whole line."""
        if not self._writable:
            self._open_for_writing()
        if self._seen == _NONE or self._unconfirmed or self._written_in != self._schema:
            self.start(self._after if self._fd >= 0 else self.sequence, self.lines())
        if self._torn:
            self._calls.truncate(self._fd, self._size)
            self._seen = (*self._identity, self._size)
            self._torn = False

    def _open_for_writing(self) -> None:
        """It may be allowed by now; where it still is not, the write says so."""
        try:
            fd = self._calls.open(self.path, os.O_RDWR | os.O_NONBLOCK)
        except OSError as error:
            if error.errno not in FORBIDDEN:
                raise
            return
        self._calls.close(self._fd)
        self._fd, self._at, self._writable = fd, -1, True

    def _cut_off(self) -> None:
        """Take back what a failed write may have left; if that fails too, the next reading finds it torn."""
        if self._fd >= 0:
            with suppress(OSError):
                self._calls.truncate(self._fd, self._size)

    def confirm(self) -> None:
        """Write anew what was written without confirmation: a second sync of the same pages would prove nothing.

        Raises:
            NotConfirmed: the disk still does not confirm it.
        """
        if not self._unconfirmed:
            return
        try:
            self.start(self._after, self.lines())
        except OSError as error:
            raise NotConfirmed(f"The disk reported: {error.strerror or error}.") from error

    def start(self, after: int, lines: Iterable[bytes]) -> None:
        """Put a new journal in the place of the old one, going on from `after` with these lines.

        Raises:
            OSError: the old one still stands, or the new one is not confirmed.
        """
        lines = [line + b"\n" for line in lines]
        content = b"".join((encode_header(self._book_id, after, self._schema), *lines))
        new = self.path.with_name(self.path.name + ".new")
        with suppress(FileNotFoundError):
            self._calls.unlink(new)
        fd = self._calls.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        try:
            self._modes.give_file(self._calls, fd)
            write_whole(self._calls, fd, content)
            self._calls.sync(fd)
            identity = self._identity_of(fd)
            self._calls.rename(new, self.path)
            sync_folder(self._calls, self.path.parent)
        except BaseException:
            self._calls.close(fd)
            with suppress(OSError):
                self._calls.unlink(new)
            raise
        self.close()
        self._fd, self._size, self._identity = fd, len(content), identity
        self._seen = (*self._identity, self._size)
        self._after, self._place = after, after + len(lines)
        self._written_in = self._schema
        self._torn = self._unconfirmed = False

    def lines(self) -> list[bytes]:
        """Every sound act line that stands in the file, oldest first, without its newline."""
        if self._fd < 0:
            return []
        return read_whole(self._calls, self._fd)[: self._size].split(b"\n")[1:-1]

    def acts_backwards(self) -> Iterator[Act]:
        """The acts that stand in the file, newest first."""
        return (decode_act(line, self._lift) for line in reversed(self.lines()))

    def _identity_of(self, fd: int) -> tuple[int, int]:
        found = self._calls.fstat(fd)
        return (found.st_dev, found.st_ino)

    def _switch(self, acts: list[Act]) -> None:
        """Go over to the file that stands at the path now."""
        self.close()
        try:
            self._open()
            self._read_lines(acts)
            if self._place < self.sequence:
                raise Gap(f"{self.path} ends with act {self._place}, but the book goes on to act {self.sequence}")
        except BaseException as problem:
            if not (isinstance(problem, JournalDamaged) and self._size):
                self.close()
            raise

    def _open(self) -> None:
        try:
            self._fd = self._calls.open(self.path, os.O_RDWR | os.O_NONBLOCK)
        except OSError as error:
            if error.errno not in FORBIDDEN:
                raise
            self._fd = self._calls.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
            self._writable = False
        self._identity = self._identity_of(self._fd)
        header, size = decode_header(self._calls.read(self._fd, HEAD, 0), self._book_id, str(self.path))
        if header.schema > max(self._newest, self._schema):
            raise JournalNewer(f"{self.path} has schema {header.schema}; this program reads up to {self._newest}.")
        if header.after > self.sequence:
            raise FoldedPast(
                f"{self.path} goes on from act {header.after}, but the book ends with act {self.sequence}", header.after
            )
        self._size = size
        self._written_in = header.schema
        self._after = self._place = header.after
        self._unconfirmed = False

    def _read(self, line: bytes) -> Act:
        if self._written_in != self._schema:
            raise Gap(f"{self.path} has schema {self._written_in}, but the book has schema {self._schema}")
        try:
            return decode_act(line, self._lift)
        except Unreadable as problem:
            newer = isinstance(problem, UnknownKind) or self._schema > self._newest
            kind = JournalNewer if newer else JournalDamaged
            raise kind(f"The line after act {self._place} of {self.path} cannot be read: {problem}.") from None

    def _read_lines(self, acts: list[Act]) -> None:
        if self._fd < 0:
            return
        content = read_whole(self._calls, self._fd, self._size)
        whole = content.rfind(b"\n") + 1
        behind = content[whole:]
        self._torn = bool(behind.strip(FREE))
        lines = content[:whole].split(b"\n")[:-1]
        for number, line in enumerate(lines, start=1):
            if line[:1] and line[:1] in NOTHING:
                self._torn = True
                break
            try:
                act = self._read(line)
            except JournalDamaged:
                if number == len(lines) and not behind.strip(NOTHING) and never_whole(line, self._size):
                    self._torn = True
                    break
                raise
            if act.sequence != self._place + 1:
                raise JournalDamaged(f"{self.path} goes from act {self._place} to act {act.sequence}.")
            if act.sequence == self.sequence and self.last not in ("", act.id):
                raise Gap(f"{self.path} tells act {act.sequence} otherwise")
            self._size += len(line) + 1
            self._place = act.sequence
            if act.sequence > self.sequence:
                self.skip_to(act)
                acts.append(act)
