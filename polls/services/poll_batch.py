"""A vote, and the state of a poll and its ballots during a batch of votes."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from opendev.core.attendance import AttendeePass
from polls.ballot_store import Selected, row_keys_in
from polls.kinds import Kind, kind_named, other_spelling
from polls.models import Option, Poll
from polls.pending_store import Pending
from polls.selectors import Mine, WrittenOptions, mine_of, mine_with_other, own_of_texts
from polls.services.writing import Answers


class Vote(NamedTuple):
    """A vote to record. Without an answer and with `withdraws`, the answer is withdrawn.

    `answer` is what the client sent as `field`, with its shape checked; its meaning depends on the poll's kind.
    `other` is an option in the voter's own words, in addition to those in `answer`.
    `secret` is the client's own ballot secret, if it sent one; `seq` is None for forms, which count as newest.
    """

    poll_id: int
    attendee: AttendeePass
    answer: tuple[Any, ...]
    arrived_at: datetime
    seq: int | None = None
    secret: bytes | None = None
    withdraws: bool = False
    field: str = "options"
    other: str = ""


NOT_NUMBERED = 0  # a new ballot's row, until the batch is written


@dataclass(slots=True)
class Held:
    """A ballot during the batch."""

    id: int
    key: bytes
    seq: int
    selected: Selected
    attendee_id: int | None = None
    is_new: bool = False
    stored: Selected = field(default_factory=dict)
    stored_seq: int = 0


@dataclass(slots=True)
class PollBatch:
    """A poll during the batch, after the votes so far."""

    poll: Poll
    event_id: int
    options: dict[int, Option]
    mark_key: bytes | None
    is_kept: bool = True  # whether this batch may write the poll's stored tally
    pending: Pending | None = None  # other batches' counts that it adds
    held: dict[bytes, Held] = field(default_factory=dict)
    strangers: Collection[
        int
    ] = ()  # those of its voters who do not exist any more, or whose pass was revoked
    marks: set[bytes] = field(default_factory=set)
    new_marks: list[bytes] = field(default_factory=list)
    answers: Answers | None = None  # written answers, in polls that have them
    told: WrittenOptions | None = None  # the most frequent of them, after the batch
    kind: Kind = field(init=False)

    def __post_init__(self) -> None:
        self.kind = kind_named(self.poll.kind)

    def number(self) -> None:
        """Give the new ballots their row keys."""
        new = [held for held in self.held.values() if held.is_new]
        for held, row in zip(new, row_keys_in(self.poll.pk, len(new)), strict=True):
            held.id = row

    def choose(self, vote: Vote) -> Selected:
        """Return the options that a vote chooses; those that its voter wrote are created."""
        if vote.withdraws:
            return {}
        if self.answers is None:
            return self.kind.selected(vote.answer)
        if self.kind.is_written:
            return dict.fromkeys(self.answers.choose(self.kind.spellings(vote.answer)))
        return dict.fromkeys([*self.picked_in(vote), *self.written_in(vote)])

    @property
    def other(self) -> Option | None:
        """The poll's "Other", if it has one."""
        if not self.poll.has_other:
            return None
        return next((option for option in self.options.values() if option.is_other), None)

    def named_in(self, vote: Vote) -> Option | None:
        """Return the existing option that a vote's own words name, by its text or by others' spelling."""
        key = other_spelling(vote.other).key
        for option in self.options.values():
            texts = [option.text, *(option.written or ())]
            if not option.is_other and key in {other_spelling(text).key for text in texts}:
                return option
        return None

    def picked_in(self, vote: Vote) -> list[int]:
        """Return the moderator's options that a vote chooses, without "Other"."""
        named = self.named_in(vote) if vote.other else None
        other = self.other
        picked = [option for option in vote.answer if other is None or option != other.pk]
        return [*picked, *([named.pk] if named else [])]

    def written_in(self, vote: Vote) -> Collection[int]:
        """Return a new option for a vote's own words, unless they name an existing one."""
        if not vote.other or self.answers is None or self.named_in(vote):
            return ()
        return self.answers.choose([other_spelling(vote.other)])

    def mine(self, held: Held) -> Mine:
        """Return the voter's own answer in a ballot."""
        if self.answers is None:
            return mine_of(self.poll.kind, held.selected, held.seq)
        if (other := self.other) is not None:
            written = [option for option in held.selected if option not in self.options]
            texts = self.answers.texts_of(written)
            return mine_with_other(self.poll.kind, held.selected, held.seq, other.pk, written, texts)
        answers = {self.answers.answer_of(option) for option in held.selected}
        own = own_of_texts(self.answers.kind, self.answers.texts_of(held.selected))
        return Mine(bool(held.selected), tuple(sorted(answers)) or None, held.seq, own)
