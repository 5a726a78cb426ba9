"""Queries about suggested follow-ups."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import QuerySet

from opendev.core.errors import NotFound
from opendev.core.similarity import nearest
from opendev.core.text import time_text
from sessions.follow_ups.models import SignUpLine
from sessions.programme.models import Event
from sessions.suggestions.models import Suggestion, SuggestionSupport
from sessions.suggestions.permissions import PUBLIC

State = Suggestion.State


def suggestions_of(session_ids: Iterable[int]) -> list[Suggestion]:
    """Return the sessions' suggestions, oldest first, in one query.

    Within the same millisecond the one with the lower id is first: JSON has milliseconds, and scripts
    sort by it and get the same order.
    """
    rows = Suggestion.objects.filter(session__in=list(session_ids)).order_by()
    return sorted(rows, key=lambda each: (time_text(each.suggested_at) or "", each.pk))


def suggestion_by_id(suggestion_id: int, *, session_id: int | None = None) -> Suggestion:
    """Return the suggestion with its session.

    Raises:
        NotFound: it does not exist, or belongs to another session.
    """
    suggestion = Suggestion.objects.filter(pk=suggestion_id).select_related("session").first()
    if suggestion is None or session_id not in {None, suggestion.session_id}:
        raise NotFound
    return suggestion


def suggestion_versions(session_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Return (session id, suggestion id, version) of every suggestion of the sessions."""
    rows = Suggestion.objects.filter(session__in=list(session_ids)).order_by()
    return list(rows.values_list("session_id", "pk", "version"))


def own_supports(pairs: Sequence[tuple[int, int]]) -> list[set[int]]:
    """Return for each (attendee id, session id) the suggestions that the attendee supports: one query for all."""
    supports = SuggestionSupport.objects.filter(
        attendee__in={attendee for attendee, _session in pairs},
        suggestion__session__in={session for _attendee, session in pairs},
    ).order_by()
    supported: dict[tuple[int, int], set[int]] = {}
    for attendee, suggestion, session in supports.values_list(
        "attendee", "suggestion", "suggestion__session"
    ):
        supported.setdefault((attendee, session), set()).add(suggestion)
    return [supported.get(pair, set()) for pair in pairs]


def similar_suggestions(session_id: int, title: str) -> list[Suggestion]:
    """Return up to three of the session's open suggestions with nearly the same title, the most similar first."""
    shown = Suggestion.objects.filter(session=session_id, state=State.OPEN)
    return nearest(title, shown, lambda suggestion: suggestion.title)


def similar_lines(session_id: int, title: str) -> list[SignUpLine]:
    """Return up to three of the session's follow-ups with nearly the same title, the most similar first."""
    return nearest(title, SignUpLine.objects.filter(session=session_id), lambda line: line.title)


def supported_not_opened(event: Event) -> QuerySet[Suggestion]:
    """Return the event's supported suggestions that no moderator opened, in the order of the programme.

    Within a session the one with most supporters is first. Waiting and dismissed ones are not included.
    """
    rows = Suggestion.objects.filter(session__event=event, state=State.OPEN, supporters__gt=0)
    programme = ("session__day__number", "session__starts_at", "session_id")
    ordered = rows.order_by(*programme, "-supporters", "suggested_at", "pk")
    return ordered.select_related("session__event", "session__day")


def public_ids(suggestion_ids: Collection[int]) -> set[int]:
    """Return the ids of the suggestions that everybody may see."""
    rows = Suggestion.objects.filter(pk__in=suggestion_ids, state__in=PUBLIC)
    return set(rows.values_list("pk", flat=True))
