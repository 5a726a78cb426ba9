"""Tickets for newcomers: people who have just joined have no data of their own yet, so they can get the shared room."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from time import monotonic

LIFE_S = 30.0
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Ticket:
    """Valid for one load of one page, by the device that has the cookie."""

    cookie: str  # as the browser sends it, name and value
    path: str
    session_id: int
    attendee_id: int
    made_at: float


class Tickets:
    """The unused tickets; a process knows only its own. Safe from any thread."""

    def __init__(self) -> None:
        self.by_cookie: OrderedDict[str, Ticket] = OrderedDict()
        self.lock = Lock()

    def issue(self, cookie: str, path: str, *, session_id: int, attendee_id: int) -> None:
        """Create a ticket for the first load of a room."""
        with self.lock:
            self.by_cookie[cookie] = Ticket(cookie, path, session_id, attendee_id, monotonic())
            while len(self.by_cookie) > MOST:
                self.by_cookie.popitem(last=False)

    def take(self, cookie: str, path: str) -> Ticket | None:
        """Return and remove the ticket for this page; loading anything else first ends it too."""
        with self.lock:
            ticket = self.by_cookie.pop(cookie, None)
        is_good = ticket and ticket.path == path and monotonic() - ticket.made_at < LIFE_S
        return ticket if is_good else None


tickets = Tickets()
