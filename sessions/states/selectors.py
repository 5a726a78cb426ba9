"""Which sessions have to be started or ended automatically."""

from datetime import datetime

from sessions.programme.models import Session


def state_by_clock(session: Session, now: datetime) -> Session.State | None:
    """Return the new state of a session that runs automatically; None if it does not change, or is cancelled."""
    if session.is_cancelled:
        return None
    if session.state == Session.State.UPCOMING and session.starts_at <= now < session.ends_at:
        return Session.State.LIVE
    if session.state == Session.State.LIVE and session.ends_at <= now:
        return Session.State.OVER
    return None


def due_by_clock(now: datetime) -> list[int]:
    """Return the ids of the sessions that run automatically and are due."""
    running = Session.objects.filter(runs_by_clock=True, starts_at__lte=now).exclude(state=Session.State.OVER)
    return [session.pk for session in running.order_by("pk") if state_by_clock(session, now) is not None]
