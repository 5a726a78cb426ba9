"""`manage.py sync_pads`: the only process that writes names into pads and reads them there."""

import asyncio
import os
import signal
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from etherpad_links.sync.worker import Worker
from opendev.core.write_ahead_log import emptier
from opendev.room.pad_results import PollResults

PARENT_LOOK_S = 0.5


class Command(BaseCommand):
    help = "Keeps the sessions' pads and the sign-up lines in step, until told to stop. A second one waits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--while-parent-lives",
            action="store_true",
            help="end when the process that started this one ends",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until SIGTERM, Ctrl-C, or the end of the server that started us."""
        asyncio.run(self.work(parent=os.getppid() if options["while_parent_lives"] else None))
        emptier.end()  # it may be the last writer

    async def work(self, parent: int | None) -> None:
        """Run the worker as a task that a signal cancels, so that its locks are released."""
        task = asyncio.create_task(Worker(PollResults()).run())
        if parent is not None:
            watching = asyncio.create_task(_cancel_after(parent, task))
            task.add_done_callback(lambda _: watching.cancel())
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task


async def _cancel_after(parent: int, task: asyncio.Task[None]) -> None:
    """An orphan gets another parent, which shows that the server has ended, however it did."""
    while os.getppid() == parent:
        await asyncio.sleep(PARENT_LOOK_S)
    task.cancel()
