"""Record ballots: one transaction per batch, with the rules in plain Python (docs/adr/0003)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.batching import Batch
from opendev.core.errors import Conflict, DomainError, NotFound
from opendev.core.groups import News
from polls import ballot_store, pending_store
from polls.ballot_store import NewBallot, NewSelection
from polls.kinds import Family, OtherNeedsWords, Spelling, WrongAnswer, kind_named, other_spelling
from polls.models import Option, Poll
from polls.news import news_of
from polls.pending_store import Pending
from polls.permissions import may_see_poll
from polls.poll_locks import Locked, MustWait, lock_polls, share_polls
from polls.selectors import (
    Mine,
    WithOther,
    ballot_key,
    has_written,
    participation_mark,
    written_of,
)
from polls.services import weights
from polls.services.folding import STEP, fold_within
from polls.services.poll_batch import NOT_NUMBERED, Held, PollBatch, Vote
from polls.services.writing import read_answers
from polls.statements import sent_together
from polls.written_store import Written
from sessions.programme.services.rights import NotJoined

MAX_SEQ = 2**53 - 1  # the largest integer that every JSON client can represent exactly
FOLD_WITHIN_S = 0.05  # another worker's batch has usually ended by then
# SQLSTATE: another worker recorded the same voter's ballot or mark, or two batches waited for each other's ballots.
OF_A_RACE = {"23505", "40P01"}


class PollNotLive(Conflict):
    code, message = "poll_not_live", _("Voting is not open for this poll.")


class VoteIsFinal(Conflict):
    code, message = "vote_is_final", _("Votes in this poll cannot be changed.")


class AlreadyVoted(Conflict):
    code, message = "already_voted", _("You voted in this poll on another device. Change your vote there.")


class NoBallot(Conflict):
    code, message = "no_ballot", _("You have no vote to withdraw.")


class Recorded(NamedTuple):
    """A vote that is durably recorded.

    `mine` is the resulting state of the ballot, from a later vote if this one was a late retry; `version` is
    the poll's, including the whole batch.
    """

    mine: Mine
    session_id: int
    version: int


@dataclass(frozen=True, slots=True)
class RecordedBatch(Batch[Recorded]):
    """The result of a batch of votes; `pending` are the polls whose stored tallies lack it until they are folded."""

    pending: frozenset[int] = frozenset()


class _Names(NamedTuple):
    """The keys of a vote: the ballot's key, and the mark that its voter took part, if the poll has marks."""

    key: bytes
    mark: bytes | None


def record_ballots(votes: Sequence[Vote], now: datetime) -> RecordedBatch:
    """Record a batch of votes in one transaction; each sees the effects of earlier ones, in order of arrival.

    An outcome is Recorded once the vote is durable, or the DomainError by which only that vote is refused (NotFound,
    NotJoined, PollNotLive, WrongAnswer, UnknownOption, DuplicateOption, WrongNumberOfOptions, VoteIsFinal,
    AlreadyVoted, NoBallot). The caller passes the news on to the sockets, and folds what is pending.

    On PostgreSQL it is recorded in parallel to other workers' batches, or exclusively if that is not possible.
    """
    try:
        return _record(votes, share_polls)
    except MustWait:
        pass
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) not in OF_A_RACE:
            raise
    return _record(votes, lock_polls)


def _record(votes: Sequence[Vote], lock: Callable[[Collection[int]], Sequence[Locked]]) -> RecordedBatch:
    with transaction.atomic():
        batches = _lock_and_read(votes, lock)
        named = [(vote, _names_of(batches.get(vote.poll_id), vote)) for vote in votes]
        held = _read_ballots(batches, named)
        _read_written(batches, votes, held)
        cast = [_cast(batches.get(vote.poll_id), vote, names) for vote, names in named]
        with sent_together():
            tallied = _write(list(batches.values()))
        for batch in tallied:
            if batch.answers:
                batch.told = written_of(batch.poll)
    folded = fold_within([batch.poll.pk for batch in batches.values() if not batch.is_kept], FOLD_WITHIN_S)
    for poll_id, version in folded.versions.items():
        batches[poll_id].poll.version = version
    outcomes = [
        mine if isinstance(mine, DomainError) else _recorded(batches[vote.poll_id].poll, mine)
        for vote, mine in zip(votes, cast, strict=True)
    ]
    return RecordedBatch(outcomes, [*map(_news_of, tallied), *folded.news], folded.left)


def _recorded(poll: Poll, mine: Mine) -> Recorded:
    return Recorded(mine, poll.session_id, poll.version)


def _news_of(batch: PollBatch) -> News:
    options: Sequence[Option | Written] = list(batch.options.values())
    if batch.told is not None:
        options = WithOther(batch.options.values(), batch.told) if batch.poll.has_other else batch.told
    return news_of(batch.poll, options, whole=False)


def _lock_and_read(
    votes: Sequence[Vote], lock: Callable[[Collection[int]], Sequence[Locked]]
) -> dict[int, PollBatch]:
    """Lock the polls, and read what is needed to check their votes."""
    locked = lock({vote.poll_id for vote in votes})
    batches = {each.poll.pk: PollBatch(each.poll, each.event_id, {}, None, each.is_kept) for each in locked}
    kept = [poll_id for poll_id, batch in batches.items() if batch.is_kept]
    judged = ballot_store.judged_by(batches.keys(), {vote.attendee.attendee_id for vote in votes}, kept)
    for poll_id, pending in judged.pending.items():
        batches[poll_id].pending = pending
    for option in judged.options:
        batches[option.poll_id].options[option.pk] = option
    for poll_id, key in judged.mark_keys.items():
        batches[poll_id].mark_key = key
    for batch in batches.values():
        batch.strangers = judged.strangers
    return batches


def _names_of(batch: PollBatch | None, vote: Vote) -> _Names | None:
    """Return the keys of the vote, or None if there is no such poll."""
    if batch is None:
        return None
    attendee = vote.attendee
    key = ballot_key(batch.poll, attendee.attendee_id, vote.secret or attendee.ballot_secret(vote.poll_id))
    mark = None if batch.mark_key is None else participation_mark(batch.mark_key, attendee.attendee_id)
    return _Names(key, mark)


def _read_ballots(
    batches: dict[int, PollBatch], named: Sequence[tuple[Vote, _Names | None]]
) -> dict[int, set[int]]:
    """Read the existing ballots and marks under the votes' keys; return the options in them by poll."""
    held: dict[int, set[int]] = {}
    keys = {(vote.poll_id, names.key) for vote, names in named if names}
    marks = {(vote.poll_id, names.mark) for vote, names in named if names and names.mark is not None}
    stored, present = ballot_store.ballots_and_marks(list(keys), list(marks))
    selections = ballot_store.selections_of([ballot.id for ballot in stored])
    for ballot in stored:
        selected = selections.get(ballot.id, {})
        held.setdefault(ballot.poll_id, set()).update(selected)
        batches[ballot.poll_id].held[ballot.key] = Held(
            ballot.id, ballot.key, ballot.seq, selected, stored=selected, stored_seq=ballot.seq
        )
    for poll_id, mark in present:
        batches[poll_id].marks.add(mark)
    return held


def _read_written(batches: dict[int, PollBatch], votes: Sequence[Vote], held: dict[int, set[int]]) -> None:
    """Read the existing spellings of the votes' texts, and of those in their ballots."""
    written = {poll: batch for poll, batch in batches.items() if has_written(batch.poll)}
    if not written:
        return
    written_in_votes: list[tuple[int, Spelling]] = []
    for vote in votes:
        batch = written.get(vote.poll_id)
        kind = batch and kind_named(batch.poll.kind)
        if vote.other and batch and batch.poll.has_other:
            written_in_votes.append((vote.poll_id, other_spelling(vote.other)))
        elif kind and kind.is_written and vote.field == kind.field and not vote.withdraws:
            written_in_votes += [(vote.poll_id, spelling) for spelling in kind.spellings(vote.answer)]
    ids = {
        option
        for poll, batch in written.items()
        for option in held.get(poll, ())
        if option not in batch.options
    }
    polls = [(batch.poll, batch.event_id) for batch in written.values()]
    for poll, answers in read_answers(polls, written_in_votes, ids).items():
        batches[poll].answers = answers


def _cast(batch: PollBatch | None, vote: Vote, names: _Names | None) -> Mine | DomainError:
    """Apply one vote to the batch, or return why not."""
    if batch is None or names is None or not may_see_poll(batch.poll, is_moderator=False):
        return NotFound()
    try:
        _check(batch, vote)
        return batch.mine(_ballot_for(batch, vote, names))
    except DomainError as refusal:
        return refusal


def _check(batch: PollBatch, vote: Vote) -> None:
    poll = batch.poll
    if vote.attendee.event_id != batch.event_id or vote.attendee.attendee_id in batch.strangers:
        raise NotJoined
    if poll.state != Poll.State.LIVE or (poll.closes_at is not None and vote.arrived_at >= poll.closes_at):
        raise PollNotLive
    if not vote.withdraws:
        kind = batch.kind
        if vote.field != kind.field:
            raise WrongAnswer(fields={vote.field: WrongAnswer.message})
        answer = _with_other(batch, vote) if vote.other or poll.has_other else vote.answer
        kind.check(answer, batch.options.keys(), fewest=poll.min, most=poll.max, rules=poll.rules)


def _with_other(batch: PollBatch, vote: Vote) -> Sequence[Any]:
    """Return a vote's answer including "Other", or the option that its words name.

    Raises:
        WrongAnswer: the poll does not ask for words.
        OtherNeedsWords
    """
    other = batch.other
    if vote.other and other is None:
        raise WrongAnswer(fields={"other": WrongAnswer.message})
    if other is not None and other.pk in vote.answer and not vote.other:
        raise OtherNeedsWords(fields={"other": OtherNeedsWords.message})
    if not vote.other or other is None:
        return vote.answer
    chosen = [option for option in vote.answer if option != other.pk]
    return [*chosen, (batch.named_in(vote) or other).pk]


def _ballot_for(batch: PollBatch, vote: Vote, names: _Names) -> Held:
    """Return the vote's ballot after the vote: changed, or unchanged if it already has a later vote or the same."""
    held = batch.held.get(names.key)
    if held is None:
        return _new_ballot(batch, vote, names)
    if vote.seq is not None and vote.seq <= held.seq:
        return held  # a late retry never undoes a later change
    wanted = batch.choose(vote)
    if wanted != held.selected:
        if not batch.poll.may_change:
            raise VoteIsFinal
        held.selected = wanted
    held.seq = min(held.seq + 1, MAX_SEQ) if vote.seq is None else vote.seq
    return held


def _new_ballot(batch: PollBatch, vote: Vote, names: _Names) -> Held:
    if names.mark is not None and names.mark in batch.marks:
        raise AlreadyVoted
    if vote.withdraws:
        raise NoBallot
    if names.mark is not None:
        batch.marks.add(names.mark)
        batch.new_marks.append(names.mark)
    seq = 1 if vote.seq is None else vote.seq
    held = Held(NOT_NUMBERED, names.key, seq, batch.choose(vote), is_new=True)
    held.attendee_id = None if batch.poll.anonymous else vote.attendee.attendee_id
    batch.held[names.key] = held
    return held


def _write(batches: Sequence[PollBatch]) -> list[PollBatch]:
    """Write what the batch changed and increment the versions; return the polls whose tally changed."""
    # The order of rows must not reveal the order of arrival: sorted by random keys, it does not. It is also faster.
    ballot_store.insert_marks(sorted((batch.poll.pk, mark) for batch in batches for mark in batch.new_marks))
    new, seqs, emptied, selections = [], [], [], []
    for batch in batches:
        poll = batch.poll
        batch.number()
        for held in batch.held.values():
            if held.is_new:
                new.append(NewBallot(held.id, poll.pk, poll.single, held.key, held.seq, held.attendee_id))
            elif held.seq != held.stored_seq:
                seqs.append((held.id, held.seq))
            if held.selected != held.stored:
                if held.stored:
                    emptied.append(held.id)
                selections += [
                    NewSelection(held.id, option, poll.pk, poll.single, value)
                    for option, value in held.selected.items()
                ]
    ballot_store.insert_ballots(sorted(new))
    ballot_store.set_seqs(seqs)
    ballot_store.delete_selections(emptied)
    changes = {batch.poll.pk: _changes(batch) for batch in batches}
    _write_answers(batches, changes)
    ballot_store.insert_selections(sorted(selections))
    picked = [_picked(batch, changes[batch.poll.pk]) for batch in batches if batch.is_kept]
    ballot_store.add_to_counts({option: count for poll in picked for option, count in poll.items()})
    return [batch for batch in batches if _tally(batch, changes[batch.poll.pk])]


def _write_answers(batches: Sequence[PollBatch], changes: dict[int, dict[int, int]]) -> None:
    """Write spellings: new ones before they are selected, unused ones after they no longer are."""
    for batch in batches:
        written = _written(batch, changes[batch.poll.pk])
        if batch.answers and written:
            batch.answers.add_to_counts(written)
            batch.answers.write()


def _written(batch: PollBatch, changes: dict[int, int]) -> dict[int, int]:
    """Return the changes of voters' options."""
    return {option: difference for option, difference in changes.items() if option not in batch.options}


def _picked(batch: PollBatch, changes: dict[int, int]) -> dict[int, int]:
    """Return the changes of the moderator's options; those of "Other" cover everything that people wrote."""
    picked = {option: difference for option, difference in changes.items() if option in batch.options}
    other = sum(_written(batch, changes).values())
    return {**picked, batch.other.pk: other} if batch.other and other else picked


def _changes(batch: PollBatch) -> dict[int, int]:
    """Return the batch's change of each option's count, {option id: difference}."""
    changes = dict(batch.pending.counts) if batch.pending else {}
    for held in batch.held.values():
        for option_id in held.selected:
            if option_id not in held.stored:
                changes[option_id] = changes.get(option_id, 0) + 1
        for option_id in held.stored:
            if option_id not in held.selected:
                changes[option_id] = changes.get(option_id, 0) - 1
    return {option: difference for option, difference in changes.items() if difference}


def _tally(batch: PollBatch, changes: dict[int, int]) -> bool:
    """Update the stored tally and the poll's version by its ballots' changes; return True if the tally changed.

    If the batch may not write the tally, the changes stay pending.
    """
    ballots = sum(bool(held.selected) - bool(held.stored) for held in batch.held.values())
    weighed = _weigh(batch) if batch.poll.family == Family.WEIGH else []
    if not ballots and not changes and not weighed and not batch.pending:
        return False
    poll = batch.poll
    if not batch.is_kept:
        pending_store.insert([Pending(poll.pk, ballots, changes)])
        return False
    poll.ballots += ballots + (batch.pending.ballots if batch.pending else 0)
    poll.version += STEP if batch.pending else 1
    ballot_store.set_poll_tally(poll)
    ballot_store.set_weights(weighed)
    for option_id, difference in _picked(batch, changes).items():
        batch.options[option_id].count += difference
    return True


def _weigh(batch: PollBatch) -> list[Option]:
    """Add the batch's changes to the options' stored weights; return the options whose weights changed."""
    options, has_places = batch.options.values(), batch.poll.has_places
    before = [(option.weight, option.above) for option in options]
    ballots = [(held.stored, held.selected) for held in batch.held.values() if held.selected != held.stored]
    weights.add(batch.options, weights.change(ballots, has_places=has_places))
    return [
        option for option, was in zip(options, before, strict=True) if was != (option.weight, option.above)
    ]
