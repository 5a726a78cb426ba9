"""Who joined recently, from which network, and who of them has not been seen since: this reveals scripts.

A person who joins opens the room's page or its socket a moment later. A script that joins hundreds of times, to vote
hundreds of times, does not. So an office of 300 people is let in at once, while the network of the script is slowed and
moderators are notified, without a name or an address. ADR 0009 says what that catches and what it does not.
"""

import threading
import time
from collections import deque
from dataclasses import dataclass, field

GRACE_S = 3.0  # after joining, for the page to come
UNSEEN_LIMIT = 40  # newcomers of one network who opened no page or socket
MANY_A_MINUTE = 450  # joins of one network: moderators are notified, whatever the newcomers do
REMEMBERED_S = 120.0
MAX_NETWORKS = 10_000


@dataclass(slots=True)
class Network:
    """The recent joins of one network."""

    share: int = 1  # by which factor its limits are higher: an IPv6 /48 is more than a /64
    joins: deque[tuple[float, int]] = field(default_factory=deque)  # (when, session)
    unseen: dict[int, tuple[float, int]] = field(default_factory=dict)  # attendee -> (when, session)

    def forget(self, now: float) -> None:
        """Drop what is too old to matter."""
        while self.joins and now - self.joins[0][0] > REMEMBERED_S:
            self.joins.popleft()
        while self.unseen:
            first = next(iter(self.unseen))
            if now - self.unseen[first][0] <= REMEMBERED_S:
                break
            del self.unseen[first]

    def overdue(self, now: float) -> list[int]:
        """Return, for each newcomer who should have been seen by now, the session they joined."""
        return [session for at, session in self.unseen.values() if now - at > GRACE_S]

    def unusual_sessions(self, now: float) -> set[int]:
        """Return the sessions that this network joins like a program."""
        overdue = self.overdue(now)
        lately = [session for at, session in self.joins if now - at <= 60]
        most_unseen, most_joins = UNSEEN_LIMIT * self.share, MANY_A_MINUTE * self.share
        unseen = {session for session in set(overdue) if overdue.count(session) >= most_unseen}
        return unseen | {session for session in set(lately) if lately.count(session) >= most_joins}


class Newcomers:
    """One per process. Safe from any thread."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.networks: dict[str, Network] = {}
        self.networks_of: dict[int, tuple[str, ...]] = {}  # attendee -> networks, while unseen
        self.floods: dict[
            tuple[int, str], float
        ] = {}  # (session, what was written too fast) -> the last time

    def joined(self, networks: tuple[tuple[str, int], ...], session_id: int, attendee_id: int) -> None:
        """Note that somebody joined; joining again after being seen changes nothing.

        `networks`: name and share of each that they count against (an IPv6 address has a /64 and a /48).
        """
        now = time.monotonic()
        with self.lock:
            for network, share in networks:
                known = self.networks.setdefault(network, Network(share))
                known.forget(now)
                known.joins.append((now, session_id))
                known.unseen[attendee_id] = (now, session_id)
            self.networks_of[attendee_id] = tuple(name for name, _share in networks)
            if len(self.networks) > MAX_NETWORKS:
                self._forget_all_old(now)

    def seen(self, attendee_id: int) -> None:
        """Note that an attendee's page or socket was opened."""
        if attendee_id not in self.networks_of:  # nearly always
            return
        with self.lock:
            for name in self.networks_of.pop(attendee_id, ()):
                if (network := self.networks.get(name)) is not None:
                    network.unseen.pop(attendee_id, None)

    def is_unseen(self, attendee_id: int) -> bool:
        """Return True if an attendee joined here lately and opened nothing since."""
        return attendee_id in self.networks_of

    def is_slowed(self, network: str) -> bool:
        """Return True if too many newcomers of a network opened no page or socket."""
        now = time.monotonic()
        with self.lock:
            known = self.networks.get(network)
            if known is None:
                return False
            known.forget(now)
            return len(known.overdue(now)) >= UNSEEN_LIMIT * known.share

    def note_flood(self, session_id: int, what: str) -> None:
        """Note that one network wrote too much into a session: "questions", "suggestions" or "sign_ups"."""
        with self.lock:
            self.floods[session_id, what] = time.monotonic()

    def unusual_sessions(self) -> dict[int, frozenset[str]]:
        """Return what one network does unusually fast, by session: "joins", "questions" and others."""
        now, sessions = time.monotonic(), dict[int, set[str]]()
        with self.lock:
            self._forget_all_old(now)
            for network in self.networks.values():
                for session in network.unusual_sessions(now):
                    sessions.setdefault(session, set()).add("joins")
            for session, what in self.floods:
                sessions.setdefault(session, set()).add(what)
        return {session: frozenset(what) for session, what in sessions.items()}

    def expected_sessions(self) -> set[int]:
        """Return the sessions with newcomers who have not been seen yet."""
        with self.lock:
            return {session for known in self.networks.values() for _at, session in known.unseen.values()}

    def forget_all(self) -> None:
        """Forget everything, as after a restart."""
        with self.lock:
            self.networks, self.networks_of, self.floods = {}, {}, {}

    def _forget_all_old(self, now: float) -> None:
        self.floods = {what: at for what, at in self.floods.items() if now - at <= REMEMBERED_S}
        for name, network in list(self.networks.items()):
            network.forget(now)
            if not network.joins:
                del self.networks[name]
        still = {attendee for network in self.networks.values() for attendee in network.unseen}
        self.networks_of = {who: where for who, where in self.networks_of.items() if who in still}


newcomers = Newcomers()
