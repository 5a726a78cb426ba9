"""Queries about starred sessions."""

from opendev.core.errors import NotFound
from sessions.access.tokens import hash_token
from sessions.programme.models import Event, Session, Star, StarList
from sessions.programme.selectors import sessions_of


def starred_ids(event_id: int, token: str) -> frozenset[int]:
    """Return the sessions on the list with this token, or none if there is no such list."""
    if not token:
        return frozenset()
    stars = Star.objects.filter(star_list__event=event_id, star_list__token_hash=hash_token(token))
    return frozenset(stars.order_by().values_list("session_id", flat=True))


def starred_sessions(event: Event, token: str) -> list[Session]:
    """Return the sessions on the list with this token, in the order of the programme.

    Raises:
        NotFound: there is no such list.
    """
    if not StarList.objects.filter(event=event, token_hash=hash_token(token)).exists():
        raise NotFound
    wanted = starred_ids(event.pk, token)
    return [session for session in sessions_of(event) if session.pk in wanted]
