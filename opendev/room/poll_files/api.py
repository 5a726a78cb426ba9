"""REST for files of polls: export in every format, and import with a preview."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import NotFound
from opendev.core.rest import AnyAccepted
from opendev.core.schema import READ, WRITE, answers
from opendev.core.text import clean_word, clean_yes_or_no
from opendev.room.poll_files.acts import ALL, DRAFTS, export_polls, import_polls
from opendev.room.poll_files.portable import CONTENT_TYPES, FORMS, portable_json
from opendev.room.poll_files.reading import MOST_POLLS, PollFile, ReadRow, read_polls, read_text
from polls.shapes import PollWanted
from sessions.programme.endpoints import Endpoint
from sessions.programme.services.rights import check_moderates

WHICH = OpenApiParameter("polls", str, enum=[ALL, DRAFTS], description="drafts: those not launched yet alone")
FORM = OpenApiParameter("file_format", str, OpenApiParameter.PATH, enum=list(FORMS))


class PollFileWanted(serializers.Serializer[Any]):
    content = serializers.CharField(
        required=False, help_text="the text of a file: a poll a line, CSV, or JSON"
    )
    polls = serializers.ListField(
        child=PollWanted(), required=False, max_length=MOST_POLLS, help_text="in place of `content`"
    )
    trial = serializers.BooleanField(required=False, help_text="true: only say what would be added")


class ReadRowShape(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="of the file, from 1")
    title = serializers.CharField(allow_blank=True)
    poll = serializers.DictField(
        child=serializers.JSONField(),
        allow_null=True,
        help_text="as REST takes a new poll; null: this row cannot be read",
    )
    code = serializers.CharField(allow_blank=True, help_text="why not")
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]


class PollFileShape(serializers.Serializer[Any]):
    form = serializers.CharField(help_text="what the content was read as")
    notes = serializers.ListField(child=serializers.CharField())
    rows = ReadRowShape(many=True)
    added = serializers.ListField(
        child=serializers.CharField(), help_text="the ids of the new drafts; of a trial none"
    )


def _poll_of(row: ReadRow) -> dict[str, Any]:
    return {"poll": portable_json(row.draft) if row.draft else None}


def file_json(
    file: PollFile, added: Sequence[Model], held_in: Callable[[ReadRow], dict[str, Any]]
) -> dict[str, Any]:
    """Return what was read of a file, and the ids of what was added; `held_in(row)` is what a valid row has."""
    rows = [
        {"row": row.number, "title": row.title, **held_in(row), "code": row.code, "fields": row.fields}
        for row in file.rows
    ]
    added_ids = [str(one.pk) for one in added]
    return {"form": file.form, "notes": file.notes, "rows": rows, "added": added_ids}


class PollFilesOfSession(Endpoint):
    """An import."""

    @extend_schema(
        operation_id="session_polls_import",
        request=PollFileWanted,
        responses={**answers(PollFileShape, refusals=WRITE), 201: PollFileShape},
    )
    def post(self, request: Request, session: str) -> Response:
        """Add the polls of a file as drafts, all or none; a trial returns what would be added. For moderators."""
        here = self.session(session)
        caller = self.caller(here.event_id)
        check_moderates(caller=caller, session_id=here.pk)
        body = self.body()
        is_trial = clean_yes_or_no(body.get("trial", False), field="trial")
        file = read_polls(body["polls"]) if "polls" in body else read_text(body.get("content"))
        if is_trial:
            return Response(file_json(file, [], _poll_of))
        added = import_polls(session_id=here.pk, caller=caller, file=file, now=timezone.now())
        return Response(file_json(file, added, _poll_of), status=201)


class PollFileOfSession(Endpoint):
    """An export."""

    content_negotiation_class = AnyAccepted

    @extend_schema(
        operation_id="session_polls_export",
        parameters=[FORM, WHICH],
        responses={
            **answers(OpenApiTypes.OBJECT, refusals=(400, *READ, 403)),
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "text/plain"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, session: str, file_format: str) -> HttpResponse:
        """Return a session's polls as text, CSV or JSON, without votes, to be asked again. For moderators."""
        here = self.session(session)
        caller = self.caller(here.event_id)
        check_moderates(caller=caller, session_id=here.pk)
        if file_format not in FORMS:
            raise NotFound
        which = clean_word(request.query_params.get("polls", ALL), field="polls", choices=[ALL, DRAFTS])
        content = export_polls(session=here, caller=caller, form=file_format, drafts_only=which == DRAFTS)
        return HttpResponse(content, content_type=CONTENT_TYPES[file_format])
