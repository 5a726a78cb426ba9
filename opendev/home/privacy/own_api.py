"""REST for an attendee's own data at an event."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.attendance import AttendeePass
from opendev.core.schema import READ, WRITE, answers
from opendev.erasure.holdings import attendee_of_pass, holdings_of
from opendev.erasure.services import erase_attendee
from sessions.attendees.models import Attendee
from sessions.programme import selectors
from sessions.programme.endpoints import Endpoint
from sessions.programme.services.rights import NotJoined


class HoldingsShape(serializers.Serializer[Any]):
    made_at = serializers.DateTimeField()
    event = serializers.DictField(child=serializers.CharField())
    attendee = serializers.DictField(help_text="who you are here, and until when this pass is valid")
    attendances = serializers.ListField(child=serializers.DictField())
    votes = serializers.ListField(
        child=serializers.DictField(),
        help_text="`answer` is null where another device voted in an anonymous poll: only that device finds it",
    )
    questions = serializers.ListField(child=serializers.DictField())
    upvotes = serializers.ListField(child=serializers.DictField())
    suggestions = serializers.ListField(
        child=serializers.DictField(), help_text="follow-ups that you suggested or supported"
    )
    sign_ups = serializers.ListField(child=serializers.DictField())
    registration = serializers.DictField(allow_null=True)
    audit_entries = serializers.IntegerField(help_text="how often the audit log has your number")
    not_found = serializers.ListField(
        child=serializers.CharField(), help_text="what may be about you and cannot be found"
    )


class OwnData(Endpoint):
    """The data held about the requesting attendee."""

    @extend_schema(operation_id="own_data_read", responses=answers(HoldingsShape, refusals=(*READ, 403)))
    def get(self, request: Request, slug: str) -> Response:
        """Return everything that this pass leads to; even with a pass that a moderator revoked."""
        attendee, device = self._own(slug)
        return Response(holdings_of(attendee, timezone.now(), device=device))

    @extend_schema(operation_id="own_data_erase", responses=answers(None, status=204, refusals=WRITE[1:]))
    def delete(self, request: Request, slug: str) -> Response:
        """Erase it, for good. Tallies stay as they are, and the pass no longer works."""
        attendee, device = self._own(slug)
        erase_attendee(attendee=attendee, now=timezone.now(), device=device)
        return Response(status=204)

    def _own(self, slug: str) -> tuple[Attendee, AttendeePass]:
        """Return the attendee who asks, and their pass.

        Raises:
            NotFound, NotJoinedYet, NotJoined
        """
        event = selectors.event_by_slug(slug)
        device = self.attendee(self.caller(event.pk), event.pk)
        attendee = attendee_of_pass(device, event.pk)
        if attendee is None:
            raise NotJoined  # erased already
        return attendee, device
