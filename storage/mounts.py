"""Which kind of file system a folder is on: locks on network ones cannot be trusted (STORAGE.md section 4.4)."""

from __future__ import annotations

import re
from pathlib import Path

_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|glusterfs|lustre|davfs2?|fuse\.(sshfs|rclone|s3fs|gvfsd.*|davfs2?)"
)


def network_kind(mount_table: str, folder: Path) -> str | None:
    """The kind of network file system that a folder is on; None on a local one, or when that cannot be told."""
    best, kind = "", ""
    for line in mount_table.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if not dash or len(fields) < 5:
            continue
        point = re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
        if len(point) >= len(best) and folder.is_relative_to(point):
            best, kind = point, after.split(" ")[0]
    return kind if _NETWORK.fullmatch(kind) else None
