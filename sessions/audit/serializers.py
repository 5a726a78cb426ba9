"""The JSON of an audit entry: by REST, in files, on standard output and in syslog."""

from typing import Any

from opendev.core.text import time_text
from sessions.audit.models import AuditEntry


def entry_json(entry: AuditEntry) -> dict[str, Any]:
    """Return the entry as it was written: users and events by their numbers, since names may change."""
    return {
        "id": str(entry.pk),
        "at": time_text(entry.at),
        "kind": entry.kind,
        "event": None if entry.event is None else str(entry.event),
        "actor": None if entry.actor is None else str(entry.actor),
        "network": entry.network,
        "request": entry.request,
        "subject": entry.subject,
        "details": entry.details,
    }
