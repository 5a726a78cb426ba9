"""Rehearsals: a session is played on a copy, and everything from it is deleted afterwards (docs/adr/0065).

The copy is in a separate unlisted event, so none of it appears in the programme, the recap, the exports, the counts and
the follow-ups of the real one. It has no pad, so nothing is written to one.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from opendev.core.attendance import Caller
from opendev.room.copying import copy_run_sheet
from polls.models import Ballot, Poll
from polls.poll_locks import lock_polls
from polls.services import clear_polls, copy_polls
from sessions.attendees.models import Attendance
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.programme.models import Session
from sessions.programme.services.locks import lock_session
from sessions.programme.services.rehearsals import (
    delete_stage,
    lock_stage,
    lock_to_rehearse,
    make_stage,
    rehearsal_of,
)
from sessions.programme.services.rights import check_moderates
from sessions.questions.models import Question
from sessions.run_sheet.selectors import items_of
from sessions.timeline.models import TimelineEntry

OF_LINE = ("title", "summary", "position")


@dataclass(frozen=True, slots=True)
class Traces:
    """The number of each kind of object that a rehearsal created."""

    attendees: int
    votes: int
    questions: int
    suggestions: int
    sign_ups: int
    timeline: int


@transaction.atomic
def start_rehearsal(*, session_id: int, caller: Caller, now: datetime) -> Session:
    """Create the copy in which a session is rehearsed, or return the existing one.

    Polls are copied as drafts, the run sheet as if none of it had run, open sign-up lines without names.

    Raises:
        NotFound, NotSignedIn, NotModerator, SessionIsCancelled, NothingToRehearse
    """
    session = lock_to_rehearse(session_id=session_id, caller=caller)
    if copy := rehearsal_of(session_id):
        return copy
    copy = make_stage(session, now)
    polls = copy_polls(from_session_id=session_id, to_session_id=copy.pk, caller=caller, now=now)
    copy_run_sheet(items_of(session_id), to_session_id=copy.pk, caller=caller, polls=polls)
    for line in SignUpLine.objects.filter(session=session, state=SignUpLine.State.OPEN):
        fields = {field: getattr(line, field) for field in OF_LINE}
        SignUpLine.objects.create(session=copy, opened_at=now, **fields)
    subject = f"session {session_id}"
    record(AuditKind.REHEARSAL_STARTED, caller=caller, event_id=session.event_id, subject=subject)
    return copy


def traces_of(copy: Session) -> Traces:
    """Return what a rehearsal has created so far."""
    return Traces(
        attendees=Attendance.objects.filter(session=copy).count(),
        votes=Ballot.objects.filter(poll__session=copy).count(),
        questions=Question.objects.filter(session=copy).count(),
        suggestions=copy.suggestions.count(),
        sign_ups=SignUp.objects.filter(line__session=copy).count(),
        timeline=TimelineEntry.objects.filter(session=copy).count(),
    )


@transaction.atomic
def end_rehearsal(*, session_id: int, caller: Caller) -> Traces:
    """End the rehearsal of a session, and delete everything in it; return what that was.

    Raises:
        NotFound: there is no such session, or it is not rehearsed.
        NotSignedIn, NotModerator
    """
    session = lock_session(session_id)
    check_moderates(caller=caller, session_id=session_id)
    return clear_rehearsal(session, caller)


def clear_rehearsal(session: Session, caller: Caller | None) -> Traces:
    """Clear the rehearsal of a locked session; `caller` is None for automatic changes.

    Concurrent votes, questions and joins in it wait for the locks, and then find no session.

    Raises:
        NotFound: it is not rehearsed.
    """
    copy = lock_stage(session.pk)
    lock_polls(Poll.objects.filter(session=copy).values_list("pk", flat=True))
    traces = traces_of(copy)
    clear_polls(session_id=copy.pk)
    TimelineEntry.objects.filter(session=copy).delete()
    delete_stage(copy)
    subject = f"session {session.pk}"
    record(
        AuditKind.REHEARSAL_CLEARED,
        caller=caller,
        event_id=session.event_id,
        subject=subject,
        **asdict(traces),
    )
    return traces
