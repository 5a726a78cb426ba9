"""Where questions, and what else moderators say by socket, wait for the database: upvotes in batches, deeds in turn.

Sockets put their commands here, since nothing on the loop may touch the database; pages and REST cast upvotes through
the same box, so that a storm costs few transactions whatever door it comes by.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from opendev.core.attendance import AttendeePass
from opendev.core.batching import AWAY_LIMIT_S, Answer, Batcher, register, work_unless_away
from opendev.core.errors import DomainError, TryLater
from opendev.core.groups import Member
from opendev.core.text import clean_id
from opendev.core.threads import shared_reader, shared_writer
from sessions.questions import broadcasts
from sessions.questions.selectors import own_upvotes
from sessions.questions.services.upvotes import Upvote, Upvoted, record_upvotes

log = logging.getLogger("opendev.live")

MAX_WAITING = 20_000
MAX_DEEDS_WAITING = 2_000

Deed = Callable[[], Any]  # returns what it changed


def _do_each(deeds: Sequence[Deed]) -> list[Any]:
    until = time.monotonic() + AWAY_LIMIT_S  # one outage for all that wait, not ten seconds for each
    return [_do(deed, until) for deed in deeds]


def _do(deed: Deed, until: float) -> Any:
    """Do one deed in its own transaction. A defect is logged here: a batch that fails is tried again, deeds are not."""

    def work() -> Any:
        try:
            return deed()
        except DomainError as refusal:
            return refusal

    try:
        return work_unless_away(work, away=TryLater, until=until)
    except Exception:
        log.exception("A deed failed.")
        return TryLater()


class UpvoteBox(Batcher[Upvote, Upvoted]):
    """Gathers upvotes while the last batch commits. One a process."""

    def __init__(self) -> None:
        super().__init__(record_upvotes, name="upvote-box", limit=MAX_WAITING, thread=shared_writer)

    def put(self, item: Upvote, answer: Answer[Upvoted], *, origin: Member | None = None) -> None:
        """Record an upvote; `answer` is called after the commit, then the attendee's sockets but `origin` hear.

        Raises:
            TryLater: too many wait; nothing was recorded.
        """

        def done(outcome: Upvoted | DomainError) -> None:
            answer(outcome)
            if isinstance(outcome, Upvoted):
                broadcasts.attendee_upvoted(
                    outcome.session_id, outcome.question_id, item.attendee.attendee_id, origin=origin
                )

        super().put(item, done)


upvote_box = register(UpvoteBox())
desk: Batcher[Deed, Any] = register(Batcher(_do_each, name="question-desk", limit=MAX_DEEDS_WAITING))
upvotes_reader: Batcher[tuple[int, int], set[int]] = register(
    Batcher(own_upvotes, name="upvotes-reader", limit=MAX_WAITING, thread=shared_reader)
)


def read_upvote(*, question: Any, attendee: AttendeePass, takes_back: bool = False) -> Upvote:
    """Return an upvote from what a client sent.

    Raises:
        Malformed: the id is none.
    """
    return Upvote(clean_id(question, field="question"), attendee, takes_back)
