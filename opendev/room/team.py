"""The team page of the control room: moderators, displays, and the user's own API tokens."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError, NotFound
from opendev.core.languages import shared_language
from opendev.core.mail import mailer
from opendev.core.text import clean_id
from opendev.core.web.pages import mark
from opendev.core.web.typed import keep, kept
from opendev.room.control import enter
from opendev.room.posting import posted_from
from sessions.access.models import ApiToken
from sessions.access.selectors import api_tokens_of
from sessions.access.services import make_api_token, revoke_api_token
from sessions.displays.selectors import display_links_of
from sessions.displays.services import make_display_link, revoke_display_link, set_screen_access
from sessions.programme import selectors
from sessions.programme.models import Person, Session, SessionRole
from sessions.programme.services.team import invite_moderator, remove_moderator

TOKEN_LASTS = timedelta(days=30)
PERSON, DISPLAY = ("name", "company", "title", "role", "email"), ("display_name",)
TOKEN = ("token_name", "token_scope", "token_here")
FIELDS = (*PERSON, *DISPLAY, *TOKEN)


def _page(
    request: HttpRequest,
    session: Session,
    *,
    refused: DomainError | None = None,
    name_field: str = "name",
    done: Iterable[str] = (),
    **more: Any,
) -> HttpResponse:
    """Return the page, with text typed for other buttons.

    Args:
        name_field: which of the page's three name fields a refusal is about.
        done: the boxes that the button has used.
    """
    fields = refused.fields if refused else {}
    errors = {name_field if field == "name" else field: text for field, text in fields.items()}
    caller = Caller(user_id=request.user.pk)
    context: dict[str, Any] = {
        "event": session.event,
        "session": session,
        "helpers": [role for role in session.people if role.role == SessionRole.Role.HELPER],
        "moderators": [role for role in session.people if role.role == SessionRole.Role.MODERATOR],
        "organises": selectors.organises(caller, session.event_id),
        "displays": display_links_of(session.pk),
        "sends_mail": bool(settings.EMAIL_URL),
        "tokens": api_tokens_of(caller.user_id or 0),
        "scopes": ApiToken.Scope.choices,
        "form": {field: "" if field in done else request.POST.get(field, "") for field in FIELDS}
        | kept(request, request.path),
        "unsaved": "yes" if refused else "",
        "errors": errors,
        "form_error": refused.message if refused and not errors.keys() & set(FIELDS) else "",
        "error_code": refused.code if refused else "",
        **more,
    }
    response = render(request, "room/team.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


@require_safe
@never_cache
def team(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """The team and the user's own tokens."""
    found, _caller = enter(request, event, session)
    return _page(request, found)


@posted_from("control-team")
@never_cache
def invite(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Invite a moderator, or create a new link for the button's one; the link is shown only this once."""
    found, caller = enter(request, event, session)
    again = request.POST.get("again", "")
    given = (
        _invited_again(found, again)
        if again
        else {
            "name": request.POST.get("name"),
            "company": request.POST.get("company", ""),
            "title": request.POST.get("title", ""),
            "role": request.POST.get("role", SessionRole.Role.MODERATOR),
            "email": request.POST.get("email", "") if settings.EMAIL_URL else "",
        }
    )
    try:
        person, token = invite_moderator(session_id=found.pk, caller=caller, now=timezone.now(), **given)
    except DomainError as refusal:
        return _page(request, found, refused=refusal)
    mailed = _send_invitation(request, found, person, given.get("email") or "")
    link = settings.PUBLIC_URL + reverse("sign-in-link", kwargs={"token": token}) if token else ""
    found = selectors.session_by_slug(event, session)
    return _page(request, found, invited=person, link=link, mailed=mailed, done=() if again else PERSON)


def _send_invitation(request: HttpRequest, session: Session, person: Person, address: str) -> bool:
    """Email somebody that they are on the team, and where to sign in; without any secret.

    Return True if it was sent: the address must be the account's own, or it would reveal the account to a stranger.
    """
    user = person.user
    if not address or user is None or user.email.casefold() != address.strip().casefold():
        return False
    values = {
        "inviter": selectors.name_of_user(request.user.pk or 0, session.event_id),
        "session": session,
        "address": settings.PUBLIC_URL + reverse("sign-in"),
        "email": user.email,
    }
    with shared_language(session.event.language):  # the inviter's is known, but not the reader's
        subject = _("You are invited to “%(session)s”") % {"session": session.short_title}
        body = render_to_string("room/invitation.txt", values)
    mailer.send(EmailMessage(" ".join(subject.split()), body, to=[user.email]))
    return True


def _invited_again(session: Session, role: str) -> dict[str, Any]:
    """Return the person with this role in the session, to invite them again.

    Raises:
        NotFound, Malformed
    """
    role_id = clean_id(role, field="again")
    for standing in session.people:
        if standing.pk == role_id:
            return {"name": standing.person.name, "role": standing.role}
    raise NotFound


@posted_from("control-team")
@never_cache
def press_enter(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Execute the action of Enter in the filled box; the page's only form has boxes for three buttons."""
    if any(request.POST.get(field, "").strip() for field in ("name", "company", "title", "email")):
        return invite(request, event=event, session=session)
    if request.POST.get("display_name", "").strip():
        return make_display(request, event=event, session=session)
    if request.POST.get("token_name", "").strip():
        return make_token(request, event=event, session=session)
    return redirect("control-team", event=event, session=session)


@posted_from("control-team")
def remove(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Remove the button's person from the team ("12", or "helper:12")."""
    role, _colon, person = request.POST.get("person", "").rpartition(":")
    return _act(
        request,
        event,
        session,
        lambda found, caller: remove_moderator(
            session_id=found.pk,
            caller=caller,
            person_id=clean_id(person, field="person"),
            role=role or SessionRole.Role.MODERATOR,
        ),
    )


@posted_from("control-team")
@never_cache
def make_display(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Create a display link; it is shown only this once."""
    found, caller = enter(request, event, session)
    try:
        _link, token = make_display_link(
            session_id=found.pk, caller=caller, name=request.POST.get("display_name", ""), now=timezone.now()
        )
    except DomainError as refusal:
        return _page(request, found, refused=refusal, name_field="display_name")
    display_url = settings.PUBLIC_URL + found.address("display", token=token)
    return _page(request, found, display_url=display_url, done=DISPLAY)


@posted_from("control-team")
def revoke_display(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Revoke a display link."""
    return _act(
        request,
        event,
        session,
        lambda found, caller: revoke_display_link(
            session_id=found.pk,
            link_id=clean_id(request.POST.get("display"), field="display"),
            caller=caller,
            now=timezone.now(),
        ),
    )


@posted_from("control-team")
def screen_access(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Let everybody open the presenter screen by its address, or only displays and moderators."""
    is_open = {"1": True, "0": False}.get(request.POST.get("open", ""))
    return _act(
        request,
        event,
        session,
        lambda found, caller: set_screen_access(session_id=found.pk, caller=caller, is_open=is_open),
    )


def _act(
    request: HttpRequest, event: str, session: str, work: Callable[[Session, Caller], object]
) -> HttpResponse:
    """Execute an action and redirect to the page, keeping text typed for other buttons; a refusal is shown there."""
    found, caller = enter(request, event, session)
    try:
        work(found, caller)
    except DomainError as refusal:
        return _page(request, found, refused=refusal)
    keep(request, found.address("control-team"), FIELDS)
    return redirect(found.address("control-team"))


@posted_from("control-team")
@never_cache
def make_token(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Create an API token for the user; it is shown only this once."""
    found, _caller = enter(request, event, session)
    try:
        token = make_api_token(
            user=request.user,  # type: ignore[arg-type]  # enter() admits nobody else
            name=request.POST.get("token_name", ""),
            lasts=TOKEN_LASTS,
            now=timezone.now(),
            scope=request.POST.get("token_scope", ApiToken.Scope.ORGANISE),
            event_id=found.event_id if request.POST.get("token_here") == "yes" else None,
        )
    except DomainError as refusal:
        return _page(request, found, refused=refusal, name_field="token_name")
    return _page(request, found, new_token=token, done=TOKEN)


@posted_from("control-team")
def revoke_token(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Revoke one of the user's own tokens."""
    return _act(
        request,
        event,
        session,
        lambda _found, caller: revoke_api_token(
            token_id=clean_id(request.POST.get("token"), field="token"), caller=caller, now=timezone.now()
        ),
    )
