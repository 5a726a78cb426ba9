"""Whether the pad worker (`manage.py sync_pads`) is running: it writes a heartbeat into the database."""

import asyncio
from datetime import datetime, timedelta

from etherpad_links.models import EtherpadLink, PadWorkerBeat

BEAT_S = 5.0
AWAY_AFTER = timedelta(seconds=20)  # longer than it takes to restart a killed worker
GRACE_S = 30.0  # after this process started: its worker starts with it


def worker_is_away(now: datetime) -> bool:
    """Return True if a pad is linked and there was no recent heartbeat."""
    if PadWorkerBeat.objects.filter(seen_at__gt=now - AWAY_AFTER).exists():
        return False
    return EtherpadLink.objects.exists()


class WorkerWatch:
    """What a serving process knows about the worker, for `/readyz`, which must not wait for the database."""

    def __init__(self) -> None:
        self.is_away = False
        self.began_at: float | None = None

    def begin(self) -> None:
        """Start the period in which the worker may still be starting."""
        self.began_at, self.is_away = asyncio.get_running_loop().time(), False

    def note(self, *, is_away: bool) -> None:
        """Update from the database."""
        began_at = self.began_at if self.began_at is not None else -GRACE_S
        self.is_away = is_away and asyncio.get_running_loop().time() - began_at >= GRACE_S


worker_watch = WorkerWatch()
