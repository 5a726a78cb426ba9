"""Turning an answer for "Other" into an option: its selections move along, and its spellings are stored with it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, NotFound
from polls import written_store
from polls.kinds import MAX_OPTIONS
from polls.models import Option, Poll
from polls.services.states import lock_poll_for, note_poll_as, save_and_tell
from polls.services.writing import answers_of
from polls.written_store import Spelling
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.timeline.models import TimelineEntry


class NothingToPromote(Conflict):
    code, message = "nothing_to_promote", _("People can write no option of their own in this poll.")


class TooManyOptions(Conflict):
    code, message = "too_many_options", _("A poll has 20 options at most.")


@transaction.atomic
def promote_answers(*, poll_id: int, caller: Caller, option_ids: Sequence[int], now: datetime) -> None:
    """Make an option of each of these answers, or of none of them.

    Raises:
        see promote_answer
    """
    for option_id in option_ids:
        promote_answer(poll_id=poll_id, caller=caller, option_id=option_id, now=now)


@transaction.atomic
def promote_answer(*, poll_id: int, caller: Caller, option_id: int, now: datetime) -> Poll:
    """Make an option of an answer with all its spellings, before "Other"; everybody who wrote it has then chosen it.

    People who write the same words later choose it too. `Option.written` stores each spelling with how many
    wrote it. The timeline records the option's text.

    Raises:
        NotFound, NotSignedIn, NotModerator
        NothingToPromote: the poll has no "Other".
        TooManyOptions
    """
    poll = lock_poll_for(caller=caller, poll_id=poll_id)
    other = Option.objects.filter(poll=poll, is_other=True).first()
    if other is None:
        raise NothingToPromote
    answers = answers_of(poll)
    answer = answers.rows.get(option_id)
    if answer is None or answer.merged_into is not None or not answer.total:
        raise NotFound
    if Option.objects.filter(poll=poll, position__isnull=False).count() > MAX_OPTIONS:
        raise TooManyOptions
    group = [row for row in answers.rows.values() if option_id in {row.id, row.merged_into}]
    option = _make_option(poll, other, answer, group)
    note_poll_as(poll, TimelineEntry.Verb.POLL_PROMOTED, option.text, now, caller)
    record(
        AuditKind.WRITTEN_PROMOTED,
        caller=caller,
        event_id=poll.session.event_id,
        subject=f"poll {poll.pk}",
        answers=answer.total,
    )
    return save_and_tell(poll)


def _make_option(poll: Poll, other: Option, answer: Spelling, group: list[Spelling]) -> Option:
    """Put a new option in the position of "Other", which moves down by one, and move the selections and counts."""
    place = other.position or 0
    Option.objects.filter(pk=other.pk).update(position=place + 1, count=other.count - answer.total)
    option = Option.objects.create(
        poll=poll,
        position=place,
        text=answer.shown_as,
        count=answer.total,
        written={row.text: row.count for row in group if row.count},
    )
    ids = [row.id for row in group]
    with connection.cursor() as cursor:
        for spelling in ids:
            cursor.execute(
                "UPDATE polls_selection SET option_id = %s WHERE option_id = %s"
                " AND ballot_id IN (SELECT id FROM polls_ballot WHERE poll_id = %s)",
                [option.pk, spelling, poll.pk],
            )
    written_store.delete_spellings([row.id for row in group if row.id != answer.id])
    written_store.delete_spellings([answer.id])
    return option
