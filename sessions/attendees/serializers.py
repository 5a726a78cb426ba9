"""The JSON of an attendee."""

from typing import Any

from sessions.attendees.models import Attendee


def attendee_json(attendee: Attendee) -> dict[str, Any]:
    """Return an attendee's payload for themselves."""
    return {
        "id": str(attendee.pk),
        "event": str(attendee.event_id),
        "name": attendee.name,
        "company": attendee.company,
        "country": attendee.country,
    }
