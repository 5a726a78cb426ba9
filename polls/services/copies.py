"""Polls copied into another session as drafts: their questions and rules, nothing of what was voted."""

from datetime import datetime

from django.db import transaction

from opendev.core.attendance import Caller
from polls.models import Poll
from polls.selectors import moderators_options
from polls.services.drafts import add_poll, draft_of
from sessions.programme.services.rights import check_moderates


def latest_rounds(session_id: int) -> list[Poll]:
    """Return the polls of a session that can be asked again, in their order: of several rounds the latest, none that
    were archived.
    """
    latest: dict[int, Poll] = {}
    for poll in Poll.objects.filter(session=session_id).exclude(state=Poll.State.ARCHIVED):
        known = latest.get(poll.first_round_id)
        if known is None or poll.round > known.round:
            latest[poll.first_round_id] = poll
    return sorted(latest.values(), key=lambda poll: (poll.position, poll.pk))


@transaction.atomic
def copy_polls(*, from_session_id: int, to_session_id: int, caller: Caller, now: datetime) -> dict[int, int]:
    """Copy the polls of a session into another as drafts, each once whatever its rounds.

    Return the ids of the copies by those of their first rounds and of the rounds that were copied.

    Archived polls are left out. Of several rounds the latest is copied: its texts are the mended ones.

    Raises:
        NotFound, NotSignedIn, NotModerator: in either session.
    """
    check_moderates(caller=caller, session_id=from_session_id)
    copies: dict[int, int] = {}
    for poll in latest_rounds(from_session_id):
        draft = draft_of(poll, moderators_options(poll))
        copy = add_poll(session_id=to_session_id, caller=caller, draft=draft, now=now)
        copies[poll.pk] = copies[poll.first_round_id] = copy.pk
    return copies
