"""The database, for a worker that must not wait on its loop."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from opendev.core.threads import with_fresh_connections

Result = TypeVar("Result")


class Database:
    """The worker's one database thread, which holds its locks."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="pads-database")

    async def __call__(self, work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Return `work(...)`, done in the thread.

        Raises:
            DatabaseAway: it is tried again by whoever asked; the log says so once for the outage
        """
        call = functools.partial(with_fresh_connections, work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self.thread, call)
