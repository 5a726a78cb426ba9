"""The locks of an event and of a session: they are taken before those of everything in them."""

from typing import Any, TypeVar

from django.db.models import Model

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from sessions.programme.models import Event, Session
from sessions.programme.services.rights import check_organises

Row = TypeVar("Row", bound=Model)


def lock_session(session_id: int) -> Session:
    """Return the session, locked until the transaction ends.

    Raises:
        NotFound
    """
    session = Session.objects.select_for_update(no_key=True).filter(pk=session_id).first()
    if session is None:
        raise NotFound
    return session


def lock_sessions_of_event(event_id: int) -> list[Session]:
    """Return the event's sessions, locked in the order of their ids until the transaction ends."""
    return list(Session.objects.select_for_update(no_key=True).filter(event=event_id).order_by("pk"))


def lock_with_session(model: type[Row], pk: int) -> Row:
    """Return a row that belongs to a session, with the session, which is locked first.

    Raises:
        NotFound
    """
    rows: Any = model._default_manager.filter(pk=pk)
    session_id = rows.values_list("session_id", flat=True).first()
    if session_id is None:
        raise NotFound
    session = lock_session(session_id)
    row = rows.first()
    if row is None:
        raise NotFound
    row.session = session
    locked: Row = row
    return locked


def lock_event(*, event_id: int, caller: Caller) -> Event:
    """Return the event, locked, so that changes of its programme wait for one another.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    event = Event.objects.select_for_update(no_key=True).filter(pk=event_id).first()
    if event is None:
        raise NotFound
    check_organises(caller=caller, event_id=event.pk)
    return event
