"""One writer a pad, also when its worker dies: a lease of a few seconds, kept in the database.

A lease needs no connection of its own, so it holds behind a PgBouncer in transaction mode too, where an advisory lock
of PostgreSQL belongs to whichever server connection happened to be asked.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from etherpad_links.models import PadLease

LEASE = timedelta(seconds=10)
RENEW_S = 2.0


class PadLocks:
    """The locks of one worker."""

    def __init__(self) -> None:
        self.holder = secrets.token_hex(16)

    @transaction.atomic
    def hold(self, link_id: int, now: datetime) -> bool:
        """Take the pad's lock, or keep it; False when another worker has it. Twice is once."""
        mine_or_over = Q(holder=self.holder) | Q(until__lt=now)
        fresh = {"holder": self.holder, "until": now + LEASE}
        if PadLease.objects.filter(mine_or_over, link=link_id).update(**fresh):
            return True
        _, is_new = PadLease.objects.get_or_create(link_id=link_id, defaults=fresh)
        return is_new

    def release(self, link_id: int) -> None:
        """Let go, so that another worker need not wait."""
        PadLease.objects.filter(link=link_id, holder=self.holder).delete()
