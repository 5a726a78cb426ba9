"""Queries about display links."""

from sessions.access.tokens import hash_token
from sessions.displays.models import DisplayLink


def display_by_token(session_id: int, token: str) -> DisplayLink | None:
    """Return the session's display link with this token, or None if there is none or it was revoked."""
    return DisplayLink.objects.filter(
        session=session_id, token_hash=hash_token(token), revoked_at__isnull=True
    ).first()


def display_links_of(session_id: int) -> list[DisplayLink]:
    """Return the session's display links that have not been revoked, oldest first."""
    return list(DisplayLink.objects.filter(session=session_id, revoked_at__isnull=True))


def display_ids(session_id: int) -> frozenset[int]:
    """Return the ids of the session's display links that have not been revoked."""
    links = DisplayLink.objects.filter(session=session_id, revoked_at__isnull=True)
    return frozenset(links.order_by().values_list("pk", flat=True))
