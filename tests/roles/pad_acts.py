"""The acts of docs/roles.md about a session's pad: how each is tried by each door."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from etherpad_links.models import EtherpadLink
from tests.factories import make_line
from tests.support.doors import PAGE, REST, SOCKET
from tests.support.people import Answer, Person, of_page

if TYPE_CHECKING:
    from tests.roles.cast import Cast

URL = "https://pads.example/p/agenda"


def linked(cast: "Cast") -> None:
    EtherpadLink.objects.update_or_create(session=cast.session, defaults={"url": URL})


def link_by_page(cast: "Cast", who: Person) -> Answer:
    address = cast.session.address("control-pad-link")
    made = who.post(address, act="link", url=URL)
    gone = who.post(address, act="unlink")
    assert made.code == gone.code, (made, gone)
    return made


def repair_by_page(cast: "Cast", who: Person) -> Answer:
    linked(cast)
    line = make_line(cast.session)
    return who.post(cast.session.address("control-line-repair", line=line.pk), act="anew")


def notes_by_page(cast: "Cast", who: Person) -> Answer:
    linked(cast)
    page = who.get(f"{cast.session.get_absolute_url()}?tab=notes").text
    return Answer(200, "" if URL in page else "not_shown")


def notes_by_socket(cast: "Cast", who: Person) -> Answer:
    linked(cast)
    return who.say(cast.session.pk, "notes.follow")


def link_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"sessions/{cast.session.pk}/etherpad-link/"
    made = who.rest("PUT", path, {"url": URL})
    gone = who.rest("DELETE", path)
    assert made.code == gone.code, (made, gone)
    return made


def repair_by_rest(cast: "Cast", who: Person) -> Answer:
    linked(cast)
    return who.rest("PUT", f"sign-up-lines/{make_line(cast.session).pk}/heading/", {"anew": True})


def notes_by_rest(cast: "Cast", who: Person) -> Answer:
    linked(cast)
    return who.rest("GET", f"sessions/{cast.session.pk}/etherpad-link/")


def organise_by_page(cast: "Cast", who: Person) -> Answer:
    address = f"/{cast.event.slug}/pads/"
    seen = of_page(who.get(address))
    kept = who.post(f"{address}rules/", name_pattern="{session}", template="")
    assert seen.code == kept.code, (seen, kept)
    return seen


def organise_by_rest(cast: "Cast", who: Person) -> Answer:
    event = f"events/{cast.event.slug}"
    seen = [who.rest("GET", f"{event}/pads/"), who.rest("GET", f"{event}/pad-rules/")]
    kept = who.rest("PATCH", f"{event}/pad-rules/", {"template": "minutes"})
    assert {answer.code for answer in seen} == {kept.code}, (seen, kept)
    return kept


ACTS: dict[str, dict[str, list[Callable[..., Answer]]]] = {
    "Read the notes": {PAGE: [notes_by_page], REST: [notes_by_rest], SOCKET: [notes_by_socket]},
    "Link the session with a pad, and unlink it": {PAGE: [link_by_page], REST: [link_by_rest]},
    "Choose which line of the pad is meant, have a heading written": {
        PAGE: [repair_by_page],
        REST: [repair_by_rest],
    },
    "See all pads of the event, make the missing ones, set how new ones are made": {
        PAGE: [organise_by_page],
        REST: [organise_by_rest],
    },
}
