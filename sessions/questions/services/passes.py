"""Revoking the pass of a question's author, without learning who that is."""

from datetime import datetime
from typing import Any

from django.db import transaction

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from opendev.core.text import clean_yes_or_no
from sessions.attendees.services.passes import set_revoked
from sessions.programme.services.rights import check_moderates
from sessions.questions.models import Question


@transaction.atomic
def set_pass_of_asker(*, question_id: int, caller: Caller, revoked: Any, now: datetime) -> bool:
    """Like `set_pass`, but for a question's author, without learning who that is. For moderators of its session.

    Raises:
        NotFound: no such question, or its author is gone.
        NotSignedIn, NotModerator, Malformed
    """
    question = Question.objects.select_related("attendee").filter(pk=question_id).first()
    if question is None:
        raise NotFound
    check_moderates(caller=caller, session_id=question.session_id)
    if question.attendee is None:
        raise NotFound
    return set_revoked(question.attendee, clean_yes_or_no(revoked, field="revoked"), caller, now)
