"""The presenter screen inside other pages: a browser source of OBS, or a frame of a site that the organisers allowed.

It shows the presenter screen and needs no cookie, since browsers withhold those from frames: the display link
in the address opens the socket, too (docs/adr/0080).
"""

from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from opendev.core.text import clean_word
from opendev.core.web.pages import mark
from opendev.room.control import enter
from opendev.room.views import show_screen
from sessions.displays.services import find_display_link, make_display_link
from sessions.programme import selectors
from sessions.programme.models import Session

SCREEN, RESULT = "screen", "result"
SHOWS = {SCREEN: _("The whole presenter screen"), RESULT: _("Only the poll and its result")}
CLEAR = "transparent"
THEMES = {**dict(Session.Theme.choices), CLEAR: _("Transparent, for video")}
SIZES = ("1920x1080", "1280x720", "960x540", "640x360", "400x600")
USUAL = {"show": SCREEN, "theme": CLEAR, "size": "1280x720"}


@sensitive_variables("token", "view")
@require_safe
@never_cache
def embed(request: HttpRequest, event: str, session: str, token: str) -> HttpResponse:
    """The screen for a frame. `?show=result` leaves out all but the poll; `?theme=` is dark, light or transparent."""
    sites: list[str] = []
    try:
        here = selectors.session_by_slug(event, session)
        sites = here.event.sites_that_embed
        find_display_link(session_id=here.pk, token=token)
    except DomainError as refusal:
        refused = {"message": refusal.message, "code": refusal.code}
        gone = render(request, "room/embed_gone.html", refused, status=refusal.status)
        return _framed_by(request, mark(gone, refusal), sites)
    shown, is_clear = request.GET.get("show"), request.GET.get("theme") == CLEAR
    more = {"theme": Session.Theme.DARK, "has_own_theme": True, "is_clear": True} if is_clear else {}
    part = shown if shown in SHOWS else SCREEN
    response = show_screen(
        request, here, view=f"embed/{token}/", template="room/embed.html", part=part, **more
    )
    return _framed_by(request, response, sites)


def _framed_by(request: HttpRequest, response: HttpResponse, sites: Sequence[str]) -> HttpResponse:
    """Let pages of these sites show the response in a frame; without any it stays as closed as every other page."""
    if sites:
        # An older browser that knows no frame-ancestors would take DENY for an answer to everybody.
        response.xframe_options_exempt = True
        csp_replace({"frame-ancestors": list(sites)})(lambda _request: response)(request)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def embed_code(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Make a display link, and show it this once as OBS and websites take it."""
    here, caller = enter(request, event, session)
    form = {field: request.POST.get(field, usual) for field, usual in {**USUAL, "name": ""}.items()}
    if request.method != "POST":
        return _code_page(request, here, form)
    choices: dict[str, Sequence[str]] = {"show": list(SHOWS), "theme": list(THEMES), "size": SIZES}
    try:
        for field, words in choices.items():
            clean_word(form[field], field=field, choices=words)
        _link, token = make_display_link(
            session_id=here.pk, caller=caller, name=form["name"], now=timezone.now()
        )
    except DomainError as refusal:
        return _code_page(request, here, form, refused=refusal)
    query = urlencode({field: form[field] for field in ("show", "theme")})
    address = f"{settings.PUBLIC_URL}{here.address('embed', token=token)}?{query}"
    return _code_page(request, here, form, address=address, code=_frame(address, here, form["size"]))


def _frame(address: str, session: Session, size: str) -> str:
    """Return the frame as HTML.

    Its colour scheme is the embed's own: to one of other colours than its page's a browser would give a ground.
    """
    width, _x, height = size.partition("x")
    look = 'style="border: 0; color-scheme: light"'
    title = escape(session.short_title)
    return (
        f'<iframe src="{escape(address)}" title="{title}" width="{width}" height="{height}" {look}></iframe>'
    )


def _code_page(
    request: HttpRequest,
    session: Session,
    form: dict[str, str],
    *,
    refused: DomainError | None = None,
    **made: str,
) -> HttpResponse:
    context: dict[str, Any] = {
        "event": session.event,
        "session": session,
        "form": form,
        "shows": SHOWS.items(),
        "themes": THEMES.items(),
        "sizes": SIZES,
        "organises": selectors.organises(Caller(user_id=request.user.pk), session.event_id),
        "errors": refused.fields if refused else {},
        "form_error": refused.message if refused and "name" not in refused.fields else "",
        "error_code": refused.code if refused else "",
        **made,
    }
    response = render(request, "room/embed_code.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response
