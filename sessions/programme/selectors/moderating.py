"""The sessions that somebody moderates, in all events."""

from django.db.models import Q, QuerySet

from sessions.programme.models import Session, SessionRole
from sessions.programme.selectors.visibility import organising


def moderated_by(user_id: int, event_id: int | None = None) -> QuerySet[Session]:
    """Return the sessions, in one event or in all, that a user may moderate, without rehearsals, the latest first."""
    moderates = Q(
        roles__role=SessionRole.Role.MODERATOR,
        roles__person__user=user_id,
        roles__person__user__is_active=True,
    )
    organises = Q(event__in=organising().filter(user=user_id).order_by().values("event"))
    sessions = Session.objects.filter(moderates | organises, event__rehearses__isnull=True).distinct()
    if event_id is not None:
        sessions = sessions.filter(event=event_id)
    return sessions.select_related("event", "day").order_by("-starts_at", "-pk")
