"""Pure predicates about a caller's rights in a session."""

from collections.abc import Collection

from opendev.core.attendance import Caller

MODERATORS = "moderators"  # the audience of a session's moderators


def can_moderate(caller: Caller, moderator_ids: Collection[int]) -> bool:
    """Return True if the caller is signed in as one of the session's moderators or its event's organisers."""
    return caller.user_id is not None and caller.user_id in moderator_ids
