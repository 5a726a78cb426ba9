"""Whether the caller may read all names on a sign-up line."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import NotAllowed, NotSignedIn
from sessions.access.selectors import is_signed_in
from sessions.follow_ups.models import SignUpLine
from sessions.follow_ups.selectors import lines as follow_ups


class NotOwner(NotAllowed):
    code, message = (
        "not_owner",
        _("Only the owner of this follow-up and the session’s moderators can do that."),
    )


def check_sees_contacts(*, caller: Caller, line: SignUpLine) -> None:
    """Check that the caller may read all names on the line, and the addresses of those who agreed.

    Raises:
        NotSignedIn, NotOwner
    """
    if not is_signed_in(caller, timezone.now()):
        raise NotSignedIn
    if not follow_ups.sees_contacts(caller, line):
        raise NotOwner
