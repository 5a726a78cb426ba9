"""Single sessions of the programme: moved, renamed, cancelled. For the event's organisers."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, NotFound
from sessions.programme import broadcasts
from sessions.programme.models import EventDay, Session
from sessions.programme.services.calendar_entries import calendar_state, keep_calendar
from sessions.programme.services.locks import lock_event


class SessionHasBegun(Conflict):
    code, message = "session_has_begun", _("The session is live or over, so this can no longer be changed.")


def change_session(
    *, session_id: int, caller: Caller, change: Callable[[Session], None], now: datetime
) -> Session:
    """Change a session by `change`, which sets its fields, and update calendars and open pages.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, and what `change` raises
    """
    event_id = Session.objects.filter(pk=session_id).values_list("event_id", flat=True).first()
    if event_id is None:
        raise NotFound
    lock_event(event_id=event_id, caller=caller)
    return _change(session_id, change, now)


@transaction.atomic
def overwrite_session(*, session_id: int, values: Mapping[str, Any], now: datetime) -> Session:
    """Set fields of a session from an operator's form, and update calendars and open pages.

    Fields that the form did not change stay as they are. No right is checked: operators have all.
    """

    def change(session: Session) -> None:
        for field, value in values.items():
            setattr(session, field, value)

    return _change(session_id, change, now)


def _change(session_id: int, change: Callable[[Session], None], now: datetime) -> Session:
    session = Session.objects.select_for_update(no_key=True).select_related("day").get(pk=session_id)
    before, usual = calendar_state(session), session.usual_short_title
    change(session)
    if session.short_title == usual:
        session.short_title = session.usual_short_title
    keep_calendar(session=session, before=before, now=now)
    session.version += 1
    session.save()
    broadcasts.session_changed(session)
    return session


@transaction.atomic
def cancel_session(*, session_id: int, caller: Caller, now: datetime) -> Session:
    """Cancel a session; it stays in the programme and in calendars, marked as cancelled.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        SessionHasBegun: it is live or over.
    """

    def change(session: Session) -> None:
        if session.state != Session.State.UPCOMING:
            raise SessionHasBegun
        session.cancelled_at = session.cancelled_at or now

    return change_session(session_id=session_id, caller=caller, change=change, now=now)


@transaction.atomic
def restore_session(*, session_id: int, caller: Caller, now: datetime) -> Session:
    """Undo a cancellation.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """

    def change(session: Session) -> None:
        session.cancelled_at = None

    return change_session(session_id=session_id, caller=caller, change=change, now=now)


@transaction.atomic
def move_session(
    *, session_id: int, caller: Caller, starts_at: datetime, day: EventDay | None = None, now: datetime
) -> Session:
    """Move a session to another time, and to another day of its event if one is given.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """

    def change(session: Session) -> None:
        if day is not None:
            if day.event_id != session.event_id:
                raise NotFound
            session.day = day
        session.starts_at = starts_at

    return change_session(session_id=session_id, caller=caller, change=change, now=now)


def shifted(session: Session, by: timedelta, now: datetime) -> None:
    """Move a session within its day, as a part of a larger change. The caller holds the event's lock."""
    before: tuple[Any, ...] = calendar_state(session)
    session.starts_at += by
    keep_calendar(session=session, before=before, now=now)
    session.version += 1
    session.save()
    broadcasts.session_changed(session)
