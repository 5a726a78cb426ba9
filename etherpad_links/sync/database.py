"""Access to the database for a worker that must not block its loop."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from opendev.core.threads import with_fresh_connections

Result = TypeVar("Result")


class Database:
    """The worker's only database thread, which holds its locks."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="pads-database")

    async def __call__(self, work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Return `work(...)`, executed in the thread.

        Raises:
            DatabaseAway: the caller tries again; the log says so once per outage
        """
        call = functools.partial(with_fresh_connections, work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self.thread, call)
