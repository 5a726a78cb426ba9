"""All pads of an installation: a task for each active one, and one database query for all."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from etherpad_links import services
from etherpad_links.models import EtherpadLink
from etherpad_links.padserver.addresses import ServerAddress
from etherpad_links.selectors import active_links, address_of, marks_of_change
from etherpad_links.sync.connecting import Checks
from etherpad_links.sync.database import Database
from etherpad_links.sync.locks import PadLocks
from etherpad_links.sync.pace import Pace
from etherpad_links.sync.pad_task import PadTask
from etherpad_links.sync.passages import NoPassages, PassageSource
from etherpad_links.worker_state import BEAT_S
from opendev.core.threads import DatabaseAway, end_thread

log = logging.getLogger("etherpad_links.sync")

LOOK_UPS = 32
LOOK_S = 0.25  # for new sign-ups
LOOK_FOR_PADS_S = 2.0
AWAY_S = 1.0  # between two tries while the database is away


class Worker:
    """Starts and ends the tasks of pads; runs until cancelled."""

    def __init__(self, source: PassageSource | None = None) -> None:
        self.database, self.locks = Database(), PadLocks()
        self.source = source or NoPassages()
        self.paces: dict[ServerAddress, Pace] = {}
        self.checks: dict[ServerAddress, Checks] = {}
        self.tasks: dict[int, tuple[PadTask, asyncio.Task[None]]] = {}
        self.marks: dict[int, Any] = {}

    async def run(self) -> None:
        """Run forever."""
        next_look = next_beat = 0.0
        # Host names are resolved in threads: slow ones must not delay the other pads.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(LOOK_UPS, "pads-look-up"))
        try:
            while True:
                try:
                    now = asyncio.get_running_loop().time()
                    if now >= next_look:
                        next_look = now + LOOK_FOR_PADS_S
                        await self._follow(await self.database(active_links))
                    if now >= next_beat:
                        next_beat = now + BEAT_S
                        await self.database(services.record_beat, timezone.now())
                    await self._wake_who_has_news()
                except DatabaseAway:
                    await asyncio.sleep(AWAY_S)  # already logged, once for the outage
                except DatabaseError:
                    log.exception("The database cannot be read; trying again.")
                    await asyncio.sleep(AWAY_S)
                await asyncio.sleep(LOOK_S)
        finally:
            await self._end([task for _, task in self.tasks.values()])
            end_thread(self.database.thread)

    async def _follow(self, links: list[EtherpadLink]) -> None:
        """Start tasks for new pads, end those that are not needed, and restart those whose address has changed."""
        wanted = {link.pk: link for link in links}
        over = [
            link_id
            for link_id, (task, running) in self.tasks.items()
            if link_id not in wanted or wanted[link_id].url != task.link.url or running.done()
        ]
        await self._end([self.tasks.pop(link_id)[1] for link_id in over])
        for link in links:
            address = address_of(link)
            if link.pk not in self.tasks and address is not None:
                pace = self.paces.setdefault(address.server, Pace())
                checks = self.checks.setdefault(address.server, Checks())
                task = PadTask(link, self.database, self.locks, self.source, pace=pace, checks=checks)
                self.tasks[link.pk] = task, asyncio.create_task(task.run(), name=f"pad {link.pk}")

    async def _wake_who_has_news(self) -> None:
        sessions = {task.link.session_id: task for task, _ in self.tasks.values()}
        marks = await self.database(self._look, list(sessions)) if sessions else {}
        for session_id, task in sessions.items():
            if marks.get(session_id) != self.marks.get(session_id):
                task.look_again()
        self.marks = marks

    def _look(self, sessions: list[int]) -> dict[int, Any]:
        lines, passages = marks_of_change(sessions), self.source.marks(sessions)
        return {session: (lines.get(session), passages.get(session)) for session in sessions}

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                try:
                    await task
                except Exception:
                    log.exception("A pad's task ended with an error; it is begun anew.")
