"""The acts of docs/roles.md about files of polls: how each is tried by each door."""

from typing import TYPE_CHECKING

from tests.roles.question_acts import agree
from tests.support.doors import PAGE, REST
from tests.support.people import Answer, Person, of_page

if TYPE_CHECKING:
    from tests.roles.cast import Cast

LINE = "Brought along? / yes / no"


def page(who: Person, address: str) -> Answer:
    response = who.get(address)
    is_sign_in = response.status_code == 302 and "/sign-in/" in response.headers["location"]
    return Answer(302, "sign_in_first") if is_sign_in else of_page(response)


def files_by_page(cast: "Cast", who: Person) -> Answer:
    address = cast.session.address("control-poll-files")
    return agree(
        page(who, address),
        page(who, cast.session.address("control-poll-file", form="csv")),
        who.post(address, content=LINE, do="preview"),
        who.post(address, content=LINE, do="add"),
    )


def files_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"sessions/{cast.session.pk}/poll-files/"
    return agree(
        who.rest("GET", f"{path}json/"),
        who.rest("POST", path, {"content": LINE, "trial": True}),
        who.rest("POST", path, {"content": LINE}),
    )


ACTS = {"Import polls from a file, and export them": {PAGE: [files_by_page], REST: [files_by_rest]}}
