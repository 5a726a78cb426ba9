"""Every address of the product that names an event or what belongs to one, filled in from a world."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLResolver

PART = re.compile(r"<(?:\w+:)?(\w+)>")
# What names no event: the administration, sign-in, one's own bank of polls, and what every installation has.
OUTSIDE = re.compile(r"admin/|sign-in/|sign-out/|\^api/|api/v1/bank/|static/|$")
REST = "api/v1/"


@dataclass(frozen=True)
class Place:
    """One address: as its route says it, filled in from the world, and filled in so that it leads nowhere."""

    route: str
    path: str
    nowhere: str

    @property
    def is_rest(self) -> bool:
        return self.route.startswith(REST)


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """The routes of all addresses with a part that is named."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif PART.search(route) and not OUTSIDE.match(route):
            yield route


def first_part(route: str) -> str:
    """The part of a route by which it names an event, with its beginning where the word alone does not tell."""
    found = PART.search(route)
    assert found is not None
    return {"number": "attendee", "code": f"code of {route[:2]}", "token": "registration"}.get(
        found[1], found[1]
    )


def fill(route: str, values: Mapping[str, Any]) -> str:
    """The address, without a value for a part that the world does not have: KeyError."""
    return "/" + PART.sub(lambda part: str(values[part[1]]), route)


def places(own: Mapping[str, Any], inner: Mapping[str, Any], unknown: Mapping[str, Any]) -> list[Place]:
    """All addresses. `own`: parts that lead to an event; `inner`: those behind; `unknown`: as `own`, of nothing."""
    found = []
    for route in sorted(set(routes())):
        word, name = first_part(route), str(PART.search(route)[1])
        paths = [fill(route, {**inner, name: values[word]}) for values in (own, unknown)]
        found.append(Place(route, *paths))
    return found
