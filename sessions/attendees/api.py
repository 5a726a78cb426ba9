"""REST for attendees' passes."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import NotFound
from opendev.core.schema import WRITE, answers
from opendev.core.text import id_in_address
from sessions.attendees.models import Attendee
from sessions.attendees.services.passes import set_pass
from sessions.programme.endpoints import Endpoint


class PassShape(serializers.Serializer[Any]):
    revoked = serializers.BooleanField()


class PassOfAttendee(Endpoint):
    """An attendee's pass."""

    @extend_schema(operation_id="pass_set", request=PassShape, responses=answers(PassShape, refusals=WRITE))
    def put(self, request: Request, number: str) -> Response:
        """Revoke the pass on all devices, or restore it. For organisers and the event's moderators."""
        pk, body = id_in_address(number), self.body()
        event_id = Attendee.objects.filter(pk=pk).values_list("event_id", flat=True).first()
        if event_id is None:
            raise NotFound
        revoked = set_pass(
            attendee_id=pk, caller=self.caller(event_id), revoked=body.get("revoked"), now=timezone.now()
        )
        return Response({"revoked": revoked})
