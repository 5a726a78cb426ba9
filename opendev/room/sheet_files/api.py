"""REST for files of run sheets: exported in each format, and imported, with a trial first."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import NotFound
from opendev.core.rest import AnyAccepted
from opendev.core.schema import READ, WRITE, answers
from opendev.core.text import clean_yes_or_no
from opendev.room.poll_files.api import FORM, file_json
from opendev.room.poll_files.portable import CONTENT_TYPES, FORMS
from opendev.room.poll_files.reading import ReadRow
from opendev.room.sheet_files.acts import export_run_sheet, import_run_sheet
from opendev.room.sheet_files.portable import ITEMS, item_json
from opendev.room.sheet_files.reading import ReadItem, read_sheet_items, read_sheet_text
from sessions.programme.endpoints import Endpoint
from sessions.programme.services.rights import check_moderates
from sessions.run_sheet.services.plan import MAX_ITEMS


class SheetFileWanted(serializers.Serializer[Any]):
    content = serializers.CharField(
        required=False, help_text="the text of a file: an item a line, CSV, or JSON"
    )
    items = serializers.ListField(
        child=serializers.JSONField(),
        required=False,
        max_length=MAX_ITEMS,
        help_text="in place of `content`: `{kind, minutes, text}`, of a poll `{kind, minutes, poll}` or `line`",
    )
    trial = serializers.BooleanField(required=False, help_text="true: only say what would be added")


class SheetRowShape(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="of the file, from 1")
    title = serializers.CharField(allow_blank=True)
    item = serializers.DictField(
        child=serializers.JSONField(),
        allow_null=True,
        help_text="as it would be exported; null: this row cannot be read",
    )
    code = serializers.CharField(allow_blank=True, help_text="why not")
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]


class SheetFileShape(serializers.Serializer[Any]):
    form = serializers.CharField(help_text="what the content was read as")
    notes = serializers.ListField(child=serializers.CharField())
    rows = SheetRowShape(many=True)
    added = serializers.ListField(
        child=serializers.CharField(), help_text="the ids of the new items; of a trial none"
    )


def _item_of(row: ReadRow) -> dict[str, Any]:
    return {"item": item_json(row.item) if isinstance(row, ReadItem) and row.item else None}


class SheetFilesOfSession(Endpoint):
    """An import."""

    @extend_schema(
        operation_id="run_sheet_import",
        request=SheetFileWanted,
        responses={**answers(SheetFileShape, refusals=WRITE), 201: SheetFileShape},
    )
    def post(self, request: Request, session: str) -> Response:
        """Add the items of a file to the run sheet, all or none; a trial shows what would be added. For moderators."""
        here = self.session(session)
        caller = self.caller(here.event_id)
        check_moderates(caller=caller, session_id=here.pk)
        body = self.body()
        is_trial = clean_yes_or_no(body.get("trial", False), field="trial")
        content = body.get("content", "")
        has_items = ITEMS in body and isinstance(content, str)
        file = read_sheet_items(body[ITEMS]) if has_items else read_sheet_text(content)
        if is_trial:
            return Response(file_json(file, [], _item_of))
        sheet = import_run_sheet(session_id=here.pk, caller=caller, file=file, now=timezone.now())
        return Response(file_json(file, sheet.items[-len(file.rows) :], _item_of), status=201)


class SheetFileOfSession(Endpoint):
    """An export."""

    content_negotiation_class = AnyAccepted

    @extend_schema(
        operation_id="run_sheet_export",
        parameters=[FORM],
        responses={
            **answers(OpenApiTypes.OBJECT, refusals=(*READ, 403)),
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "text/plain"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, session: str, file_format: str) -> HttpResponse:
        """Return a run sheet as text, CSV or JSON, with its polls, so that it can be planned again. For moderators."""
        here = self.session(session)
        caller = self.caller(here.event_id)
        check_moderates(caller=caller, session_id=here.pk)
        if file_format not in FORMS:
            raise NotFound
        content = export_run_sheet(session=here, caller=caller, form=file_format)
        return HttpResponse(content, content_type=CONTENT_TYPES[file_format])
