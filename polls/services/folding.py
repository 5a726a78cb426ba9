"""Adding the pending counts of parallel batches to the stored tallies (docs/adr/0066)."""

import time
from collections.abc import Collection
from typing import NamedTuple

from django.db import transaction

from opendev.core.groups import News
from polls import ballot_store, pending_store
from polls.models import Poll
from polls.news import news_of
from polls.pending_store import Pending
from polls.poll_locks import free_polls
from polls.selectors import fresh_options

# The increment of a version when pending ballots are added. A batch that was in progress when they were committed may
# lack them and increments the version by one; everything committed after it has them, and is at least two higher.
STEP = 2
TRY_AGAIN_S = 0.002  # a worker pauses for 5 ms between its batches


class Folded(NamedTuple):
    """The result of folding polls with pending ballots.

    `versions` says for each poll from which version on its tally includes everything committed before the call; for
    those in `left`, whose tallies another batch was writing, it is estimated: docs/adr/0066 says when it may be one
    too low.
    """

    news: list[News]
    versions: dict[int, int]
    left: frozenset[int]


def fold(poll_ids: Collection[int]) -> Folded:
    """Add pending counts to the stored tallies of these polls, without waiting for those that a batch is writing."""
    if not poll_ids:
        return Folded([], {}, frozenset())
    with transaction.atomic():
        free = {poll.pk: poll for poll in free_polls(poll_ids)}
        pending = pending_store.take(free.keys())
        changed = [poll for poll in free.values() if add_to_tally(poll, pending.get(poll.pk))]
        news = [news_of(poll, fresh_options(poll), whole=False) for poll in changed]
    left = frozenset(poll_ids) - free.keys()
    versions = {poll.pk: poll.version for poll in free.values()}
    if left:
        read = Poll.objects.filter(pk__in=left).values_list("pk", "version")
        versions |= {poll_id: version + STEP for poll_id, version in read}
    return Folded(news, versions, left)


def fold_within(poll_ids: Collection[int], seconds: float) -> Folded:
    """Fold as soon as nobody is writing the tallies, for at most this many seconds; the rest is left for later."""
    folded, until = fold(poll_ids), time.monotonic() + seconds
    while folded.left and time.monotonic() < until:
        time.sleep(TRY_AGAIN_S)
        more = fold(folded.left)
        folded = Folded(folded.news + more.news, folded.versions | more.versions, more.left)
    return folded


def fold_left_over() -> list[News]:
    """Add the counts left by workers that have ended; return the news."""
    return fold(pending_store.polls_with_pending()).news


def add_to_tally(poll: Poll, pending: Pending | None) -> bool:
    """Add pending counts to the stored tally of a poll whose row is locked; return True if there were any."""
    if pending is None:
        return False
    ballot_store.add_to_counts(pending.counts)
    poll.ballots += pending.ballots
    poll.version += STEP
    ballot_store.set_poll_tally(poll)
    return True
