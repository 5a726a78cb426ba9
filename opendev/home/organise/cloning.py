"""The next edition of an event, with its polls: where sessions and polls meet."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from opendev.core.attendance import Caller
from polls.services import copy_polls
from sessions.programme.models import Event
from sessions.programme.services.cloning import clone_event


@transaction.atomic
def clone_with_polls(*, event_id: int, caller: Caller, given: Mapping[str, Any]) -> Event:
    """Clone an event, and its polls as drafts.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, Malformed, AddressTaken
    """
    now = timezone.now()
    made, pairs = clone_event(event_id=event_id, caller=caller, given=given, now=now)
    for old, new in pairs:
        copy_polls(from_session_id=old.pk, to_session_id=new.pk, caller=caller, now=now)
    return made
