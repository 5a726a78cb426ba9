"""A session's state: upcoming, live, over."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed
from opendev.core.text import clean_yes_or_no, time_text
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme import broadcasts
from sessions.programme.models import Session
from sessions.programme.refusals import SessionIsCancelled
from sessions.programme.services.locks import lock_session
from sessions.programme.services.rights import check_moderates
from sessions.states.selectors import state_by_clock
from sessions.timeline.models import TimelineEntry
from sessions.timeline.services import note
from sessions.webhooks.models import WebhookType
from sessions.webhooks.serializers import told_session
from sessions.webhooks.services.outbox import tell_webhooks

SESSION_MOVES = {
    Session.State.UPCOMING: {Session.State.LIVE},
    Session.State.LIVE: {Session.State.OVER, Session.State.UPCOMING},
    Session.State.OVER: {Session.State.LIVE},
}


EndSession = Callable[[Session, datetime], AbstractContextManager[None]]
VERBS = {
    Session.State.LIVE: TimelineEntry.Verb.SESSION_STARTED,
    Session.State.OVER: TimelineEntry.Verb.SESSION_ENDED,
    Session.State.UPCOMING: TimelineEntry.Verb.SESSION_SET_BACK,
}


class ClockIsPast(Conflict):
    code, message = (
        "clock_is_past",
        _("The scheduled end has passed, so this session can’t run automatically. Start it yourself."),
    )


class IllegalSessionMove(Conflict):
    code, message = "illegal_move", _("The session cannot change from its state to that one.")


@transaction.atomic
def change_state(*, session_id: int, caller: Caller, state: str, end: EndSession, now: datetime) -> Session:
    """Start a session, end it, or undo either. Setting the current state does nothing.

    Args:
        end: settles everything in progress in a session that ends, in the same transaction.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: no such state.
        SessionIsCancelled: it was cancelled.
        IllegalSessionMove: an upcoming session cannot end before it was live.
    """
    session = lock_session(session_id)
    check_moderates(caller=caller, session_id=session_id)
    if state not in Session.State.values:
        sentence = _("This state is not known.")
        raise Malformed(sentence, fields={"state": sentence})
    if state == session.state:
        return session
    if state not in SESSION_MOVES[Session.State(session.state)]:
        raise IllegalSessionMove
    if session.is_cancelled:
        raise SessionIsCancelled
    is_against_clock = state == Session.State.UPCOMING or (
        state == Session.State.LIVE and now >= session.ends_at
    )
    if is_against_clock:  # manual changes win: otherwise the closer would undo this within a second
        session.runs_by_clock = False
    _move(session, Session.State(state), caller, end, now)
    return session


def _move(
    session: Session, state: Session.State, caller: Caller | None, end: EndSession, now: datetime
) -> None:
    """Set a locked session's new state, record it in the timeline, and publish it after the commit."""
    if state == Session.State.LIVE and session.state == Session.State.UPCOMING:
        session.went_live_at = now
    with end(session, now) if state == Session.State.OVER else nullcontext():
        session.ended_at = now if state == Session.State.OVER else None
        session.state = state
        session.version += 1
        session.save()
        note(session=session, verb=VERBS[state], now=now, caller=caller)
        broadcasts.session_changed(session)
    if state == Session.State.OVER:
        _tell_end(session, now)


def _tell_end(session: Session, now: datetime) -> None:
    ended = {"ended_at": time_text(session.ended_at)}
    tell_webhooks(
        WebhookType.SESSION_ENDED,
        event=session.event,
        data=lambda: {"session": told_session(session) | ended},
        now=now,
    )


@transaction.atomic
def set_session_clock(*, session_id: int, caller: Caller, by_clock: Any, now: datetime) -> Session:
    """Let the session start and end automatically, at its planned times, or only manually.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: neither true nor false.
        ClockIsPast: the session should have ended already.
    """
    session = lock_session(session_id)
    check_moderates(caller=caller, session_id=session_id)
    by_clock = clean_yes_or_no(by_clock, field="by_clock")
    if by_clock == session.runs_by_clock:
        return session
    if by_clock and now >= session.ends_at:
        raise ClockIsPast
    session.runs_by_clock = by_clock
    session.save(update_fields=["runs_by_clock"])
    record(
        AuditKind.SETTINGS_CHANGED,
        caller=caller,
        event_id=session.event_id,
        subject=f"session {session_id}",
        setting="clock",
        by_clock=by_clock,
    )
    return session


@transaction.atomic
def move_by_clock(*, session_id: int, end: EndSession, now: datetime) -> Session | None:
    """Start or end a session that runs automatically, if it is due; return it, or None.

    Several processes may call this at once: a locked session is left to its holder, or to the next round.
    A session whose whole time has passed while no process ran is not started any more.
    """
    free = Session.objects.select_for_update(skip_locked=True, no_key=True)
    session = free.filter(pk=session_id, runs_by_clock=True).first()
    state = state_by_clock(session, now) if session else None
    if session is None or state is None:
        return None
    _move(session, state, None, end, now)
    return session
