"""Reactions and pace by plain form: an attendee's tap, and whether the session takes any."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

from opendev.core.attendance import AttendeePass
from opendev.room import control, views
from opendev.room.parts import PARTS
from opendev.room.posting import posted_from
from sessions.attendees.services.passes import check_attends
from sessions.programme.models import Session
from sessions.programme.serializers import session_state
from sessions.reactions.services import react, set_pace, set_reaction_rules

ANCHOR = "#reactions"


@posted_from("room")
def tap(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Take a reaction, or a pace signal, which is empty if it is withdrawn; the open part stays open."""
    pressed: list[str] = []

    def work(here: Session, attendee: AttendeePass | None) -> None:
        tapper, state = check_attends(attendee, here), session_state(here)
        if "pace" in request.POST:
            pressed.append(set_pace(session=state, attendee=tapper, pace=request.POST["pace"] or None) or "")
        else:
            pressed.append(react(session=state, attendee=tapper, reaction=request.POST.get("reaction")))

    tab = request.POST.get("tab", "")
    part = tab if tab in {each.key for each in PARTS} else PARTS[0].key
    response = views.act(request, event, session, work, part=part)
    if pressed and isinstance(response, HttpResponseRedirect):
        response["Location"] += "&" + urlencode({"pressed": pressed[0]})
    return response


@posted_from("control")
def rules(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Set whether people can react, and whether the presenter screen shows it."""
    ticked = {name: name in request.POST for name in ("taken", "on_screen")}
    return control.act(
        request,
        event,
        session,
        lambda here, caller: set_reaction_rules(session_id=here.pk, caller=caller, **ticked),
        anchor=ANCHOR,
    )
