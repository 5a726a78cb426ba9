"""Where people land after signing in."""

from django.urls import reverse

from opendev.core.attendance import Caller
from sessions.programme import selectors


def start_of(user_id: int) -> str:
    """Return the page to open after sign-in: the control room of the user's session, live ones first.

    For a helper it is the queue of questions.
    """
    session = selectors.first_session_of(user_id)
    if session is None:
        return "/"  # which redirects organisers
    is_moderator = selectors.moderates(Caller(user_id=user_id), session.pk)
    return session.address("control" if is_moderator else "control-questions")


def landing_of(user_id: int) -> str:
    """Return the account page if a second factor is missing, else the page of the user's session."""
    return reverse("mfa_index") if selectors.lacks_factor(user_id) else start_of(user_id)
