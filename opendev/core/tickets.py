"""Tickets of newcomers: who has just joined has nothing of their own yet, and may be shown the room that is ready."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from time import monotonic

LIFE_S = 30.0
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Ticket:
    """Good for one load of one page, by the device that holds the cookie."""

    cookie: str  # as the browser sends it, name and value
    path: str
    session_id: int
    attendee_id: int
    made_at: float


class Tickets:
    """The tickets that wait; one process knows those that it made. Safe from any thread."""

    def __init__(self) -> None:
        self.by_cookie: OrderedDict[str, Ticket] = OrderedDict()
        self.lock = Lock()

    def issue(self, cookie: str, path: str, *, session_id: int, attendee_id: int) -> None:
        """Make a ticket for the first load of a room."""
        with self.lock:
            self.by_cookie[cookie] = Ticket(cookie, path, session_id, attendee_id, monotonic())
            while len(self.by_cookie) > MOST:
                self.by_cookie.popitem(last=False)

    def take(self, cookie: str, path: str) -> Ticket | None:
        """Return the ticket for this page and take it away; whatever else its holder loads first ends it, too."""
        with self.lock:
            ticket = self.by_cookie.pop(cookie, None)
        is_good = ticket and ticket.path == path and monotonic() - ticket.made_at < LIFE_S
        return ticket if is_good else None


tickets = Tickets()
