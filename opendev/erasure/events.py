"""Erasing a whole event: every row that belongs to it, with an entry in the audit log."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from etherpad_links.models import EtherpadLink
from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed, NotFound
from opendev.erasure.services import forget_admin_log
from polls.models import Ballot, Poll
from polls.poll_locks import lock_polls
from polls.services import clear_polls
from sessions.attendees.models import Attendee
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.follow_ups.models import SignUp
from sessions.programme.models import Event, Person, Session
from sessions.programme.services.erasing import erase_emptied_event, erase_sessions
from sessions.programme.services.locks import lock_sessions_of_event
from sessions.programme.services.rights import check_organises
from sessions.questions.models import Question
from sessions.recap.models import RecapVersion
from sessions.registrations.models import Registration
from sessions.timeline.services import delete_timelines

WITH_NAMES = (Attendee, Registration, Person)


class SessionIsLive(Conflict):
    code, message = "session_is_live", _("A session of this event is live. End it first.")


class NotConfirmed(Malformed):
    message = _("Enter the event’s address exactly as shown to confirm.")


def counts_of_event(event_id: int) -> dict[str, int]:
    """Return how many sessions, polls and so on would be erased with an event. Changes nothing."""
    rows: dict[str, QuerySet[Any]] = {
        "sessions": Session.objects.filter(event=event_id),
        "polls": Poll.objects.filter(session__event=event_id),
        "votes": Ballot.objects.filter(poll__session__event=event_id),
        "questions": Question.objects.filter(session__event=event_id),
        "sign_ups": SignUp.objects.known().filter(line__session__event=event_id),
        "attendees": Attendee.objects.filter(event=event_id),
        "registrations": Registration.objects.filter(event=event_id),
        "people": Person.objects.filter(event=event_id),
        "pads": EtherpadLink.objects.filter(session__event=event_id),
        "recaps": RecapVersion.objects.filter(event=event_id),
    }
    return {name: of_event.count() for name, of_event in rows.items()}


@transaction.atomic
def erase_event(*, event_id: int, caller: Caller | None, confirmation: Any) -> dict[str, int]:
    """Erase an event with every row that belongs to it, including rehearsals of its sessions; return the counts.

    Open rooms are sent `session.gone`. Votes, questions and joins wait meanwhile, and then find that the event is gone.
    Entries of the audit log stay for their usual time, and a new one records the erasure with the event's address.

    Args:
        caller: who erases; None for a command.
        confirmation: the event's address, as somebody typed it.

    Raises:
        NotFound: also for a rehearsal, which is ended instead.
        NotSignedIn, NotOrganiser, NotConfirmed
        SessionIsLive: a session of it is live.
    """
    # Joins in progress refer to it and go on to a session. They are awaited here, so that none waits for this one.
    event = Event.objects.select_for_update().filter(pk=event_id, rehearses=None).first()
    if event is None:
        raise NotFound
    if caller is not None:
        check_organises(caller=caller, event_id=event_id)
    if not isinstance(confirmation, str) or confirmation.strip() != event.slug:
        raise NotConfirmed(fields={"confirm": NotConfirmed.message})
    if any(session.state == Session.State.LIVE for session in lock_sessions_of_event(event_id)):
        raise SessionIsLive
    counts = counts_of_event(event_id)
    for rehearsal in Event.objects.filter(rehearses__event=event_id).order_by("pk"):
        lock_sessions_of_event(rehearsal.pk)
        _erase(rehearsal)
    _erase(event)
    subject = f"event {event_id}"
    record(
        AuditKind.EVENT_ERASED,
        caller=caller,
        event_id=event_id,
        subject=subject,
        address=event.slug,
        **counts,
    )
    return counts


def _erase(event: Event) -> None:
    """Erase an event whose sessions are locked."""
    sessions = Session.objects.filter(event=event).order_by("pk")
    lock_polls(Poll.objects.filter(session__event=event).values_list("pk", flat=True))
    for session_id in sessions.values_list("pk", flat=True):
        clear_polls(session_id=session_id)
    for model in WITH_NAMES:
        rows: QuerySet[Any] = model._default_manager.filter(event=event)
        forget_admin_log(rows.only("pk"))
    forget_admin_log(SignUp.objects.filter(line__session__event=event).only("pk"))
    delete_timelines(erase_sessions(event))
    erase_emptied_event(event)
