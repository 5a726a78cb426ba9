"""REST for the programme: what is live now and what comes next."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.schema import OPEN, answers
from sessions import selectors
from sessions.api import Endpoint, PersonShape
from sessions.models import Session
from sessions.selectors.now import now_and_next
from sessions.serializers.programme import now_json


class SlotShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    guid = serializers.CharField()
    slug = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(Session.State.choices)
    place = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="as planned")
    minutes = serializers.IntegerField()
    people = PersonShape(many=True)
    url = serializers.CharField()


class NowShape(serializers.Serializer[Any]):
    event = serializers.CharField()
    asked_at = serializers.DateTimeField()
    live = SlotShape(many=True)
    next = SlotShape(many=True)


class NowOfEvent(Endpoint):
    """What is live now, and what comes next."""

    @extend_schema(operation_id="event_now", auth=OPEN, responses=answers(NowShape))
    def get(self, request: Request, slug: str) -> Response:
        """Return the sessions that are live and those that begin next; both lists may be empty."""
        event = selectors.event_by_slug(slug)
        standing = now_and_next(selectors.sessions_of(event))
        return Response(now_json(event, standing, timezone.now()))
