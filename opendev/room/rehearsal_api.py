"""REST for a session's rehearsal."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import NotFound
from opendev.core.schema import READ, WRITE, answers
from opendev.room.rehearsals import Traces, end_rehearsal, start_rehearsal, traces_of
from sessions.programme.endpoints import Endpoint
from sessions.programme.models import Session
from sessions.programme.services.rehearsals import rehearsal_of
from sessions.programme.services.rights import check_moderates


class TracesShape(serializers.Serializer[Any]):
    attendees = serializers.IntegerField()
    votes = serializers.IntegerField()
    questions = serializers.IntegerField()
    suggestions = serializers.IntegerField()
    sign_ups = serializers.IntegerField()
    timeline = serializers.IntegerField(help_text="entries of its timeline")


class RehearsalShape(serializers.Serializer[Any]):
    session = serializers.CharField(
        help_text="the id of the copy that is played: every call for sessions takes it"
    )
    code = serializers.CharField()
    url = serializers.URLField(help_text="its room")
    made = TracesShape(help_text="what its end clears")


def _json(copy: Session, traces: Traces) -> dict[str, Any]:
    url = f"{settings.PUBLIC_URL}{copy.get_absolute_url()}"
    return {"session": str(copy.pk), "code": copy.code, "url": url, "made": asdict(traces)}


class Rehearsal(Endpoint):
    """The rehearsal of a session."""

    @extend_schema(
        operation_id="session_rehearsal_get", responses=answers(RehearsalShape, refusals=(*READ, 403))
    )
    def get(self, request: Request, session: str) -> Response:
        """Return the current rehearsal, or 404. For moderators."""
        real = self.session(session)
        check_moderates(caller=self.caller(real.event_id), session_id=real.pk)
        copy = rehearsal_of(real.pk)
        if copy is None:
            raise NotFound
        return Response(_json(copy, traces_of(copy)))

    @extend_schema(
        operation_id="session_rehearsal_start",
        request=None,
        responses=answers(RehearsalShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """Start a rehearsal of a session that has not started, or return the current one. For moderators."""
        real = self.session(session)
        caller = self.caller(real.event_id)
        copy = start_rehearsal(session_id=real.pk, caller=caller, now=timezone.now())
        return Response(_json(copy, traces_of(copy)), status=201)

    @extend_schema(operation_id="session_rehearsal_end", responses=answers(TracesShape, refusals=WRITE))
    def delete(self, request: Request, session: str) -> Response:
        """End the rehearsal, and delete everything in it. For moderators."""
        real = self.session(session)
        traces = end_rehearsal(session_id=real.pk, caller=self.caller(real.event_id))
        return Response(asdict(traces))
