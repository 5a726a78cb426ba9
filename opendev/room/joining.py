"""Joining a session by page and REST: the request's part of a join."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from opendev.core import outages
from opendev.core.attendance import AttendeePass
from opendev.core.errors import Unavailable
from opendev.core.presence import note_join
from opendev.door.threads import PLACE
from sessions.attendees.box import join_desk
from sessions.attendees.services.joining import Joined, is_closed, read_join
from sessions.follow_ups.selectors.lines import has_open_line
from sessions.programme.models import Session


def join(
    request: HttpRequest, session: Session, *, known: AttendeePass | None, said: Mapping[str, Any]
) -> Joined:
    """Record a join with the next batch; it is durable when this returns.

    Raises:
        DomainError: see `read_join` and `record_joins`; TryLater, NotSure; Unavailable while nothing can be stored.
    """
    # The batch would be retried for ten seconds, blocking a page thread for everybody who joins.
    if outages.storage.is_on:
        raise Unavailable
    takes_names = is_closed(session) and has_open_line(session.pk)
    wish = read_join(session_id=session.pk, known=known, has_open_line=takes_names, **said)
    joined = join_desk.put_and_wait(wish, key=request.META.get(PLACE, ""))
    note_join(request, session.pk, joined.attendee.pk)
    return joined
