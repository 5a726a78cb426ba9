"""REST for registrations: importing lists, their progress, and figures."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import Malformed
from opendev.core.schema import OPEN, READ, WRITE, answers
from opendev.core.text import clean_line, clean_word, time_text
from opendev.core.uploads import takes_uploads
from sessions.programme import selectors
from sessions.programme.endpoints import Endpoint, page
from sessions.programme.models import Event
from sessions.registrations import selectors as registrations
from sessions.registrations.models import FigureNote, RegistrationImport, RegistrationRow
from sessions.registrations.services.importing import import_registrations, set_figure, set_personal_link

SKIP, REFUSE = "skip", "refuse"
MOST_CSV = 8 * 1024 * 1024


class FigureShape(serializers.Serializer[Any]):
    figure = serializers.ChoiceField(FigureNote.Figure.choices)
    counted = serializers.IntegerField()
    shown = serializers.CharField(help_text="as it is printed: rounded down, or as an organiser said")
    source = serializers.CharField()  # type: ignore[assignment]


class FigureList(serializers.Serializer[Any]):
    results = FigureShape(many=True)
    next = serializers.CharField(allow_null=True)


class FigureWanted(serializers.Serializer[Any]):
    figure = serializers.ChoiceField(FigureNote.Figure.choices)
    shown = serializers.CharField(max_length=20, allow_blank=True, allow_null=True)
    source = serializers.CharField(max_length=200, allow_blank=True, allow_null=True)  # type: ignore[assignment]


class BadRowShape(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    field = serializers.CharField()
    reason = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_blank=True, help_text="what the row has in this field")


class ColumnShape(serializers.Serializer[Any]):
    column = serializers.IntegerField(help_text="counted from 1")
    heading = serializers.CharField()
    field = serializers.CharField(allow_blank=True, help_text="which the column gives; empty: passed over")


class RemarkShape(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    field = serializers.CharField()
    value = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


class ImportShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(RegistrationImport.State.choices)
    total = serializers.IntegerField()
    read = serializers.IntegerField()
    taken_over = serializers.IntegerField()
    added = serializers.IntegerField()
    merged = serializers.IntegerField()
    changed = serializers.IntegerField(help_text="of the merged rows, those that changed a registration")
    bad = serializers.IntegerField()
    left_out = serializers.IntegerField(
        help_text="rows that are no registrations: cancelled, declined, waiting"
    )
    columns = ColumnShape(many=True)
    notes = serializers.ListField(child=serializers.CharField(), help_text="how the file was read")
    remarks = RemarkShape(many=True, help_text="about rows that were taken in part, or left out; 500 at most")
    began_at = serializers.DateTimeField()
    bad_rows = BadRowShape(many=True)


class ImportList(serializers.Serializer[Any]):
    results = ImportShape(many=True)
    next = serializers.CharField(allow_null=True)


class ImportWanted(serializers.Serializer[Any]):
    csv = serializers.CharField(max_length=MOST_CSV, help_text="the list, with a row of headings")
    name = serializers.CharField(max_length=200, required=False, allow_blank=True, allow_null=True)
    bad_rows = serializers.ChoiceField([SKIP, REFUSE], help_text="skip: the rest comes in; refuse: nothing")


class LinkWanted(serializers.Serializer[Any]):
    email = serializers.CharField(max_length=254, help_text="the address of the registration")
    revoked = serializers.BooleanField()
    passes_too = serializers.BooleanField(
        required=False, help_text="with revoked: whoever joined by the link is out, on all devices"
    )


class LinkShape(serializers.Serializer[Any]):
    email = serializers.CharField()
    revoked = serializers.BooleanField()


@takes_uploads
class ImportsOfEvent(Endpoint):
    """Lists of registrations."""

    @extend_schema(
        operation_id="registration_imports_list", responses=answers(ImportList, refusals=(*READ, 403))
    )
    def get(self, request: Request, slug: str) -> Response:
        """List the imports and their progress, newest first; the newest with its invalid rows. For organisers."""
        event, _caller = self.organised(slug)
        imports = registrations.imports_of(event.pk)
        bad = registrations.bad_rows_of(imports[0].pk) if imports else []
        return page([_import_json(one, bad if one is imports[0] else []) for one in imports])

    @extend_schema(
        operation_id="registration_import",
        request=ImportWanted,
        responses=answers(ImportShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Import a list; the answer has the columns used, and errors by row and value. For organisers."""
        (event, caller), body = self.organised(slug), self.body()
        csv = body.get("csv")
        if not isinstance(csv, str):
            sentence = _("This must be text.")
            raise Malformed(sentence, fields={"csv": sentence})
        brought = import_registrations(
            event_id=event.pk,
            caller=caller,
            content=csv.encode("utf-8", errors="replace"),
            name=clean_line(body.get("name"), field="name", most=200, required=False),
            skips_bad=clean_word(body.get("bad_rows"), field="bad_rows", choices=[SKIP, REFUSE]) == SKIP,
            now=timezone.now(),
        )
        return Response(_import_json(brought, registrations.bad_rows_of(brought.pk)), status=201)


class LinkOfRegistration(Endpoint):
    """Somebody's personal link."""

    @extend_schema(
        operation_id="registration_link_set",
        request=LinkWanted,
        responses=answers(LinkShape, refusals=WRITE),
    )
    def put(self, request: Request, slug: str) -> Response:
        """Revoke the link, or restore it. For organisers."""
        (event, caller), body = self.organised(slug), self.body()
        one = set_personal_link(
            event_id=event.pk,
            caller=caller,
            email=body.get("email"),
            revoked=body.get("revoked"),
            passes_too=body.get("passes_too", False),
            now=timezone.now(),
        )
        return Response({"email": one.email, "revoked": one.link_revoked_at is not None})


class FiguresOfEvent(Endpoint):
    """Figures of an event."""

    @extend_schema(operation_id="figures_list", auth=OPEN, responses=answers(FigureList))
    def get(self, request: Request, slug: str) -> Response:
        """List registered, joined, companies and countries, as counted and as shown."""
        return _figures(selectors.event_by_slug(slug))

    @extend_schema(
        operation_id="figure_set", request=FigureWanted, responses=answers(FigureList, refusals=WRITE)
    )
    def put(self, request: Request, slug: str) -> Response:
        """Override a figure, with its source; if both are empty, the counted figure is shown. For organisers."""
        (event, caller), body = self.organised(slug), self.body()
        given = {field: body.get(field) for field in ("figure", "shown", "source")}
        set_figure(event_id=event.pk, caller=caller, **given)
        return _figures(event)


def _figures(event: Event) -> Response:
    return page(
        [
            {"figure": one.name, "counted": one.counted, "shown": one.shown, "source": one.source}
            for one in registrations.figures_of(event).values()
        ]
    )


def _import_json(one: RegistrationImport, bad: list[RegistrationRow]) -> dict[str, Any]:
    numbers = ("total", "read", "taken_over", "added", "merged", "changed", "bad")
    counts = {name: getattr(one, name) for name in numbers}
    report = {name: one.report.get(name, []) for name in ("columns", "notes", "remarks")}
    return {
        "id": str(one.pk),
        "name": one.name,
        "state": one.state,
        **counts,
        "left_out": one.left_out,
        **report,
        "began_at": time_text(one.began_at),
        "bad_rows": [
            {
                "row": row.number,
                "field": row.wrong_field,
                "reason": row.reason,
                "email": row.email,
                "value": row.value,
            }
            for row in bad
        ],
    }
