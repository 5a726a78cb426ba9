"""Where somebody goes who just signed in."""

from django.urls import reverse

from opendev.core.attendance import Caller
from sessions.programme import selectors


def start_of(user_id: int) -> str:
    """Return where somebody who just signed in wants to be: the control room of their session, live ones first.

    For a helper it is the queue of questions.
    """
    session = selectors.first_session_of(user_id)
    if session is None:
        return "/"  # which leads an organiser on
    is_moderator = selectors.moderates(Caller(user_id=user_id), session.pk)
    return session.address("control" if is_moderator else "control-questions")


def landing_of(user_id: int) -> str:
    """Return one's own page where a second factor is missing, else where one's session is."""
    return reverse("mfa_index") if selectors.lacks_factor(user_id) else start_of(user_id)
