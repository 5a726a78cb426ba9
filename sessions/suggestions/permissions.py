"""Who may see a suggested follow-up: pure predicates, and the only place that decides."""

from sessions.suggestions.models import Suggestion

AUTHOR = "author"  # the audience of one attendee for their own suggestion
PUBLIC = frozenset({Suggestion.State.OPEN, Suggestion.State.OPENED})


def is_public(suggestion: Suggestion) -> bool:
    """Return True if everybody may see the suggestion: approved if that is required, and not dismissed."""
    return suggestion.state in PUBLIC


def may_see_suggestion(suggestion: Suggestion, *, moderates: bool, attendee_id: int | None) -> bool:
    """Return True if this person may see the suggestion: its title, its supporters, and that it exists."""
    is_author = attendee_id is not None and suggestion.attendee_id == attendee_id
    return moderates or is_author or is_public(suggestion)
