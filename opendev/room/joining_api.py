"""REST for joining a session."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.attendance import sign_pass
from opendev.core.schema import OPEN, WRITE, answers
from opendev.core.text import MAX_NAME_LENGTH
from opendev.room.joining import join
from sessions.attendees.serializers import attendee_json
from sessions.attendees.services.joining import SAID
from sessions.programme.endpoints import Endpoint


class AttendeeWanted(serializers.Serializer[Any]):
    name = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=MAX_NAME_LENGTH
    )
    company = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=MAX_NAME_LENGTH
    )
    country = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, help_text="ISO 3166-1, two letters"
    )


class AttendeeShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    event = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    company = serializers.CharField(allow_blank=True)
    country = serializers.CharField(allow_blank=True)


class AttendeeMade(serializers.Serializer[Any]):
    attendee = AttendeeShape()
    token = serializers.CharField()


class Attendees(Endpoint):
    """Joining."""

    limit = "join"

    @extend_schema(
        operation_id="attendee_create",
        request=AttendeeWanted,
        responses=answers(AttendeeMade, status=201, refusals=WRITE),
        auth=OPEN,
    )
    def post(self, request: Request, session: str) -> Response:
        """Join: no sign-in, no code. The token goes as `Authorization: Bearer …` to REST and to the socket.

        Existing attendees can change their data: "" or null clears a field, a missing one is not
        changed.
        """
        found, body = self.session(session), self.body()
        joined = join(
            request._request,
            found,
            known=self.caller(found.event_id).attendee,
            said={field: body[field] for field in SAID if field in body},
        )
        answer = {"attendee": attendee_json(joined.attendee), "token": sign_pass(joined.attendee_pass)}
        return Response(answer, status=201)
