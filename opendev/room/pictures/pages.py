"""A poll's picture as a file."""

from collections.abc import Mapping
from hashlib import blake2b

from csp.constants import NONE
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from opendev.core.callers import caller_of
from opendev.core.text import clean_word, id_in_address
from opendev.core.web.pages import checked_again
from opendev.room.pictures.drawing import draw_poll
from polls.kinds.pictures.sheet import THEMES
from polls.models import Poll
from polls.selectors import Mine, own_answer, poll_by_id
from sessions.programme import selectors
from sessions.programme.models import Session

CONTENT_TYPE = "image/svg+xml"
# An SVG may contain scripts. Ours do not, and a browser that opens one as a page runs and loads nothing.
ALONE = csp({"default-src": [NONE], "sandbox": [True]})


def theme_of(query: Mapping[str, str]) -> str:
    """Return the requested theme, by default the light one.

    Raises:
        Malformed
    """
    return clean_word(query.get("theme", THEMES[0]), field="theme", choices=THEMES)


def picture_file(
    request: HttpRequest, session: Session, poll: Poll, *, own: Mine, is_moderator: bool, theme: str
) -> HttpResponse:
    """Return a poll's picture as a file to download, with its entity tag.

    Raises:
        NotFound, ResultHidden
    """
    body = draw_poll(session, poll, own=own, is_moderator=is_moderator, theme=theme).encode()
    response = HttpResponse(body, content_type=f"{CONTENT_TYPE}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{session.slug}-poll-{poll.pk}.svg"'
    response["ETag"] = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    ALONE(lambda _request: response)(request)
    return response


@require_safe
def picture(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponseBase:
    """The picture of a poll's result, for those who may see it; 304 if the reader already has it."""
    response = _picture(request, event, session, poll)
    return get_conditional_response(request, etag=response.headers.get("ETag"), response=response) or response


@checked_again
def _picture(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    here = selectors.session_by_slug(event, session)
    caller = caller_of(request, here.event_id)
    asked = poll_by_id(id_in_address(poll), session_id=here.pk)
    own, theme = own_answer(caller.attendee_of(here.event_id), asked), theme_of(request.GET)
    is_moderator = selectors.moderates(caller, here.pk)
    return picture_file(request, here, asked, own=own, is_moderator=is_moderator, theme=theme)
