"""Every call of the operating system that storage makes, so that tests can fail or stop at any of them."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

_sync_content = getattr(os, "fdatasync", os.fsync)


class SystemCalls:
    """The real calls. A test hands the store a class of its own with the same methods."""

    def open(self, path: str | Path, flags: int, mode: int = 0o600) -> int:
        """Open a file or a folder; never inherited by child processes."""
        return os.open(path, flags | os.O_CLOEXEC, mode)

    def close(self, fd: int) -> None:
        """Give a descriptor back, which cannot fail: what matters was synced before, and its error came with that."""
        try:
            os.close(fd)
        except OSError as error:
            if error.errno == errno.EBADF:
                raise

    def read(self, fd: int, size: int, offset: int) -> bytes:
        """Up to `size` bytes from `offset`."""
        return os.pread(fd, size, offset)

    def write(self, fd: int, content: bytes) -> int:
        """Write at the descriptor's place; returns how many bytes went out, which may be fewer than given."""
        return os.write(fd, content)

    def seek(self, fd: int, offset: int) -> None:
        """Put the descriptor's place at `offset`."""
        os.lseek(fd, offset, os.SEEK_SET)

    def name_of(self, fd: int) -> str:
        """The path at which a descriptor's file stands now, or something else once it has lost that name.

        Raises:
            OSError: this system does not tell.
        """
        return os.readlink(f"/proc/self/fd/{fd}")

    def truncate(self, fd: int, size: int) -> None:
        """Cut a file."""
        os.ftruncate(fd, size)

    def sync(self, fd: int) -> None:
        """Wait until a file's content and attributes, or a folder's names, are on the disk."""
        os.fsync(fd)

    def sync_content(self, fd: int) -> None:
        """Wait until a file's content is on the disk."""
        _sync_content(fd)

    def rename(self, source: Path, target: Path) -> None:
        """Put a file in another's place in one step."""
        os.replace(source, target)

    def unlink(self, path: Path) -> None:
        """Remove a name."""
        os.unlink(path)

    def resolve(self, path: Path) -> Path:
        """The absolute path that symbolic links lead to; what is missing stays as it is written."""
        return Path(os.path.realpath(path))

    def mkdir(self, path: Path, mode: int) -> None:
        """Make one folder."""
        os.mkdir(path, mode)

    def rmdir(self, path: Path) -> None:
        """Remove an empty folder."""
        os.rmdir(path)

    def listdir(self, path: Path) -> list[str]:
        """The names in a folder."""
        return os.listdir(path)

    def stat(self, path: str | Path) -> os.stat_result:
        """What stands at a path, symbolic links followed."""
        return os.stat(path)

    def fstat(self, fd: int) -> os.stat_result:
        """What a descriptor stands for."""
        return os.fstat(fd)

    def chmod(self, fd: int, mode: int) -> None:
        """Set a mode on a descriptor, whatever the umask."""
        os.fchmod(fd, mode)

    def chown(self, fd: int, uid: int, gid: int) -> None:
        """Set owner and group on a descriptor; -1 leaves one alone."""
        os.fchown(fd, uid, gid)

    def set_time(self, fd: int, nanoseconds: int) -> None:
        """Set a file's time of change."""
        os.utime(fd, ns=(nanoseconds, nanoseconds))

    def flock(self, fd: int, operation: int) -> None:
        """Take or leave a lock (`fcntl.flock`)."""
        fcntl.flock(fd, operation)

    def may_write(self, path: Path) -> bool:
        """Whether this process may write there."""
        return os.access(path, os.W_OK)

    def free_bytes(self, path: Path) -> int:
        """How much room this user has left on the disk that a path is on."""
        found = os.statvfs(path)
        return found.f_bavail * found.f_frsize

    def mount_table(self) -> str:
        """Which file systems are mounted where, as `/proc/self/mountinfo` says it; empty where there is none."""
        try:
            return Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""


def read_whole(calls: SystemCalls, fd: int, offset: int = 0) -> bytes:
    """Everything in a file from `offset` to its end at this moment."""
    return read_part(calls, fd, max(calls.fstat(fd).st_size - offset, 0), offset)


def read_part(calls: SystemCalls, fd: int, size: int, offset: int) -> bytes:
    """As many bytes from `offset`, however many calls that takes; fewer where the file ends."""
    pieces = []
    while size > 0:
        piece = calls.read(fd, size, offset)
        if not piece:
            break
        pieces.append(piece)
        offset += len(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def write_whole(calls: SystemCalls, fd: int, content: bytes) -> None:
    """Write all of it, however many calls that takes.

    Raises:
        OSError: some of it may have been written.
    """
    written = calls.write(fd, content)
    while written < len(content):
        content = content[written:]
        written = calls.write(fd, content)
        if not written:
            raise OSError(errno.EIO, "nothing was written")


def sync_folder(calls: SystemCalls, folder: Path) -> None:
    """Wait until a folder's names are on the disk."""
    fd = calls.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        calls.sync(fd)
    finally:
        calls.close(fd)


def stands(calls: SystemCalls, path: Path) -> bool:
    """Whether there is something at a path.

    Raises:
        OSError: that cannot be told.
    """
    try:
        calls.stat(path)
    except FileNotFoundError:
        return False
    return True
