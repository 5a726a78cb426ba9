"""Who may do what with sessions: pure predicates."""

from collections.abc import Collection

from opendev.core.attendance import Caller


def can_moderate(caller: Caller, moderator_ids: Collection[int]) -> bool:
    """Tell whether the caller is signed in as one of the session's moderators or its event's organisers."""
    return caller.user_id is not None and caller.user_id in moderator_ids
