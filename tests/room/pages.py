"""What a visitor reads on a page, and where its forms go."""

import re
from typing import Any

from django.http import HttpResponse

from polls.models import Poll
from sessions.models import Session

PERSONAL = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def text_of(response: Any) -> str:
    return str(response.content.decode())


def without_token(response: Any) -> str:
    """The page without what differs between any two answers."""
    return PERSONAL.sub("", text_of(response))


def code_of(response: Any) -> str | None:
    """The code of the refusal that the page carries where a script, or a test, can read it."""
    found = re.search(r'data-code="([a-z_]+)"', text_of(response))
    return found and found[1]


def chosen_on(response: Any) -> set[str]:
    """The options whose boxes are ticked."""
    return set(re.findall(r'name="option" value="(\d+)" checked', text_of(response)))


def shown_counts(response: Any) -> list[int]:
    """The counts in the order of the rows; rows of templates have no id."""
    rows = re.findall(r'<li class="row res[^>]*data-option="\d+".*?</li>', text_of(response), re.S)
    return [int(count) for row in rows for count in re.findall(r"data-count>(\d+)<", row)]


def at(session: Session, page: str = "room", poll: Poll | None = None) -> str:
    more = {} if poll is None else {"poll": poll.pk}
    return session.address(page, **more)


def followed(client: Any, response: HttpResponse) -> Any:
    """The page that a redirect leads to."""
    assert response.status_code == 302, (response.status_code, code_of(response))
    return client.get(response["Location"])
