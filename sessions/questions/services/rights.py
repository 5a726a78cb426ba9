"""Whether the caller may moderate a session's questions."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import NotAllowed, NotSignedIn
from sessions.access.selectors import is_signed_in
from sessions.questions import selectors as questions


class NotHelper(NotAllowed):
    code, message = "not_helper", _("Only the session’s moderators and helpers can do that.")


def check_keeps_queue(*, caller: Caller, session_id: int) -> None:
    """Check that the caller may moderate the session's questions: moderators, organisers and helpers.

    Raises:
        NotSignedIn, NotHelper
    """
    if not is_signed_in(caller, timezone.now()):
        raise NotSignedIn
    if not questions.keeps_queue(caller, session_id):
        raise NotHelper
