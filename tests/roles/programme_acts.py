"""The acts of docs/roles.md about the programme: how each is tried by each door."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from opendev.home.calendars import stars_cookie
from tests.support.doors import PAGE
from tests.support.people import Answer, Person, of_page

if TYPE_CHECKING:
    from tests.roles.cast import Cast


def star_by_page(cast: "Cast", who: Person) -> Answer:
    made = who.post(cast.session.get_absolute_url() + "star/", starred="yes")
    token = who.browser.cookies.get(stars_cookie(cast.event.pk), "")
    read = of_page(who.get(f"/{cast.event.slug}/my/{token}.ics"))
    assert made.code == read.code, (made, read)
    return made


ACTS: dict[str, dict[str, list[Callable[..., Answer]]]] = {
    "Star sessions, and have them as a calendar": {PAGE: [star_by_page]},
}
