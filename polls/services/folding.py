"""Adding to the kept tallies what batches recorded beside another one (docs/adr/0066)."""

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

# By how much a version grows when pending ballots are added. A batch that was under way when they were committed may
# lack them and raises the version by one; whatever is committed after it has them, and stands at least two higher.
STEP = 2
TRY_AGAIN_S = 0.002  # a worker rests for 5 ms between its batches


class Folded(NamedTuple):
    """What became of polls with pending ballots.

    `versions` says for each poll from which version on its tally holds all that was committed before the call; of those
    in `left`, whose tallies another batch was writing, it is reckoned: docs/adr/0066 says where it may be one too low.
    """

    news: list[News]
    versions: dict[int, int]
    left: frozenset[int]


def fold(poll_ids: Collection[int]) -> Folded:
    """Add what is pending to the kept tallies of these polls, without waiting for those that a batch is writing."""
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
    """Fold as soon as nobody is writing the tallies, for so many seconds at most; what is left then is for later."""
    folded, until = fold(poll_ids), time.monotonic() + seconds
    while folded.left and time.monotonic() < until:
        time.sleep(TRY_AGAIN_S)
        more = fold(folded.left)
        folded = Folded(folded.news + more.news, folded.versions | more.versions, more.left)
    return folded


def fold_left_over() -> list[News]:
    """Add what a worker left that has ended since; return the news of it."""
    return fold(pending_store.polls_with_pending()).news


def add_to_tally(poll: Poll, pending: Pending | None) -> bool:
    """Add what is pending to the kept tally of a poll whose row is locked; return True if anything was."""
    if pending is None:
        return False
    ballot_store.add_to_counts(pending.counts)
    poll.ballots += pending.ballots
    poll.version += STEP
    ballot_store.set_poll_tally(poll)
    return True
