"""Moderators' actions on suggested follow-ups: approving, opening as a sign-up line, dismissing, and undoing that."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, NotFound
from opendev.core.text import clean_word
from opendev.core.undo import undo_window
from sessions.follow_ups.services.lines import delete_unused_line, open_line
from sessions.programme.selectors import moderates
from sessions.programme.services.rights import check_moderates
from sessions.suggestions.models import Suggestion
from sessions.suggestions.permissions import may_see_suggestion
from sessions.suggestions.services.suggesting import lock_suggestion, save_and_tell
from sessions.timeline.models import TimelineEntry
from sessions.timeline.services import note

State = Suggestion.State

SUGGESTION_MOVES = {
    State.WAITING: {State.OPEN, State.OPENED, State.DISMISSED},
    State.OPEN: {State.OPENED, State.DISMISSED},
    State.OPENED: set(),
    State.DISMISSED: {State.OPEN},
}


class IllegalSuggestionMove(Conflict):
    code, message = "illegal_move", _("The suggestion cannot change from its state to that one.")


class SuggestionMovedMeanwhile(Conflict):
    code, message = (
        "changed_meanwhile",
        _("Someone else changed this suggestion a moment ago. Here is its current state."),
    )


class TooLateToUndoSuggestion(IllegalSuggestionMove):
    message = _("It is too late to undo that.")


class NamesAreOnLine(IllegalSuggestionMove):
    message = _("People have already signed up for this follow-up. Close it instead.")


def _lock_for(caller: Caller, suggestion_id: int) -> Suggestion:
    """Return the suggestion, locked, for a moderator of its session.

    Raises:
        NotFound: also if the suggestion is hidden and the caller may not see it.
        NotSignedIn, NotModerator
    """
    suggestion = lock_suggestion(suggestion_id)
    may_know = moderates(caller, suggestion.session_id)
    if not may_see_suggestion(suggestion, moderates=may_know, attendee_id=None):
        raise NotFound
    check_moderates(caller=caller, session_id=suggestion.session_id)
    return suggestion


@transaction.atomic
def set_suggestion_state(
    *, suggestion_id: int, caller: Caller, state: Any, seen: Any = None, now: datetime
) -> Suggestion:
    """Approve a suggestion, open it as a sign-up line, dismiss it, or restore it.

    Nobody is signed up on the line: supporters of the suggestion are notified, and sign up by themselves. `seen` is
    the state that the caller saw, if given.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: no such state.
        SuggestionMovedMeanwhile: it is not in the state that was seen.
        IllegalSuggestionMove: not possible from its state.
    """
    suggestion = _lock_for(caller, suggestion_id)
    state = State(clean_word(state, field="state", choices=State.values))
    if state == suggestion.state:
        return suggestion
    if seen and seen != suggestion.state:
        raise SuggestionMovedMeanwhile
    if state not in SUGGESTION_MOVES[State(suggestion.state)]:
        raise IllegalSuggestionMove
    if state == State.OPENED:
        _note(suggestion, TimelineEntry.Verb.SUGGESTION_OPENED, now, caller)
        fields = {"title": suggestion.title}
        suggestion.line = open_line(session_id=suggestion.session_id, caller=caller, given=fields, now=now)
    suggestion.moved_from, suggestion.moved_at, suggestion.state = suggestion.state, now, state
    return save_and_tell(suggestion)


def _note(suggestion: Suggestion, verb: TimelineEntry.Verb, now: datetime, caller: Caller) -> None:
    session, pk, title = suggestion.session, suggestion.pk, suggestion.title
    note(session=session, verb=verb, now=now, subject=pk, title=title, caller=caller)


@transaction.atomic
def undo_suggestion(*, suggestion_id: int, caller: Caller, now: datetime) -> Suggestion:
    """Undo the last move of a suggestion within five seconds; a line that was opened with it is deleted.

    Raises:
        NotFound, NotSignedIn, NotModerator
        TooLateToUndoSuggestion
        NamesAreOnLine: somebody has already signed up; nothing is undone.
    """
    suggestion = _lock_for(caller, suggestion_id)
    if suggestion.moved_at is None or now > suggestion.moved_at + undo_window():
        raise TooLateToUndoSuggestion
    if suggestion.state == State.OPENED:
        if suggestion.line_id and not delete_unused_line(line_id=suggestion.line_id, caller=caller):
            raise NamesAreOnLine
        suggestion.line = None
        _note(suggestion, TimelineEntry.Verb.SUGGESTION_SET_BACK, now, caller)
    suggestion.state, suggestion.moved_from, suggestion.moved_at = State(suggestion.moved_from), "", None
    return save_and_tell(suggestion)
