"""Who moderates a session, and the tokens of one's own programs: pages beside the control room."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from opendev.core.text import clean_id
from opendev.home.middleware import mark
from opendev.room.control import enter
from opendev.room.posting import posted_from
from sessions import selectors, services
from sessions.models import Session, SessionRole

TOKEN_LASTS = timedelta(days=30)


def _page(
    request: HttpRequest, session: Session, *, refused: DomainError | None = None, **more: Any
) -> HttpResponse:
    caller = Caller(user_id=request.user.pk)
    context: dict[str, Any] = {
        "event": session.event,
        "session": session,
        "moderators": [role for role in session.people if role.role == SessionRole.Role.MODERATOR],
        "organises": selectors.organises(caller, session.event_id),
        "tokens": selectors.api_tokens_of(caller.user_id or 0),
        "form": {field: request.POST.get(field, "") for field in ("name", "company", "title", "token_name")},
        "errors": (refused.fields or {"form": refused.message}) if refused else {},
        "error_code": refused.code if refused else "",
        **more,
    }
    response = render(request, "room/team.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


@require_safe
@never_cache
def team(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Who moderates, and one's own tokens."""
    found, _caller = enter(request, event, session)
    return _page(request, found)


@posted_from("control-team")
@never_cache
def invite(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Invite a moderator, or make a new link for one; the link is shown this once."""
    found, caller = enter(request, event, session)
    try:
        person, token = services.invite_moderator(
            session_id=found.pk,
            caller=caller,
            name=request.POST.get("name"),
            company=request.POST.get("company", ""),
            title=request.POST.get("title", ""),
            now=timezone.now(),
        )
    except DomainError as refusal:
        return _page(request, found, refused=refusal)
    link = settings.PUBLIC_URL + reverse("sign-in-link", kwargs={"token": token}) if token else ""
    found = selectors.session_by_slug(event, session)
    return _page(request, found, invited=person, link=link, form={})


@posted_from("control-team")
def remove(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Take the right to moderate from somebody."""
    found, caller = enter(request, event, session)
    try:
        person = clean_id(request.POST.get("person"), field="person")
        services.remove_moderator(session_id=found.pk, caller=caller, person_id=person)
    except DomainError as refusal:
        return _page(request, found, refused=refusal)
    return redirect(found.address("control-team"))


@posted_from("control-team")
@never_cache
def make_token(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Make an API token of one's own; it is shown this once."""
    found, _caller = enter(request, event, session)
    try:
        token = services.make_api_token(
            user=request.user,  # type: ignore[arg-type]  # enter() lets nobody else pass
            name=request.POST.get("token_name", ""),
            lasts=TOKEN_LASTS,
            now=timezone.now(),
        )
    except DomainError as refusal:
        return _page(request, found, refused=refusal)
    return _page(request, found, new_token=token, form={})


@posted_from("control-team")
def revoke_token(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Make one of one's own tokens worthless."""
    found, caller = enter(request, event, session)
    try:
        token = clean_id(request.POST.get("token"), field="token")
        services.revoke_api_token(token_id=token, caller=caller, now=timezone.now())
    except DomainError as refusal:
        return _page(request, found, refused=refusal)
    return redirect(found.address("control-team"))
