"""Processes that race each other. Each imports this module anew, so Django is set up here."""

import random
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, wait
from datetime import datetime
from multiprocessing import get_context
from typing import Any

import django

django.setup()

from opendev.core.attendance import AttendeePass, Caller  # noqa: E402
from opendev.core.errors import DomainError  # noqa: E402
from polls.models import Poll  # noqa: E402
from polls.services import (  # noqa: E402
    Recorded,
    Vote,
    close_due_polls,
    edit_poll,
    finalise_due_polls,
    fold_left_over,
    record_ballots,
    run_again,
    set_poll_state,
)
from tests.factories.databases import connected_to  # noqa: E402

_start: Any = None


def _get_ready(start: Any) -> None:
    global _start
    _start = start


def _at_once(url: str, work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    try:
        with connected_to(url):
            _start.wait(60)
            return work(*arguments)
    except BaseException:
        _start.abort()  # the others need not wait for us
        raise


class Racers:
    """Processes that begin at once: `race(url, (work, *arguments), …)`, a job for each; their answers in order."""

    def __init__(self, number: int) -> None:
        context = get_context("spawn")
        self.number = number
        self.start = context.Barrier(number)
        self.pool = ProcessPoolExecutor(number, context, _get_ready, (self.start,))

    def race(self, url: str, *jobs: tuple[Any, ...]) -> list[Any]:
        """Run one job in each process."""
        assert len(jobs) == self.number
        running = [self.pool.submit(_at_once, url, work, tuple(arguments)) for work, *arguments in jobs]
        wait(running, 60)
        self.start.reset()
        return [job.result(0) for job in running]


# --- what they do


def vote_in_batches(
    votes: list[Vote], seed: int, now: datetime, sizes: tuple[int, ...] = (1, 3, 20, 60)
) -> list[str]:
    """Record the votes in an order and in batches of one's own; the outcomes in the order of `votes`."""
    chance = random.Random(seed)
    order = list(range(len(votes)))
    chance.shuffle(order)
    said = [""] * len(votes)
    while order:
        size = chance.choice(sizes)
        batch, order = order[:size], order[size:]
        done = record_ballots([votes[n] for n in batch], now)
        for place, outcome in zip(batch, done.outcomes, strict=True):
            said[place] = "ok" if isinstance(outcome, Recorded) else outcome.code
    fold_left_over()  # as the ballot box does, soon after each batch
    return said


def close_after(poll_id: int, caller: Caller, ballots: int, now: datetime) -> int:
    """Close the poll once so many ballots are in; the number of ballots read right after the close."""
    while Poll.objects.values_list("ballots", flat=True).get(pk=poll_id) < ballots:
        pass
    set_poll_state(poll_id=poll_id, caller=caller, state="closed", now=now)
    return int(Poll.objects.values_list("ballots", flat=True).get(pk=poll_id))


def act(name: str, poll_id: int, caller: Caller, now: datetime) -> str:
    """One moderator's act; the code of its refusal, or "ok"."""
    acts: dict[str, Callable[[], Any]] = {
        "again": lambda: run_again(poll_id=poll_id, caller=caller, now=now),
        "rename": lambda: edit_poll(poll_id=poll_id, caller=caller, given={"question": "Whither?"}, now=now),
        "freeze": lambda: edit_poll(poll_id=poll_id, caller=caller, given={"anonymous": False}, now=now),
    }
    try:
        acts.get(name, lambda: set_poll_state(poll_id=poll_id, caller=caller, state=name, now=now))()
    except DomainError as refusal:
        return refusal.code
    return "ok"


def acts_on_each(name: str, poll_ids: Iterable[int], caller: Caller, now: datetime) -> list[str]:
    """The same act on one poll after the other, all racers at the same one at the same time."""
    said = []
    for poll_id in poll_ids:
        _start.wait(60)
        said.append(act(name, poll_id, caller, now))
    return said


def close_and_finalise(close_at: datetime, finalise_at: datetime) -> tuple[int, int]:
    """A round of the closer as each serving process runs it."""
    closed = close_due_polls(close_at)
    _start.wait(60)
    return closed, finalise_due_polls(finalise_at)


def pass_of(event_id: int, attendee_id: int) -> AttendeePass:
    """A pass as an attendee's device would show it."""
    return AttendeePass(event_id, attendee_id, f"{attendee_id:032x}", 2**40)
