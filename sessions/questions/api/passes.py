"""REST for the pass of somebody who asked a question."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import NotFound
from opendev.core.schema import WRITE, answers
from opendev.core.text import id_in_address
from sessions.attendees.api import PassShape
from sessions.programme.endpoints import Endpoint
from sessions.questions.models import Question
from sessions.questions.services.passes import set_pass_of_asker


class PassOfAsker(Endpoint):
    """The pass of a question's author."""

    @extend_schema(
        operation_id="asker_pass_set", request=PassShape, responses=answers(PassShape, refusals=WRITE)
    )
    def put(self, request: Request, question: str) -> Response:
        """Revoke or restore the author's pass, without learning who they are. For moderators."""
        pk, body = id_in_address(question), self.body()
        event_id = Question.objects.filter(pk=pk).values_list("session__event_id", flat=True).first()
        if event_id is None:
            raise NotFound
        revoked = set_pass_of_asker(
            question_id=pk, caller=self.caller(event_id), revoked=body.get("revoked"), now=timezone.now()
        )
        return Response({"revoked": revoked})
