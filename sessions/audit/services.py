"""Writing the audit log, and deleting old entries."""

import json
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from opendev.core.attendance import Caller
from opendev.core.audit import current_network
from opendev.core.logs import current_id
from sessions.audit.models import AuditEntry, AuditKind
from sessions.audit.serializers import entry_json

log = logging.getLogger("opendev.audit")

SAME_READING = timedelta(minutes=10)
FORGOTTEN_AT_ONCE = 500  # entries per transaction: no vote waits for old entries

Detail = int | str | bool | None


def record(
    kind: AuditKind,
    *,
    caller: Caller | int | None,
    event_id: int | None = None,
    subject: str = "",
    **details: Detail,
) -> AuditEntry:
    """Record an action in its own transaction; after the commit the entry is also sent to AUDIT_TO.

    The time is the server's, whatever time the action itself uses.

    Args:
        caller: who acts, possibly by the user's number; None for automatic changes and commands.
        subject: the affected object, such as "poll 12".
        details: numbers and words of our own, never what people wrote.
    """
    entry = AuditEntry.objects.create(
        at=timezone.now(),
        kind=kind.value,
        event=event_id,
        actor=caller.user_id if isinstance(caller, Caller) else caller,
        network=current_network.get(),
        request=current_id.get(),
        subject=subject,
        details={name: value for name, value in details.items() if value is not None},
    )
    line = json.dumps(entry_json(entry), ensure_ascii=False)
    transaction.on_commit(lambda: log.info("%s", line), robust=True)
    return entry


def record_reading(*, caller: Caller, event_id: int, subject: str, addresses: int) -> None:
    """Record that somebody reads email addresses, before they are shown; at most once in ten minutes.

    Nothing is recorded if there was nothing to read.
    """
    if not addresses:
        return
    since = timezone.now() - SAME_READING
    same = AuditEntry.objects.filter(event=event_id, at__gte=since, kind=AuditKind.ADDRESSES_READ)
    if not same.filter(actor=caller.user_id, subject=subject, details__addresses=addresses).exists():
        record(
            AuditKind.ADDRESSES_READ, caller=caller, event_id=event_id, subject=subject, addresses=addresses
        )


def forget_old_entries(now: datetime) -> int:
    """Delete entries that are older than AUDIT_DAYS; return how many."""
    old = AuditEntry.objects.filter(at__lt=now - timedelta(days=settings.AUDIT_DAYS)).order_by("pk")
    deleted = 0
    while keys := list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        deleted += AuditEntry.objects.filter(pk__in=keys).delete()[0]
    return deleted
