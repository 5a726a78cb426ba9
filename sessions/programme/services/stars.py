"""Starring sessions."""

import secrets
from datetime import datetime

from django.db import transaction

from opendev.core.errors import NotFound
from sessions.access.tokens import hash_token
from sessions.programme.models import Session, Star, StarList

TOKEN_BYTES = 24


@transaction.atomic
def star_session(*, session_id: int, token: str, starred: bool, now: datetime) -> str:
    """Add a session to somebody's list, or remove it; return the list's token. Repeating it changes nothing.

    Args:
        token: the secret of their list; without one, or if it opens no list of this event, a new list is created.

    Raises:
        NotFound: no such session.
    """
    session = Session.objects.filter(pk=session_id).first()
    if session is None:
        raise NotFound
    star_list = StarList.objects.filter(event=session.event_id, token_hash=hash_token(token)).first()
    if star_list is None:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        star_list = StarList.objects.create(
            event_id=session.event_id, token_hash=hash_token(token), created_at=now
        )
    if starred:
        Star.objects.get_or_create(star_list=star_list, session=session)
    else:
        Star.objects.filter(star_list=star_list, session=session).delete()
    return token


def erase_stars(*, event_id: int, token: str) -> None:
    """Delete the list with this secret, and its calendar; do nothing if there is no such list."""
    if token:
        StarList.objects.filter(event=event_id, token_hash=hash_token(token)).delete()
