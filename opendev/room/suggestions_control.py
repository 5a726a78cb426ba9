"""The control room's suggested follow-ups: every action is a form that works without JavaScript."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from opendev.core.text import id_in_address
from opendev.room.control import act
from opendev.room.posting import posted_from
from sessions.programme.models import Session
from sessions.suggestions.selectors import suggestion_by_id
from sessions.suggestions.services.moving import set_suggestion_state, undo_suggestion
from sessions.suggestions.services.suggesting import set_suggestion_rules

ANCHOR = "#follow-ups"


def _suggestion_here(session: Session, suggestion: str) -> int:
    return suggestion_by_id(id_in_address(suggestion), session_id=session.pk).pk


@posted_from("control")
def state(request: HttpRequest, event: str, session: str, suggestion: str) -> HttpResponse:
    """Approve a suggestion, open it as a follow-up, dismiss or restore it."""
    fields = {name: request.POST.get(name) for name in ("state", "seen")}
    return act(
        request,
        event,
        session,
        lambda here, caller: set_suggestion_state(
            suggestion_id=_suggestion_here(here, suggestion), caller=caller, now=timezone.now(), **fields
        ),
        anchor=ANCHOR,
    )


@posted_from("control")
def undo(request: HttpRequest, event: str, session: str, suggestion: str) -> HttpResponse:
    """Undo the last move of a suggestion."""
    return act(
        request,
        event,
        session,
        lambda here, caller: undo_suggestion(
            suggestion_id=_suggestion_here(here, suggestion), caller=caller, now=timezone.now()
        ),
        anchor=ANCHOR,
    )


@posted_from("control")
def rules(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Set whether follow-ups may be suggested, and whether they wait for approval."""
    ticked = {name: name in request.POST for name in ("taken", "moderated")}
    return act(
        request,
        event,
        session,
        lambda here, caller: set_suggestion_rules(session_id=here.pk, caller=caller, **ticked),
        anchor=ANCHOR,
    )
