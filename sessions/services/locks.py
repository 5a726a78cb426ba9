"""The lock of a session: it comes before those of all that lives in the session."""

from opendev.core.errors import NotFound
from sessions.models import Session


def lock_session(session_id: int) -> Session:
    """Return the session, locked until the transaction ends.

    Raises:
        NotFound
    """
    session = Session.objects.select_for_update(no_key=True).filter(pk=session_id).first()
    if session is None:
        raise NotFound
    return session
