"""Erasing an attendee's suggestions and supports."""

from sessions.attendees.models import Attendee
from sessions.suggestions.models import Suggestion, SuggestionSupport
from sessions.suggestions.services.suggesting import delete_and_tell, lock_suggestion, recount, save_and_tell


def erase_supports(attendee: Attendee) -> None:
    """Delete the attendee's supports and count those suggestions anew. The caller holds their sessions' locks."""
    supports = SuggestionSupport.objects.filter(attendee=attendee)
    supported = list(supports.order_by("suggestion_id").values_list("suggestion_id", flat=True))
    supports.delete()
    for pk in supported:
        suggestion = lock_suggestion(pk)
        recount(suggestion)
        save_and_tell(suggestion)


def erase_suggestions(attendee: Attendee) -> list[Suggestion]:
    """Delete the attendee's suggestions; those that became a follow-up stay, as nobody's.

    Returns what was deleted, as it was: its words may stand elsewhere.
    """
    deleted = []
    for pk in Suggestion.objects.filter(attendee=attendee).order_by("pk").values_list("pk", flat=True):
        suggestion = lock_suggestion(pk)
        if suggestion.state != Suggestion.State.OPENED:
            deleted.append(delete_and_tell(suggestion))
            continue
        suggestion.attendee = None
        save_and_tell(suggestion)
    return deleted
