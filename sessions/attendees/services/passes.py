"""Passes: whether one is valid for a session, and revoking it, which locks somebody out of an event on all devices."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from opendev.core.attendance import PASS_LIFETIME_S, AttendeePass, Caller
from opendev.core.errors import NotFound, NotSignedIn
from opendev.core.text import clean_yes_or_no
from sessions.access.selectors import is_signed_in
from sessions.attendees.models import Attendee, RevokedPass
from sessions.attendees.selectors import events_by_pass, is_revoked
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme import selectors
from sessions.programme.models import Session
from sessions.programme.services.locks import lock_sessions_of_event
from sessions.programme.services.rights import NotJoined, NotModerator


def check_attends(attendee: AttendeePass | None, session: Session) -> AttendeePass:
    """Return the pass of somebody who joined the session's event.

    Raises:
        NotJoined: also if the person was erased, or their pass revoked.
    """
    if attendee is None or attendee.event_id != session.event_id:
        raise NotJoined
    if events_by_pass([attendee.attendee_id]).get(attendee.attendee_id) != session.event_id:
        raise NotJoined
    return attendee


@transaction.atomic
def set_pass(*, attendee_id: int, caller: Caller, revoked: Any, now: datetime) -> bool:
    """Revoke an attendee's pass, or restore it; return True if it is revoked now. Repeating it does nothing.

    What they did stays. From now on they cannot vote, ask or sign up in the event, and their open pages get what
    strangers get. For the event's organisers and the moderators of its sessions.

    Raises:
        NotFound, NotSignedIn, NotModerator, Malformed
    """
    attendee = Attendee.objects.filter(pk=attendee_id).first()
    if attendee is None:
        raise NotFound
    if not is_signed_in(caller, now):
        raise NotSignedIn
    if not selectors.moderates_in_event(caller, attendee.event_id):
        raise NotModerator
    return set_revoked(attendee, clean_yes_or_no(revoked, field="revoked"), caller, now)


def set_revoked(attendee: Attendee, revoked: bool, caller: Caller, now: datetime) -> bool:
    """Revoke a pass, or restore it; return True if it is revoked now. The caller has checked the rights."""
    if revoked != is_revoked(attendee.pk):
        record(
            AuditKind.PASS_REVOKED if revoked else AuditKind.PASS_RESTORED,
            caller=caller,
            event_id=attendee.event_id,
            subject=f"attendee {attendee.pk}",
        )
    if revoked:
        end_pass(attendee=attendee, now=now, user_id=caller.user_id)
    else:
        RevokedPass.objects.filter(attendee_id=attendee.pk).delete()
    return is_revoked(attendee.pk)


def lock_sessions_of(attendee: Attendee) -> None:
    """Lock the sessions of the attendee's event, in the order of their ids: sessions come before polls, everywhere."""
    lock_sessions_of_event(attendee.event_id)


def end_pass(*, attendee: Attendee, now: datetime, user_id: int | None) -> None:
    """Record that the attendee's pass is revoked. Repeating it does nothing."""
    RevokedPass.objects.get_or_create(
        attendee_id=attendee.pk,
        defaults={"event_id": attendee.event_id, "revoked_at": now, "revoked_by_id": user_id},
    )


def open_pass_that_ended(*, attendee: Attendee, at: datetime | None) -> None:
    """Restore the attendee's pass if it was revoked at this time, together with a personal link."""
    if at is not None:
        RevokedPass.objects.filter(attendee_id=attendee.pk, revoked_at=at).delete()


def forget_ended_passes(now: datetime) -> None:
    """Delete the records of erased attendees' passes once the last of them has expired."""
    ended = RevokedPass.objects.filter(revoked_at__lt=now - timedelta(seconds=PASS_LIFETIME_S))
    ended.exclude(attendee_id__in=Attendee.objects.values("pk")).delete()
