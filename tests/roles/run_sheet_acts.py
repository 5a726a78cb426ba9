"""The acts with a run sheet of docs/roles.md: how each is tried by each door."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from websockets.exceptions import InvalidStatus

from opendev.core.attendance import Caller
from polls.models import Poll
from polls.services import set_poll_state
from sessions.questions.models import Question
from sessions.questions.services.queue import set_question_state
from sessions.run_sheet.models import RunSheet, RunSheetItem
from sessions.run_sheet.services.additions import append_items
from sessions.run_sheet.services.plan import read_item
from sessions.run_sheet.services.running import run_item
from tests.factories import NOW
from tests.roles.question_acts import agree
from tests.support.doors import PAGE, REST, SOCKET
from tests.support.people import Answer, Person, of_page, open_socket

if TYPE_CHECKING:
    from tests.roles.cast import Cast

WORDS = "Planned and running?"


def item_of(cast: "Cast", kind: str = "prompt") -> RunSheetItem:
    """A new item at the end of the plan."""
    organiser = Caller(user_id=cast.event.organisers.first().pk)  # type: ignore[union-attr]
    new = read_item({"kind": kind, "text": WORDS})
    return append_items(session_id=cast.session.pk, caller=organiser, items=[new]).items[-1]


def run(cast: "Cast") -> None:
    """Have a prompt running."""
    organiser = Caller(user_id=cast.event.organisers.first().pk)  # type: ignore[union-attr]
    for poll in Poll.objects.filter(session=cast.session, state=Poll.State.LIVE):  # it would keep the screen
        set_poll_state(poll_id=poll.pk, state="closed", caller=organiser, now=timezone.now())
    for question in Question.objects.filter(session=cast.session, state=Question.State.ON_AIR):
        set_question_state(question_id=question.pk, state="dismissed", caller=organiser, now=timezone.now())
    run_item(session_id=cast.session.pk, item_id=item_of(cast).pk, caller=organiser, now=NOW)


def say(cast: "Cast", who: Person, name: str, **fields: Any) -> Answer:
    """One command by the socket that their page opens: the control room's where they may have it."""
    frame: dict[str, Any] = {}
    for view in ("control", "") if who.user else ("",):
        try:
            with open_socket(cast.server, cast.session.pk, cookies=who.cookies, view=view) as socket:
                frame = socket.ask(f"run_sheet.{name}", **fields)
                break
        except InvalidStatus:
            continue
    return Answer(200) if frame["type"] == "ok" else Answer(0, frame["code"], body=frame)


def plan_by_rest(cast: "Cast", who: Person) -> Answer:
    pk, path = item_of(cast).pk, f"sessions/{cast.session.pk}/run-sheet/"
    return agree(
        who.rest("GET", path),
        who.rest("POST", f"{path}items/", {"items": [{"kind": "note", "text": "Ours"}]}),
        who.rest("POST", f"{path}items/", {"lines": "Prompt: Why? (5)"}),
        who.rest("PATCH", f"{path}items/{pk}/", {"text": "Why not?", "position": 1}),
        who.rest("DELETE", f"{path}items/{pk}/"),
    )


def plan_by_socket(cast: "Cast", who: Person) -> Answer:
    pk = str(item_of(cast).pk)
    return agree(
        say(cast, who, "add", items=[{"kind": "note", "text": "Ours"}]),
        say(cast, who, "add", lines="Prompt: Why? (5)"),
        say(cast, who, "edit", item=pk, minutes=7),
        say(cast, who, "remove", item=pk),
    )


def go_on_by_rest(cast: "Cast", who: Person) -> Answer:
    pk, path = item_of(cast).pk, f"sessions/{cast.session.pk}/run-sheet/"
    start_over(cast)
    return agree(
        who.rest("POST", f"{path}next/", {}),
        who.rest("POST", f"{path}undo/"),
        who.rest("PUT", f"{path}running/", {"item": str(pk)}),
        who.rest("PUT", f"{path}running/", {"item": None}),
    )


def go_on_by_socket(cast: "Cast", who: Person) -> Answer:
    pk = str(item_of(cast).pk)
    start_over(cast)
    return agree(
        say(cast, who, "next"),
        say(cast, who, "undo"),
        say(cast, who, "go", item=pk),
        say(cast, who, "go", item=None),
    )


def start_over(cast: "Cast") -> None:
    """As if nothing had run yet: going on leads to the first item."""
    RunSheet.objects.filter(session=cast.session).update(running=None, since=None, moved_at=None)
    RunSheetItem.objects.filter(session=cast.session).update(started_at=None)


def running_by_rest(cast: "Cast", who: Person) -> Answer:
    run(cast)
    answer = who.rest("GET", f"sessions/{cast.session.pk}/run-sheet/running/")
    return Answer(200, "" if WORDS in answer.text else "not_shown")


def running_by_socket(cast: "Cast", who: Person) -> Answer:
    run(cast)
    with open_socket(cast.server, cast.session.pk, cookies=who.cookies) as socket:
        return Answer(200, "" if socket.snapshot["running"]["item"]["text"] == WORDS else "not_shown")


def plan_by_page(cast: "Cast", who: Person) -> Answer:
    def post(name: str, **fields: str) -> Answer:
        return who.post(cast.session.address(f"control-run-{name}"), **fields)

    item = item_of(cast).pk
    address = cast.session.address("control-run-item", item=item)
    plan = who.get(cast.session.address("control-run-sheet"))
    is_sign_in = plan.status_code == 302 and "/sign-in/" in plan.headers["location"]
    return agree(
        Answer(302, "sign_in_first") if is_sign_in else of_page(plan),
        post("add", kind="note", text="Ours"),
        post("paste", lines="Prompt: Why? (5)"),
        who.post(address, do="up"),
        who.post(address, **{"do": "save", f"text-{item}": "Why not?", f"minutes-{item}": "7"}),
        who.post(address, do="remove"),
    )


def go_on_by_page(cast: "Cast", who: Person) -> Answer:
    address = cast.session.address("control-run-go", item=item_of(cast).pk)
    start_over(cast)
    return agree(
        who.post(cast.session.address("control-run-next"), seen=""),
        who.post(cast.session.address("control-run-undo")),
        who.post(address),
    )


def running_by_page(cast: "Cast", who: Person) -> Answer:
    run(cast)
    pages = [cast.session.get_absolute_url(), who.screen or cast.session.address("screen")]
    return agree(*(Answer(200, "" if WORDS in who.get(page).text else "not_shown") for page in pages))


def clock_by_rest(cast: "Cast", who: Person) -> Answer:
    return who.rest("PUT", f"sessions/{cast.session.pk}/clock/", {"by_clock": False})


def clock_by_page(cast: "Cast", who: Person) -> Answer:
    return who.post(cast.session.address("control-session-clock"), by_clock="0")


ACTS: dict[str, dict[str, list[Callable[..., Answer]]]] = {
    "See the running item of the run sheet": {
        PAGE: [running_by_page],
        REST: [running_by_rest],
        SOCKET: [running_by_socket],
    },
    "Read the run sheet, add, edit, move and remove its items": {
        PAGE: [plan_by_page],
        REST: [plan_by_rest],
        SOCKET: [plan_by_socket],
    },
    "Set the session to start and end automatically": {PAGE: [clock_by_page], REST: [clock_by_rest]},
    "Move on to an item of the run sheet, and undo that": {
        PAGE: [go_on_by_page],
        REST: [go_on_by_rest],
        SOCKET: [go_on_by_socket],
    },
}
