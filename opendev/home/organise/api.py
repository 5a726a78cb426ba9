"""REST for the next edition of an event."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.schema import WRITE, answers
from opendev.home.organise.cloning import clone_with_polls
from sessions.programme.api.events import event_response
from sessions.programme.endpoints import Endpoint, EventShape


class EditionWanted(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    slug = serializers.CharField(
        max_length=80, required=False, allow_blank=True, help_text="made of the name where none is given"
    )
    first_date = serializers.DateField()


class EditionsOfEvent(Endpoint):
    """Further editions."""

    @extend_schema(
        operation_id="event_clone",
        request=EditionWanted,
        responses=answers(EventShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Make the next edition: the programme, and polls as drafts; no people, no votes. For organisers."""
        event, caller = self.organised(slug)
        return event_response(
            clone_with_polls(event_id=event.pk, caller=caller, given=self.body()), status=201
        )
