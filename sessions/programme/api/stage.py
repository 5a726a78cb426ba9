"""REST for the people and the resources of a session."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.schema import OPEN, WRITE, answers
from opendev.core.text import id_in_address
from sessions.programme import selectors
from sessions.programme.endpoints import Endpoint, PersonShape, page
from sessions.programme.models import Resource
from sessions.programme.selectors.resources import resources_of_session
from sessions.programme.serializers import resource_json, stage_json
from sessions.programme.services.resources import add_resource, remove_resource
from sessions.programme.services.sessions import add_to_stage, take_off_stage


class OnStageShape(PersonShape):
    id = serializers.CharField()


class StageList(serializers.Serializer[Any]):
    results = OnStageShape(many=True)
    next = serializers.CharField(allow_null=True)


class OnStageWanted(serializers.Serializer[Any]):
    role = serializers.ChoiceField(["host", "presenter"])
    name = serializers.CharField(max_length=120)
    company = serializers.CharField(max_length=120, required=False, allow_blank=True)
    job = serializers.CharField(max_length=120, required=False, allow_blank=True, help_text="job title")


class RowShape(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.FloatField()


class ResourceShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.ChoiceField(Resource.Kind.choices)
    title = serializers.CharField()
    url = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    unit = serializers.CharField(allow_blank=True)
    rows = RowShape(many=True)


class ResourceList(serializers.Serializer[Any]):
    results = ResourceShape(many=True)
    next = serializers.CharField(allow_null=True)


class ResourceWanted(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Resource.Kind.choices)
    title = serializers.CharField(max_length=200)
    url = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    unit = serializers.CharField(max_length=40, required=False, allow_blank=True)
    rows = serializers.CharField(
        max_length=8000, required=False, allow_blank=True, help_text="of a chart: a line each, Kubernetes: 58"
    )


class StageOfSession(Endpoint):
    """Who leads a session."""

    @extend_schema(operation_id="session_stage_list", auth=OPEN, responses=answers(StageList))
    def get(self, request: Request, session: str) -> Response:
        """List hosts, presenters, moderators and helpers."""
        return page(stage_json(self.session(session)))

    @extend_schema(
        operation_id="session_stage_add",
        request=OnStageWanted,
        responses=answers(StageList, status=201, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """Name a host or a presenter; moderators and helpers are invited instead. For organisers."""
        found = self.session(session)
        add_to_stage(session_id=found.pk, caller=self.caller(found.event_id), given=self.body())
        on_stage = stage_json(selectors.session_by_id(found.pk))
        return Response({"results": on_stage, "next": None}, status=201)


class OneOnStage(Endpoint):
    """A person who leads a session."""

    @extend_schema(operation_id="session_stage_remove", responses=answers(None, status=204, refusals=WRITE))
    def delete(self, request: Request, session: str, role: str) -> Response:
        """Remove a host or a presenter. For organisers."""
        found = self.session(session)
        take_off_stage(session_id=found.pk, caller=self.caller(found.event_id), role_id=id_in_address(role))
        return Response(status=204)


class ResourcesOfSession(Endpoint):
    """A session's resources."""

    @extend_schema(operation_id="session_resources_list", auth=OPEN, responses=answers(ResourceList))
    def get(self, request: Request, session: str) -> Response:
        """List links, pictures, files and charts."""
        found = self.session(session)
        return page([resource_json(resource) for resource in resources_of_session(found.pk)])

    @extend_schema(
        operation_id="session_resource_add",
        request=ResourceWanted,
        responses=answers(ResourceShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """Add a link, a picture, a file or a chart with its table. For organisers."""
        found = self.session(session)
        made = add_resource(session_id=found.pk, caller=self.caller(found.event_id), given=self.body())
        return Response(resource_json(made), status=201)


class OneResource(Endpoint):
    """A resource of a session."""

    @extend_schema(
        operation_id="session_resource_remove", responses=answers(None, status=204, refusals=WRITE)
    )
    def delete(self, request: Request, session: str, resource: str) -> Response:
        """Remove it. For organisers."""
        found = self.session(session)
        remove_resource(
            session_id=found.pk, caller=self.caller(found.event_id), resource_id=id_in_address(resource)
        )
        return Response(status=204)
