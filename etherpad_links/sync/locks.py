"""One writer per pad, even if its worker dies: a lease of a few seconds, stored in the database.

A lease needs no connection of its own, so it holds behind a PgBouncer in transaction mode too, where an advisory lock
of PostgreSQL belongs to whichever server connection happened to be asked.
"""

import asyncio
import logging
import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from etherpad_links.models import EtherpadLink, PadLease
from etherpad_links.sync.database import Database
from opendev.core.threads import DatabaseAway

log = logging.getLogger("etherpad_links.sync")

LEASE = timedelta(seconds=10)
RENEW_S = 2.0


class LockIsElsewhere(Exception):
    """Another worker is writing into this pad."""


class PadLocks:
    """The locks of one worker."""

    def __init__(self) -> None:
        self.holder = secrets.token_hex(16)

    @transaction.atomic
    def hold(self, link_id: int, now: datetime) -> bool:
        """Take the pad's lock, or keep it; False if another worker has it. Repeating it does nothing."""
        mine_or_over = Q(holder=self.holder) | Q(until__lt=now)
        fresh = {"holder": self.holder, "until": now + LEASE}
        if PadLease.objects.filter(mine_or_over, link=link_id).update(**fresh):
            return True
        _, is_new = PadLease.objects.get_or_create(link_id=link_id, defaults=fresh)
        return is_new

    def release(self, link_id: int) -> None:
        """Release the lock, so that another worker need not wait."""
        PadLease.objects.filter(link=link_id, holder=self.holder).delete()


class PadLock:
    """The lock of one pad, held on the loop and renewed from time to time."""

    def __init__(self, link: EtherpadLink, pad_name: str, database: Database, locks: PadLocks) -> None:
        self.link, self.pad_name, self.database, self.locks = link, pad_name, database, locks
        self.held_at = -1e9
        self.is_wait_logged = False

    async def hold(self) -> None:
        """Take the lock, or renew it if that is due.

        Raises:
            LockIsElsewhere
        """
        now = asyncio.get_running_loop().time()
        if now - self.held_at < RENEW_S:
            return
        if not await self.database(self.locks.hold, self.link.pk, timezone.now()):
            self.held_at = -1e9
            raise LockIsElsewhere
        self.held_at, self.is_wait_logged = now, False

    async def wait(self) -> None:
        """Pause before the next try to take another worker's lock; log that once."""
        if not self.is_wait_logged:
            log.warning("Another worker writes into pad %s; this one waits.", self.pad_name)
        self.is_wait_logged = True
        await asyncio.sleep(RENEW_S)

    async def release(self) -> None:
        """Release the lock, even while the task is being cancelled."""
        with suppress(DatabaseAway):  # then the lease expires
            await asyncio.shield(self.database(self.locks.release, self.link.pk))
