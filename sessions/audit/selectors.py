"""Queries about the audit log."""

from collections.abc import Iterator

from sessions.audit.models import AuditEntry, AuditKind


def groups() -> list[str]:
    """Return the groups of kinds, in the order of the page's filter."""
    return list(dict.fromkeys(kind.group for kind in AuditKind))


def entries_of_event(
    event_id: int, *, group: str = "", actor: int | None = None, before: int | None = None, most: int
) -> list[AuditEntry]:
    """Return an event's entries, newest first.

    Args:
        group: only those of this group of kinds.
        actor: only those of this user.
        before: only those older than the entry with this id.
        most: the maximum number.
    """
    entries = AuditEntry.objects.filter(event=event_id).order_by("-pk")
    if group:
        entries = entries.filter(kind__startswith=f"{group}.")
    if actor is not None:
        entries = entries.filter(actor=actor)
    if before is not None:
        entries = entries.filter(pk__lt=before)
    return list(entries[:most])


def actors_of_event(event_id: int) -> list[int]:
    """Return the users who did something in an event."""
    entries = AuditEntry.objects.filter(event=event_id).order_by("actor")
    return [user for user in entries.values_list("actor", flat=True).distinct() if user is not None]


def all_entries(event_id: int | None = None) -> Iterator[AuditEntry]:
    """Yield all entries, or an event's, oldest first."""
    entries = AuditEntry.objects.order_by("pk")
    yield from (entries.filter(event=event_id) if event_id is not None else entries).iterator(chunk_size=500)
