"""The session's pad, for its moderators: its address, whether we can reach it, and repairs of lost headings."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from etherpad_links import services
from etherpad_links.configuration import can_make_pads
from etherpad_links.selectors import link_of
from etherpad_links.worker_state import worker_is_away
from opendev.core.attendance import Caller
from opendev.core.errors import DomainError, NotFound
from opendev.core.text import id_in_address
from opendev.core.web.pages import mark
from opendev.room.control import act, enter
from opendev.room.lines import line_cards
from opendev.room.pads import in_pads
from opendev.room.posting import posted_from
from sessions.follow_ups.models import SignUpLine
from sessions.programme.models import Session
from sessions.programme.selectors import organises
from sessions.programme.services.rights import check_moderates


def _page(
    request: HttpRequest, session: Session, caller: Caller, *, refused: DomainError | None = None
) -> HttpResponse:
    link = link_of(session.pk)
    typed = request.POST.get("url", "") if refused else ""
    context: dict[str, Any] = {
        "event": session.event,
        "session": session,
        "link": link,
        "organises": organises(caller, session.event_id),
        "lines": line_cards([session.pk], None, in_pads([session.pk], None)),
        "url": typed or (link.url if link else ""),
        "worker_is_away": link is not None and worker_is_away(timezone.now()),
        "can_make": can_make_pads(),
        "errors": (refused.fields or {"form": refused.message}) if refused else {},
        "error_code": refused.code if refused else "",
    }
    response = render(request, "room/pad.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


@require_safe
@never_cache
def pad(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """The pad's page."""
    found, caller = enter(request, event, session)
    return _page(request, found, caller)


@posted_from("control-pad")
@never_cache
def link(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Link a pad by its address, create one on the operator's server, or unlink it."""
    found, caller = enter(request, event, session)
    try:
        match request.POST.get("act"):
            case "link":
                url, key = request.POST.get("url"), request.POST.get("key", "")
                services.link_pad(session_id=found.pk, caller=caller, url=url, key=key)
            case "make":
                services.make_pad_for(session=found, caller=caller)
            case "unlink":
                services.unlink_pad(session_id=found.pk, caller=caller)
            case _:
                raise NotFound
    except DomainError as refusal:
        return _page(request, found, caller, refused=refusal)
    return redirect(found.address("control-pad"))


@posted_from("control")
def repair(request: HttpRequest, event: str, session: str, line: str) -> HttpResponse:
    """Point to a line's heading in the pad, or have it written again."""

    def work(found: Session, caller: Any) -> None:
        check_moderates(caller=caller, session_id=found.pk)
        line_id = id_in_address(line)
        if not SignUpLine.objects.filter(pk=line_id, session=found.pk).exists():
            raise NotFound
        if request.POST.get("act") == "anew":
            services.write_heading_anew(line_id=line_id, caller=caller)
            return
        text = request.POST.get("number", "").strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None
        services.point_to_heading(line_id=line_id, caller=caller, number=number)

    return act(request, event, session, work, anchor="#follow-ups")
