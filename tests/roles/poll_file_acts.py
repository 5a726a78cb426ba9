"""The acts of docs/roles.md about files and copies of polls: how each is tried by each door."""

from typing import TYPE_CHECKING

from opendev.room.models import BankedPoll
from sessions.programme.models import Person as PersonRow
from sessions.programme.models import Session, SessionRole
from sessions.programme.selectors.moderating import moderated_by
from tests.factories import make_session
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


def sheet_by_page(cast: "Cast", who: Person) -> Answer:
    address = cast.session.address("control-sheet-files")
    return agree(
        page(who, address),
        page(who, cast.session.address("control-sheet-file", form="csv")),
        who.post(address, content=LINE, do="preview"),
        who.post(address, content=LINE, do="add"),
    )


def sheet_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"sessions/{cast.session.pk}/run-sheet/files/"
    return agree(
        who.rest("GET", f"{path}json/"),
        who.rest("POST", path, {"content": LINE, "trial": True}),
        who.rest("POST", path, {"content": LINE}),
    )


def bank_by_page(cast: "Cast", who: Person) -> Answer:
    address, poll = cast.session.address("control-bank"), cast.poll().poll_id
    shown = page(who, address)
    saved = who.post(address, polls=str(poll), do="save")
    mine = BankedPoll.objects.filter(user=who.user).first() if who.user else None
    return agree(shown, saved, who.post(address, polls=str(mine.pk if mine else 1), do="add"))


def bank_by_rest(cast: "Cast", who: Person) -> Answer:
    poll = str(cast.poll().poll_id)
    saved = who.rest("POST", "bank/", {"session": str(cast.session.pk), "polls": [poll]})
    mine = BankedPoll.objects.filter(user=who.user).first() if who.user else None
    added = who.rest("POST", f"sessions/{cast.session.pk}/bank/", {"polls": [str(mine.pk if mine else 1)]})
    return agree(saved, added)


def own_session(cast: "Cast", who: Person) -> Session:
    """The session into which they copy: one that they moderate, where there is one, and not the one copied from."""
    theirs = moderated_by(who.user.pk).exclude(pk=cast.session.pk).first() if who.user else None
    return theirs or cast.session


def copy_by_page(cast: "Cast", who: Person) -> Answer:
    poll, into = cast.poll().poll_id, own_session(cast, who)
    if into == cast.session and who.user == cast.users["moderator"]:  # of this session alone
        into = make_session(cast.event)
        row = PersonRow.objects.get(user=who.user)
        SessionRole.objects.create(session=into, person=row, role=SessionRole.Role.MODERATOR)
    return as_no_right(
        who.post(into.address("control-copy"), **{"from": str(cast.session.pk), "polls": str(poll)})
    )


def copy_by_rest(cast: "Cast", who: Person) -> Answer:
    cast.poll()
    path = f"sessions/{own_session(cast, who).pk}/copies/"
    return as_no_right(who.rest("POST", path, {"from": str(cast.session.pk)}))


def as_no_right(answer: Answer) -> Answer:
    """What is copied from is not there for those who may not moderate it."""
    return Answer(404, "not_found") if answer.code == "unknown_source" else answer


ACTS = {
    "Import polls from a file, and export them": {PAGE: [files_by_page], REST: [files_by_rest]},
    "Import a run sheet from a file, and export it": {PAGE: [sheet_by_page], REST: [sheet_by_rest]},
    "Save polls to one's bank, and add polls of it": {PAGE: [bank_by_page], REST: [bank_by_rest]},
    "Copy the session's polls and run sheet into another session that you moderate": {
        PAGE: [copy_by_page],
        REST: [copy_by_rest],
    },
}
