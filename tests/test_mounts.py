"""Network file systems: their locks cannot be trusted, so a book there is read-only unless the config allows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import errors
from storage.book_store import BookStore
from storage.mounts import network_kind
from storage.system_calls import SystemCalls
from trainer_tui.clock import SystemClock

TABLE = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:40 / /home rw,relatime shared:2 master:1 - nfs4 server:/home rw,vers=4.2
24 23 8:2 / /home/local rw - xfs /dev/sdb1 rw
25 22 0:41 / /mnt/my\\040studio rw - fuse.sshfs sam@studio:/ rw
26 22 0:42 / /mnt/share rw - cifs //server/share rw
27 22 0:43 / /srv rw - ext4 /dev/sdc1 rw
28 27 0:44 / /srv rw - nfs server:/srv rw
29 22 0:45 / /nfs-notes rw - tmpfs tmpfs rw
a line that is none
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/", None),
        ("/var/lib/trainer", None),
        ("/home/sam", "nfs4"),
        ("/home", "nfs4"),
        ("/homestead", None),
        ("/home/local/book", None),
        ("/mnt/my studio/book", "fuse.sshfs"),
        ("/mnt/share", "cifs"),
        ("/srv/book", "nfs"),
        ("/nfs-notes", None),
    ],
)
def test_the_kind_of_file_system_a_folder_is_on(folder: str, kind: str | None) -> None:
    assert network_kind(TABLE, Path(folder)) == kind


def test_without_a_mount_table_every_folder_is_local() -> None:
    assert network_kind("", Path("/home/sam")) is None


class OnNetwork(SystemCalls):
    """A machine on which everything is on NFS."""

    def mount_table(self) -> str:
        return "22 1 0:40 / / rw - nfs4 server:/ rw\n"


def test_a_book_on_a_network_is_read_only_unless_the_config_says_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    BookStore.create(path, user="sam", clock=SystemClock()).close()
    store = BookStore.open(path, user="sam", clock=SystemClock(), calls=OnNetwork())
    assert isinstance(store.read_only, errors.ReadOnlyBook)
    assert store.read_only.happened == ("The folder is on a network file system (nfs4), whose locks cannot be trusted.")
    assert "allow_network_files" in store.read_only.next_step
    with pytest.raises(errors.ReadOnlyBook):
        store.commit(store.author.act("nothing"))
    allowed = BookStore.open(path, user="sam", clock=SystemClock(), calls=OnNetwork(), allow_network_files=True)
    assert allowed.read_only is None


def test_this_machine_has_a_mount_table_or_none() -> None:
    assert SystemCalls().mount_table() == "" or " - " in SystemCalls().mount_table()
