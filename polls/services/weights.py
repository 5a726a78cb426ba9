"""The stored weights of options: the sums of the ballots' values, and which options they put above which."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import NamedTuple

from polls.ballot_store import Selected
from polls.models import Option


class Change(NamedTuple):
    """Changes of stored weights: `{option id: value}`, `{(above, below): ballots}`, the first paired with itself."""

    totals: Mapping[int, int]
    pairs: Mapping[tuple[int, int], int]


def change(ballots: Iterable[tuple[Selected, Selected]], *, has_places: bool) -> Change:
    """Return the changes by ballots, each given before and after, `{option id: value}`."""
    totals: Counter[int] = Counter()
    pairs: Counter[tuple[int, int]] = Counter()
    for before, after in ballots:
        totals.update({option: value or 0 for option, value in after.items()})
        totals.subtract({option: value or 0 for option, value in before.items()})
        if has_places:
            pairs.update(pairs_of(after))
            pairs.subtract(pairs_of(before))
    return Change(totals, pairs)


def pairs_of(selected: Selected) -> list[tuple[int, int]]:
    """Return (above, below) for each two options of a ballot, and the first paired with itself."""
    order = sorted(selected, key=lambda option: selected[option] or 0)
    return [*combinations(order, 2), *((first, first) for first in order[:1])]


def add(options: Mapping[int, Option], changes: Change) -> None:
    """Add changes to the options."""
    for option_id, difference in changes.totals.items():
        if difference:
            options[option_id].weight += difference
    above: dict[int, dict[str, int]] = {}
    for (upper, lower), difference in changes.pairs.items():
        if difference:
            counts = above.setdefault(upper, dict(options[upper].above or {}))
            counts[str(lower)] = counts.get(str(lower), 0) + difference
    for option_id, counts in above.items():
        options[option_id].above = {key: count for key, count in sorted(counts.items()) if count}
