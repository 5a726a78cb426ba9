"""Pages as somebody meets them who stored what anybody was ever shown at an address, and asks whether it is still true.

No browser stores another person's page, but a proxy that nobody thought of may. What is answered with 304 is read as
the page that the tag belongs to, so a 304 that comes too late, or to the wrong person, is a leak like any other.
"""

import httpx

from tests.support.people import Person


class Stored:
    """All pages of one world by address and entity tag; `unchanged` counts the answers that had no body."""

    def __init__(self) -> None:
        self.pages: dict[str, dict[str, httpx.Response]] = {}
        self.unchanged = 0

    def get(self, person: Person, path: str) -> httpx.Response:
        """Load a page as this person, naming every tag that is known; return what they then have before them."""
        known = self.pages.setdefault(path, {})
        answer = _ask(person, path, {"If-None-Match": ", ".join(known)} if known else {})
        tag = answer.headers.get("etag")
        if answer.status_code == 304:
            assert not answer.content
            self.unchanged += 1
            return known[tag]
        if tag is not None:
            known[tag] = answer
        return answer


def _ask(person: Person, path: str, headers: dict[str, str]) -> httpx.Response:
    """Load a page; whoever is nobody comes without any cookie, and is so shown what is made for everybody."""
    if person.user is None and person.attendee is None:
        address = f"{person.server.url}{path}"
        return httpx.get(address, headers=headers, trust_env=False, verify=False, timeout=20)
    return person.browser.get(path, headers=headers)
