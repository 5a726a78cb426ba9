"""REST for what touches several apps."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.presence import present_in
from opendev.core.schema import WRITE, answers
from opendev.room.services import set_session_state
from sessions.api import Endpoint, SessionShape, SessionStateWanted
from sessions.serializers import session_json


class StateOfSession(Endpoint):
    """A session's state."""

    @extend_schema(
        operation_id="session_set_state",
        request=SessionStateWanted,
        responses=answers(SessionShape, refusals=WRITE),
    )
    def put(self, request: Request, session: str) -> Response:
        """Start the session or end it; ending it closes its polls. For moderators."""
        found = self.session(session)
        set_session_state(
            session_id=found.pk,
            caller=self.caller(found.event_id),
            state=self.body().get("state", ""),
            now=timezone.now(),
        )
        return Response(session_json(self.session(session), present_in([found.pk])[found.pk]))
