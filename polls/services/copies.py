"""Polls copied into another session as drafts: their questions and rules, without votes."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from opendev.core.attendance import Caller
from polls.models import Poll
from polls.selectors import polls_of
from polls.services.drafts import add_poll, draft_of
from sessions.programme.services.rights import check_moderates


def latest_rounds(session_id: int) -> list[Poll]:
    """Return the polls of a session that can be asked again, with their options, in order: of several rounds the
    latest, and no archived ones.
    """
    latest: dict[int, Poll] = {}
    for poll in polls_of([session_id]):
        if poll.state == Poll.State.ARCHIVED:
            continue
        known = latest.get(poll.first_round_id)
        if known is None or poll.round > known.round:
            latest[poll.first_round_id] = poll
    return sorted(latest.values(), key=lambda poll: (poll.position, poll.pk))


def first_rounds(session_id: int) -> dict[int, int]:
    """Return the id of the first round by the id of each poll of a session."""
    rounds = Poll.objects.filter(session=session_id).values_list("pk", "rerun_of_id")
    return {poll: first or poll for poll, first in rounds}


@transaction.atomic
def copy_polls(
    *,
    from_session_id: int,
    to_session_id: int,
    caller: Caller,
    now: datetime,
    only: Collection[int] | None = None,
) -> dict[int, int]:
    """Copy the polls of a session into another as drafts, each once, however many rounds it had.

    Return the ids of the copies by the ids of all rounds of the copied polls.

    Archived polls are left out. Of several rounds the latest is copied, because its texts are the corrected ones.

    Args:
        only: which polls, by their latest rounds; None for all.

    Raises:
        NotFound, NotSignedIn, NotModerator: in either session.
    """
    check_moderates(caller=caller, session_id=from_session_id)
    copies: dict[int, int] = {}
    for poll in latest_rounds(from_session_id):
        if only is not None and poll.pk not in only:
            continue
        draft = draft_of(poll, list(poll.options.all()))
        copy = add_poll(session_id=to_session_id, caller=caller, draft=draft, now=now)
        copies[poll.first_round_id] = copy.pk
    firsts = first_rounds(from_session_id)
    return {poll: copies[first] for poll, first in firsts.items() if first in copies}
