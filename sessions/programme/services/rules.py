"""Boolean rules of a session: what it accepts from attendees, and how."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from opendev.core.attendance import Caller
from opendev.core.text import clean_yes_or_no
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.broadcasts import session_changed
from sessions.programme.models import Session
from sessions.programme.services.locks import lock_session
from sessions.programme.services.rights import check_moderates


@transaction.atomic
def set_rules(
    *, session_id: int, caller: Caller, setting: str, fields: Mapping[str, str], values: Mapping[str, Any]
) -> Session:
    """Set, log and publish a session's rules; None leaves a rule unchanged. For moderators.

    Args:
        setting: what the rules are about, for the log.
        fields: {rule: the session's field}.
        values: {rule: what a client sent}.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: neither true nor false.
    """
    session = lock_session(session_id)
    check_moderates(caller=caller, session_id=session_id)
    before = {rule: getattr(session, field) for rule, field in fields.items()}
    after = {
        rule: before[rule] if value is None else clean_yes_or_no(value, field=rule)
        for rule, value in values.items()
    }
    if after != before:
        for rule, field in fields.items():
            setattr(session, field, after[rule])
        session.version += 1
        session.save()
        record(
            AuditKind.SETTINGS_CHANGED,
            caller=caller,
            event_id=session.event_id,
            subject=f"session {session.pk}",
            setting=setting,
            **after,
        )
        session_changed(session)
    return session
