"""REST for schedules: exported in every format, and imported, first as a trial."""

from typing import IO, Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import NotFound
from opendev.core.rest import AnyAccepted
from opendev.core.schema import OPEN, WRITE, answers
from opendev.core.uploads import takes_uploads
from sessions.programme import selectors
from sessions.programme.endpoints import Endpoint
from sessions.schedules.formats import FORMATS, read_schedule
from sessions.schedules.selectors import schedule_of
from sessions.schedules.services.importing import ImportPlan, import_schedule, plan_import


class _FileParser(BaseParser):
    """The raw body: the formats parse it themselves, and know the line of each error."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return the bytes."""
        return stream.read()


class JsonFileParser(_FileParser):
    media_type = "application/json"


class XmlFileParser(_FileParser):
    media_type = "application/xml"


class TextXmlFileParser(_FileParser):
    media_type = "text/xml"


class DifferenceShape(serializers.Serializer[Any]):
    field = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class ChangeShape(serializers.Serializer[Any]):
    verb = serializers.ChoiceField(["added", "changed", "same", "gone", "cancelled"])
    title = serializers.CharField()
    line = serializers.IntegerField(help_text="of the file; 0 for sessions that it does not name")
    session = serializers.CharField(allow_null=True, help_text="the session's id; null for one that is new")
    differences = DifferenceShape(many=True)


class PlanShape(serializers.Serializer[Any]):
    applied = serializers.BooleanField()
    time_zone = serializers.CharField(allow_blank=True, help_text="which the event takes over")
    read_in = serializers.CharField(help_text="the time zone in which times without an offset were read")
    notes = serializers.ListField(child=serializers.CharField())
    changes = ChangeShape(many=True)


def plan_json(plan: ImportPlan, *, applied: bool) -> dict[str, Any]:
    """Return the changes that an import would make, or made."""
    return {
        "applied": applied,
        "time_zone": plan.zone,
        "read_in": plan.schedule.zone,
        "notes": plan.notes,
        "changes": [
            {
                "verb": change.verb,
                "title": change.title,
                "line": change.line,
                "session": str(change.session.pk) if change.session else None,
                "differences": [
                    {"field": one.field, "before": one.before, "after": one.after}
                    for one in change.differences
                ],
            }
            for change in plan.changes
        ],
    }


YES_OR_NO = ["yes", "no"]
PARAMETERS = [
    OpenApiParameter(
        "apply", str, enum=YES_OR_NO, description="no, the default, only says what would change"
    ),
    OpenApiParameter("cancel_gone", str, enum=YES_OR_NO, description="cancel what the file names no more"),
]
FORMAT = OpenApiParameter("file_format", str, OpenApiParameter.PATH, enum=list(FORMATS))


@takes_uploads
class SchedulesOfEvent(Endpoint):
    """An import."""

    parser_classes = [JsonFileParser, XmlFileParser, TextXmlFileParser]

    @extend_schema(
        operation_id="event_schedule_import",
        parameters=PARAMETERS,
        request={"application/json": OpenApiTypes.OBJECT, "application/xml": OpenApiTypes.STR},
        responses=answers(PlanShape, refusals=WRITE),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Import a schedule.json or schedule.xml, all or nothing; without `apply=yes` only return what would change."""
        event, caller = self.organised(slug)
        sent: Any = request.data
        content = sent if isinstance(sent, bytes) else b""  # without a body it is an empty form
        given: dict[str, Any] = {
            "event_id": event.pk,
            "caller": caller,
            "schedule": read_schedule(content, zone=event.time_zone),
            "cancel_gone": request.query_params.get("cancel_gone") == "yes",
        }
        applies = request.query_params.get("apply") == "yes"
        plan = import_schedule(now=timezone.now(), **given) if applies else plan_import(**given)
        return Response(plan_json(plan, applied=applies))


class ScheduleOfEvent(Endpoint):
    """An export."""

    content_negotiation_class = AnyAccepted

    @extend_schema(
        operation_id="event_schedule_export",
        auth=OPEN,
        parameters=[FORMAT],
        responses={**answers(OpenApiTypes.OBJECT), (200, "application/xml"): OpenApiTypes.STR},
    )
    def get(self, request: Request, slug: str, file_format: str) -> HttpResponse:
        """Return the programme as schedule.json or schedule.xml, as frab and pretalx write it."""
        if file_format not in FORMATS:
            raise NotFound
        event, one = selectors.event_by_slug(slug), FORMATS[file_format]
        return HttpResponse(
            one.write(schedule_of(event, base_url=settings.PUBLIC_URL)), content_type=one.media_type
        )
