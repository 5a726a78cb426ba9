"""Where questions, and what else moderators say by socket, wait for the database: upvotes in batches, deeds in turn.

Sockets put their commands here, since nothing on the loop may touch the database; pages and REST cast upvotes through
the same box, so that a storm costs few transactions whatever door it comes by.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from opendev.core.attendance import AttendeePass
from opendev.core.batching import Batcher, work_unless_away
from opendev.core.errors import DomainError, TryLater
from opendev.core.text import clean_id
from sessions.selectors.questions import own_upvotes
from sessions.services import Upvote, Upvoted, record_upvotes

log = logging.getLogger("opendev.live")

MAX_WAITING = 20_000
MAX_DEEDS_WAITING = 2_000

Deed = Callable[[], Any]  # returns what it changed


def _do_each(deeds: Sequence[Deed]) -> list[Any]:
    return [_do(deed) for deed in deeds]


def _do(deed: Deed) -> Any:
    """Do one deed in its own transaction. A defect is logged here: a batch that fails is tried again, deeds are not."""

    def work() -> Any:
        try:
            return deed()
        except DomainError as refusal:
            return refusal

    try:
        return work_unless_away(work, away=TryLater)
    except Exception:
        log.exception("A deed failed.")
        return TryLater()


upvote_box: Batcher[Upvote, Upvoted] = Batcher(record_upvotes, name="upvote-box", limit=MAX_WAITING)
desk: Batcher[Deed, Any] = Batcher(_do_each, name="question-desk", limit=MAX_DEEDS_WAITING)
upvotes_reader: Batcher[tuple[int, int], set[int]] = Batcher(
    own_upvotes, name="upvotes-reader", limit=MAX_WAITING
)


def read_upvote(*, question: Any, attendee: AttendeePass, takes_back: bool = False) -> Upvote:
    """Return an upvote from what a client sent.

    Raises:
        Malformed: the id is none.
    """
    return Upvote(clean_id(question, field="question"), attendee, takes_back)
