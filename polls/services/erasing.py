"""Erasing an attendee's ballots, so that every tally stays what its ballots say."""

from django.db import transaction
from django.db.models import Q

from polls.models import Ballot, MarkKey, Participation, Poll, Selection
from polls.selectors import participation_mark
from polls.services.recount import differences, write_counts
from polls.services.states import lock_poll


@transaction.atomic
def erase_ballots(*, attendee_id: int) -> int:
    """Take an attendee's ballots out of named polls, live and closed; return how many polls lost one.

    The caller holds the locks of the event's sessions. Each poll is counted anew and told to its session with a new
    version. A ballot of an anonymous poll is nobody's: it stays
    and counts, and the mark that its voter took part goes, where it is still there. What only the attendee wrote in a
    named poll goes with the ballot, and so does the attendee's own spelling of what others wrote too.
    """
    may_vote = Q(anonymous=False, state=Poll.State.LIVE, session__event__attendees=attendee_id)
    named = Poll.objects.filter(Q(ballot_rows__attendee=attendee_id) | may_vote)
    lost = 0
    for poll_id in list(named.order_by("pk").values_list("pk", flat=True).distinct()):
        poll = lock_poll(
            poll_id
        )  # from here on no vote of theirs comes in: a batch reads who is there under this lock
        theirs = list(Ballot.objects.filter(poll=poll, attendee=attendee_id).values_list("pk", flat=True))
        if theirs:
            Selection.objects.filter(ballot__in=theirs).delete()
            Ballot.objects.filter(pk__in=theirs).delete()
            write_counts(poll, differences(poll), forget=True)
            lost += 1
    for poll_id, key in MarkKey.objects.filter(poll__session__event__attendees=attendee_id).values_list(
        "poll", "key"
    ):
        mark = participation_mark(bytes(key), attendee_id)
        Participation.objects.filter(poll=poll_id, mark=mark).delete()
    return lost
