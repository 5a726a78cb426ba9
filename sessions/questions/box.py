"""The box in which upvotes wait for the database: in batches, so that a storm costs few transactions."""

from typing import Any

from opendev.core.attendance import AttendeePass
from opendev.core.batching import Batcher, register
from opendev.core.groups import Member
from opendev.core.own_box import MAX_WAITING, OwnBox
from opendev.core.text import clean_id
from opendev.core.threads import shared_reader
from sessions.questions import broadcasts
from sessions.questions.selectors import own_upvotes
from sessions.questions.services.upvotes import Upvote, Upvoted, record_upvotes


def _tell(upvote: Upvote, upvoted: Upvoted, origin: Member | None) -> None:
    attendee_id = upvote.attendee.attendee_id
    broadcasts.attendee_upvoted(upvoted.session_id, upvoted.question_id, attendee_id, origin=origin)


upvote_box: OwnBox[Upvote, Upvoted] = register(OwnBox(record_upvotes, name="upvote-box", tell=_tell))
upvotes_reader: Batcher[tuple[int, int], set[int]] = register(
    Batcher(own_upvotes, name="upvotes-reader", limit=MAX_WAITING, thread=shared_reader)
)


def read_upvote(*, question: Any, attendee: AttendeePass, takes_back: bool = False) -> Upvote:
    """Return an upvote from a client's data.

    Raises:
        Malformed: the id is invalid.
    """
    return Upvote(clean_id(question, field="question"), attendee, takes_back)
