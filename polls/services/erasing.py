"""Removing an attendee from their ballots: each still counts, but nothing shows any more whose it was.

Only words that nobody else wrote cannot stay: they are overwritten, and their vote still counts.
"""

import secrets
from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Least

from opendev.core.attendance import AttendeePass
from opendev.core.text import ERASED
from opendev.core.write_ahead_log import empty_log_after_commit
from polls.kinds import kind_named, merge_key
from polls.models import Ballot, MarkKey, Option, Participation, Poll, Selection
from polls.selectors import ballot_key, has_written, participation_mark
from polls.services.recount import differences, write_counts
from polls.services.states import lock_poll
from polls.services.writing import answers_of
from polls.written_store import Spelling

KEY_BYTES = 32
# As in erase_ballots, a new key for each row: Django would write one long statement with all of them.
RELEASE = (
    "UPDATE polls_ballot SET attendee_id = NULL, seq = CASE WHEN seq > 1 THEN 1 ELSE seq END, key = %s"
    " WHERE id = %s"
)


@transaction.atomic
def erase_ballots(*, attendee_id: int, device: AttendeePass | None = None) -> dict[int, list[str]]:
    """Remove an attendee from their ballots; return by poll the overwritten words, which may be quoted elsewhere.

    The caller holds the locks of the event's sessions. No tally changes: a ballot keeps its choice, but belongs to
    nobody. A ballot of an anonymous poll already does, and can only be found with the device's secret. Words that
    only the attendee wrote are overwritten and hidden, and the session is notified.

    Args:
        device: the pass of the requesting device; ballots that only it can find are erased too.
    """
    erased: dict[int, list[str]] = {}
    for poll_id in _polls_of(attendee_id, device):
        # From here on no more votes of theirs are recorded: a batch reads the attendees under this lock.
        poll = lock_poll(poll_id)
        theirs = _ballots_of(poll, attendee_id, device)
        for ballot in theirs:
            # A counter as after a first vote, or 0 in a final poll: an unusual one would reveal whose ballot it was.
            counter, key = Least(F("seq"), 1), secrets.token_bytes(KEY_BYTES)
            Ballot.objects.filter(pk=ballot).update(attendee=None, key=key, seq=counter)
        if theirs and has_written(poll) and (words := _erase_words(poll, theirs)):
            write_counts(poll, differences(poll))
            erased[poll_id] = words
    _erase_marks(attendee_id)
    return erased


@transaction.atomic
def release_ballots(*, event_id: int, most: int) -> int:
    """Make up to this many ballots of an event's named polls, and the words in them, anonymous; return how many.

    No tally changes, and no words. The caller holds the locks of the event's sessions.
    """
    named = Ballot.objects.filter(poll__session__event=event_id, attendee__isnull=False)
    released = 0
    for poll_id in list(named.order_by("poll").values_list("poll", flat=True).distinct()):
        lock_poll(poll_id)
        ballots = list(
            named.filter(poll=poll_id).order_by("pk").values_list("pk", flat=True)[: most - released]
        )
        rows = [(secrets.token_bytes(KEY_BYTES), pk) for pk in ballots]
        with connection.cursor() as cursor:
            cursor.executemany(RELEASE, rows)
        released += len(rows)
        if released == most:
            break
    if released:
        empty_log_after_commit()
    return released


def _polls_of(attendee_id: int, device: AttendeePass | None) -> list[int]:
    """Return the polls that have, or may get in the meantime, a vote or a mark of theirs, in the order of locking."""
    live = Q(state=Poll.State.LIVE, session__event__attendees=attendee_id)
    where = Q(ballot_rows__attendee=attendee_id) | live
    if device is not None:
        where |= Q(pk__in=_anonymous_with_ballot(device))
    return list(Poll.objects.filter(where).order_by("pk").values_list("pk", flat=True).distinct())


def _anonymous_with_ballot(device: AttendeePass) -> list[int]:
    """Return the anonymous polls of the event in which the device has a ballot."""
    anonymous = Poll.objects.filter(session__event=device.event_id, anonymous=True)
    by_key = {_key_of(poll, device): poll.pk for poll in anonymous.exclude(state=Poll.State.DRAFT)}
    stored = Ballot.objects.filter(poll__in=by_key.values(), key__in=by_key).values_list("poll", "key")
    return [poll for poll, key in stored if by_key.get(bytes(key)) == poll]


def _key_of(poll: Poll, device: AttendeePass) -> bytes:
    return ballot_key(poll, device.attendee_id, device.ballot_secret(poll.pk))


def _ballots_of(poll: Poll, attendee_id: int, device: AttendeePass | None) -> list[int]:
    """Return the ids of their ballots in a locked poll; at most one."""
    whose = Q(attendee=attendee_id)
    if device is not None:
        whose |= Q(key=_key_of(poll, device))
    return list(Ballot.objects.filter(whose, poll=poll).values_list("pk", flat=True))


def _erase_marks(attendee_id: int) -> None:
    """Delete the marks that the attendee took part, in polls that are not final yet."""
    keys = MarkKey.objects.filter(poll__session__event__attendees=attendee_id).values_list("poll", "key")
    for poll_id, key in keys:
        mark = participation_mark(bytes(key), attendee_id)
        Participation.objects.filter(poll=poll_id, mark=mark).delete()


def _erase_words(poll: Poll, ballots: Collection[int]) -> list[str]:
    """Overwrite the words that only these ballots of a locked poll contain; return these words.

    In a named poll the ballots of people who were erased before do not count as other writers; in an anonymous one they
    cannot be distinguished. A number reveals nothing about who gave it, and stays.
    """
    if kind_named(poll.kind).field == "number":
        return []
    selected = Selection.objects.filter(poll=poll, option__author_kind=Option.Author.VOTER)
    theirs = set(selected.filter(ballot__in=ballots).values_list("option_id", flat=True))
    of_erased = Q(ballot__in=ballots) if poll.anonymous else Q(ballot__attendee=None)
    others = selected.filter(option__in=theirs).exclude(of_erased)
    alone = theirs - set(others.values_list("option_id", flat=True))
    rows = answers_of(poll).rows if alone else {}
    for option in sorted(alone):
        row = rows[option]
        heirs = [
            heir
            for heir in rows.values()
            if heir.merged_into == option and heir.count and not _is_erased(heir)
        ]
        others_words = [heir for heir in heirs if heir.id not in theirs]
        if others_words:
            _hand_on(row, _heir_of(row, others_words))
        else:
            _overwrite(option, hides=row.merged_into is None and not heirs)
    return [rows[option].text for option in alone]


def _heir_of(answer: Spelling, others_words: Collection[Spelling]) -> Spelling:
    """Return the words under which an answer continues: other spellings before answers merged into it."""
    same = [heir for heir in others_words if heir.key == answer.key]
    return min(same or others_words, key=lambda heir: (-heir.count, heir.id))


def _is_erased(answer: Spelling) -> bool:
    return answer.text.startswith(ERASED)


def _overwrite(option_id: int, *, hides: bool) -> None:
    text = f"{ERASED} {secrets.token_hex(4)}"
    fields = {"text": text, "key": merge_key(text)} | ({"state": Option.State.HIDDEN} if hides else {})
    Option.objects.filter(pk=option_id).update(**fields)


def _hand_on(answer: Spelling, heir: Spelling) -> None:
    """Let an answer continue under other people's words that count as it; the erased people's words are overwritten.

    The two rows change places, since more than the heir may count as the answer.
    """
    voted = Selection.objects.filter(poll=answer.poll_id)
    erased = list(voted.filter(option=answer.id).values_list("ballot", flat=True))
    voted.filter(option=answer.id).update(option=heir.id)
    voted.filter(option=heir.id).exclude(ballot__in=erased).update(option=answer.id)
    _overwrite(heir.id, hides=False)
    Option.objects.filter(pk=answer.id).update(text=heir.text, key=heir.key)
