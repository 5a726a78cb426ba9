"""Deleting attendees' personal data some time after their event."""

from django.db import transaction
from django.db.models import QuerySet

from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.attendees.models import Attendee
from sessions.attendees.services.joining import SAID


def who_said_something(event_id: int) -> QuerySet[Attendee]:
    """Return the event's attendees who gave a name, a company or a country."""
    nothing = dict.fromkeys(SAID, "")
    return Attendee.objects.filter(event=event_id).exclude(**nothing)


@transaction.atomic
def forget_what_attendees_said(*, event_id: int, most: int) -> list[Attendee]:
    """Empty names, companies and countries of up to this many attendees; return their ids. They still count."""
    attendees = list(who_said_something(event_id).order_by("pk")[:most])
    Attendee.objects.filter(pk__in=[each.pk for each in attendees]).update(**dict.fromkeys(SAID, ""))
    if attendees:
        empty_log_after_commit()
    return attendees
