"""Which kind of file system a folder is on: locks on network ones cannot be trusted (STORAGE.md section 4.4)."""

from __future__ import annotations

import re
from pathlib import Path

_NETWORK = frozenset(
    "9p afs ceph cifs davfs davfs2 fuse.davfs fuse.davfs2 fuse.rclone fuse.s3fs fuse.sshfs glusterfs lustre"
    " nfs nfs3 nfs4 smb smb2 smb3 smbfs".split()
)


def network_kind(mount_table: str, folder: Path) -> str | None:
    """The kind of network file system that a folder is on; None on a local one, or when that cannot be told."""
    best, kind = "", ""
    for line in mount_table.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if not dash or len(fields) < 5:
            continue
        point = _unescaped(fields[4]) if "\\" in fields[4] else fields[4]
        if len(point) >= len(best) and folder.is_relative_to(point):
            best, kind = point, after.split(" ")[0]
    return kind if kind in _NETWORK or kind.startswith("fuse.gvfsd") else None


def _unescaped(point: str) -> str:
    """A mount point without the octal escapes that stand for blanks and the like."""
    return re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), point)
