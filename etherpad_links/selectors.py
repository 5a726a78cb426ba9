"""What is read about etherpad links."""

from collections.abc import Iterable

from etherpad_links.models import EtherpadLink


def notes_urls(session_ids: Iterable[int]) -> dict[int, str]:
    """Return the address of each session's Etherpad, for sessions that have one."""
    return dict(EtherpadLink.objects.filter(session__in=list(session_ids)).values_list("session_id", "url"))
