"""Revoking passes: somebody who disturbs an event is put out of it, on all of their devices."""

from datetime import datetime
from typing import Any

from django.db import transaction

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound, NotSignedIn
from opendev.core.text import clean_yes_or_no
from sessions import selectors
from sessions.models import Attendee, Question, RevokedPass
from sessions.selectors.grounds import is_signed_in
from sessions.selectors.passes import is_revoked
from sessions.services.erasing import end_pass
from sessions.services.rights import NotModerator, check_moderates


@transaction.atomic
def set_pass(*, attendee_id: int, caller: Caller, revoked: Any, now: datetime) -> bool:
    """Revoke an attendee's pass, or let it open the event again; return whether it is revoked now. Twice is once.

    What they did stays. From now on they vote, ask and sign up nowhere in the event, and their open pages hear what
    strangers hear. For the event's organisers and the moderators of its sessions.

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
    return _set(attendee, clean_yes_or_no(revoked, field="revoked"), caller, now)


@transaction.atomic
def set_pass_of_asker(*, question_id: int, caller: Caller, revoked: Any, now: datetime) -> bool:
    """As `set_pass`, for whoever asked a question, without learning who that is. For moderators of its session.

    Raises:
        NotFound: no such question, or its asker is gone.
        NotSignedIn, NotModerator, Malformed
    """
    question = Question.objects.select_related("attendee").filter(pk=question_id).first()
    if question is None:
        raise NotFound
    check_moderates(caller=caller, session_id=question.session_id)
    if question.attendee is None:
        raise NotFound
    return _set(question.attendee, clean_yes_or_no(revoked, field="revoked"), caller, now)


def _set(attendee: Attendee, revoked: bool, caller: Caller, now: datetime) -> bool:
    if revoked:
        end_pass(attendee=attendee, now=now, user_id=caller.user_id)
    else:
        RevokedPass.objects.filter(attendee_id=attendee.pk).delete()
    return is_revoked(attendee.pk)
