"""Who may see which names on a sign-up line: pure predicates."""

from collections.abc import Collection

from opendev.core.attendance import Caller
from sessions.programme.permissions import can_moderate


def can_see_contacts(caller: Caller, *, moderator_ids: Collection[int], owner_user_id: int | None) -> bool:
    """Return True if the caller may read all names on a line, and the addresses of those who agreed.

    That is its owner, the moderators of its session and the organisers, as every consent says.
    """
    owns = owner_user_id is not None and caller.user_id == owner_user_id
    return owns or can_moderate(caller, moderator_ids)
