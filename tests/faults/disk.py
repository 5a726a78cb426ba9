"""A disk of a few megabytes for one database, which can be filled up and freed.

As root it is a tmpfs of its own: writing fails with "no space left", as on a full disk. Elsewhere the process may write
no file beyond the size that its database has: writing fails with "file too large", which SQLite takes the same way.
"""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.load.crowd import workers_of
from tests.support.server import Server

SIZE = "6m"
PIECE = 64 * 1024


class SmallDisk:
    """A tmpfs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "db.sqlite3"
        self.filler = folder / "filler"

    def fill(self) -> None:
        """Write until nothing more goes in, byte by byte at the end."""
        with self.filler.open("ab", buffering=0) as file, suppress(OSError):
            size = PIECE
            while size:
                try:
                    file.write(b"x" * size)
                except OSError:
                    size //= 2

    def free(self) -> None:
        self.filler.unlink()

    def was_full(self, server: Server) -> bool:
        """Whether the product noticed."""
        log = server.log()
        return "The database stores nothing" in log and "The database stores again" in log


class SmallFiles(SmallDisk):
    """A process whose files may grow no more."""

    def __init__(self, folder: Path, server: Server) -> None:
        super().__init__(folder)
        self.server = server

    def fill(self) -> None:
        biggest = max(file.stat().st_size for file in self.folder.glob("db.sqlite3*"))
        self.limit(biggest)

    def free(self) -> None:
        self.limit(resource.RLIM_INFINITY)

    def limit(self, size: int) -> None:
        for pid in workers_of(self.server):
            hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


@contextmanager
def small_disk(folder: Path, server: Server) -> Iterator[SmallDisk]:
    """Move the server's database there."""
    place = folder / "small-disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    is_mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    disk = SmallDisk(place) if is_mounted else SmallFiles(place, server)
    old = server.folder / "db.sqlite3"
    disk.database.write_bytes(old.read_bytes())
    server.environment["DATABASE_URL"] = f"sqlite:///{disk.database}"
    try:
        yield disk
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=False)
