"""REST for actions that involve several apps, and for a session's presenter screen."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.attendance import Caller
from opendev.core.presence import present_in
from opendev.core.schema import READ, WRITE, answers
from opendev.core.text import MAX_NAME_LENGTH, id_in_address
from opendev.room.services import set_session_state
from sessions.displays.selectors import display_links_of
from sessions.displays.serializers import display_link_json
from sessions.displays.services import make_display_link, revoke_display_link, set_screen, set_screen_access
from sessions.programme.endpoints import Endpoint, SessionShape, SessionStateWanted, ShownOnScreen, page
from sessions.programme.models import Session
from sessions.programme.serializers import session_json, session_state
from sessions.programme.services.rights import check_moderates
from sessions.states.services import set_session_clock


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
            end_rehearsal=self.body().get("end_rehearsal", False),
            now=timezone.now(),
        )
        return Response(session_json(self.session(session), present_in([found.pk])[found.pk]))


class ClockWanted(serializers.Serializer[Any]):
    by_clock = serializers.BooleanField(help_text="false: people start and end it")


class ClockOfSession(Endpoint):
    """Whether a session starts and ends automatically."""

    @extend_schema(
        operation_id="session_set_clock",
        request=ClockWanted,
        responses=answers(SessionShape, refusals=WRITE),
    )
    def put(self, request: Request, session: str) -> Response:
        """Set whether the session starts and ends automatically, or only manually. For moderators."""
        found = self.session(session)
        set_session_clock(
            session_id=found.pk,
            caller=self.caller(found.event_id),
            by_clock=self.body().get("by_clock"),
            now=timezone.now(),
        )
        return Response(session_json(self.session(session), present_in([found.pk])[found.pk]))


class DisplayLinkWanted(serializers.Serializer[Any]):
    name = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=MAX_NAME_LENGTH
    )


class DisplayLinkShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class DisplayLinkMade(DisplayLinkShape):
    url = serializers.CharField(help_text="opens the presenter screen; it is told this once")
    embed_url = serializers.CharField(help_text="the same for OBS and for frames; it is told this once")


class DisplayLinkList(serializers.Serializer[Any]):
    results = DisplayLinkShape(many=True)
    next = serializers.CharField(allow_null=True)


class ScreenAccess(serializers.Serializer[Any]):
    open = serializers.BooleanField(help_text="false: only displays and moderators open the presenter screen")


class ScreenWanted(serializers.Serializer[Any]):
    shows = serializers.ChoiceField(Session.Shows.choices, required=False, allow_null=True)
    theme = serializers.ChoiceField(Session.Theme.choices, required=False, allow_null=True)


class ScreenShape(ScreenAccess, ShownOnScreen):
    """Who may open the presenter screen, and what it shows."""


class ScreenEndpoint(Endpoint):
    """Base class of these endpoints."""

    def moderated(self, session: str) -> tuple[Session, Caller]:
        """Return the session and its moderator.

        Raises:
            NotFound, NotSignedIn, NotModerator
        """
        found = self.session(session)
        caller = self.caller(found.event_id)
        check_moderates(caller=caller, session_id=found.pk)
        return found, caller


class DisplayLinks(ScreenEndpoint):
    """Links for machines that show the presenter screen."""

    @extend_schema(
        operation_id="display_links_list", responses=answers(DisplayLinkList, refusals=(401, 403, *READ[1:]))
    )
    def get(self, request: Request, session: str) -> Response:
        """List the links that have not been revoked. For moderators."""
        found, _caller = self.moderated(session)
        return page([display_link_json(link) for link in display_links_of(found.pk)])

    @extend_schema(
        operation_id="display_link_create",
        request=DisplayLinkWanted,
        responses=answers(DisplayLinkMade, status=201, refusals=WRITE),
    )
    def post(self, request: Request, session: str) -> Response:
        """Create a link that opens the presenter screen, read-only and without a sign-in. For moderators."""
        found, caller = self.moderated(session)
        link, token = make_display_link(
            session_id=found.pk, caller=caller, name=self.body().get("name"), now=timezone.now()
        )
        addresses = {
            "url": found.address("display", token=token),
            "embed_url": found.address("embed", token=token),
        }
        told = {name: settings.PUBLIC_URL + address for name, address in addresses.items()}
        return Response({**display_link_json(link), **told}, status=201)


class OneDisplayLink(ScreenEndpoint):
    """One display link."""

    @extend_schema(operation_id="display_link_revoke", responses=answers(None, status=204, refusals=WRITE))
    def delete(self, request: Request, session: str, link: str) -> Response:
        """Revoke the link; its screen closes within two seconds. For moderators."""
        found, caller = self.moderated(session)
        revoke_display_link(
            session_id=found.pk, link_id=id_in_address(link), caller=caller, now=timezone.now()
        )
        return Response(status=204)


class Screen(ScreenEndpoint):
    """The presenter screen: who may open it by its plain address, and what it shows."""

    @extend_schema(
        operation_id="screen_set_access",
        request=ScreenAccess,
        responses=answers(ScreenAccess, refusals=WRITE),
    )
    def put(self, request: Request, session: str) -> Response:
        """Let everybody open the presenter screen, or only displays and moderators. For moderators."""
        found, caller = self.moderated(session)
        changed = set_screen_access(session_id=found.pk, caller=caller, is_open=self.body().get("open"))
        return Response({"open": changed.screen_is_open})

    @extend_schema(
        operation_id="screen_change",
        request=ScreenWanted,
        responses=answers(ScreenShape, refusals=WRITE),
    )
    def patch(self, request: Request, session: str) -> Response:
        """Set what the presenter screen `shows`, and its `theme`. For moderators."""
        found, caller = self.moderated(session)
        given = self.body()
        changed = set_screen(
            session_id=found.pk, caller=caller, shows=given.get("shows"), theme=given.get("theme")
        )
        return Response({"open": changed.screen_is_open, **session_state(changed)["screen"]})
