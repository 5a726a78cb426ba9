"""What a visitor reads on a page, and where its forms go."""

import re
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse

from polls.models import Poll
from sessions.programme.models import Session
from tests.support.pages import squeezed

PERSONAL = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def text_of(response: Any) -> str:
    """Return the page's markup as it reads without the template's line breaks."""
    return squeezed(response.content.decode())


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


class _Form(HTMLParser):
    """The fields that a browser sends with any button of the page's form of many boxes, and its buttons' addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.depth, self.in_form, self.fields = 0, False, {}
        self.area, self.select, self.option = "", "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            assert not self.in_form, "a form within a form: a browser drops it"
            self.in_form = "data-unsaved" in said
        if not self.in_form:
            return
        name = said.get("name") or ""
        if tag == "textarea":
            self.area, self.fields[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            self.option = "value" not in said and (self.select not in self.fields or "selected" in said)
            if "value" in said and (self.select not in self.fields or "selected" in said):
                self.fields[self.select] = said["value"] or ""
        elif tag == "input" and name:
            ticks = said.get("type") in {"checkbox", "radio"}
            if said.get("type") != "file" and (not ticks or "checked" in said):
                self.fields[name] = said.get("value") or ("on" if ticks else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.in_form = False
        if tag == "textarea":
            self.area = ""
        if tag == "select":
            self.select = ""

    def handle_data(self, data: str) -> None:
        if self.select and self.option:
            self.fields[self.select], self.option = data, False
        if self.area:
            self.fields[self.area] += data.removeprefix("\n").replace("\n", "\r\n")


def form_of(page: Any) -> dict[str, str]:
    """What a browser sends with any button of a page whose boxes are saved together, as they were shown."""
    form = _Form()
    form.feed(text_of(page))
    assert form.fields, "the page has no such form"
    return {name: text for name, text in form.fields.items() if name != "csrfmiddlewaretoken"}
