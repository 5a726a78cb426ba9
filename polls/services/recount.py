"""Proving the kept tallies against the ballots."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from polls.models import Ballot, Option, Poll, Selection
from polls.services.states import lock_poll, save_and_tell
from polls.services.writing import fold_answers


@dataclass(frozen=True, slots=True)
class WrongTally:
    """A kept count that differs from the rows. `option_id` is None for the number of ballots."""

    poll_id: int
    option_id: int | None
    kept: int
    counted: int
    is_total: bool = False  # of all spellings of an answer

    def __str__(self) -> str:
        what = "ballots" if self.option_id is None else f"option {self.option_id}"
        what += ", all spellings" if self.is_total else ""
        return f"poll {self.poll_id}, {what}: kept {self.kept}, counted {self.counted}"


def recount_polls(*, fix: bool = False) -> tuple[int, list[WrongTally]]:
    """Count every poll's rows under its lock; return how many polls were checked, and what differs.

    With `fix` the true counts are written, and the sockets hear of it.
    """
    poll_ids = list(Poll.objects.order_by("pk").values_list("pk", flat=True))
    wrong: list[WrongTally] = []
    for poll_id in poll_ids:
        with transaction.atomic():
            poll = lock_poll(poll_id)
            found = differences(poll)
            if found and fix:
                write_counts(poll, found)
        wrong += found
    return len(poll_ids), wrong


def differences(poll: Poll) -> list[WrongTally]:
    """Return where the kept tally of a locked poll differs from its rows."""
    rows = Selection.objects.filter(ballot__poll=poll).values("option_id").annotate(n=Count("ballot_id"))
    counted = {row["option_id"]: row["n"] for row in rows}
    found = [
        WrongTally(poll.pk, option.pk, option.count, counted.get(option.pk, 0))
        for option in Option.objects.filter(poll=poll).order_by("position", "pk")
        if option.count != counted.get(option.pk, 0)
    ]
    ballots = Ballot.objects.filter(poll=poll, selections__isnull=False).distinct().count()
    if ballots != poll.ballots:
        found.insert(0, WrongTally(poll.pk, None, poll.ballots, ballots))
    return found + _wrong_totals(poll, counted)


def _wrong_totals(poll: Poll, counted: Mapping[int, int]) -> list[WrongTally]:
    """Return where what is kept of the answers that people wrote differs from their spellings."""
    totals: dict[int, int] = {}
    written = list(Option.objects.filter(poll=poll, author_kind=Option.Author.VOTER).order_by("pk"))
    for option in written:
        answer = option.merged_into_id or option.pk
        totals[answer] = totals.get(answer, 0) + counted.get(option.pk, 0)
    return [
        WrongTally(poll.pk, option.pk, option.total, totals.get(option.pk, 0), is_total=True)
        for option in written
        if option.total != totals.get(option.pk, 0)
    ]


def write_counts(poll: Poll, found: list[WrongTally], *, forget: bool = False) -> None:
    """Write the true counts of a locked poll, and tell its session's sockets: a new version."""
    for difference in found:
        if difference.option_id is None:
            poll.ballots = difference.counted
        elif not difference.is_total:
            Option.objects.filter(pk=difference.option_id).update(count=difference.counted)
    fold_answers(poll, forget=forget)
    save_and_tell(poll)
