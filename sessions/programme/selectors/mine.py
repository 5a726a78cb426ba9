"""The sessions in which somebody moderates or helps, for their home page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from sessions.programme.models import Session, SessionRole
from sessions.programme.selectors import with_people
from sessions.programme.selectors.visibility import TEAM_ROLES

MOST_AHEAD = 8
MOST_OVER = 3


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session and the reader's role in it; a moderator who is also a helper is a moderator."""

    session: Session
    is_moderator: bool


@dataclass(frozen=True, slots=True)
class OwnSessions:
    """Somebody's own sessions: live ones, upcoming ones, and the last ones that are over.

    `more` is the number of live or upcoming ones that are not listed.
    """

    live: list[OwnSession]
    ahead: list[OwnSession]
    over: list[OwnSession]
    more: int

    def __bool__(self) -> bool:
        return bool(self.live or self.ahead or self.over)


def sessions_of_team(user_id: int) -> OwnSessions:
    """Return the sessions in which a user moderates or helps, without cancelled ones; at most four queries.

    An organiser may moderate every session of the event; only those in which they have a role are listed.
    """
    mine = Q(roles__person__user=user_id, roles__role__in=TEAM_ROLES)
    real = Session.objects.filter(cancelled_at__isnull=True, event__rehearses__isnull=True)
    sessions = real.filter(mine).distinct()
    live = _own(sessions.filter(state=Session.State.LIVE).order_by("starts_at", "pk"), user_id)
    ahead = sessions.filter(state=Session.State.UPCOMING).order_by("starts_at", "pk")
    over = sessions.filter(state=Session.State.OVER).order_by("-starts_at", "-pk")
    listed = _own(ahead[: MOST_AHEAD + 1], user_id)
    more = ahead.count() - MOST_AHEAD if len(listed) > MOST_AHEAD else 0
    return OwnSessions(live, listed[:MOST_AHEAD], _own(over[:MOST_OVER], user_id), more)


def _own(sessions: Any, user_id: int) -> list[OwnSession]:
    return [OwnSession(session, _moderates(session, user_id)) for session in with_people(sessions)]


def _moderates(session: Session, user_id: int) -> bool:
    return any(
        role.person.user_id == user_id and role.role == SessionRole.Role.MODERATOR
        for role in session.roles.all()
    )
