"""Errors that depend on a session's state."""

from django.utils.translation import gettext_lazy as _

from opendev.core.errors import Conflict


class SessionIsOver(Conflict):
    code, message = "session_is_over", _("This session is over. Its results stay on this page.")


class SessionIsCancelled(Conflict):
    code, message = "session_is_cancelled", _("This session is cancelled. An organiser can undo that.")
