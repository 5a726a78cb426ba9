"""Revealing the right answer of a quiz, once, after the close."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict
from polls.kinds import Family, kind_named
from polls.models import Ballot, Option, Poll, Selection
from polls.permissions import OVER
from polls.services.states import lock_poll_for, note_poll, save_and_tell
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.timeline.models import TimelineEntry


class PollNotClosed(Conflict):
    code, message = "poll_not_closed", _("Close the poll first. Its right answer is revealed after that.")


class NoRightAnswer(Conflict):
    code, message = "no_right_answer", _("This poll has no right answer.")


@transaction.atomic
def reveal_right_answer(*, poll_id: int, caller: Caller, now: datetime) -> Poll:
    """Show the right answer to everybody who may see the poll. Revealing it again does nothing.

    It cannot be undone, and voting cannot be reopened afterwards.

    Raises:
        NotFound, NotSignedIn, NotModerator
        NoRightAnswer
        PollNotClosed: a draft, live, or archived.
    """
    poll = lock_poll_for(caller=caller, poll_id=poll_id)
    if poll.right_answer is None:
        raise NoRightAnswer
    if poll.state not in OVER:
        raise PollNotClosed
    if poll.right_revealed_at is not None:
        return poll
    poll.right_revealed_at, poll.right_count = now, count_right(poll)
    note_poll(poll, TimelineEntry.Verb.POLL_RIGHT_REVEALED, now, caller)
    record(
        AuditKind.POLL_RIGHT_REVEALED,
        caller=caller,
        event_id=poll.session.event_id,
        subject=f"poll {poll.pk}",
    )
    return save_and_tell(poll)


def count_right(poll: Poll) -> int:
    """Return how many ballots of a poll are right.

    In a single choice any of the right options is right. With several, a ballot must have all of them and no others; a
    ranking must have exactly the right places, and a number must be the same.
    """
    kind, right = kind_named(poll.kind), poll.right_answer or []
    if kind.family is Family.WRITE:
        keys = [kind.key_of(str(text)) for text in right]
        return Selection.objects.filter(poll=poll, option__key__in=keys).count()
    by_place = dict(Option.objects.filter(poll=poll, position__in=right).values_list("position", "pk"))
    options = [by_place[place] for place in right]
    if kind.one_row:
        return Selection.objects.filter(poll=poll, option__in=options).count()
    is_right = Q(selections__option__in=options)
    if kind.has_places:
        is_right = Q()
        for place, option in enumerate(options, 1):
            is_right |= Q(selections__option=option, selections__value=place)
    counts = Ballot.objects.filter(poll=poll).annotate(
        all_of_it=Count("selections__option"), right_of_it=Count("selections__option", filter=is_right)
    )
    return counts.filter(all_of_it=len(options), right_of_it=len(options)).count()
