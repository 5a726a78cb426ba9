"""The task that looks after one pad, whatever goes wrong."""

import asyncio
import logging

from django.db import DatabaseError
from django.utils import timezone

from etherpad_links import services
from etherpad_links.models import EtherpadLink
from etherpad_links.padserver.addresses import PadAddress, read_pad_address
from etherpad_links.padserver.errors import (
    AddressForbidden,
    ChangeRefused,
    ChecksLimited,
    OutcomeUnknown,
    PadMissing,
    PadRefused,
    PadTrouble,
    RateLimited,
)
from etherpad_links.padserver.pad_socket import Change, PadSocket
from etherpad_links.sync.connecting import Checks, Connector
from etherpad_links.sync.database import Database
from etherpad_links.sync.locks import LockIsElsewhere, PadLock, PadLocks
from etherpad_links.sync.memory import PadMemory
from etherpad_links.sync.pace import Pace
from etherpad_links.sync.passages import PassageSource
from etherpad_links.sync.reading import learn_read_only_id
from etherpad_links.sync.rounds import Rounds
from opendev.core.threads import DatabaseAway

log = logging.getLogger("etherpad_links.sync")

TICK_S = 0.5
MOST_UNANSWERED = 3  # changes without an answer before we check again what the server allows
RETRY_S = (1.0, 2.0, 5.0, 15.0, 30.0)
Health = EtherpadLink.Health
HEALTH: dict[type[PadTrouble], EtherpadLink.Health] = {
    PadMissing: Health.MISSING,
    PadRefused: Health.REFUSED,
    AddressForbidden: Health.FORBIDDEN,
}


class PadTask:
    """Looks after one pad while it runs.

    It combines a lock (PadLock), connections (Connector), rounds of writing and reading (Rounds), and the state
    between them (PadMemory). `pace` and `checks` are shared by all pads of its server.
    """

    def __init__(
        self,
        link: EtherpadLink,
        database: Database,
        locks: PadLocks,
        source: PassageSource,
        *,
        pace: Pace,
        checks: Checks,
    ) -> None:
        self.link, self.database, self.pace = link, database, pace
        self.address: PadAddress = read_pad_address(link.url)
        self.lock = PadLock(link, self.address.name, database, locks)
        self.memory = PadMemory(link, database, source)
        self.connector = Connector(link, self.address, self.memory, checks)
        self.wake = asyncio.Event()
        self.pad: PadSocket | None = None
        self.failures = self.unanswered = 0

    # --- life

    async def run(self) -> None:
        """Keep the pad in step until cancelled, retrying after every failure."""
        try:
            while True:
                try:
                    await self.lock.hold()
                    await self._keep_in_step()
                except LockIsElsewhere:
                    await self.lock.wait()
                except PadTrouble as trouble:
                    self._learn(trouble)
                    await self._rest(trouble)
                except DatabaseAway:
                    await asyncio.sleep(RETRY_S[0])  # already logged, once for the outage
                except DatabaseError:
                    log.exception("The database failed while pad %s was kept in step.", self.address.name)
                    await asyncio.sleep(RETRY_S[0])
        finally:
            await self.lock.release()

    async def _rest(self, trouble: PadTrouble) -> None:
        """Log what is wrong, once, and wait longer each time."""
        if isinstance(trouble, RateLimited):
            if isinstance(trouble, ChecksLimited):
                await self._record_health(Health.WAITING)
            await asyncio.sleep(trouble.retry_after)
            return
        health = HEALTH.get(type(trouble), Health.UNREACHABLE)
        if not self.failures:
            log.warning("Pad %s: %s. Names are kept until it is back.", self.address.name, trouble)
        wait = RETRY_S[min(self.failures, len(RETRY_S) - 1)]
        self.failures += 1
        if (
            self.failures > 1 or health != EtherpadLink.Health.UNREACHABLE
        ):  # a short interruption is not reported
            await self._record_health(health)
        await asyncio.sleep(wait)

    def _learn(self, trouble: PadTrouble) -> None:
        """Record what ended a connection, for the next one."""
        unanswered = isinstance(trouble, OutcomeUnknown) and self.pad is not None and not self.pad.accepted
        self.unanswered = self.unanswered + 1 if unanswered else 0
        self.connector.reads_afresh |= (
            isinstance(trouble, ChangeRefused) or self.unanswered >= MOST_UNANSWERED
        )
        self.connector.learn(trouble)

    # --- the connection

    async def _keep_in_step(self) -> None:
        await self.pace.turn()  # joining counts as messages too
        pad = self.pad = await self.connector.connect(self._heard)
        rounds = Rounds(pad, self.memory, self._take_turn)
        try:
            await self._record_health(Health.READ_ONLY if pad.is_read_only else Health.OK)
            if self.failures:
                log.warning("Pad %s is back.", self.address.name)
            self.failures, self.memory.rows_changed = 0, True
            await learn_read_only_id(self.link, self.database)
            while True:
                await self.lock.hold()
                await rounds.go()
                await self._sleep_till_something_happens()
                if pad.trouble:
                    raise pad.trouble
        finally:
            self.memory.known = pad.known
            await pad.close()

    async def _record_health(self, health: Health) -> None:
        await self.database(services.record_health, link_id=self.link.pk, health=health, now=timezone.now())

    async def _take_turn(self) -> None:
        await self.pace.turn()
        await self.lock.hold()

    def _heard(self, change: Change) -> None:
        self.memory.heard(change)
        self.wake.set()

    def look_again(self) -> None:
        """Wake up, since the database has something new for this pad."""
        self.memory.rows_changed = True
        self.wake.set()

    async def _sleep_till_something_happens(self) -> None:
        pad = self.pad
        try:
            async with asyncio.timeout(TICK_S):
                await self.wake.wait()
        except TimeoutError:
            pass
        self.wake.clear()
        if pad is not None and pad.ended.is_set() and pad.trouble:
            raise pad.trouble
