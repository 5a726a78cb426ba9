"""The locks of an event and of a session: they come before those of all that lives in either."""

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from sessions.programme.models import Event, Session
from sessions.programme.services.rights import check_organises


def lock_session(session_id: int) -> Session:
    """Return the session, locked until the transaction ends.

    Raises:
        NotFound
    """
    session = Session.objects.select_for_update(no_key=True).filter(pk=session_id).first()
    if session is None:
        raise NotFound
    return session


def lock_event(*, event_id: int, caller: Caller) -> Event:
    """Return the event, locked: whatever changes its programme waits for one another.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    event = Event.objects.select_for_update(no_key=True).filter(pk=event_id).first()
    if event is None:
        raise NotFound
    check_organises(caller=caller, event_id=event.pk)
    return event
