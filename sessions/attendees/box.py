"""Where joins wait for the database: in batches, whichever door they come by."""

from collections.abc import Sequence

from django.utils import timezone

from opendev.core.batching import Batcher, register
from opendev.core.errors import DomainError
from opendev.core.threads import shared_writer
from sessions.attendees.services.joining import Joined, JoinWish, record_joins

MAX_WAITING = 20_000


def _record(wishes: Sequence[JoinWish]) -> Sequence[Joined | DomainError]:
    return record_joins(wishes, timezone.now())


# A room that is told to scan a code does it at once; each join alone would be a transaction with a sync to the disk.
join_desk: Batcher[JoinWish, Joined] = register(
    Batcher(_record, name="join-desk", limit=MAX_WAITING, thread=shared_writer)
)
