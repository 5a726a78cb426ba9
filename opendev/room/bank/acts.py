"""Saving polls to the user's bank, and making drafts of them in a session. Only its owner can read a bank."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed, NotFound, NotSignedIn
from opendev.core.text import time_text
from opendev.room.models import BankedPoll
from opendev.room.poll_files.acts import add_drafts
from opendev.room.poll_files.portable import portable_json
from opendev.room.poll_files.reading import draft_of_json
from polls.models import Poll
from polls.services.copies import first_rounds, latest_rounds
from polls.services.drafts import draft_of
from polls.services.reading import PollDraft
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.models import Session
from sessions.programme.services.rights import check_moderates

MAX_BANKED = 200
BANK = "bank"


class BankIsFull(Conflict):
    code, message = "bank_is_full", gettext_lazy("Your bank can have at most 200 polls. Remove some first.")


class NothingChosen(Malformed):
    code, message = "nothing_chosen", gettext_lazy("Choose at least one poll.")


def bank_of(caller: Caller) -> list[BankedPoll]:
    """Return the polls in the caller's bank, the latest first.

    Raises:
        NotSignedIn
    """
    return list(BankedPoll.objects.filter(user=owner_of(caller)))


def owner_of(caller: Caller) -> int:
    """Return the bank's owner. A bank belongs to no event, so a token for one event does not open it.

    Raises:
        NotSignedIn
    """
    if caller.user_id is None or caller.limits.event_id is not None:
        raise NotSignedIn
    return caller.user_id


@transaction.atomic
def save_to_bank(
    *, session: Session, caller: Caller, polls: Collection[int], now: datetime
) -> list[BankedPoll]:
    """Save polls of a session to the caller's bank, so that they can be asked again; return their places in it.

    Of a poll with several rounds the latest is saved. Polls that are already in the bank are not saved twice.

    Args:
        polls: ids, of any round.

    Raises:
        NotFound, NotSignedIn, NotModerator
        NothingChosen
        Malformed: a poll of another session, or one that was archived.
        BankIsFull
    """
    check_moderates(caller=caller, session_id=session.pk)
    if not polls:
        raise NothingChosen(fields={"polls": NothingChosen.message})
    standing = bank_of(caller)
    saved = []
    for poll in _latest_of(session.pk, polls):
        body = portable_json(draft_of(poll, list(poll.options.all())))
        row = next((row for row in standing if row.poll == body), None)
        if row is None:
            row = BankedPoll.objects.create(user_id=owner_of(caller), poll=body, saved_at=now)
            standing.append(row)
        saved.append(row)
    if len(standing) > MAX_BANKED:
        raise BankIsFull
    subject = f"polls of session {session.pk}"
    record(AuditKind.EXPORTED, caller=caller, event_id=session.event_id, subject=subject, format=BANK)
    return saved


def _latest_of(session_id: int, polls: Collection[int]) -> list[Poll]:
    """Return the latest rounds of these polls, in their order in the session.

    Raises:
        Malformed
    """
    latest, firsts = latest_rounds(session_id), first_rounds(session_id)
    rounds = {firsts.get(poll) for poll in polls}
    if not rounds <= {poll.first_round_id for poll in latest}:
        sentence = _("One of these polls is not in the session, or was archived.")
        raise Malformed(sentence, fields={"polls": sentence})
    return [poll for poll in latest if poll.first_round_id in rounds]


@transaction.atomic
def add_from_bank(*, session_id: int, caller: Caller, banked: Collection[int], now: datetime) -> list[Poll]:
    """Make drafts in a session of the named polls in the caller's bank: of all of them, or none.

    Raises:
        NotFound, NotSignedIn, NotModerator
        NothingChosen
        Malformed: not all of them are in the bank.
    """
    check_moderates(caller=caller, session_id=session_id)
    if not banked:
        raise NothingChosen(fields={"polls": NothingChosen.message})
    chosen = [row for row in bank_of(caller) if row.pk in banked]
    if len(chosen) != len(set(banked)):
        sentence = _("One of these polls is not in your bank.")
        raise Malformed(sentence, fields={"polls": sentence})
    drafts = [draft_in(row) for row in reversed(chosen)]
    return add_drafts(session_id=session_id, caller=caller, drafts=drafts, now=now)


def draft_in(row: BankedPoll) -> PollDraft:
    """Return a poll of a bank in a form in which it can be asked.

    Raises:
        Malformed: it was saved by an earlier version, and can no longer be asked like this.
    """
    return draft_of_json(row.poll)


@transaction.atomic
def remove_from_bank(*, caller: Caller, banked: int) -> None:
    """Remove a poll from the caller's bank. Drafts that were made from it stay.

    Raises:
        NotSignedIn
        NotFound: also if it is in somebody else's.
    """
    row = next((row for row in bank_of(caller) if row.pk == banked), None)
    if row is None:
        raise NotFound
    row.delete()


def banked_json(row: BankedPoll) -> dict[str, Any]:
    """Return the public JSON of a poll in a bank, for its owner."""
    return {"id": str(row.pk), "poll": row.poll, "saved_at": time_text(row.saved_at)}
