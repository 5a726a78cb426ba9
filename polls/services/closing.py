"""Automatic changes: the close at the end of a countdown, and finalising after every close."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import SystemRandom

from django.db import transaction
from django.db.models import QuerySet

from opendev.core.undo import undo_window
from opendev.core.write_ahead_log import empty_log_after_commit
from polls import ballot_store
from polls.ballot_store import NewBallot, NewSelection, row_keys_in
from polls.models import Ballot, MarkKey, Participation, Poll, Selection
from polls.selectors import has_written
from polls.services.states import close, lock_poll, note_poll, save_and_tell, tell_webhooks_of
from polls.services.writing import fold_answers
from sessions.programme.models import Session
from sessions.timeline.models import TimelineEntry

GRACE = timedelta(seconds=1)  # votes that arrived before `closes_at` may still be in the box
CHUNK = 2_000  # ballots re-inserted per statement
_shuffle = SystemRandom().shuffle


def close_due_polls(now: datetime) -> int:
    """Close the polls whose countdown ended; return how many. Several processes may call this at once."""
    due = Poll.objects.filter(state=Poll.State.LIVE, closes_at__lte=now - GRACE)
    return _each_unlocked(due, lambda poll: _close_if_due(poll, now))


def _close_if_due(poll: Poll, now: datetime) -> bool:
    """Close under the lock: the countdown may have been prolonged since the query."""
    if poll.state != Poll.State.LIVE or poll.closes_at is None or poll.closes_at > now - GRACE:
        return False
    return _close(poll, now)


def close_live_polls(*, session_id: int, now: datetime) -> int:
    """Close the live polls of a session that ends; return how many."""
    live = Poll.objects.filter(session=session_id, state=Poll.State.LIVE)
    return _each_unlocked(live, lambda poll: poll.state == Poll.State.LIVE and _close(poll, now))


def _close(poll: Poll, now: datetime) -> bool:
    close(poll, now)
    poll.state = Poll.State.CLOSED
    note_poll(poll, TimelineEntry.Verb.POLL_CLOSED, now)
    save_and_tell(poll)
    tell_webhooks_of(poll, (Poll.State.LIVE, Poll.State.CLOSED), now)
    return True


def finalise_due_polls(now: datetime) -> int:
    """Finalise polls that were closed too long ago to be reopened; return how many.

    From then on the tally is final. In an anonymous poll nothing links people and ballots any more: marks and
    mark key are deleted, and the ballots are in a new random order under new row keys.
    """
    due = Poll.objects.filter(
        finalised_at__isnull=True,
        closed_at__lte=now - undo_window(),
        state__in=["closed", "published", "archived"],
    )
    return _each_unlocked(due, lambda poll: _finalise(poll, now))


def _finalise(poll: Poll, now: datetime) -> bool:
    if poll.finalised_at is not None or poll.closed_at is None or poll.state == Poll.State.LIVE:
        return False
    if poll.anonymous:
        Participation.objects.filter(poll=poll).delete()
        MarkKey.objects.filter(poll=poll).delete()
        _insert_anew_in_random_order(poll)
    if poll.anonymous or has_written(poll):
        fold_answers(poll, forget=True)
        empty_log_after_commit()
    poll.finalised_at = now
    save_and_tell(poll)
    return True


def _insert_anew_in_random_order(poll: Poll) -> None:
    """Replace the poll's ballots by copies, so that nothing in them reveals the order of arrival.

    Row keys and the order of rows are new, and the counters are removed: a client may have taken them from its clock.
    """
    ballots = list(Ballot.objects.filter(poll=poll).values_list("pk", "key"))
    chosen: dict[int, ballot_store.Selected] = {}
    for ballot_id, option_id, value in Selection.objects.filter(ballot__poll=poll).values_list(
        "ballot_id", "option_id", "value"
    ):
        chosen.setdefault(ballot_id, {})[option_id] = value
    Selection.objects.filter(poll=poll).delete()
    Ballot.objects.filter(poll=poll).delete()
    _shuffle(ballots)
    for start in range(0, len(ballots), CHUNK):
        new, selections = [], []
        chunk = ballots[start : start + CHUNK]
        for row, (old_id, key) in zip(row_keys_in(poll.pk, len(chunk)), chunk, strict=True):
            new.append(NewBallot(row, poll.pk, poll.single, bytes(key), 0, None))
            selections += [
                NewSelection(row, option, poll.pk, poll.single, value)
                for option, value in chosen.get(old_id, {}).items()
            ]
        ballot_store.insert_ballots(new)
        _shuffle(selections)
        ballot_store.insert_selections(selections)


def _each_unlocked(due: QuerySet[Poll], work: Callable[[Poll], bool]) -> int:
    """Do `work` on each poll whose session is not locked, in one transaction each; return how many it changed.

    The session is locked first, as everywhere. A session that is already locked is left to its holder, or to the
    next round; a batch of votes only locks polls, and is waited for.
    """
    done = 0
    for poll_id, session_id in list(due.order_by("pk").values_list("pk", "session_id")):
        with transaction.atomic():
            if (
                Session.objects.filter(pk=session_id)
                .select_for_update(skip_locked=True, no_key=True)
                .exists()
            ):
                done += work(lock_poll(poll_id))
    return done
