"""Erasing an attendee's suggestions and supports, and taking attendees out of them."""

from django.db import transaction

from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.attendees.models import Attendee
from sessions.suggestions.models import Suggestion, SuggestionSupport
from sessions.suggestions.services.suggesting import delete_and_tell, lock_suggestion, recount, save_and_tell


def erase_supports(attendee: Attendee) -> None:
    """Delete the attendee's supports and recount those suggestions. The caller holds their sessions' locks."""
    supports = SuggestionSupport.objects.filter(attendee=attendee)
    supported = list(supports.order_by("suggestion_id").values_list("suggestion_id", flat=True))
    supports.delete()
    for pk in supported:
        suggestion = lock_suggestion(pk)
        recount(suggestion)
        save_and_tell(suggestion)


def erase_suggestions(attendee: Attendee) -> list[Suggestion]:
    """Delete the attendee's suggestions; those that became a follow-up stay, without an author.

    Returns the deleted ones as they were, since their titles may be quoted elsewhere.
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


@transaction.atomic
def release_suggestions(*, event_id: int, most: int) -> dict[str, int]:
    """Make up to this many suggestions and supports of an event anonymous, and count both; numbers of supporters stay.

    The caller holds the locks of the event's sessions.
    """
    made = Suggestion.objects.filter(session__event=event_id, attendee__isnull=False)
    supported = SuggestionSupport.objects.filter(suggestion__session__event=event_id, attendee__isnull=False)
    suggestions = list(made.order_by("pk").values_list("pk", flat=True)[:most])
    supports = list(supported.order_by("pk").values_list("pk", flat=True)[:most])
    Suggestion.objects.filter(pk__in=suggestions).update(attendee=None)
    SuggestionSupport.objects.filter(pk__in=supports).update(attendee=None)
    if suggestions or supports:
        empty_log_after_commit()
    return {"suggestions": len(suggestions), "supports_of_suggestions": len(supports)}
