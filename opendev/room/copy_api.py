"""REST for copies from one session into another."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import Malformed
from opendev.core.schema import READ, WRITE, answers
from opendev.core.text import clean_id, clean_yes_or_no, time_text
from opendev.room.copying import Source, copy_plan, sources_for
from sessions.programme.endpoints import Endpoint, page
from sessions.programme.services.rights import check_moderates


class SourceShape(serializers.Serializer[Any]):
    session = serializers.CharField()
    title = serializers.CharField()
    event = serializers.CharField(help_text="the event's slug")
    starts_at = serializers.DateTimeField()
    polls = serializers.IntegerField(help_text="that can be copied; of several rounds one")
    items = serializers.IntegerField(help_text="of its run sheet")


class SourceList(serializers.Serializer[Any]):
    results = SourceShape(many=True)
    next = serializers.CharField(allow_null=True)


CopyWanted = type(
    "CopyWanted",
    (serializers.Serializer,),
    {
        "from": serializers.CharField(help_text="the id of a session that the caller moderates"),
        "polls": serializers.ListField(
            child=serializers.CharField(), required=False, help_text="which; without it all"
        ),
        "run_sheet": serializers.BooleanField(
            required=False, help_text="true: its run sheet too, with the polls that it needs"
        ),
    },
)


class CopyShape(serializers.Serializer[Any]):
    polls = serializers.ListField(child=serializers.CharField(), help_text="the ids of the new drafts")
    items = serializers.IntegerField(help_text="how many items were added to the run sheet")


def _source_json(source: Source) -> dict[str, Any]:
    session = source.session
    return {
        "session": str(session.pk),
        "title": session.title_with_part,
        "event": session.event.slug,
        "starts_at": time_text(session.starts_at),
        "polls": source.polls,
        "items": source.items,
    }


class CopiesOfSession(Endpoint):
    """Copies into a session."""

    @extend_schema(operation_id="session_copy_sources", responses=answers(SourceList, refusals=(*READ, 403)))
    def get(self, request: Request, session: str) -> Response:
        """List the other sessions that the caller moderates and can copy from, in any event. For moderators."""
        here = self.session(session)
        caller = self.caller(here.event_id)
        check_moderates(caller=caller, session_id=here.pk)
        return page([_source_json(source) for source in sources_for(caller, here.pk)])

    @extend_schema(
        operation_id="session_copy",
        request=CopyWanted,
        responses=answers(CopyShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """Copy polls as drafts, and the run sheet, from another session. For moderators of both."""
        here = self.session(session)
        caller = self.caller(here.event_id)
        check_moderates(caller=caller, session_id=here.pk)
        body = self.body()
        polls = body.get("polls")
        if polls is not None and not isinstance(polls, list):
            sentence = _("The polls must be a list of ids.")
            raise Malformed(sentence, fields={"polls": sentence})
        copies = copy_plan(
            from_session_id=clean_id(body.get("from"), field="from"),
            to_session_id=here.pk,
            caller=caller,
            polls=None if polls is None else {clean_id(poll, field="polls") for poll in polls},
            run_sheet=clean_yes_or_no(body.get("run_sheet", False), field="run_sheet"),
            now=timezone.now(),
        )
        return Response({"polls": [str(poll) for poll in copies.polls], "items": copies.items}, status=201)
