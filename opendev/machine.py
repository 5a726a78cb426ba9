"""Values that an installation finds out itself if they are not configured: its secret key and its address."""

import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600  # only for the account that runs the server


def make_private_folder(path: Path, *, files: tuple[str, ...]) -> None:
    """Create the folder for an installation's data, and make sure that no other account of the machine can read it.

    From then on all files that this process creates are private. A folder of an earlier version is closed too, and so
    are
    those of its `files` that exist: they contain people's names and addresses.
    """
    os.umask(0o077)
    path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with suppress(PermissionError):  # somebody else's folder: its owner decides about its mode
        path.chmod(PRIVATE_FOLDER)
    for name in files:
        with suppress(FileNotFoundError, PermissionError):
            (path / name).chmod(PRIVATE_FILE)


def read_or_make_secret_key(path: Path) -> str:
    """Return the key stored at `path`; the first caller creates it, only readable by its owner.

    Several processes may start at once on a fresh checkout: exclusive creation lets one of them win, under a
    temporary name so that nobody reads half a key.
    """
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def lan_address() -> str:
    """Return this machine's address in its network; loopback if there is none.

    Connecting a datagram socket sends nothing: it only asks the routing table which interface would be used.
    198.51.100.1 is a documentation address (RFC 5737), so no real host is named.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
