"""The acts of docs/roles.md about displays and embeds: how each is tried by each door."""

from urllib.parse import quote

from websockets.exceptions import InvalidStatus

from opendev.room.consumers import DISPLAY_VIEW
from sessions.displays.services import make_display_link
from tests.roles.cast import Cast, Try
from tests.support.doors import PAGE, REST, SOCKET
from tests.support.people import Answer, Person, of_page, open_socket


def token_of(who: Person) -> str:
    """The token of the display link that they have; others make one up."""
    return who.screen.rstrip("/").rpartition("/")[2] or "made-up"


def see_embed(cast: Cast, who: Person) -> Answer:
    answer = of_page(who.get(cast.session.address("embed", token=token_of(who))))
    assert (cast.session.short_title in answer.text) == (answer.code == "")
    return Answer(404, "not_found") if answer.code == "link_is_revoked" else answer


def hear_embed(cast: Cast, who: Person) -> Answer:
    """By the address alone, as from a frame to which the browser gives no cookie."""
    try:
        with open_socket(cast.server, cast.session.pk, embed=quote(token_of(who))) as socket:
            return Answer(200, "" if socket.snapshot["me"]["attendee"] is None else "not_shown")
    except InvalidStatus:
        return Answer(403, "handshake_refused")


def make_embed(cast: Cast, who: Person) -> Answer:
    before = cast.session.display_links.count()
    made = who.post(cast.session.address("control-embed"), show="result", theme="light", size="640x360")
    assert (cast.session.display_links.count() > before) == (made.code == "")
    return made


def display_by_socket(cast: Cast, who: Person) -> Answer:
    try:
        with who.socket(cast.session.pk, view=DISPLAY_VIEW):
            return Answer(200)
    except InvalidStatus:
        return Answer(403, "handshake_refused")


def display_by_page(cast: Cast, who: Person) -> Answer:
    made = who.post(cast.session.address("control-display-make"), display_name="Hall")
    link = (
        cast.session.display_links.latest("pk") if not made.code else make_display_link(**cast.by_right())[0]
    )
    revoked = who.post(cast.session.address("control-display-revoke"), display=str(link.pk))
    closed, opened = (who.post(cast.session.address("control-screen"), open=value) for value in "01")
    assert made.code == revoked.code == closed.code == opened.code, (made, revoked, closed, opened)
    link.refresh_from_db()
    assert (link.revoked_at is not None) == (revoked.code == "")
    return made


def display_by_rest(cast: Cast, who: Person) -> Answer:
    path = f"sessions/{cast.session.pk}/display-links/"
    listed, made = who.rest("GET", path), who.rest("POST", path, {"name": "Hall"})
    link = made.body["id"] if not made.code else str(make_display_link(**cast.by_right())[0].pk)
    revoked = who.rest("DELETE", f"{path}{link}/")
    closed, opened = (
        who.rest("PUT", f"sessions/{cast.session.pk}/screen/", {"open": value}) for value in (False, True)
    )
    assert listed.code == made.code == revoked.code == closed.code == opened.code, (listed, made, revoked)
    return made


def screen_shows_by_page(cast: Cast, who: Person) -> Answer:
    said = [
        who.post(cast.session.address("control-screen-shows"), shows=value) for value in ("code", "on_air")
    ]
    assert said[0].code == said[1].code, said
    return said[0]


def screen_shows_by_rest(cast: Cast, who: Person) -> Answer:
    path = f"sessions/{cast.session.pk}/screen/"
    said = [who.rest("PATCH", path, {"shows": value}) for value in ("code", "on_air")]
    assert said[0].code == said[1].code, said
    return said[0]


ACTS: dict[str, dict[str, list[Try]]] = {
    "Follow the session as a display": {SOCKET: [display_by_socket]},
    "See an embed": {PAGE: [see_embed], SOCKET: [hear_embed]},
    "Create an embed": {PAGE: [make_embed]},
    "Create and revoke display links, and restrict the screen to displays": {
        PAGE: [display_by_page],
        REST: [display_by_rest],
    },
    "Choose what the presenter screen shows": {
        PAGE: [screen_shows_by_page],
        REST: [screen_shows_by_rest],
    },
}
