"""The box in which supports wait for the database: in batches, by page, REST and socket alike."""

from typing import Any

from opendev.core.attendance import AttendeePass
from opendev.core.batching import Batcher, register
from opendev.core.groups import Member
from opendev.core.own_box import MAX_WAITING, OwnBox
from opendev.core.text import clean_id
from opendev.core.threads import shared_reader
from sessions.suggestions import broadcasts
from sessions.suggestions.selectors import own_supports
from sessions.suggestions.services.supports import Support, Supported, record_supports


def _tell(support: Support, supported: Supported, origin: Member | None) -> None:
    attendee_id = support.attendee.attendee_id
    broadcasts.attendee_supported(supported.session_id, supported.suggestion_id, attendee_id, origin=origin)


support_box: OwnBox[Support, Supported] = register(OwnBox(record_supports, name="support-box", tell=_tell))
supports_reader: Batcher[tuple[int, int], set[int]] = register(
    Batcher(own_supports, name="supports-reader", limit=MAX_WAITING, thread=shared_reader)
)


def read_support(*, suggestion: Any, attendee: AttendeePass, takes_back: bool = False) -> Support:
    """Return a support from a client's data.

    Raises:
        Malformed: the id is invalid.
    """
    return Support(clean_id(suggestion, field="suggestion"), attendee, takes_back)
