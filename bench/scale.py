"""How much the benchmark measures."""

from dataclasses import dataclass

from bench.phone import MOST_CONNECTIONS


@dataclass(frozen=True, slots=True)
class Scale:
    """How big and how often: the defaults are the benchmark's, a test of it takes less."""

    runs: int = 3
    fanout: int = 3_000
    fanout_rounds: int = 10
    voters: int = 1_000
    rooms: tuple[int, ...] = (500, 600, 2_000, 5_000)
    workers: int = 2_000
    upvoters: int = 1_000
    upvote_within_s: float = 1.0
    vote_within_s: float = 5.0
    page_seconds: float = 2.0
    # phones, and the seconds in which they scan; the first is a pace that builds before the door could handle
    door: tuple[tuple[int, float], ...] = ((60, 12.0), (100, 10.0), (500, 10.0), (1_000, 10.0))
    returning: int = 500  # the scene whose phones return
    settle_s: float = 2.5  # a round of the sweep

    @property
    def most_sockets(self) -> int:
        """How many sockets the largest part opens in one process."""
        phones = (people * (MOST_CONNECTIONS + 1) for people, _within_s in self.door)
        return max(2 * self.fanout, 3 * self.voters, self.upvoters + 1, *self.rooms, *phones)
