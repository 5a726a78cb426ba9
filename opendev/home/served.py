"""The address at which this installation is served now: commands in another terminal print links to it."""

import os
from contextlib import suppress

from django.conf import settings

_FILE = "served-at"


def note_address() -> None:
    """Record the address of this process, which becomes the server, for `served_address`."""
    (settings.VAR_DIR / _FILE).write_text(f"{os.getpid()} {settings.PUBLIC_URL}\n", encoding="utf-8")


def served_address() -> str:
    """Return the address of this installation's running server, else the one from the settings.

    `PUBLIC_URL` or `PORT` take precedence, if this process has one.
    """
    if os.environ.get("PUBLIC_URL") or os.environ.get("PORT"):
        return str(settings.PUBLIC_URL)
    with suppress(OSError, ValueError):
        pid, address = (settings.VAR_DIR / _FILE).read_text(encoding="utf-8").split()
        os.kill(int(pid), 0)  # checks whether it is alive
        return address
    return str(settings.PUBLIC_URL)
