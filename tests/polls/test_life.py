"""Any life that a poll may have, against a model of it: what is allowed, what is counted, and what never happens again.

The model knows nothing of the database and little of the code: states and times, and who chose what.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from opendev.core.errors import DomainError
from polls.models import Option, Participation, Poll
from polls.selectors import own_answers
from polls.services import (
    Vote,
    close_due_polls,
    finalise_due_polls,
    record_ballots,
    recount_polls,
    run_again,
    set_closing_time,
    set_poll_state,
)
from tests.factories import NOW, as_tally, make_attendee, make_poll, make_session, options_of, votes_counted
from tests.factories.sessions import organiser_of

UNDO, GRACE = timedelta(seconds=5), timedelta(seconds=1)
PEOPLE, TEXTS = 4, ("a", "b", "c")
DEVICES = (None, b"another-device-of-%d")
STATES = ("draft", "live", "closed", "published", "archived")
SHOWN_BY_CLOSE = {"after_voting", "after_close"}

Key = tuple[int, bytes | None]


@dataclass
class Model:
    """A poll in plain Python, by its rules."""

    anonymous: bool
    multiple: bool
    may_change: bool
    visibility: str
    state: str = "draft"
    launched_at: datetime | None = None
    closes_at: datetime | None = None
    closed_at: datetime | None = None
    published_at: datetime | None = None
    was_published: bool = False
    is_final: bool = False
    ballots: dict[Key, tuple[int, frozenset[str]]] = field(default_factory=dict)

    def move(self, state: str, now: datetime) -> str:
        """Go to a state; the code of the refusal, or ""."""
        if state == self.state:
            return ""
        step = getattr(self, f"from_{self.state}_to_{state}", None)
        if step is None or not step(now):
            return "illegal_move"
        self.state = state
        return ""

    def from_draft_to_live(self, now: datetime) -> bool:
        self.launched_at = now
        return True

    def from_live_to_draft(self, now: datetime) -> bool:
        assert self.launched_at is not None
        if now > self.launched_at + UNDO or self.ballots:
            return False
        self.launched_at = self.closes_at = None
        return True

    def from_live_to_closed(self, now: datetime) -> bool:
        self.closed_at = now
        return True

    def from_closed_to_live(self, now: datetime) -> bool:
        assert self.closed_at is not None
        shown = self.was_published or self.visibility in SHOWN_BY_CLOSE
        if now > self.closed_at + UNDO or self.is_final or shown:
            return False
        self.closed_at = self.closes_at = None
        return True

    def from_closed_to_published(self, now: datetime) -> bool:
        self.published_at, self.was_published = now, True
        return True

    def from_published_to_closed(self, now: datetime) -> bool:
        assert self.published_at is not None
        return now <= self.published_at + UNDO

    def from_draft_to_archived(self, now: datetime) -> bool:
        return True

    from_closed_to_archived = from_published_to_archived = from_draft_to_archived

    def from_archived_to_closed(self, now: datetime) -> bool:
        return self.closed_at is not None

    def from_archived_to_draft(self, now: datetime) -> bool:
        return self.launched_at is None

    def count_down(self, closes_at: datetime | None, now: datetime) -> str:
        if self.state != "live" or (self.closes_at is not None and now >= self.closes_at):
            return "illegal_move"
        if closes_at is not None and not now < closes_at <= now + timedelta(hours=24):
            return "malformed"
        self.closes_at = closes_at
        return ""

    def let_pass(self, now: datetime) -> None:
        if self.state == "live" and self.closes_at is not None and now >= self.closes_at + GRACE:
            self.state, self.closed_at = "closed", now
        if self.state in {"closed", "published", "archived"} and self.closed_at is not None:
            self.is_final = self.is_final or now >= self.closed_at + UNDO

    def vote(self, who: Key, texts: tuple[str, ...], seq: int | None, now: datetime) -> str:
        """Vote, or take the vote back (no texts); the code of the refusal, or ""."""
        if self.state in {"draft", "archived"}:
            return "not_found"
        if self.state != "live" or (self.closes_at is not None and now >= self.closes_at):
            return "poll_not_live"
        if len(set(texts)) != len(texts):
            return "duplicate_option"
        if len(texts) > (2 if self.multiple else 1):
            return "wrong_number_of_options"
        key = who if self.anonymous else (who[0], None)
        return self.change(key, texts, seq) if key in self.ballots else self.begin(key, texts, seq)

    def begin(self, key: Key, texts: tuple[str, ...], seq: int | None) -> str:
        if self.anonymous and any(attendee == key[0] for attendee, _device in self.ballots):
            return "already_voted"
        if not texts:
            return "no_ballot"
        self.ballots[key] = (1 if seq is None else seq, frozenset(texts))
        return ""

    def change(self, key: Key, texts: tuple[str, ...], seq: int | None) -> str:
        kept_seq, kept = self.ballots[key]
        if seq is not None and seq <= kept_seq:
            return ""
        if frozenset(texts) != kept and not self.may_change:
            return "vote_is_final"
        self.ballots[key] = (kept_seq + 1 if seq is None else seq, frozenset(texts))
        return ""

    def tally(self) -> dict[str, int]:
        counts = {text: sum(text in chosen for _seq, chosen in self.ballots.values()) for text in TEXTS}
        counts[""] = sum(bool(chosen) for _seq, chosen in self.ballots.values())
        return {text: count for text, count in counts.items() if count}


class PollLife(RuleBasedStateMachine):
    """Acts on the product and on the model, and compares."""

    @initialize(
        anonymous=st.booleans(),
        multiple=st.booleans(),
        may_change=st.booleans(),
        visibility=st.sampled_from(
            ["always", "after_voting", "after_close", "after_publishing", "moderators"]
        ),
    )
    def begin(self, anonymous: bool, multiple: bool, may_change: bool, visibility: str) -> None:
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = NOW
        session = make_session()
        self.caller = organiser_of(session.event)
        self.people = [make_attendee(session) for _ in range(PEOPLE)]
        rules: dict[str, Any] = {"anonymous": anonymous, "may_change": may_change, "visibility": visibility}
        if multiple:
            rules |= {"kind": "multiple", "max": 2}
        self.poll = make_poll(session, state="draft", options=TEXTS, **rules)
        self.model = Model(anonymous, multiple, may_change, visibility)
        self.version = self.poll.version
        self.earlier: list[tuple[Poll, Model]] = []

    def teardown(self) -> None:
        if not hasattr(self, "transaction"):
            return
        try:
            assert recount_polls()[1] == []
            for poll, model in self.earlier:
                self.compare(poll, model)
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def outcome(self, work: Any, **given: Any) -> str:
        try:
            work(poll_id=self.poll.pk, caller=self.caller, now=self.now, **given)
        except DomainError as refusal:
            return refusal.code
        return ""

    @rule(states=st.lists(st.sampled_from(STATES), min_size=1, max_size=5))
    def move(self, states: list[str]) -> None:
        """Launch, close, publish, archive, undo, restore: wherever the poll is."""
        for state in states:
            assert self.outcome(set_poll_state, state=state) == self.model.move(state, self.now), state

    @rule(seconds=st.sampled_from([None, -1, 1, 3, 60, 90_000]))
    def count_down(self, seconds: int | None) -> None:
        closes_at = None if seconds is None else self.now + timedelta(seconds=seconds)
        expected = self.model.count_down(closes_at, self.now)
        assert self.outcome(set_closing_time, closes_at=closes_at) == expected

    @rule(seconds=st.sampled_from([0, 1, 2, 4, 6, 61]))
    def let_pass(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        close_due_polls(self.now)
        finalise_due_polls(self.now)
        self.model.let_pass(self.now)
        for _poll, model in self.earlier:
            model.let_pass(self.now)

    @rule(
        votes=st.lists(
            st.tuples(
                st.integers(0, PEOPLE - 1),
                st.sampled_from(DEVICES),
                st.lists(st.sampled_from(TEXTS), max_size=3).map(tuple),
                st.one_of(st.none(), st.integers(0, 6)),
            ),
            min_size=1,
            max_size=5,
        )
    )
    def vote(self, votes: list[tuple[int, bytes | None, tuple[str, ...], int | None]]) -> None:
        """A batch: each sees what those before it did."""
        ids = options_of(self.poll)
        batch = [
            Vote(
                self.poll.pk,
                self.people[who],
                tuple(ids[text] for text in texts),
                self.now,
                seq,
                secret and secret % who,
                withdraws=not texts,
            )
            for who, secret, texts, seq in votes
        ]
        said = [
            result.code if isinstance(result, DomainError) else ""
            for result in record_ballots(batch, self.now).outcomes
        ]
        assert said == [
            self.model.vote((who, secret), texts, seq, self.now) for who, secret, texts, seq in votes
        ]

    @rule()
    def run_again(self) -> None:
        self.earlier.append((self.poll, self.model))
        self.poll = run_again(poll_id=self.poll.pk, caller=self.caller, now=self.now)
        self.version = self.poll.version
        m = self.model
        self.model = Model(m.anonymous, m.multiple, m.may_change, m.visibility)

    @rule()
    def go_back(self) -> None:
        """Act on an earlier round again."""
        if self.earlier:
            before = self.poll, replace(self.model, ballots=dict(self.model.ballots))
            self.poll, self.model = self.earlier.pop(0)
            self.earlier.append(before)
            self.version = Poll.objects.get(pk=self.poll.pk).version

    @invariant()
    def poll_is_as_its_model(self) -> None:
        if hasattr(self, "poll"):
            now = self.compare(self.poll, self.model)
            assert now.version >= self.version
            self.version = now.version

    def compare(self, poll: Poll, model: Model) -> Poll:
        """The poll as it stands in the database, once it was found to be as the model has it."""
        now = Poll.objects.get(pk=poll.pk)
        assert now.state == model.state
        assert as_tally(poll) == votes_counted(poll) == model.tally()
        assert (now.finalised_at is not None) == model.is_final
        if model.is_final and model.anonymous:
            assert not Participation.objects.filter(poll=poll).exists()
        texts = dict(Option.objects.filter(poll=poll).values_list("pk", "text"))
        whose = [(who, device) for who in range(PEOPLE) for device in DEVICES]
        found = own_answers([(self.people[who], [poll.pk], device and device % who) for who, device in whose])
        for (who, device), mine in zip(whose, found, strict=True):
            key = (who, device) if model.anonymous else (who, None)
            kept = model.ballots.get(key, (0, frozenset()))[1]
            assert {texts[option] for option in mine[poll.pk].options or ()} == kept
        return now


@pytest.mark.django_db
@pytest.mark.timeout(900)
def test_every_life_of_a_poll_is_as_the_model_has_it(request):
    soaks = request.config.getoption("soak")
    run_state_machine_as_test(
        PollLife,
        settings=settings(
            max_examples=500 if soaks else 20,
            stateful_step_count=30,
            deadline=None,
            phases=[
                Phase.explicit,
                Phase.generate,
            ],  # shrinking a life takes minutes; its steps are printed anyway
            suppress_health_check=list(HealthCheck),
        ),
    )
