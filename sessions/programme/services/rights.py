"""Checks of the caller's rights, for every service that is not for everybody."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import NotAllowed, NotSignedIn
from sessions.access.selectors import is_signed_in
from sessions.programme import selectors


class NotModerator(NotAllowed):
    code, message = "not_moderator", _("Only the session’s moderators can do that.")


class NotJoined(NotAllowed):
    code, message = "not_joined", _("Join the session first.")


class SecondFactorNeeded(NotAllowed):
    code = "second_factor_needed"
    message = _("Organisers need a second factor here. Add one to your account first.")


class NotOrganiser(NotAllowed):
    code, message = "not_organiser", _("Only the event’s organisers can do that.")


def check_moderates(*, caller: Caller, session_id: int) -> None:
    """Check that the caller moderates the session or organises its event.

    Raises:
        NotSignedIn: nobody is signed in, or the sign-in of an open socket has ended.
        NotModerator: the user may not moderate here.
    """
    if not is_signed_in(caller, timezone.now()):
        raise NotSignedIn
    if not selectors.moderates(caller, session_id):
        raise SecondFactorNeeded if selectors.lacks_factor(caller.user_id) else NotModerator


def check_organises(*, caller: Caller, event_id: int) -> None:
    """Check that the caller organises the event.

    Raises:
        NotSignedIn, NotOrganiser
    """
    if not is_signed_in(caller, timezone.now()):
        raise NotSignedIn
    if not selectors.organises(caller, event_id):
        raise SecondFactorNeeded if selectors.lacks_factor(caller.user_id) else NotOrganiser
