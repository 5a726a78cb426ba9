"""Shares and bar widths of a tally; static/companion/shares.js does the same, and a test compares the two."""

from collections.abc import Sequence

from django.utils.translation import ngettext

AXES = (25, 40, 60, 80, 100)


def in_hundredths(amount: int, of: int) -> int:
    """Return `amount / of` in whole percent, rounded half up; `of` is more than 0."""
    return (200 * amount + of) // (2 * of)


def whole_shares(counts: Sequence[int], ballots: int, *, single: bool) -> list[int]:
    """Return each option's share of the people who voted, in whole percent.

    Single choice: largest remainder, so that they add up to 100, or slightly less if options with equal counts
    would get unequal shares: a tie never looks like a lead. Several choices: each share by itself, rounded half up.
    """
    if ballots <= 0:
        return [0] * len(counts)
    if not single:
        return [in_hundredths(count, ballots) for count in counts]
    shares = [100 * count // ballots for count in counts]
    left = 100 - sum(shares)
    for count in sorted(set(counts), key=lambda count: (-(100 * count % ballots), -count)):
        equal = counts.count(count)
        if equal > left:  # nor any after it: fewer votes never show a greater share
            break
        left -= equal
        shares = [share + (counts[i] == count) for i, share in enumerate(shares)]
    return shares


def bar_widths(counts: Sequence[int], ballots: int) -> list[str]:
    """Return each bar's width as an SVG length; the axis ends at the first of AXES that fits the leader."""
    if ballots <= 0 or not counts:
        return ["0.0%"] * len(counts)
    exact = [100 * count / ballots for count in counts]
    axis = next((axis for axis in AXES if max(exact) <= axis), 100)
    return [f"{min(share * 100 / axis, 100):.1f}%" for share in exact]


def wrote_it(count: int) -> str:
    """Return a note with the number of people who wrote an option themselves, or ""."""
    if not count:
        return ""
    return ngettext("%(count)d person wrote it", "%(count)d people wrote it", count) % {"count": count}
