"""Helpers for REST endpoints."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from opendev.core.attendance import AttendeePass, Caller, TokenLimits, pass_cookie_name
from opendev.core.callers import caller_of
from opendev.core.errors import Malformed, NotSignedIn
from opendev.core.limits import check_address, check_join, check_vote
from opendev.core.parts import REST_PART, Cursor, next_address
from opendev.core.text import id_in_address
from sessions.programme import selectors
from sessions.programme.models import Event, Session
from sessions.programme.services.rights import NotJoined, check_organises

Row = TypeVar("Row")
AFTER = OpenApiParameter("after", str, description="the place behind which the part begins; `next` has it")


class NotJoinedYet(NotSignedIn):
    """Like services.NotJoined, but for strangers, who need a token."""

    code, message = NotJoined.code, NotJoined.message


class Endpoint(APIView):
    """Base class of the endpoints: caller, session and limits."""

    limit = "write"

    def caller(self, event_id: int) -> Caller:
        """Return the caller, with their pass of one event."""
        if isinstance(self.request.auth, AttendeePass):
            return Caller(attendee=self.request.auth if self.request.auth.event_id == event_id else None)
        if isinstance(limits := self.request.auth, TokenLimits):  # elsewhere than in its event it is nobody's
            return (
                Caller(user_id=self.request.user.pk, limits=limits) if limits.reaches(event_id) else Caller()
            )
        return caller_of(self.request._request, event_id)

    def attendee(self, caller: Caller, event_id: int) -> AttendeePass:
        """Return the caller's pass of the event.

        Raises:
            NotJoinedYet: a stranger; NotJoined: a signed-in user who has not joined.
        """
        attendee = caller.attendee_of(event_id)
        if attendee is None:
            is_stranger = self.request.auth is None and caller.user_id is None
            raise NotJoinedYet if is_stranger else NotJoined
        return attendee

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Count a write against its sender: attendees individually, everybody else by address.

        Raises:
            TooOften
        """
        super().initial(request, *args, **kwargs)
        if request.method in SAFE_METHODS:
            return
        if isinstance(request.auth, AttendeePass):
            check_vote(request._request, request.auth.attendee_id)
        elif self.limit == "join":
            check_join(request._request)
        else:
            check_address(self.limit, request._request)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Mark a response as dependent on the caller, and as uncacheable if it was made for somebody."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(answer, ["Authorization", "Cookie"])
        is_anyones = request.method in SAFE_METHODS and not self._shows_credentials()
        if not is_anyones:
            answer["Cache-Control"] = "no-store"
        return answer

    def _shows_credentials(self) -> bool:
        """Return True if the caller sent a token, a sign-in or a pass, valid or not."""
        sent = self.request.headers, self.request.COOKIES
        passes = pass_cookie_name(0)[:-1]
        return (
            "Authorization" in sent[0]
            or settings.SESSION_COOKIE_NAME in sent[1]
            or any(name.startswith(passes) for name in sent[1])
        )

    def body(self) -> dict[str, Any]:
        """Return the request's body, an object.

        Raises:
            Malformed: it is not an object.
        """
        if not isinstance(self.request.data, dict):
            raise Malformed(_("The body must be a JSON object."))
        return self.request.data

    def session(self, text: str) -> Session:
        """Return the session in the address.

        Raises:
            NotFound
        """
        return selectors.session_by_id(id_in_address(text))

    def organised(self, slug: str) -> tuple[Event, Caller]:
        """Return the event in the address and the caller, who must be one of its organisers.

        Raises:
            NotFound, NotSignedIn, NotOrganiser
        """
        event = selectors.event_by_slug(slug)
        caller = self.caller(event.pk)
        check_organises(caller=caller, event_id=event.pk)
        return event, caller


def page(results: list[Any]) -> Response:
    """Return a list as `{"results": […], "next": null}`; our lists are short enough for one page."""
    return Response({"results": results, "next": None})


def part(results: list[Any], request: Request, last: Cursor | None) -> Response:
    """Return a page of a long list, with the address of the next; `last`: its end, or None if nothing follows."""
    following = next_address(request.path, last) if last is not None else None
    return Response({"results": results, "next": following})


def last_of(rows: Sequence[Row], place: Callable[[Row], Cursor]) -> Cursor | None:
    """Return the position of a page's last row, or None if the page is not full, so that nothing follows."""
    return place(rows[-1]) if len(rows) == REST_PART else None


class DayShape(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    date = serializers.DateField()


class EventShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField()
    series = serializers.CharField(allow_blank=True)
    summary = serializers.CharField(allow_blank=True)
    time_zone = serializers.CharField()
    language = serializers.CharField(
        help_text="of what is written for all: a tag such as en-gb, de or zh-hans"
    )
    visibility = serializers.ChoiceField(Event.Visibility.choices)
    is_live = serializers.BooleanField()
    session_count = serializers.IntegerField()
    days = DayShape(many=True)
    url = serializers.CharField()


class EventList(serializers.Serializer[Any]):
    results = EventShape(many=True)
    next = serializers.CharField(allow_null=True)


class PersonShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    company = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(["host", "presenter", "moderator", "helper"])


class QuestionRulesShape(serializers.Serializer[Any]):
    named = serializers.BooleanField(help_text="whether a question may carry its asker's name")
    moderated = serializers.BooleanField(help_text="whether a question waits for approval")


class ShownOnScreen(serializers.Serializer[Any]):
    shows = serializers.ChoiceField(Session.Shows.choices)
    theme = serializers.ChoiceField(Session.Theme.choices)


class SuggestionRulesShape(serializers.Serializer[Any]):
    taken = serializers.BooleanField(help_text="whether attendees may suggest follow-ups")
    moderated = serializers.BooleanField(help_text="whether a suggestion waits for approval")


class ReactionRulesShape(serializers.Serializer[Any]):
    taken = serializers.BooleanField(help_text="whether attendees may react, and say that it goes too fast")
    on_screen = serializers.BooleanField(help_text="whether the presenter screen shows reactions")


class SessionShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    state = serializers.ChoiceField(Session.State.choices)
    questions = QuestionRulesShape()
    screen = ShownOnScreen()
    suggestions = SuggestionRulesShape()
    reactions = ReactionRulesShape()
    event = serializers.CharField()
    day = serializers.IntegerField()
    slug = serializers.CharField()
    title = serializers.CharField()
    short_title = serializers.CharField()
    part = serializers.CharField(allow_blank=True)
    topic = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField()
    minutes = serializers.IntegerField()
    place = serializers.CharField(allow_blank=True)
    language = serializers.CharField(
        allow_blank=True, help_text="what is spoken, as in de; blank: the event's"
    )
    cancelled = serializers.BooleanField()
    runs_by_clock = serializers.BooleanField(help_text="starts and ends by itself, at its planned times")
    code = serializers.CharField()
    present = serializers.IntegerField()
    people = PersonShape(many=True)
    url = serializers.CharField()


class SessionList(serializers.Serializer[Any]):
    results = SessionShape(many=True)
    next = serializers.CharField(allow_null=True)


class SessionStateWanted(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Session.State.choices)
    end_rehearsal = serializers.BooleanField(
        required=False, help_text="true: a rehearsal of the session is cleared with its start; else 409"
    )
