"""REST for the programme: its sessions, readable by everybody and changed by organisers; what is live and next."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.presence import present_in
from opendev.core.schema import OPEN, WRITE, answers
from opendev.core.text import clean_yes_or_no
from sessions.programme import selectors
from sessions.programme.endpoints import Endpoint, PersonShape, SessionList, SessionShape, page
from sessions.programme.models import Event, Session
from sessions.programme.selectors.now import now_and_next
from sessions.programme.serializers import edited_json, now_json, session_json
from sessions.programme.services.changes import cancel_session, restore_session
from sessions.programme.services.sessions import create_session, edit_session, split_session


class SlotShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    guid = serializers.CharField()
    slug = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(Session.State.choices)
    place = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="as planned")
    minutes = serializers.IntegerField()
    people = PersonShape(many=True)
    url = serializers.CharField()


class NowShape(serializers.Serializer[Any]):
    event = serializers.CharField()
    asked_at = serializers.DateTimeField()
    live = SlotShape(many=True)
    next = SlotShape(many=True)
    cancelled = serializers.ListField(child=serializers.CharField(), help_text="ids of cancelled sessions")


class SessionFields(serializers.Serializer[Any]):
    """Optional fields of a session, besides its title and time."""

    subtitle = serializers.CharField(max_length=300, required=False, allow_blank=True)
    short_title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    part = serializers.CharField(max_length=40, required=False, allow_blank=True)
    topic = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    prompts = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, help_text="questions to begin with, one a line"
    )
    place = serializers.CharField(max_length=120, required=False, allow_blank=True)
    track = serializers.CharField(max_length=120, required=False, allow_blank=True)
    kind = serializers.CharField(
        max_length=60, required=False, allow_blank=True, help_text="break: a pause without a room"
    )
    language = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        help_text="what is spoken, as in de, nl or Dutch; blank: the event's",
    )
    call_url = serializers.CharField(max_length=500, required=False, allow_blank=True)
    recording_url = serializers.CharField(max_length=500, required=False, allow_blank=True)
    runs_by_clock = serializers.BooleanField(required=False)


class SessionChange(SessionFields):
    title = serializers.CharField(max_length=300, required=False)
    day = serializers.IntegerField(required=False, help_text="the number of one of the event's days")
    time = serializers.CharField(required=False, help_text="as in 14:30, in the event's zone")
    minutes = serializers.IntegerField(required=False, min_value=1)


class SessionWanted(SessionChange):
    title = serializers.CharField(max_length=300)
    day = serializers.IntegerField(help_text="the number of one of the event's days")
    time = serializers.CharField(help_text="as in 14:30, in the event's zone")
    minutes = serializers.IntegerField(min_value=1)


class EditedSessionShape(SessionShape):
    subtitle = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    prompts = serializers.CharField(allow_blank=True)
    track = serializers.CharField(allow_blank=True)
    kind = serializers.CharField(allow_blank=True)
    call_url = serializers.CharField(allow_blank=True)
    recording_url = serializers.CharField(allow_blank=True)


class EditedSessionList(serializers.Serializer[Any]):
    results = EditedSessionShape(many=True)
    next = serializers.CharField(allow_null=True)


class CancellationWanted(serializers.Serializer[Any]):
    cancelled = serializers.BooleanField()


class PartsWanted(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(min_value=1, help_text="of the first part")


def _with_day(given: dict[str, Any], event: Event) -> dict[str, Any]:
    """Return the given fields with the day's id instead of its number, as the services expect it."""
    if "day" not in given:
        return given
    number = given["day"]
    is_number = isinstance(number, int) and not isinstance(number, bool)
    day = event.days.filter(number=number).first() if is_number else None
    return {**given, "day": str(day.pk) if day else ""}


def _edited(session_id: int) -> dict[str, Any]:
    """Return a session's current state for its organisers."""
    return edited_json(selectors.session_by_id(session_id), present_in([session_id])[session_id])


class SessionsOfEvent(Endpoint):
    """An event's sessions."""

    @extend_schema(operation_id="event_sessions_list", auth=OPEN, responses=answers(SessionList))
    def get(self, request: Request, slug: str) -> Response:
        """List an event's sessions in the order of the programme."""
        sessions = selectors.sessions_of(selectors.event_by_slug(slug))
        present = present_in(session.pk for session in sessions)
        return page([session_json(session, present[session.pk]) for session in sessions])

    @extend_schema(
        operation_id="session_create",
        request=SessionWanted,
        responses=answers(EditedSessionShape, status=201, refusals=WRITE),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Add a session. For organisers."""
        event, caller = self.organised(slug)
        given = _with_day(self.body(), event)
        made = create_session(event_id=event.pk, caller=caller, given=given, now=timezone.now())
        return Response(_edited(made.pk), status=201)


class OneSession(Endpoint):
    """One session."""

    @extend_schema(operation_id="session_read", auth=OPEN, responses=answers(SessionShape))
    def get(self, request: Request, session: str) -> Response:
        """Return a session."""
        found = self.session(session)
        return Response(session_json(found, present_in([found.pk])[found.pk]))

    @extend_schema(
        operation_id="session_edit",
        request=SessionChange,
        responses=answers(EditedSessionShape, refusals=WRITE),
    )
    def patch(self, request: Request, session: str) -> Response:
        """Change or move a session; calendars are updated if necessary. For organisers."""
        found = self.session(session)
        edit_session(
            session_id=found.pk,
            caller=self.caller(found.event_id),
            given=_with_day(self.body(), found.event),
            now=timezone.now(),
        )
        return Response(_edited(found.pk))


class CancellationOfSession(Endpoint):
    """Whether a session takes place."""

    @extend_schema(
        operation_id="session_set_cancellation",
        request=CancellationWanted,
        responses=answers(EditedSessionShape, refusals=WRITE),
    )
    def put(self, request: Request, session: str) -> Response:
        """Cancel a session, which stays in the programme as cancelled, or undo that. For organisers."""
        found = self.session(session)
        is_off = clean_yes_or_no(self.body().get("cancelled"), field="cancelled")
        change = cancel_session if is_off else restore_session
        change(session_id=found.pk, caller=self.caller(found.event_id), now=timezone.now())
        return Response(_edited(found.pk))


class PartsOfSession(Endpoint):
    """The parts of a longer topic."""

    @extend_schema(
        operation_id="session_split",
        request=PartsWanted,
        responses=answers(EditedSessionList, status=201, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """Split a session in two; the second part has the same people and its own room. For organisers."""
        found = self.session(session)
        caller, given = self.caller(found.event_id), self.body()
        parts = split_session(session_id=found.pk, caller=caller, given=given, now=timezone.now())
        return Response({"results": [_edited(part.pk) for part in parts], "next": None}, status=201)


class NowOfEvent(Endpoint):
    """What is live now, and what comes next."""

    @extend_schema(operation_id="event_now", auth=OPEN, responses=answers(NowShape))
    def get(self, request: Request, slug: str) -> Response:
        """Return the sessions that are live and those that begin next; both lists may be empty."""
        event = selectors.event_by_slug(slug)
        standing = now_and_next(selectors.sessions_of(event))
        return Response(now_json(event, standing, timezone.now()))
