"""REST for the timeline of a session."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.schema import READ, answers
from sessions.programme.endpoints import Endpoint, page
from sessions.programme.services.rights import check_moderates
from sessions.timeline.models import TimelineEntry
from sessions.timeline.selectors import timeline_of
from sessions.timeline.serializers import entry_json


class TimelineEntryShape(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    verb = serializers.ChoiceField(TimelineEntry.Verb.choices)
    subject = serializers.CharField(allow_null=True, help_text="the id of the poll, question or line")
    title = serializers.CharField(allow_blank=True)
    actor = serializers.CharField(allow_blank=True, help_text="who did it; empty for the clock")


class TimelineShape(serializers.Serializer[Any]):
    results = TimelineEntryShape(many=True)
    next = serializers.CharField(allow_null=True)


class TimelineOfSession(Endpoint):
    """What happened in a session."""

    @extend_schema(
        operation_id="session_timeline_list", responses=answers(TimelineShape, refusals=(*READ, 403))
    )
    def get(self, request: Request, session: str) -> Response:
        """List what happened, in order. For moderators."""
        found = self.session(session)
        check_moderates(caller=self.caller(found.event_id), session_id=found.pk)
        return page([entry_json(entry) for entry in timeline_of(found.pk)])
