"""Who is here, for pages and REST."""

from collections.abc import Iterable

from django.http import HttpRequest

from opendev.core.limits import limited_networks
from opendev.core.live import hub
from opendev.core.newcomers import newcomers


def present_in(session_ids: Iterable[int]) -> dict[int, int]:
    """Return the number of attendees present in each session, by this process's last count."""
    return {session_id: hub.present(session_id) for session_id in session_ids}


def note_join(request: HttpRequest, session_id: int, attendee_id: int) -> None:
    """Remember that somebody joined, until their page or socket is seen. Safe from any thread."""
    if networks := limited_networks(request):
        newcomers.joined(networks, session_id, attendee_id)
        hub.expect(session_id)


def note_page_load(session_id: int, attendee_id: int) -> None:
    """Count an attendee who was sent a shared page."""
    hub.page_loaded(session_id, attendee_id)


def last_news_at() -> float:
    """Return when this process last received news, on the clock of `time.monotonic`."""
    return hub.heard_at


def live_core_runs() -> bool:
    """Return True if this process has a running Hub, and none of its permanent tasks has died."""
    return hub.is_whole


def bus_is_up() -> bool:
    """Return True if the other processes can be reached, or there are none."""
    return hub.bus is None or hub.bus.is_heard
