"""Creating and changing polls, and creating another round."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict
from opendev.core.text import time_text
from polls import broadcasts
from polls.kinds import MAX_OPTIONS, kind_named
from polls.kinds.other import LABEL, has_other
from polls.kinds.refusals import wrong
from polls.models import Ballot, Option, Poll
from polls.permissions import is_wider, may_see_tally
from polls.selectors import fresh_options, moderators_options
from polls.services.reading import PollDraft, read_draft
from polls.services.states import lock_poll_for, note_poll, save_and_tell
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.models import Session
from sessions.programme.selectors import name_of_user
from sessions.programme.services.locks import lock_session
from sessions.programme.services.rights import check_moderates
from sessions.timeline.models import TimelineEntry
from sessions.timeline.services import note

log = logging.getLogger("polls")

RULES = ("kind", "rules", "min", "max", "anonymous", "may_change")


class RulesAreFrozen(Conflict):
    code, message = (
        "rules_are_frozen",
        _("The rules of a poll cannot be changed once it has been launched. Run it again to change them."),
    )


class WordsAreFrozen(Conflict):
    code, message = (
        "words_are_frozen",
        _("Voting has closed, so the wording can no longer be changed. Run the poll again to change it."),
    )


class PlacesAreFrozen(Conflict):
    code, message = (
        "places_are_frozen",
        _(
            "Each option stands for a number by its place, so none can be moved, added or removed once the poll has "
            "been launched. Run it again to change them."
        ),
    )


class RightAnswerIsRevealed(Conflict):
    code, message = (
        "right_answer_is_revealed",
        _("The right answer has been revealed, so it can no longer be changed."),
    )


class OptionHasVotes(Conflict):
    code, message = "option_has_votes", _("An option that has votes cannot be removed.")


class VisibilityOnlyWidens(Conflict):
    code, message = (
        "visibility_only_widens",
        _("People have already been shown this result, so it cannot be hidden again."),
    )


def draft_of(poll: Poll, options: Sequence[Option]) -> PollDraft:
    """Return the draft that would create this poll."""
    return PollDraft(
        question=poll.question,
        options=tuple((option.pk, option.text) for option in options if not option.is_other),
        visibility=poll.visibility,
        right_answer=tuple(poll.right_answer or ()),
        **{name: getattr(poll, name) for name in RULES},
    )


@transaction.atomic
def add_poll(*, session_id: int, caller: Caller, draft: PollDraft, now: datetime) -> Poll:
    """Add a poll to the session as a draft.

    Raises:
        NotFound, NotSignedIn, NotModerator
    """
    session = lock_session(session_id)
    check_moderates(caller=caller, session_id=session_id)
    return _create(session, draft, now, position=_next_position(session_id))


def _next_position(session_id: int) -> int:
    return (Poll.objects.filter(session=session_id).aggregate(Max("position"))["position__max"] or 0) + 1


def _create(session: Session, draft: PollDraft, now: datetime, **more: Any) -> Poll:
    poll = Poll(session=session, created_at=now, **more)
    _apply(draft, poll)
    poll.save()
    Option.objects.bulk_create(
        Option(poll=poll, position=position, text=text)
        for position, (_id, text) in enumerate(draft.options, 1)
    )
    _write_other(poll, len(draft.options) + 1)
    broadcasts.poll_changed(poll, fresh_options(poll))
    return poll


@transaction.atomic
def edit_poll(*, poll_id: int, caller: Caller, given: Mapping[str, Any], now: datetime) -> Poll:
    """Change a poll: a draft completely; after the launch only widen visibility, and reword until voting closes.

    If it is reworded after the first vote, the old wording, with who changed it and when, is stored in the timeline and
    in the poll, where everybody can read it (docs/adr/0034).

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: see read_draft.
        WordsAreFrozen: voting has closed.
        RulesAreFrozen, PlacesAreFrozen, OptionHasVotes, VisibilityOnlyWidens: it has been launched.
        RightAnswerIsRevealed
    """
    poll = lock_poll_for(caller=caller, poll_id=poll_id)
    options = moderators_options(poll)
    before = draft_of(poll, options)
    draft = read_draft(_without_other(given, options), over=before)
    if draft == before:
        return poll
    if poll.launched_at is not None:
        _check_launched_edit(before, draft, options)
        _check_words(poll, before, draft)
        if _has_ballots(poll):
            _note_rewording(poll, before, draft, caller, now)
        if draft.right_answer != before.right_answer:
            _note_right_answer(poll, caller, now)
    was_seen = may_see_tally(poll, is_moderator=False, has_voted=False)
    _apply(draft, poll)
    if not was_seen and may_see_tally(poll, is_moderator=False, has_voted=False):
        note_poll(poll, TimelineEntry.Verb.POLL_REVEALED, now, caller)
    poll.save(update_fields=["family", "has_other"])  # the guards use it to check whose options these may be
    _write_options(poll, options, draft)
    said = (poll.pk, poll.state, caller.user_id)
    transaction.on_commit(lambda: log.info("poll %d (%s) was edited by user %s", *said), robust=True)
    return save_and_tell(poll)


def _apply(draft: PollDraft, poll: Poll) -> None:
    """Set the poll's fields, and what its kind means for the tables."""
    for name in (*RULES, "visibility", "question"):
        setattr(poll, name, getattr(draft, name))
    kind = kind_named(draft.kind)
    poll.family, poll.single, poll.has_places = kind.family, kind.one_row, kind.has_places
    poll.value_sum, poll.has_other = kind.value_sum(draft.rules), has_other(draft.rules)
    poll.right_answer = list(draft.right_answer) or None


def _check_launched_edit(before: PollDraft, draft: PollDraft, options: Sequence[Option]) -> None:
    for name in RULES:
        if getattr(before, name) != getattr(draft, name):
            raise RulesAreFrozen(fields={name: RulesAreFrozen.message})
    if not is_wider(draft.visibility, before.visibility):
        raise VisibilityOnlyWidens(fields={"visibility": VisibilityOnlyWidens.message})
    if kind_named(draft.kind).is_ordered and _places(before) != _places(draft):
        raise PlacesAreFrozen(fields={"options": PlacesAreFrozen.message})
    kept = {identity for identity, _text in draft.options}
    if any(option.count and option.pk not in kept and not option.is_other for option in options):
        raise OptionHasVotes(fields={"options": OptionHasVotes.message})


def _places(draft: PollDraft) -> list[int | None]:
    """Return the options' ids in their order."""
    return [identity for identity, _text in draft.options]


def _check_words(poll: Poll, before: PollDraft, draft: PollDraft) -> None:
    """Refuse new wording after the close: otherwise people's votes would be for something else."""
    if poll.state == Poll.State.LIVE:
        return
    for name in ("question", "options"):
        if getattr(before, name) != getattr(draft, name):
            raise WordsAreFrozen(fields={name: WordsAreFrozen.message})


def _has_ballots(poll: Poll) -> bool:
    """Return True if somebody has voted, even if all votes have been withdrawn since."""
    return Ballot.objects.filter(poll=poll).exists()


def _note_rewording(poll: Poll, before: PollDraft, draft: PollDraft, caller: Caller, now: datetime) -> None:
    """Record the old wording that people voted for, if it changes: of the question, and of options by their ids."""
    new = dict(draft.options)
    was = [before.question] if before.question != draft.question else []
    was += [text for identity, text in before.options if new.get(identity) != text]
    by = name_of_user(caller.user_id or 0, poll.session.event_id)[:150]
    for text in was:
        note(
            session=poll.session,
            verb=TimelineEntry.Verb.POLL_REWORDED,
            now=now,
            subject=poll.pk,
            title=text,
            caller=caller,
        )
    if was:
        record(
            AuditKind.POLL_REWORDED,
            caller=caller,
            event_id=poll.session.event_id,
            subject=f"poll {poll.pk}",
            texts=len(was),
        )
        kept = [{"at": time_text(now), "by": by, "was": text} for text in was]
        poll.reworded = [*(poll.reworded or []), *kept]


def _note_right_answer(poll: Poll, caller: Caller, now: datetime) -> None:
    """Record that the right answer was changed after the launch, but not what it was or is: it is still secret.

    Raises:
        RightAnswerIsRevealed
    """
    if poll.right_revealed_at is not None:
        raise RightAnswerIsRevealed(fields={"right_answer": RightAnswerIsRevealed.message})
    note_poll(poll, TimelineEntry.Verb.POLL_RIGHT_CHANGED, now, caller)
    record(
        AuditKind.POLL_RIGHT_CHANGED,
        caller=caller,
        event_id=poll.session.event_id,
        subject=f"poll {poll.pk}",
    )


def _write_options(poll: Poll, options: Sequence[Option], draft: PollDraft) -> None:
    """Update the stored options: ids keep their votes, the order is the draft's."""
    known = {option.pk: option for option in options if not option.is_other}
    Option.objects.filter(poll=poll, is_other=True).update(position=3 * MAX_OPTIONS)
    kept = [identity for identity, _text in draft.options if identity is not None]
    if len(set(kept)) != len(kept) or not set(kept) <= known.keys():
        raise wrong("options", _("An option’s id does not belong to this poll, or is listed twice."))
    Option.objects.filter(poll=poll, position__isnull=False, is_other=False).exclude(pk__in=kept).delete()
    # Positions are unique per poll: first move the remaining options out of the way.
    for option in known.values():
        if option.pk in kept:
            Option.objects.filter(pk=option.pk).update(position=(option.position or 0) + MAX_OPTIONS)
    for position, (identity, text) in enumerate(draft.options, 1):
        if identity is None:
            Option.objects.create(poll=poll, position=position, text=text)
        else:
            Option.objects.filter(pk=identity).update(position=position, text=text)
    _write_other(poll, len(draft.options) + 1)


def _write_other(poll: Poll, position: int) -> None:
    """Add "Other" after the options, or remove it."""
    other = Option.objects.filter(poll=poll, is_other=True)
    if not poll.has_other:
        other.delete()
    elif not other.update(position=position):
        Option.objects.create(poll=poll, position=position, text=str(LABEL), is_other=True)


def _without_other(fields: Mapping[str, Any], options: Sequence[Option]) -> Mapping[str, Any]:
    """Return the form without "Other", which a client may have sent back among the options."""
    others = {str(option.pk) for option in options if option.is_other}
    sent = fields.get("options")
    if not others or not isinstance(sent, list):
        return fields
    remaining = [option for option in sent if not (isinstance(option, dict) and option.get("id") in others)]
    return {**fields, "options": remaining}


@transaction.atomic
def run_again(*, poll_id: int, caller: Caller, now: datetime) -> Poll:
    """Create another round of a poll: a new poll, as a draft. The first is not changed.

    Raises:
        NotFound, NotSignedIn, NotModerator
    """
    first = lock_poll_for(caller=caller, poll_id=poll_id)
    draft = draft_of(first, moderators_options(first))
    rounds = Poll.objects.filter(rerun_of=first.first_round_id).aggregate(Max("round"))["round__max"] or 1
    return _create(
        first.session,
        draft,
        now,
        position=first.position,
        rerun_of_id=first.first_round_id,
        round=rounds + 1,
        number=first.number,
    )
