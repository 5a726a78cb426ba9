"""The life of a poll: draft, live, closed, published, archived, and what can be undone."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed, NotFound
from opendev.core.undo import undo_window
from polls import broadcasts, pending_store
from polls.models import Ballot, MarkKey, Participation, Poll
from polls.permissions import close_shows_something_new
from polls.poll_locks import wait_for_batches
from polls.selectors import fresh_options
from polls.serializers import told_poll
from polls.services.folding import add_to_tally
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.models import Session
from sessions.programme.refusals import SessionIsOver
from sessions.programme.services.rights import check_moderates
from sessions.timeline.models import TimelineEntry
from sessions.timeline.services import note
from sessions.webhooks.models import WebhookType
from sessions.webhooks.serializers import told_session
from sessions.webhooks.services.outbox import tell_webhooks

State = Poll.State
Verb = TimelineEntry.Verb
LONGEST_COUNTDOWN_S = 24 * 3600


class IllegalMove(Conflict):
    code, message = "illegal_move", _("The poll cannot change from its state to that one.")


class ChangedMeanwhile(Conflict):
    code, message = (
        "changed_meanwhile",
        _("Someone else changed this poll a moment ago. Here is its current state."),
    )


class TooLateToUndo(IllegalMove):
    message = _("It is too late to undo that.")


def lock_poll(poll_id: int) -> Poll:
    """Return the poll, locked until the transaction ends. The session is locked first: always in that order.

    Its stored tally includes every recorded ballot: no batch is in progress, and nothing is pending.

    Raises:
        NotFound
    """
    session_id = Poll.objects.filter(pk=poll_id).values_list("session_id", flat=True).first()
    if session_id is None:
        raise NotFound
    session = Session.objects.select_for_update(no_key=True).get(pk=session_id)
    wait_for_batches([poll_id])
    poll = Poll.objects.select_for_update(no_key=True).filter(pk=poll_id).first()
    if poll is None:
        raise NotFound
    poll.session = session
    if add_to_tally(poll, pending_store.take([poll_id]).get(poll_id)):
        broadcasts.poll_changed(poll, fresh_options(poll))
    return poll


def lock_poll_for(*, caller: Caller, poll_id: int) -> Poll:
    """Return the poll, locked, for somebody who moderates its session.

    Raises:
        NotFound, NotSignedIn, NotModerator
    """
    poll = lock_poll(poll_id)
    check_moderates(caller=caller, session_id=poll.session_id)
    return poll


def save_and_tell(poll: Poll) -> Poll:
    """Write the poll with its next version, and publish it."""
    poll.version += 1
    poll.save()
    broadcasts.poll_changed(poll, fresh_options(poll))
    return poll


@transaction.atomic
def set_poll_state(*, poll_id: int, caller: Caller, state: Any, now: datetime, seen: Any = None) -> Poll:
    """Launch, close, publish, archive, or undo the last of these. Setting the current state does nothing.

    `seen` is the state that the caller saw, if given, so that an outdated button does nothing unintended.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: no such state.
        ChangedMeanwhile: it is not in the state that was seen.
        IllegalMove: not possible from its state, or too late to undo.
        SessionIsOver: nobody could vote.
    """
    poll = lock_poll_for(caller=caller, poll_id=poll_id)
    if state not in State.values:
        sentence = _("This state is not known.")
        raise Malformed(sentence, fields={"state": sentence})
    if state == poll.state:
        return poll
    if seen and seen != poll.state:
        raise ChangedMeanwhile
    move = MOVES.get((State(poll.state), State(state)))
    if move is None:
        raise IllegalMove
    move(poll, now)
    came_from, poll.state = State(poll.state), state
    if verb := VERBS.get((came_from, State(state))):
        note_poll(poll, verb, now, caller)
    if kind := RECORDED.get((came_from, State(state))):
        record(kind, caller=caller, event_id=poll.session.event_id, subject=f"poll {poll.pk}")
    save_and_tell(poll)
    tell_webhooks_of(poll, (came_from, State(state)), now)
    return poll


def _launch(poll: Poll, now: datetime) -> None:
    if poll.session.state == Session.State.OVER:
        raise SessionIsOver
    poll.launched_at = now
    if poll.number is None:
        # Numbers are assigned at the launch: a gap would reveal a draft to attendees.
        siblings = Poll.objects.filter(session=poll.session_id)
        first = siblings.filter(pk=poll.first_round_id).values_list("number", flat=True).first()
        poll.number = first or (siblings.aggregate(Max("number"))["number__max"] or 0) + 1
    if poll.anonymous:
        MarkKey.objects.create(poll=poll, key=secrets.token_bytes(32))


def _undo_launch(poll: Poll, now: datetime) -> None:
    _check_undo(poll.launched_at, now)
    if Ballot.objects.filter(poll=poll).exists() or Participation.objects.filter(poll=poll).exists():
        raise TooLateToUndo(_("Somebody has already voted. Close the poll instead."))
    MarkKey.objects.filter(poll=poll).delete()
    poll.launched_at = poll.closes_at = None
    if poll.rerun_of_id is None:
        poll.number = None


def close(poll: Poll, now: datetime) -> None:
    """Record the close; the caller saves. A tally read after the commit is complete, since votes take the same lock."""
    poll.closed_at = now


def _undo_close(poll: Poll, now: datetime) -> None:
    _check_undo(poll.closed_at, now)
    if poll.right_revealed_at is not None:
        raise TooLateToUndo(_("The right answer has been revealed, so voting cannot go on."))
    if poll.finalised_at is not None or poll.published_at is not None or close_shows_something_new(poll):
        raise TooLateToUndo(
            _("Closing showed the result, so voting cannot go on. Run the poll again instead.")
        )
    poll.closed_at = poll.closes_at = None


def _publish(poll: Poll, now: datetime) -> None:
    poll.published_at = now


def _undo_publish(poll: Poll, now: datetime) -> None:
    _check_undo(poll.published_at, now)  # the time stays: a shown result cannot be voted on again


def _archive(poll: Poll, now: datetime) -> None:
    """Change only the state."""


def _restore(poll: Poll, now: datetime) -> None:
    if poll.closed_at is None:
        raise IllegalMove  # the time of publishing stays, as above


def _restore_draft(poll: Poll, now: datetime) -> None:
    if poll.launched_at is not None:
        raise IllegalMove


def _check_undo(since: datetime | None, now: datetime) -> None:
    if since is None or now > since + undo_window():
        raise TooLateToUndo


MOVES = {
    (State.DRAFT, State.LIVE): _launch,
    (State.LIVE, State.DRAFT): _undo_launch,
    (State.LIVE, State.CLOSED): close,
    (State.CLOSED, State.LIVE): _undo_close,
    (State.CLOSED, State.PUBLISHED): _publish,
    (State.PUBLISHED, State.CLOSED): _undo_publish,
    (State.DRAFT, State.ARCHIVED): _archive,
    (State.CLOSED, State.ARCHIVED): _archive,
    (State.PUBLISHED, State.ARCHIVED): _archive,
    (State.ARCHIVED, State.CLOSED): _restore,
    (State.ARCHIVED, State.DRAFT): _restore_draft,
}


VERBS = {
    (State.DRAFT, State.LIVE): Verb.POLL_LAUNCHED,
    (State.LIVE, State.CLOSED): Verb.POLL_CLOSED,
    (State.CLOSED, State.PUBLISHED): Verb.POLL_PUBLISHED,
    (State.LIVE, State.DRAFT): Verb.POLL_SET_BACK,
    (State.CLOSED, State.LIVE): Verb.POLL_SET_BACK,
    (State.PUBLISHED, State.CLOSED): Verb.POLL_SET_BACK,
}

RECORDED = {
    (State.CLOSED, State.PUBLISHED): AuditKind.POLL_PUBLISHED,
    (State.PUBLISHED, State.CLOSED): AuditKind.POLL_WITHDRAWN,
}


TOLD = {
    (State.LIVE, State.CLOSED): WebhookType.POLL_CLOSED,
    (State.CLOSED, State.PUBLISHED): WebhookType.POLL_PUBLISHED,
}


def tell_webhooks_of(poll: Poll, move: tuple[Poll.State, Poll.State], now: datetime) -> None:
    """Notify the event's webhooks of a move; inside its transaction, after the poll was saved."""
    if type_ := TOLD.get(move):
        session = poll.session
        tell_webhooks(
            type_,
            event=session.event,
            data=lambda: {"session": told_session(session), "poll": told_poll(poll, fresh_options(poll))},
            now=now,
        )


def note_poll(poll: Poll, verb: Verb, now: datetime, caller: Caller | None = None) -> None:
    """Record the poll's change in its session's timeline, never anything about who voted."""
    note_poll_as(poll, verb, poll.question, now, caller)


def note_poll_as(poll: Poll, verb: Verb, title: str, now: datetime, caller: Caller | None = None) -> None:
    """Record the same with another text of the poll than its question."""
    note(session=poll.session, verb=verb, now=now, subject=poll.pk, title=title, caller=caller)


@transaction.atomic
def set_closing_time(*, poll_id: int, caller: Caller, closes_at: datetime | None, now: datetime) -> Poll:
    """Start a countdown on a live poll, prolong it, or (None) remove it.

    Raises:
        NotFound, NotSignedIn, NotModerator
        IllegalMove: the poll is not live.
        Malformed: a time in the past, or more than a day away.
    """
    return _close_at(_lock_open(poll_id, caller, now), closes_at, now)


@transaction.atomic
def prolong(*, poll_id: int, caller: Caller, seconds: int, now: datetime) -> Poll:
    """Prolong the countdown by this many seconds, or start one of that length.

    The end is read under the poll's lock: two moderators who prolong at once each add theirs.

    Raises:
        NotFound, NotSignedIn, NotModerator
        IllegalMove: the poll is not live.
        Malformed: the end would be more than a day away.
    """
    poll = _lock_open(poll_id, caller, now)
    return _close_at(poll, (poll.closes_at or now) + timedelta(seconds=seconds), now)


def _lock_open(poll_id: int, caller: Caller, now: datetime) -> Poll:
    poll = lock_poll_for(caller=caller, poll_id=poll_id)
    if poll.state != State.LIVE or (poll.closes_at is not None and now >= poll.closes_at):
        raise IllegalMove(_("Voting is not open for this poll."))
    return poll


def _close_at(poll: Poll, closes_at: datetime | None, now: datetime) -> Poll:
    if closes_at is not None and not now < closes_at <= now + timedelta(seconds=LONGEST_COUNTDOWN_S):
        sentence = _("Choose a time within the next 24 hours.")
        raise Malformed(sentence, fields={"closes_at": sentence})
    if closes_at == poll.closes_at:
        return poll
    poll.closes_at = closes_at
    return save_and_tell(poll)
