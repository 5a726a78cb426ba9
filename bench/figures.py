"""Percentiles, medians and spreads. Nothing here is rounded before it is reported."""

from collections.abc import Sequence
from math import ceil
from statistics import median
from typing import Any, NamedTuple


class Figure(NamedTuple):
    """One figure of several runs: the median, and the lowest and the highest of them."""

    median: float
    low: float
    high: float


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that `percent` per cent of the values do not exceed (nearest rank).

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("There is no percentile of nothing.")
    return sorted(values)[max(0, ceil(len(values) * percent / 100) - 1)]


def figure(values: Sequence[float]) -> Figure:
    """Return the median of the runs and their spread.

    Raises:
        ValueError: there were no runs.
    """
    if not values:
        raise ValueError("There is no figure without a run.")
    return Figure(median(values), min(values), max(values))


def figures(runs: Sequence[dict[str, float]]) -> dict[str, Figure]:
    """Return a figure for each name that every run measured."""
    names = [name for name in runs[0] if all(name in run for run in runs)]
    return {name: figure([run[name] for run in runs]) for name in names}


def ratios(runs: Sequence[float], limits: Sequence[float]) -> Figure:
    """Return how runs compare with the limit measured right next to each of them, pair by pair."""
    return figure([run / limit for run, limit in zip(runs, limits, strict=True)])


def as_json(found: dict[str, Figure]) -> dict[str, Any]:
    """Return plain numbers by name, and the spread of each as `<name>_spread`: [lowest, highest]."""
    told: dict[str, Any] = {}
    for name, one in found.items():
        told[name] = _short(one.median)
        told[f"{name}_spread"] = [_short(one.low), _short(one.high)]
    return told


def _short(value: float) -> float:
    """Four digits say more than any of these figures holds."""
    return float(f"{value:.4g}")
