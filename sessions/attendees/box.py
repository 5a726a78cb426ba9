"""The box in which joins wait for the database: in batches, by page and REST alike."""

from collections.abc import Sequence

from django.utils import timezone

from opendev.core.batching import Batcher, register
from opendev.core.errors import DomainError
from opendev.core.threads import shared_writer
from sessions.attendees.services.joining import Joined, JoinWish, record_joins

MAX_WAITING = 20_000


def _record(wishes: Sequence[JoinWish]) -> Sequence[Joined | DomainError]:
    return record_joins(wishes, timezone.now())


# When told to scan a code, a whole room does so at once; each join alone would be a transaction with a sync to disk.
join_desk: Batcher[JoinWish, Joined] = register(
    Batcher(_record, name="join-desk", limit=MAX_WAITING, thread=shared_writer)
)
