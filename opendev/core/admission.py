"""Limit sockets per process and per network, frames per socket, and new sockets while the loop lags.

Nobody is turned away for good. A socket that cannot be accepted now is closed with code 1013 and the reason
`retry_after=<seconds>`. Frames that come too fast are read more slowly, so that none are lost.
"""

from random import uniform
from typing import Any

from django.conf import settings

from opendev.core import metrics
from opendev.core.limits import Network, is_trusted, networks_of, socket_address
from opendev.core.pulse import pulse

MAX_SOCKETS_OF_ATTENDEE = 20  # windows and devices of one person
LAG_LIMIT_S = 2.0  # beyond this the loop accepts no new sockets, so that connected people can vote
FRAMES_A_SECOND = 40.0
FRAMES_AT_ONCE = 80.0


class Crowded(Exception):
    """The server cannot accept another socket now."""

    def __init__(self, limit: str, retry_after: float) -> None:
        self.limit = limit
        self.retry_after = max(1, round(uniform(0.7, 1.3) * retry_after))  # noqa: S311  # spreads the retries
        metrics.REFUSED.labels(limit).inc()
        super().__init__(limit)

    @property
    def reason(self) -> str:
        """The reason in the close frame."""
        return f"{self.limit}; retry_after={self.retry_after}"


class Admission:
    """Counts the sockets of this process. There is one instance per process, used only on its loop."""

    def __init__(self) -> None:
        self.sockets = 0
        self.by_network: dict[str, int] = {}

    def enter(self, scope: Any) -> "Place":
        """Return a place for a socket; call its `leave()` when the socket closes.

        Raises:
            Crowded
        """
        if pulse.lasting_lag > LAG_LIMIT_S:
            raise Crowded("busy", 5)
        if self.sockets >= settings.MAX_SOCKETS:
            raise Crowded("too_many_sockets", 20)
        address = socket_address(scope)
        networks = () if is_trusted(address) else networks_of(address)
        for network, share in networks:
            if self.by_network.get(network, 0) >= settings.MAX_SOCKETS_OF_NETWORK * share:
                raise Crowded("too_many_sockets_of_network", 20)
        for network, _share in networks:
            self.by_network[network] = self.by_network.get(network, 0) + 1
        self.sockets += 1
        return Place(self, networks)


class Place:
    """A socket's place, with the token bucket that limits how fast it may send."""

    __slots__ = ("admission", "at", "networks", "tokens")

    def __init__(self, admission: Admission, networks: tuple[Network, ...]) -> None:
        self.admission, self.networks = admission, networks
        self.tokens, self.at = FRAMES_AT_ONCE, 0.0

    @property
    def is_limited(self) -> bool:
        """Whether limits apply. They do not apply to trusted addresses."""
        return bool(self.networks)

    def wait_before_frame(self, now: float) -> float:
        """Return how many seconds to wait before reading the next frame; nearly always 0."""
        if not self.networks:
            return 0.0
        self.tokens = min(FRAMES_AT_ONCE, self.tokens + (now - self.at) * FRAMES_A_SECOND) - 1
        self.at = now
        return max(0.0, -self.tokens / FRAMES_A_SECOND)

    def leave(self) -> None:
        """Give the place back. Call this only once."""
        self.admission.sockets -= 1
        for network, _share in self.networks:
            left = self.admission.by_network[network] - 1
            if left:
                self.admission.by_network[network] = left
            else:
                del self.admission.by_network[network]


admission = Admission()
