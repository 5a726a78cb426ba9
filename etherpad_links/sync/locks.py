"""One writer a pad, also when its worker dies: PostgreSQL's advisory locks, elsewhere a lease of a few seconds.

All calls of a worker come from one database thread, so that one connection holds its locks. When that connection is
lost, PostgreSQL lets go of them by itself; the next `hold` takes them again or says that somebody else was faster.
"""

import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from etherpad_links.models import PadLease

ADVISORY_CLASS = 0x5AD5  # ours among the two-key advisory locks of the database
LEASE = timedelta(seconds=10)
RENEW_S = 2.0


class PadLocks:
    """The locks of one worker."""

    def __init__(self) -> None:
        self.holder = secrets.token_hex(16)

    def hold(self, link_id: int, now: datetime) -> bool:
        """Take the pad's lock, or keep it; False when another worker has it. Twice is once."""
        if connection.vendor == "postgresql":
            return self._holds_advisory(link_id) or self._takes_advisory(link_id)
        return self._leases(link_id, now)

    def release(self, link_id: int) -> None:
        """Let go, so that another worker need not wait."""
        if connection.vendor == "postgresql":
            if self._holds_advisory(link_id):
                self._ask("SELECT pg_advisory_unlock(%s, %s)", link_id)
        else:
            PadLease.objects.filter(link=link_id, holder=self.holder).delete()

    def _holds_advisory(self, link_id: int) -> bool:
        return self._ask(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = %s"
            " AND objid::bigint = %s AND objsubid = 2 AND pid = pg_backend_pid() AND granted)",
            link_id,
        )

    def _takes_advisory(self, link_id: int) -> bool:
        return self._ask("SELECT pg_try_advisory_lock(%s, %s)", link_id)

    def _ask(self, question: str, link_id: int) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(question, [ADVISORY_CLASS, link_id & 0x7FFFFFFF])
            row = cursor.fetchone()
        return bool(row and row[0])

    @transaction.atomic
    def _leases(self, link_id: int, now: datetime) -> bool:
        mine_or_over = Q(holder=self.holder) | Q(until__lt=now)
        fresh = {"holder": self.holder, "until": now + LEASE}
        if PadLease.objects.filter(mine_or_over, link=link_id).update(**fresh):
            return True
        _, is_new = PadLease.objects.get_or_create(link_id=link_id, defaults=fresh)
        return is_new
