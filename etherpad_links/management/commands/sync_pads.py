"""`manage.py sync_pads`: the one process that writes names into pads and reads them there."""

import asyncio
import signal
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from etherpad_links.sync.worker import Worker


class Command(BaseCommand):
    help = "Keeps the sessions' pads and the sign-up lines in step, until told to stop. A second one waits."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until SIGTERM or Ctrl-C."""
        asyncio.run(self.work())

    async def work(self) -> None:
        """Run the worker as a task that a signal cancels, so that its locks are let go."""
        task = asyncio.create_task(Worker().run())
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task
