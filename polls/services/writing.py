"""Written answers during a batch of votes: new spellings, stored totals, shown spellings."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from polls import written_store
from polls.kinds import Kind, Spelling, is_blocked, kind_named, merge_key
from polls.models import Option, Poll, random_option_key
from polls.selectors import has_written
from polls.written_store import Spelling as Row

State = Option.State
REMEMBERED = {
    State.HIDDEN,
    State.BLOCKED,
}  # a moderator's decision about an answer that nobody gives any more


def blocked_keys(event_id: int) -> frozenset[str]:
    """Return the keys of the words that are never shown at an event."""
    return frozenset(merge_key(text) for text in written_store.blocked_texts(event_id))


def first_state(poll: Poll, key: str, blocked: Collection[str]) -> State:
    """Return the initial state of an unmoderated answer."""
    if is_blocked(key, blocked):
        return State.BLOCKED
    return State.WAITING if poll.rules.get("approve") else State.SHOWN


@dataclass
class Answers:
    """The answers of a poll that a batch of votes, or a moderator, may change, with all their spellings."""

    poll: Poll
    event_id: int
    rows: dict[int, Row] = field(default_factory=dict)
    stored: dict[int, Row] = field(default_factory=dict)
    _by_text: dict[str, int] = field(default_factory=dict)
    _by_key: dict[str, int] = field(default_factory=dict)
    _blocked: frozenset[str] | None = None

    def add(self, rows: Iterable[Row]) -> None:
        """Add stored spellings."""
        for row in rows:
            self.rows[row.id] = self.stored[row.id] = row
            self._know(row)

    def _know(self, row: Row) -> None:
        self._by_text[row.text] = row.id
        self._by_key[row.key] = row.merged_into or row.id

    @cached_property
    def kind(self) -> Kind:
        """The poll's kind."""
        return kind_named(self.poll.kind)

    def choose(self, spellings: Sequence[Spelling]) -> frozenset[int]:
        """Return the options for a voter's texts, each answer once; new ones are created."""
        chosen: dict[int, int] = {}
        for spelling in spellings:
            option = self._by_text.get(spelling.text) or self._make(spelling)
            chosen.setdefault(self.answer_of(option), option)
        return frozenset(chosen.values())

    def answer_of(self, option: int) -> int:
        """Return the option that a spelling counts as."""
        return self.rows[option].merged_into or option

    def _make(self, spelling: Spelling) -> int:
        answer = self._by_key.get(spelling.key)
        state: str = self.rows[answer].state if answer else self._first_state(spelling.key)
        shown_as = "" if answer else spelling.text
        row = Row(
            random_option_key(), self.poll.pk, spelling.text, spelling.key, 0, answer, 0, shown_as, state
        )
        self.rows[row.id] = row
        self._know(row)
        return row.id

    def _first_state(self, key: str) -> str:
        if self._blocked is None:
            self._blocked = blocked_keys(self.event_id)
        return first_state(self.poll, key, self._blocked)

    def texts_of(self, options: Iterable[int]) -> list[str]:
        """Return a voter's texts in alphabetical order."""
        return sorted(self.rows[option].text for option in options)

    def add_to_counts(self, changes: dict[int, int]) -> None:
        """Add to spellings' counts, and to their answers' totals."""
        touched = set()
        for option, difference in changes.items():
            row = self.rows[option]
            self.rows[option] = row._replace(count=row.count + difference)
            touched.add(row.merged_into or option)
        self.fold(touched)

    def fold(self, answers: Collection[int]) -> None:
        """Recompute totals and shown spellings of these answers."""
        groups: dict[int, list[Row]] = {answer: [self.rows[answer]] for answer in answers}
        for row in self.rows.values():
            if row.merged_into in groups:
                groups[row.merged_into].append(row)
        for answer, group in groups.items():
            head = self.rows[answer]
            own = [
                row for row in group if row.key == head.key
            ]  # not the answers that a moderator merged into it
            commonest = min(own, key=lambda row: (-row.count, row.id != answer, row.id))
            total = sum(row.count for row in group)
            self.rows[answer] = head._replace(total=total, shown_as=commonest.text)

    def write(self) -> None:
        """Write what changed; unused spellings are deleted, unless a moderator's decision is stored with them."""
        gone = self._spent()
        new = [row for row in self.rows.values() if row.id not in self.stored and (row.count or row.total)]
        written_store.insert_spellings([row for row in new if row.merged_into is None])
        written_store.insert_spellings([row for row in new if row.merged_into is not None])
        changed = [
            row
            for row in self.rows.values()
            if row.id not in gone and row.id in self.stored and row != self.stored[row.id]
        ]
        moderated = {row.id for row in changed if row.state != self.stored[row.id].state}
        written_store.update_spellings([row for row in changed if row.id in moderated])
        written_store.update_counts([row for row in changed if row.id not in moderated])
        written_store.delete_spellings(gone & self.stored.keys())

    def _spent(self) -> set[int]:
        """Return the spellings without a vote that nothing refers to."""
        aliases = {row.merged_into for row in self.rows.values() if row.merged_into and self._is_alias(row)}
        spent = {
            row.id
            for row in self.rows.values()
            if not row.count and row.merged_into and not self._is_alias(row)
        }
        heads = {
            row.id
            for row in self.rows.values()
            if row.merged_into is None and not row.total and row.state not in REMEMBERED
        }
        return spent | (heads - aliases)

    def _is_alias(self, row: Row) -> bool:
        """Return True if a moderator merged this spelling into another answer."""
        answer = self.rows.get(row.merged_into or 0)
        return answer is not None and answer.key != row.key


def read_answers(
    polls: Sequence[tuple[Poll, int]], written: Sequence[tuple[int, Spelling]], held: Collection[int] = ()
) -> dict[int, Answers]:
    """Return the answers of polls that are locked, by poll id.

    Args:
        polls: each with its event's id.
        written: (poll id, spelling) of the votes' texts.
        held: spellings that are already in their ballots.
    """
    answers = {poll.pk: Answers(poll, event_id) for poll, event_id in polls}
    rows = written_store.spellings_by_key({(poll, spelling.key) for poll, spelling in written})
    rows += written_store.spellings_by_id(set(held) - {row.id for row in rows})
    for row in rows:
        answers[row.poll_id].add([row])
    return answers


def answers_of(poll: Poll) -> Answers:
    """Return all written answers in a locked poll."""
    answers = Answers(poll, poll.session.event_id)
    answers.add(written_store.all_spellings(poll.pk))
    return answers


def fold_answers(poll: Poll, *, forget: bool = False) -> None:
    """Recompute the stored totals of a locked poll from its spellings' counts.

    With `forget`, unused texts are deleted: withdrawn words disappear, even if a moderator hid or merged
    them. If an answer's first spelling is no longer used, it continues under its most common one.
    """
    if not has_written(poll):
        return
    if forget:
        _forget(answers_of(poll))
    answers = answers_of(poll)
    answers.fold([row.id for row in answers.rows.values() if row.merged_into is None])
    answers.write()


def _forget(answers: Answers) -> None:
    """Delete every spelling without a vote."""
    spent = {row.id for row in answers.rows.values() if not row.count}
    for answer in [row for row in answers.rows.values() if row.id in spent and row.merged_into is None]:
        heirs = [row for row in answers.rows.values() if row.merged_into == answer.id and row.count]
        if heirs:
            heir = min(heirs, key=lambda row: (-row.count, row.id))
            written_store.take_over(answer, heir)
            spent = spent - {answer.id} | {heir.id}
    heads = {row for row in spent if answers.rows[row].merged_into is None}
    written_store.delete_spellings(spent - heads)
    written_store.delete_spellings(heads)
