"""The ballot box of this process: every vote goes through it, by socket, page and REST alike."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opendev.core import metrics
from opendev.core.attendance import AttendeePass
from opendev.core.batching import Batch, Batcher, register
from opendev.core.errors import DomainError, Malformed
from opendev.core.groups import Member
from opendev.core.text import clean_id
from opendev.core.threads import DatabaseAway, shared_reader, with_fresh_connections
from polls import broadcasts
from polls.kinds import read_answer, read_other
from polls.selectors import Mine, own_answers
from polls.services import Recorded, RecordedBatch, Vote, fold, record_ballots
from polls.services.ballots import MAX_SEQ

MAX_WAITING = 20_000
FOLD_AFTER_S = 0.05  # another worker's batch takes about as long; its next one also folds
_BALLOT = re.compile(r"[A-Za-z0-9_-]{16,64}\Z")

Answer = Callable[[Recorded | DomainError], None]


def _record(votes: Sequence[Vote]) -> RecordedBatch:
    return record_ballots(votes, timezone.now())


class BallotBox(Batcher[Vote, Recorded]):
    """Collects votes while the last batch commits, so that a storm costs few transactions. One per process."""

    def __init__(self) -> None:
        super().__init__(_record, name="ballot-box", limit=MAX_WAITING)
        self.pending: set[int] = set()  # polls whose stored tallies lack votes that this process recorded
        self.folding: asyncio.Task[None] | None = None

    async def stop(self) -> None:
        """Process the waiting votes, and stop. The closer of any process folds what is still pending."""
        await super().stop()
        if self.folding:
            self.folding.cancel()

    def finished(self, batch: Batch[Recorded]) -> None:
        """Count the outcomes and pass on the news.

        Right after this the voters are answered and moved to their audience, so that they get the news for
        those who voted.
        """
        codes = Counter("ok" if isinstance(outcome, Recorded) else outcome.code for outcome in batch.outcomes)
        for code, count in codes.items():
            metrics.VOTES.labels(code).inc(count)
        broadcasts.publish(batch.news)
        if isinstance(batch, RecordedBatch) and batch.pending and not self.is_ending:
            self.pending |= batch.pending
            if self.folding is None or self.folding.done():
                self.folding = asyncio.ensure_future(self._fold())

    async def _fold(self) -> None:
        """Fold pending counts as soon as no other worker is writing the polls' tallies, and pass on the news."""
        while self.pending:
            await asyncio.sleep(FOLD_AFTER_S)
            if self.thread is None or self.loop is None:
                return
            poll_ids, self.pending = self.pending, set()
            try:
                folded = await self.loop.run_in_executor(self.thread, with_fresh_connections, fold, poll_ids)
            except DatabaseAway:  # already logged, once for the outage
                self.pending |= poll_ids
                continue
            broadcasts.publish(folded.news)
            self.pending |= folded.left

    def put(self, item: Vote, answer: Answer, *, origin: Member | None = None) -> None:
        """Record a vote; `answer` is called on the loop after the commit, never before. Only on the loop.

        `origin` is the socket that sent the vote, which `answer` notifies; the attendee's others are notified after it.

        Raises:
            TryLater: the box is full; nothing was recorded.
        """

        def done(outcome: Recorded | DomainError) -> None:
            answer(outcome)
            if isinstance(outcome, Recorded):
                voter, voted = item.attendee.attendee_id, outcome.mine.voted
                broadcasts.attendee_voted(outcome.session_id, item.poll_id, voter, voted=voted, origin=origin)

        super().put(item, done)

    def answering(self) -> AbstractContextManager[None]:
        """Send a voter's answer and the tally that the voter may now see in one write."""
        return broadcasts.together()


AnswersWanted = tuple[AttendeePass, Sequence[int], bytes | None]


class AnswersReader(Batcher[AnswersWanted, dict[int, Mine]]):
    """Reads newcomers' own answers for their snapshots, in a few queries for all who join at once. One per process."""

    def __init__(self) -> None:
        super().__init__(own_answers, name="answers-reader", limit=MAX_WAITING, thread=shared_reader)


ballot_box = register(BallotBox())
answers_reader = register(AnswersReader())


def read_vote(
    *,
    poll: Any,
    attendee: AttendeePass,
    answer: Mapping[str, Any],
    arrived_at: datetime,
    seq: Any = None,
    ballot: Any = None,
    withdraws: bool = False,
) -> Vote:
    """Return a vote from a client's message; only shapes are checked here, since the rules need the lock.

    Args:
        poll: the poll's id, as text.
        answer: the message, from which the fields of answers (polls/kinds) are read, unless the vote withdraws.
        seq: a whole number from 0 to 2**53 - 1, or None.
        ballot: the client's own ballot secret, 16 to 64 of `[A-Za-z0-9_-]`, or None.

    Raises:
        Malformed: with the field that is wrong.
    """
    other = "" if withdraws else read_other(answer.get("other"))
    field, value = ("options", ()) if withdraws else read_answer(answer)
    if seq is not None and (not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq <= MAX_SEQ):
        raise _wrong("seq", _("This must be a whole number from 0 to 2^53 - 1."))
    poll_id = clean_id(poll, field="poll")
    secret = read_ballot_secret(ballot)
    return Vote(poll_id, attendee, value, arrived_at, seq, secret, withdraws, field, other)


def read_ballot_secret(ballot: Any) -> bytes | None:
    """Return the client's own ballot secret, or None if it sent none.

    Raises:
        Malformed
    """
    if ballot is None:
        return None
    if not isinstance(ballot, str) or not _BALLOT.match(ballot):
        raise _wrong("ballot", _("This must be 16 to 64 characters of A-Z, a-z, 0-9, _ and -."))
    return ballot.encode()


def _wrong(field: str, sentence: Any) -> Malformed:
    return Malformed(sentence, fields={field: sentence})
