"""REST for stars: a personal list of sessions, protected by a secret, without a sign-in."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.presence import present_in
from opendev.core.schema import OPEN, READ, WRITE, answers
from opendev.core.text import clean_line, clean_yes_or_no
from sessions.programme import selectors
from sessions.programme.endpoints import Endpoint, SessionList, page
from sessions.programme.selectors.stars import starred_sessions
from sessions.programme.serializers import session_json
from sessions.programme.services.stars import star_session

MAX_TOKEN_LENGTH = 64


class StarWanted(serializers.Serializer[Any]):
    starred = serializers.BooleanField()
    list = serializers.CharField(
        max_length=MAX_TOKEN_LENGTH,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="the list's secret, as an earlier answer told it; without one a list is made",
    )


class StarShape(serializers.Serializer[Any]):
    starred = serializers.BooleanField()
    list = serializers.CharField(help_text="the list's secret")
    calendar = serializers.CharField(help_text="where a calendar subscribes to the list")


class StarOfSession(Endpoint):
    """Whether a session is on somebody's list."""

    @extend_schema(
        operation_id="session_star",
        auth=OPEN,
        request=StarWanted,
        responses=answers(StarShape, refusals=WRITE),
    )
    def put(self, request: Request, session: str) -> Response:
        """Star a session, or remove the star; the answer contains the secret of the list."""
        found, body = self.session(session), self.body()
        starred = clean_yes_or_no(body.get("starred"), field="starred")
        token = clean_line(body.get("list"), field="list", most=MAX_TOKEN_LENGTH, required=False)
        token = star_session(session_id=found.pk, token=token, starred=starred, now=timezone.now())
        address = reverse("star-calendar", kwargs={"event": found.event.slug, "token": token})
        return Response({"starred": starred, "list": token, "calendar": f"{settings.PUBLIC_URL}{address}"})


class StarsOfEvent(Endpoint):
    """Somebody's list."""

    @method_decorator(sensitive_variables("token"))
    @extend_schema(operation_id="event_stars_list", auth=OPEN, responses=answers(SessionList, refusals=READ))
    def get(self, request: Request, slug: str, token: str) -> Response:
        """List the sessions of the event that are on the list with this secret."""
        sessions = starred_sessions(selectors.event_by_slug(slug), token)
        present = present_in(session.pk for session in sessions)
        return page([session_json(session, present[session.pk]) for session in sessions])
