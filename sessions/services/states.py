"""A session's state: upcoming, live, over."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed, NotFound
from sessions import broadcasts
from sessions.models import Session, TimelineEntry
from sessions.services.question_queue import settle_on_air
from sessions.services.rights import check_moderates
from sessions.services.running import stop_running
from sessions.services.timeline import note

SESSION_MOVES = {
    Session.State.UPCOMING: {Session.State.LIVE},
    Session.State.LIVE: {Session.State.OVER, Session.State.UPCOMING},
    Session.State.OVER: {Session.State.LIVE},
}


VERBS = {
    Session.State.LIVE: TimelineEntry.Verb.SESSION_STARTED,
    Session.State.OVER: TimelineEntry.Verb.SESSION_ENDED,
    Session.State.UPCOMING: TimelineEntry.Verb.SESSION_SET_BACK,
}


class IllegalSessionMove(Conflict):
    code, message = "illegal_move", _("The session cannot go from its state to that one.")


@transaction.atomic
def set_session_state(*, session_id: int, caller: Caller, state: str, now: datetime) -> Session:
    """Start a session, end it, or take either back. Setting the state that it has does nothing.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: no such state.
        IllegalSessionMove: an upcoming session cannot be over before it was live.
    """
    session = Session.objects.select_for_update(no_key=True).filter(pk=session_id).first()
    if session is None:
        raise NotFound
    check_moderates(caller=caller, session_id=session_id)
    if state not in Session.State.values:
        sentence = _("There is no such state.")
        raise Malformed(sentence, fields={"state": sentence})
    if state == session.state:
        return session
    if state not in SESSION_MOVES[Session.State(session.state)]:
        raise IllegalSessionMove
    if state == Session.State.LIVE and session.state == Session.State.UPCOMING:
        session.went_live_at = now
    if state == Session.State.OVER:
        settle_on_air(session_id=session_id, now=now)
        stop_running(session=session, now=now)
    session.ended_at = now if state == Session.State.OVER else None
    session.state = state
    session.version += 1
    session.save()
    note(session=session, verb=VERBS[Session.State(state)], now=now, caller=caller)
    broadcasts.session_changed(session)
    return session
