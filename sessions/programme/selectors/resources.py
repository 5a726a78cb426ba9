"""Queries about resources."""

from collections import defaultdict

from sessions.programme.models import Resource


def resources_of(event_id: int) -> dict[int, list[Resource]]:
    """Return the resources of an event's sessions, by session, in order; one query."""
    found: dict[int, list[Resource]] = defaultdict(list)
    for resource in Resource.objects.filter(session__event=event_id).order_by("position", "pk"):
        found[resource.session_id].append(resource)
    return dict(found)


def resources_of_session(session_id: int) -> list[Resource]:
    """Return a session's resources in order."""
    return list(Resource.objects.filter(session=session_id).order_by("position", "pk"))
