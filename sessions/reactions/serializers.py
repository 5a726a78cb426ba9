"""The form of pace, the same for page, REST and socket."""

from collections.abc import Mapping

from sessions.reactions.counters import PACES

FEWEST_COUNTED = 3  # one or two are too easily identified by somebody who sees the room

Pace = dict[str, int | None]


def pace_json(counts: Mapping[str, int]) -> Pace:
    """Return `{slower, lost}`: how many attendees signal it; 0 is nobody, None a few: one or two."""
    return {pace: _shown(counts.get(pace, 0)) for pace in PACES}


def _shown(count: int) -> int | None:
    return None if 0 < count < FEWEST_COUNTED else count
