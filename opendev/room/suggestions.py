"""Attendees' suggested follow-ups by plain form: suggesting, changing, withdrawing, supporting."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from opendev.core.attendance import AttendeePass
from opendev.core.floods import check_suggestions
from opendev.core.limits import check_limit, limited_networks
from opendev.core.text import id_in_address
from opendev.room import views
from opendev.room.posting import posted_from
from opendev.room.suggestion_cards import similar_titles
from sessions.programme import selectors
from sessions.programme.models import Session
from sessions.programme.services.rights import NotJoined
from sessions.suggestions.box import read_support, support_box
from sessions.suggestions.selectors import suggestion_by_id
from sessions.suggestions.services.suggesting import (
    edit_suggestion,
    suggest_follow_up,
    withdraw_suggestion,
)

PART = "follow-ups"


def _suggestion_here(session: Session, suggestion: str) -> int:
    """Return the id of a suggestion of this session; 404 if it belongs to another session."""
    return suggestion_by_id(id_in_address(suggestion), session_id=session.pk).pk


@posted_from("room")
def suggest(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Suggest a follow-up. Without JavaScript, similar ones are shown once before a new one is accepted."""
    title = request.POST.get("title", "")

    def work(here: Session, attendee: AttendeePass | None) -> None:
        if attendee is None:
            raise NotJoined
        check_suggestions(networks=limited_networks(request), attendee=attendee, session_id=here.pk)
        suggest_follow_up(session_id=here.pk, attendee=attendee, title=title, now=timezone.now())

    suggesting = {"title": title}
    if request.POST.get("check") and title.strip():
        here = selectors.session_by_slug(event, session)
        if similar := similar_titles(here.pk, title):
            return views.show(
                request, event, session, part=PART, suggesting=suggesting, similar_titles=similar
            )
    return views.act(request, event, session, work, part=PART, suggesting=suggesting)


@posted_from("room")
def edit(request: HttpRequest, event: str, session: str, suggestion: str) -> HttpResponse:
    """Change the title of the attendee's own suggestion."""
    title = request.POST.get("title", "")
    return views.act(
        request,
        event,
        session,
        lambda here, attendee: edit_suggestion(
            suggestion_id=_suggestion_here(here, suggestion), attendee=attendee, title=title
        ),
        part=PART,
    )


@posted_from("room")
def withdraw(request: HttpRequest, event: str, session: str, suggestion: str) -> HttpResponse:
    """Withdraw the attendee's own suggestion."""
    return views.act(
        request,
        event,
        session,
        lambda here, attendee: withdraw_suggestion(
            suggestion_id=_suggestion_here(here, suggestion), attendee=attendee
        ),
        part=PART,
    )


@posted_from("room")
def support(request: HttpRequest, event: str, session: str, suggestion: str) -> HttpResponse:
    """Support a suggestion, or (`take_back`) withdraw the support."""

    def work(here: Session, attendee: AttendeePass | None) -> None:
        if attendee is None:
            raise NotJoined
        check_limit("vote", str(attendee.attendee_id))
        pk, takes_back = _suggestion_here(here, suggestion), "take_back" in request.POST
        support_box.put_and_wait(read_support(suggestion=str(pk), attendee=attendee, takes_back=takes_back))

    return views.act(request, event, session, work, part=PART)
