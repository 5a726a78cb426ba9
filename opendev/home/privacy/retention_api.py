"""REST for how long an event keeps people's data, for its organisers."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.schema import READ, WRITE, answers
from opendev.erasure.retention import plan_for, plan_of
from sessions.programme.endpoints import Endpoint
from sessions.retention.models import MOST_DAYS, RetentionRule
from sessions.retention.services import set_retention

SORTS = RetentionRule.Data.values
DRY_RUN = [
    OpenApiParameter(
        data, str, description="days, or empty for keeping it: what would go then; saves nothing"
    )
    for data in SORTS
]


class RetentionWanted(serializers.Serializer[Any]):
    attendees = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_DAYS)
    authors = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_DAYS)
    sign_ups = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_DAYS)
    registrations = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=MOST_DAYS
    )


class RetentionRuleShape(serializers.Serializer[Any]):
    data = serializers.ChoiceField(SORTS)  # type: ignore[assignment]  # the field's name in JSON
    days = serializers.IntegerField(allow_null=True, help_text="after the event's last day; null: kept")
    goes_on = serializers.DateField(allow_null=True, help_text="in the event's zone; null: not by itself")
    rows = serializers.DictField(child=serializers.IntegerField(), help_text="what would go now, by what")


class RetentionShape(serializers.Serializer[Any]):
    last_day = serializers.DateField(allow_null=True)
    waits_for_live_session = serializers.BooleanField(help_text="nothing goes while a session is live")
    rules = RetentionRuleShape(many=True)


class RetentionOfEvent(Endpoint):
    """How long an event keeps people's data."""

    @extend_schema(
        operation_id="event_retention_read",
        parameters=DRY_RUN,
        responses=answers(RetentionShape, refusals=(400, *READ, 403)),
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return what is deleted when, and how many rows that is now. Changes nothing. For organisers."""
        event, caller = self.organised(slug)
        boxes = {data: request.query_params[data] for data in SORTS if data in request.query_params}
        plan = plan_for(event_id=event.pk, caller=caller, boxes=boxes, now=timezone.now())
        return Response(plan.as_json())

    @extend_schema(
        operation_id="event_retention_edit",
        request=RetentionWanted,
        responses=answers(RetentionShape, refusals=WRITE),
    )
    def patch(self, request: Request, slug: str) -> Response:
        """Set for how many days the given data is kept; null keeps it. Nothing is deleted for a day. For organisers."""
        event, caller = self.organised(slug)
        now = timezone.now()
        event = set_retention(event_id=event.pk, caller=caller, boxes=self.body(), now=now)
        return Response(plan_of(event, now).as_json())
