"""The entry of an export in the audit log."""

from opendev.core.attendance import Caller
from opendev.exports.tables import Scope
from sessions.audit.models import AuditKind
from sessions.audit.services import record


def record_export(*, scope: Scope, caller: Caller, form: str) -> None:
    """Record who exports what, before anything is read for it.

    Args:
        form: the file's format, or "json" for REST.
    """
    session = scope.sessions[0] if scope.sessions and scope.event_id is None else None
    subject = f"session {session.pk}" if session else "event"
    if scope.polls is not None:
        subject = f"poll {scope.polls[0].pk}"
    event_id = session.event_id if session else scope.event_id
    asked = scope.asked
    record(
        AuditKind.EXPORTED,
        caller=caller,
        event_id=event_id,
        subject=subject,
        format=form,
        people=asked.people,
        hidden=asked.hidden,
    )
