"""Attendees' actions on suggested follow-ups: suggesting, editing, withdrawing; and a session's rules for them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import AttendeePass, Caller
from opendev.core.errors import Conflict, NotAllowed, NotFound
from opendev.core.text import clean_line
from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.attendees.services.passes import check_attends
from sessions.follow_ups.models import MAX_TITLE_LENGTH
from sessions.programme.models import Session
from sessions.programme.refusals import SessionIsOver
from sessions.programme.services.locks import lock_session, lock_with_session
from sessions.programme.services.rules import set_rules
from sessions.suggestions import broadcasts
from sessions.suggestions.models import Suggestion
from sessions.suggestions.permissions import may_see_suggestion

State = Suggestion.State
MAX_OWN = 3  # one attendee's suggestions that no moderator has taken up
MAX_IN_SESSION = 100  # everybody's suggestions that no moderator has taken up


class NotYourSuggestion(NotAllowed):
    code, message = "not_your_suggestion", _("Someone else suggested this follow-up.")


class SuggestionIsTaken(Conflict):
    code, message = (
        "suggestion_is_taken",
        _("A moderator has already taken up this suggestion. It can no longer be changed."),
    )


class SuggestionHasSupporters(Conflict):
    code, message = (
        "suggestion_has_supporters",
        _("People already support this suggestion as it is. Suggest a new follow-up instead."),
    )


class SuggestionsAreOff(Conflict):
    code, message = "suggestions_are_off", _("This session does not take suggestions for follow-ups.")


class TooManySuggestions(Conflict):
    code, message = (
        "too_many_suggestions",
        _("Three of your suggestions are already waiting. Withdraw one first."),
    )


class SessionHasTooManySuggestions(TooManySuggestions):
    message = _("This session has 100 suggestions already. Support one of them.")


def lock_suggestion(suggestion_id: int) -> Suggestion:
    """Return the suggestion with its locked session.

    Raises:
        NotFound
    """
    return lock_with_session(Suggestion, suggestion_id)


def save_and_tell(suggestion: Suggestion) -> Suggestion:
    """Save the suggestion with its next version, and publish it after the commit."""
    suggestion.version += 1
    suggestion.save()
    broadcasts.suggestion_changed(suggestion)
    return suggestion


def recount(suggestion: Suggestion) -> None:
    """Set how many people support the suggestion; the caller saves."""
    suggestion.supporters = suggestion.supports.count()


def _clean_title(title: Any) -> str:
    return clean_line(title, field="title", most=MAX_TITLE_LENGTH)


@transaction.atomic
def suggest_follow_up(
    *, session_id: int, attendee: AttendeePass | None, title: Any, now: datetime
) -> Suggestion:
    """Suggest a follow-up; if the session moderates suggestions, it waits for approval.

    Raises:
        NotFound, NotJoined
        SessionIsOver, SuggestionsAreOff
        Malformed: no title, or one of more than 120 characters.
        TooManySuggestions
    """
    session = lock_session(session_id)
    author = check_attends(attendee, session)
    if session.state == Session.State.OVER:
        raise SessionIsOver
    if not session.suggestions_open:
        raise SuggestionsAreOff
    title = _clean_title(title)
    waiting = Suggestion.objects.filter(session=session, state__in=[State.WAITING, State.OPEN])
    if waiting.filter(attendee=author.attendee_id).count() >= MAX_OWN:
        raise TooManySuggestions
    if waiting.count() >= MAX_IN_SESSION:
        raise SessionHasTooManySuggestions
    suggestion = Suggestion(
        session=session,
        attendee_id=author.attendee_id,
        title=title,
        state=State.WAITING if session.suggestions_moderated else State.OPEN,
        suggested_at=now,
        version=0,
    )
    return save_and_tell(suggestion)


def _lock_own(suggestion_id: int, attendee: AttendeePass | None) -> Suggestion:
    """Return the attendee's own suggestion, locked, while no moderator has opened it.

    Raises:
        NotFound: also if they may not see it.
        NotJoined, NotYourSuggestion, SuggestionIsTaken
    """
    suggestion = lock_suggestion(suggestion_id)
    attendee_id = attendee.attendee_id if attendee else None
    if not may_see_suggestion(suggestion, moderates=False, attendee_id=attendee_id):
        raise NotFound
    check_attends(attendee, suggestion.session)
    if suggestion.attendee_id != attendee_id:
        raise NotYourSuggestion
    if suggestion.state == State.OPENED:
        raise SuggestionIsTaken
    return suggestion


@transaction.atomic
def edit_suggestion(*, suggestion_id: int, attendee: AttendeePass | None, title: Any) -> Suggestion:
    """Change the title of the attendee's own suggestion. If suggestions are moderated, it waits for approval again.

    Raises:
        NotFound, NotJoined, NotYourSuggestion, SessionIsOver, Malformed
        SuggestionIsTaken: it was opened or dismissed.
        SuggestionHasSupporters: people support its title.
    """
    suggestion = _lock_own(suggestion_id, attendee)
    title = _clean_title(title)
    if suggestion.session.state == Session.State.OVER:
        raise SessionIsOver
    if suggestion.state == State.DISMISSED:
        raise SuggestionIsTaken
    if suggestion.supporters:
        raise SuggestionHasSupporters
    if title == suggestion.title:
        return suggestion
    suggestion.title = title
    if suggestion.session.suggestions_moderated:
        suggestion.state, suggestion.moved_at = State.WAITING, None
    return save_and_tell(suggestion)


@transaction.atomic
def withdraw_suggestion(*, suggestion_id: int, attendee: AttendeePass | None) -> Suggestion:
    """Delete the attendee's own suggestion with its supports; return it as it was, with the version of its deletion.

    Raises:
        NotFound, NotJoined, NotYourSuggestion, SuggestionIsTaken
    """
    return delete_and_tell(_lock_own(suggestion_id, attendee))


def delete_and_tell(suggestion: Suggestion) -> Suggestion:
    """Delete a locked suggestion with its supports, and publish that; return it with the deletion's version."""
    pk, suggestion.version = suggestion.pk, suggestion.version + 1
    suggestion.delete()
    empty_log_after_commit()
    suggestion.pk = pk
    broadcasts.suggestion_gone(suggestion)
    return suggestion


def set_suggestion_rules(
    *, session_id: int, caller: Caller, taken: Any = None, moderated: Any = None
) -> Session:
    """Set whether follow-ups may be suggested, and whether they wait for approval. None leaves a rule unchanged.

    Existing suggestions are not affected. For moderators.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: neither true nor false.
    """
    fields = {"taken": "suggestions_open", "moderated": "suggestions_moderated"}
    values = {"taken": taken, "moderated": moderated}
    return set_rules(
        session_id=session_id, caller=caller, setting="suggestions", fields=fields, values=values
    )
