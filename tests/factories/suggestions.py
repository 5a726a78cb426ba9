"""Suggested follow-ups, and who supports them."""

from opendev.core.attendance import AttendeePass
from opendev.core.errors import DomainError
from sessions.programme.models import Session
from sessions.suggestions.models import Suggestion, SuggestionSupport
from sessions.suggestions.services.moving import set_suggestion_state
from sessions.suggestions.services.suggesting import suggest_follow_up
from sessions.suggestions.services.supports import Support, record_supports
from tests.factories.sessions import NOW, make_attendee, make_session, organiser_of

WAY_TO_STATE = {"waiting": (), "open": (), "opened": ("opened",), "dismissed": ("dismissed",)}


def make_suggestion(
    session: Session | None = None,
    title: str = "Rancher on OpenStack",
    *,
    state: str = "open",
    attendee: AttendeePass | None = None,
) -> Suggestion:
    """A suggestion that went the legal way to its state; by somebody of its own unless said otherwise."""
    session = session or make_session()
    attendee = attendee or make_attendee(session)
    usual = session.suggestions_moderated
    Session.objects.filter(pk=session.pk).update(suggestions_moderated=state == "waiting")
    suggestion = suggest_follow_up(session_id=session.pk, attendee=attendee, title=title, now=NOW)
    Session.objects.filter(pk=session.pk).update(suggestions_moderated=usual)
    for step in WAY_TO_STATE[state]:
        caller = organiser_of(session.event)
        set_suggestion_state(suggestion_id=suggestion.pk, caller=caller, state=step, now=NOW)
    return Suggestion.objects.get(pk=suggestion.pk)


def support(suggestion: Suggestion, attendee: AttendeePass, *, takes_back: bool = False) -> str:
    """Support a suggestion; the code of the refusal, or "ok"."""
    [outcome] = record_supports([Support(suggestion.pk, attendee, takes_back)])
    return outcome.code if isinstance(outcome, DomainError) else "ok"


def supporters_of(suggestion: Suggestion) -> int:
    """How many support it, as its own count and its rows say alike."""
    rows = SuggestionSupport.objects.filter(suggestion=suggestion).count()
    assert Suggestion.objects.get(pk=suggestion.pk).supporters == rows
    return rows
