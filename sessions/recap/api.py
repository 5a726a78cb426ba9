"""REST for next steps: the events at the end of the recap."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import NotFound
from opendev.core.schema import OPEN, WRITE, answers
from opendev.core.text import id_in_address
from sessions.programme import selectors
from sessions.programme.endpoints import Endpoint, page
from sessions.recap.models import NextStep
from sessions.recap.selectors import next_steps_of
from sessions.recap.services.next_steps import add_next_step, remove_next_step


class NextStepShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.ChoiceField(NextStep.Kind.choices)
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    url = serializers.CharField(allow_blank=True)


class NextStepList(serializers.Serializer[Any]):
    results = NextStepShape(many=True)
    next = serializers.CharField(allow_null=True)


class NextStepWanted(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(NextStep.Kind.choices)
    title = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    url = serializers.CharField(max_length=500, required=False, allow_blank=True)


class NextStepsOfEvent(Endpoint):
    """An event's next steps."""

    @extend_schema(operation_id="next_steps_list", auth=OPEN, responses=answers(NextStepList))
    def get(self, request: Request, slug: str) -> Response:
        """List them in order. They are part of the recap: until it is published, for organisers only."""
        event = selectors.event_by_slug(slug)
        if not event.has_recap and not selectors.organises(self.caller(event.pk), event.pk):
            raise NotFound(_("The recap of this event is not published yet."))
        return page([_step_json(step) for step in next_steps_of(event)])

    @extend_schema(
        operation_id="next_step_add",
        request=NextStepWanted,
        responses=answers(NextStepShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Add an upcoming event with its dates, or an earlier one of the series. For organisers."""
        event, caller = self.organised(slug)
        step = add_next_step(event_id=event.pk, caller=caller, given=self.body())
        return Response(_step_json(step), status=201)


class OneNextStep(Endpoint):
    """One next step."""

    @extend_schema(operation_id="next_step_remove", responses=answers(None, status=204, refusals=WRITE))
    def delete(self, request: Request, slug: str, step: str) -> Response:
        """Remove it. For organisers."""
        event, caller = self.organised(slug)
        remove_next_step(event_id=event.pk, caller=caller, step_id=id_in_address(step))
        return Response(status=204)


def _step_json(step: NextStep) -> dict[str, Any]:
    return {
        "id": str(step.pk),
        "kind": step.kind,
        "title": step.title,
        "text": step.text,
        "starts_on": step.starts_on.isoformat() if step.starts_on else None,
        "ends_on": step.ends_on.isoformat() if step.ends_on else None,
        "url": step.url,
    }
