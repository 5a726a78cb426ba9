"""REST for exports: the tables as JSON."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from opendev.core.schema import READ, answers
from opendev.core.text import id_in_address
from opendev.exports.services import record_export
from opendev.exports.tables import Scope, tables_of
from opendev.exports.views import asked
from opendev.exports.writing import as_objects
from polls.permissions import may_see_poll
from polls.selectors import poll_by_id
from sessions.programme import selectors
from sessions.programme.endpoints import Endpoint
from sessions.programme.services.rights import check_moderates

WANTED = [
    OpenApiParameter(
        "hidden", str, enum=["0", "1"], description="1: results and questions that are hidden, too"
    ),
    OpenApiParameter("people", str, enum=["0", "1"], description="1: names and addresses, too"),
]


def rows(*, is_always_there: bool = True) -> Any:
    """Return the schema of a table: its rows, each with a cell per column."""
    cells: Any = serializers.DictField(child=serializers.JSONField())
    return serializers.ListField(child=cells, required=is_always_there)


class ExportShape(serializers.Serializer[Any]):
    polls = rows()
    questions = rows(is_always_there=False)
    follow_ups = rows(is_always_there=False)
    suggestions = rows(is_always_there=False)
    sessions = rows(is_always_there=False)
    answers = rows(is_always_there=False)
    sign_ups = rows(is_always_there=False)
    attendees = rows(is_always_there=False)
    registrations = rows(is_always_there=False)


ANSWERS = answers(ExportShape, refusals=(400, *READ, 403))


class Export(Endpoint):
    """Shared by the exports."""

    def tables(self, scope: Scope, caller: Caller) -> Response:
        """Return the tables, after recording the export in the audit log."""
        record_export(scope=scope, caller=caller, form="json")
        return Response(as_objects(tables_of(scope)))


class ExportOfEvent(Export):
    """All of an event."""

    @extend_schema(operation_id="event_export", parameters=WANTED, responses=ANSWERS)
    def get(self, request: Request, slug: str) -> Response:
        """Return polls, questions, follow-ups, suggestions and sessions of an event as tables. For organisers."""
        event, caller = self.organised(slug)
        today = timezone.now().date()
        scope = Scope(
            selectors.sessions_of(event), event_id=event.pk, today=today, asked=asked(request.query_params)
        )
        return self.tables(scope, caller)


class ExportOfSession(Export):
    """All of a session."""

    @extend_schema(operation_id="session_export", parameters=WANTED, responses=ANSWERS)
    def get(self, request: Request, session: str) -> Response:
        """Return polls, questions, follow-ups and suggestions of a session as tables. For moderators."""
        found = self.session(session)
        caller = self.caller(found.event_id)
        check_moderates(caller=caller, session_id=found.pk)
        scope = Scope([found], today=timezone.now().date(), asked=asked(request.query_params))
        return self.tables(scope, caller)


class ExportOfPoll(Export):
    """One poll."""

    @extend_schema(operation_id="poll_export", parameters=WANTED, responses=ANSWERS)
    def get(self, request: Request, poll: str) -> Response:
        """Return a poll as a table. For moderators."""
        one = poll_by_id(id_in_address(poll))
        found = selectors.session_by_id(one.session_id)
        caller = self.caller(found.event_id)
        if not may_see_poll(one, is_moderator=selectors.moderates(caller, found.pk)):
            raise NotFound
        check_moderates(caller=caller, session_id=found.pk)
        return self.tables(Scope([found], [one], asked=asked(request.query_params)), caller)
