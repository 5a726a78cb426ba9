"""The product, with a trap: a process that finds the file dies right after the next commit of its ballot box.

It stands between the commit and everything that follows from it: the news, the acknowledgements, the message to the
other workers. Which process takes the file, and so dies, is decided by the file system.
"""

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from opendev.asgi import application
from polls.ballot_box import ballot_box

__all__ = ["application", "cannot_start"]

_work_in_thread = ballot_box._work_in_thread
TRAP = Path(settings.VAR_DIR) / "die-after-the-next-commit"


def commit_and_perhaps_die(items: Sequence[Any]) -> Any:
    results = _work_in_thread(items)
    with suppress(FileNotFoundError):
        TRAP.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return results


ballot_box._work_in_thread = commit_and_perhaps_die  # type: ignore[method-assign]


async def cannot_start(scope: Any, receive: Any, send: Any) -> None:
    """An application whose start fails."""
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "planted"})
