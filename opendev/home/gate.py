"""The gate of draft events: outside its team, no address of a draft event exists (docs/adr/0059).

It runs before every page and every REST call. If the event must not be known, it replaces the names in the address by
ones that nobody has, so that the view itself answers as it does for an unknown address: same status, same text,
same checks before it. Views without an event in their address (lists, a typed code) ask the selectors.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from opendev.core.errors import DomainError
from opendev.core.kept import Kept
from opendev.core.text import ascii_digits, id_in_address
from opendev.door.refusals import is_rest
from opendev.home.middleware import answer_exception
from sessions.access.selectors import find_api_token
from sessions.programme.models import Event
from sessions.programme.selectors import lacks_factor
from sessions.programme.selectors.visibility import may_see
from sessions.programme.services.rights import SecondFactorNeeded
from sessions.registrations.links import registration_of

NO_SLUG, NO_ID, NO_CODE = ".", "0", "000000"  # nothing can have this name


events: Kept[tuple[int, str] | None] = Kept()


def _as_it_is(text: str) -> str:
    return text


def _registration(token: str) -> int:
    return registration_of(token).pk


@dataclass(frozen=True, slots=True)
class Named:
    """What a part of an address names: the look-up that finds its event, and a value that does not exist."""

    part: str
    lookup: str
    nothing: str
    read: Callable[[str], Hashable] = id_in_address
    route: str = ""  # if the same word names something else in other addresses

    def event_of(self, text: str) -> tuple[int, str] | None:
        """Return the id and the visibility of the event, None if there is none; read once for all callers."""
        try:
            value = self.read(text)
        except DomainError:
            return None
        return events.get((self.lookup, value), lambda: self._read_event(value))

    def _read_event(self, value: Hashable) -> tuple[int, str] | None:
        found = Event.objects.filter(**{self.lookup: value})
        return found.order_by().values_list("pk", "visibility").first()


NAMED = (
    Named("event", "slug", NO_SLUG, _as_it_is),
    Named("slug", "slug", NO_SLUG, _as_it_is),
    Named("session", "sessions", NO_ID),
    Named("poll", "sessions__polls", NO_ID),
    Named("question", "sessions__questions", NO_ID),
    Named("dismissal", "sessions__question_dismissals", NO_ID),
    Named("suggestion", "sessions__suggestions", NO_ID),
    Named("line", "sessions__sign_up_lines", NO_ID),
    Named("number", "attendees", NO_ID, route="api/v1/attendees/"),
    Named("code", "sessions__code", NO_CODE, ascii_digits, route="j/"),
    Named("code", "sessions__sign_up_lines__code", NO_SLUG, _as_it_is, route="f/"),
    Named("token", "registrations", NO_SLUG, _registration, route="join/"),
)


def named_in(route: str, parts: dict[str, Any]) -> Named | None:
    """Return the part by which an address names an event; None if it names none."""
    return next((one for one in NAMED if one.part in parts and route.startswith(one.route)), None)


class GateMiddleware:
    """Lets only the team into a draft event, and keeps search engines out of everything that is not public."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        response = self.get_response(request)
        if getattr(request, "event_visibility", Event.Visibility.PUBLIC) != Event.Visibility.PUBLIC:
            response["X-Robots-Tag"] = "noindex"
        return response

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, parts: dict[str, Any]
    ) -> HttpResponse | None:
        """Let the request pass, with its address changed if need be. Exceptions here reach no `process_exception`."""
        try:
            _hide_drafts(request, parts)
        except (DomainError, DatabaseError, InterfaceError) as error:
            answer = answer_exception(request, error)
            if answer is None:
                raise
            return answer
        return None


def _hide_drafts(request: HttpRequest, parts: dict[str, Any]) -> None:
    """Find the event that the address names, and hide it from people who may not know of it.

    Raises:
        SecondFactorNeeded: an organiser of it only lacks a second factor.
    """
    match = request.resolver_match
    named = named_in(match.route if match else "", parts)
    event = named.event_of(parts[named.part]) if named else None
    if named is None or event is None:
        return
    user_id = _user_id(request, event[0]) if event[1] == Event.Visibility.DRAFT else None
    if may_see(user_id, *event):
        request.event_visibility = event[1]  # type: ignore[attr-defined]
    elif _would_be_of_team(user_id, event[0]):
        raise SecondFactorNeeded
    else:
        parts[named.part] = named.nothing


def _user_id(request: HttpRequest, event_id: int) -> int | None:
    """Return the signed-in user, by a program's token or a browser's cookie. An attendee's pass is not a sign-in.

    A token of another event signs nobody in here.
    """
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind and is_rest(request.path):
        row = find_api_token(token.strip(), timezone.now()) if kind.lower() == "bearer" else None
        return row.user_id if row and row.limits.reaches(event_id) else None
    return request.user.pk if request.user.is_authenticated else None


def _would_be_of_team(user_id: int | None, event_id: int) -> bool:
    """Return True if a user is an organiser of the event, and only lacks a second factor."""
    return lacks_factor(user_id) and Event.objects.filter(pk=event_id, organisers=user_id).exists()
