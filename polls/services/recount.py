"""Checking the stored tallies against the ballots."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Q, Sum

from polls.models import Ballot, Option, Poll, Selection
from polls.services.right_answers import count_right
from polls.services.states import lock_poll, save_and_tell
from polls.services.writing import fold_answers


@dataclass(frozen=True, slots=True)
class WrongTally:
    """A stored count that differs from the rows.

    Attributes:
        option_id: None for the number of ballots, and of right ones.
        kept, counted: numbers; for `above` the other options' ids with the numbers of ballots.
        what: the field of the poll or the option.
    """

    poll_id: int
    option_id: int | None
    kept: int | dict[str, int]
    counted: int | dict[str, int]
    what: str = "count"

    def __str__(self) -> str:
        what = "ballots" if self.option_id is None else f"option {self.option_id}"
        part = {"count": "", "total": ", all spellings"}.get(self.what, f", {self.what}")
        return f"poll {self.poll_id}, {what}{part}: kept {self.kept}, counted {self.counted}"


def recount_polls(*, fix: bool = False) -> tuple[int, list[WrongTally]]:
    """Count every poll's rows under its lock; return the number of checked polls, and the differences.

    With `fix` the true counts are written, and the sockets are notified.
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
    """Return where the stored tally of a locked poll differs from its rows."""
    selections = Selection.objects.filter(ballot__poll=poll)
    rows = selections.values("option_id").annotate(n=Count("ballot_id"), total=Sum("value"))
    counted = {row["option_id"]: (row["n"], row["total"] or 0) for row in rows}
    above = _counted_above(poll) if poll.has_places else {}
    counted |= _counted_as_other(poll, counted)
    found = [
        difference
        for option in Option.objects.filter(poll=poll).order_by("position", "pk")
        for difference in _of_option(option, *counted.get(option.pk, (0, 0)), above.get(option.pk, {}))
    ]
    ballots = Ballot.objects.filter(poll=poll, selections__isnull=False).distinct().count()
    if ballots != poll.ballots:
        found.insert(0, WrongTally(poll.pk, None, poll.ballots, ballots))
    if poll.right_count is not None and poll.right_count != (right := count_right(poll)):
        found.append(WrongTally(poll.pk, None, poll.right_count, right, "right_count"))
    return found + _wrong_totals(poll, counted)


def _counted_as_other(poll: Poll, counted: Mapping[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """Return how many people wrote an option of their own, under the id of the poll's "Other"."""
    other = Option.objects.filter(poll=poll, is_other=True).values_list("pk", flat=True).first()
    if other is None:
        return {}
    written = Option.objects.filter(poll=poll, author_kind=Option.Author.VOTER).values_list("pk", flat=True)
    return {other: (sum(counted.get(option, (0, 0))[0] for option in written), 0)}


def _wrong_totals(poll: Poll, counted: Mapping[int, tuple[int, int]]) -> list[WrongTally]:
    """Return where the stored totals of written answers differ from their spellings."""
    totals: dict[int, int] = {}
    written = list(Option.objects.filter(poll=poll, author_kind=Option.Author.VOTER).order_by("pk"))
    for option in written:
        answer = option.merged_into_id or option.pk
        totals[answer] = totals.get(answer, 0) + counted.get(option.pk, (0, 0))[0]
    return [
        WrongTally(poll.pk, option.pk, option.total, totals.get(option.pk, 0), "total")
        for option in written
        if option.total != totals.get(option.pk, 0)
    ]


def _of_option(option: Option, count: int, weight: int, above: dict[str, int]) -> Iterator[WrongTally]:
    if option.count != count:
        yield WrongTally(option.poll_id, option.pk, option.count, count)
    if option.weight != weight:
        yield WrongTally(option.poll_id, option.pk, option.weight, weight, "weight")
    if (option.above or {}) != above:
        yield WrongTally(option.poll_id, option.pk, option.above or {}, above, "above")


def _counted_above(poll: Poll) -> dict[int, dict[str, int]]:
    """Return how many ballots put each option above each other, and under its own id how many put it first."""
    pairs = (
        Selection.objects.filter(ballot__poll=poll)
        .filter(
            Q(value__lt=F("ballot__selections__value"))
            | Q(value=1, option_id=F("ballot__selections__option_id"))
        )
        .values_list("option_id", "ballot__selections__option_id")
        .annotate(n=Count("ballot_id"))
    )
    above: dict[int, dict[str, int]] = {}
    for upper, lower, count in pairs:
        above.setdefault(upper, {})[str(lower)] = count
    return above


def write_counts(poll: Poll, found: list[WrongTally], *, forget: bool = False) -> None:
    """Write the true counts of a locked poll, and notify its session's sockets of a new version."""
    for difference in found:
        if difference.option_id is not None:
            Option.objects.filter(pk=difference.option_id).update(**{difference.what: difference.counted})
        elif isinstance(difference.counted, int):
            setattr(poll, "ballots" if difference.what == "count" else difference.what, difference.counted)
    fold_answers(poll, forget=forget)
    save_and_tell(poll)
