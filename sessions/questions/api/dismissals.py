"""REST for dismissing several questions in one act, and undoing it."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.schema import WRITE, answers
from opendev.core.text import id_in_address
from sessions.programme.endpoints import Endpoint
from sessions.questions.selectors import dismissal_by_id
from sessions.questions.services.dismissals import (
    MOST_AT_ONCE,
    UNVOTED,
    WAITING,
    dismiss_questions,
    restore_dismissed,
)


class DismissalWanted(serializers.Serializer[Any]):
    which = serializers.ChoiceField(
        [WAITING, UNVOTED],
        required=False,
        help_text="all that wait for approval, or all open ones without a vote or a pin",
    )
    questions = serializers.ListField(
        child=serializers.CharField(), required=False, max_length=MOST_AT_ONCE, help_text="their ids, instead"
    )


class DismissalShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    count = serializers.IntegerField(help_text="how many questions it dismissed, or restored")


class DismissalsOfSession(Endpoint):
    """Dismissing several questions in one act."""

    @extend_schema(
        operation_id="questions_dismiss",
        request=DismissalWanted,
        responses=answers(DismissalShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """Dismiss all questions of a group, or the given ones. For moderators and helpers."""
        found, body = self.session(session), self.body()
        dismissal = dismiss_questions(
            session_id=found.pk,
            caller=self.caller(found.event_id),
            which=body.get("which"),
            questions=body.get("questions"),
            now=timezone.now(),
        )
        return Response({"id": str(dismissal.pk), "count": dismissal.questions.count()}, status=201)


class UndoOfDismissal(Endpoint):
    """Restoring questions that were dismissed together."""

    @extend_schema(
        operation_id="questions_restore", request=None, responses=answers(DismissalShape, refusals=WRITE)
    )
    def post(self, request: Request, dismissal: str) -> Response:
        """Restore the questions to their previous states, at any time. For moderators and helpers."""
        event_id = dismissal_by_id(id_in_address(dismissal)).session.event_id
        count = restore_dismissed(dismissal_id=id_in_address(dismissal), caller=self.caller(event_id))
        return Response({"id": dismissal, "count": count})
