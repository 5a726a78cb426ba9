"""The acts with questions of docs/roles.md: how each is tried by each door."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from websockets.exceptions import InvalidStatus

from sessions.models import Question
from tests.factories import make_question
from tests.support.doors import REST, SOCKET
from tests.support.people import Answer, Person, open_socket

if TYPE_CHECKING:
    from tests.roles.acts import Cast

Try = Callable[["Cast", Person], Answer]


def agree(*answers: Answer) -> Answer:
    """The answer, where all ways of trying it came to the same."""
    assert len({answer.code == "" for answer in answers}) == 1, answers
    return answers[0]


def say(cast: "Cast", who: Person, name: str, **fields: Any) -> Answer:
    """One command by the socket that their page opens: the control room's where they are signed in."""
    view = "control" if who.user else ""
    try:
        with open_socket(cast.server, cast.session.pk, cookies=who.cookies, view=view) as socket:
            frame = socket.ask(f"question.{name}", **fields)
    except InvalidStatus:
        return say_in_the_room(cast, who, name, **fields)
    return Answer(200) if frame["type"] == "ok" else Answer(0, frame["code"], body=frame)


def say_in_the_room(cast: "Cast", who: Person, name: str, **fields: Any) -> Answer:
    with open_socket(cast.server, cast.session.pk, cookies=who.cookies) as socket:
        frame = socket.ask(f"question.{name}", **fields)
    return Answer(200) if frame["type"] == "ok" else Answer(0, frame["code"], body=frame)


def see_by_rest(states: tuple[str, ...], cast: "Cast", who: Person) -> Answer:
    said = []
    for state in states:
        pk = str(make_question(cast.session, state=state).pk)
        listed = who.rest("GET", f"sessions/{cast.session.pk}/questions/").body["results"]
        said.append(who.rest("GET", f"questions/{pk}/"))
        assert (pk in [question["id"] for question in listed]) == (said[-1].code == "")
    return agree(*said)


def see_by_socket(states: tuple[str, ...], cast: "Cast", who: Person) -> Answer:
    wanted = {str(make_question(cast.session, state=state).pk) for state in states}
    try:
        view = "control" if who.user else ""
        with open_socket(cast.server, cast.session.pk, cookies=who.cookies, view=view) as socket:
            shown = {question["id"] for question in socket.snapshot["questions"]}
    except InvalidStatus:
        with open_socket(cast.server, cast.session.pk, cookies=who.cookies) as socket:
            shown = {question["id"] for question in socket.snapshot["questions"]}
    assert wanted & shown in (wanted, set())
    return Answer(200, "" if wanted <= shown else "not_found")


def ask_by_rest(cast: "Cast", who: Person) -> Answer:
    asked = who.rest("POST", f"sessions/{cast.session.pk}/questions/", {"text": "Why?"}, token=who.pass_token)
    if asked.code:
        others = make_question(cast.session)
        return agree(asked, who.rest("DELETE", f"questions/{others.pk}/", token=who.pass_token))
    path = f"questions/{asked.body['id']}/"
    changed = who.rest("PATCH", path, {"text": "Why not?"}, token=who.pass_token)
    return agree(asked, changed, who.rest("DELETE", path, token=who.pass_token))


def ask_by_socket(cast: "Cast", who: Person) -> Answer:
    asked = say_in_the_room(cast, who, "ask", text="Why?")
    newest = Question.objects.filter(session=cast.session).latest("asked_at") if not asked.code else None
    pk = str((newest or make_question(cast.session)).pk)
    changed = say_in_the_room(cast, who, "edit", question=pk, text="Why not?")
    return agree(asked, changed, say_in_the_room(cast, who, "withdraw", question=pk))


def vote_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"questions/{make_question(cast.session).pk}/upvote/"
    return agree(*(who.rest(method, path, token=who.pass_token) for method in ("PUT", "DELETE")))


def vote_by_socket(cast: "Cast", who: Person) -> Answer:
    pk = str(make_question(cast.session).pk)
    return agree(*(say_in_the_room(cast, who, name, question=pk) for name in ("upvote", "take_back")))


def keep_by_rest(cast: "Cast", who: Person) -> Answer:
    pk, other = make_question(cast.session).pk, make_question(cast.session).pk
    acts: list[tuple[str, str, Any]] = [
        ("PUT", f"questions/{pk}/state/", {"state": "on_air"}),
        ("POST", f"questions/{pk}/undo/", None),
        ("PUT", f"questions/{pk}/state/", {"state": "answered", "answer": "So."}),
        ("PATCH", f"questions/{pk}/", {"pinned": True}),
        ("PATCH", f"questions/{pk}/", {"answer": "Thus."}),
        ("PATCH", f"questions/{other}/", {"merged_into": str(pk)}),
        ("PATCH", f"questions/{other}/", {"merged_into": None}),
        ("PUT", f"questions/{other}/state/", {"state": "dismissed"}),
        ("PUT", f"questions/{make_question(cast.session, state='waiting').pk}/state/", {"state": "open"}),
    ]
    return agree(*(who.rest(method, path, body) for method, path, body in acts))


def keep_by_socket(cast: "Cast", who: Person) -> Answer:
    pk, other = str(make_question(cast.session).pk), str(make_question(cast.session).pk)
    waiting = str(make_question(cast.session, state="waiting").pk)
    return agree(
        say(cast, who, "state", question=pk, state="on_air"),
        say(cast, who, "undo", question=pk),
        say(cast, who, "answer", question=pk, answer="So."),
        say(cast, who, "pin", question=pk, pinned=True),
        say(cast, who, "merge", question=other, merged_into=pk),
        say(cast, who, "merge", question=other, merged_into=None),
        say(cast, who, "state", question=waiting, state="open"),
    )


def rule_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"sessions/{cast.session.pk}/questions/rules/"
    return agree(*(who.rest("PATCH", path, {"named": named}) for named in (False, True)))


OPEN, HIDDEN = ("open", "answered"), ("waiting", "dismissed")
ACTS: dict[str, dict[str, list[Try]]] = {
    "See open and answered questions": {
        REST: [partial(see_by_rest, OPEN)],
        SOCKET: [partial(see_by_socket, OPEN)],
    },
    "Ask a question, change and withdraw it": {REST: [ask_by_rest], SOCKET: [ask_by_socket]},
    "Upvote a question, and take that back": {REST: [vote_by_rest], SOCKET: [vote_by_socket]},
    "See questions that wait or were dismissed": {
        REST: [partial(see_by_rest, HIDDEN)],
        SOCKET: [partial(see_by_socket, HIDDEN)],
    },
    "Approve, put on air, answer, dismiss, pin or merge a question, and undo that": {
        REST: [keep_by_rest],
        SOCKET: [keep_by_socket],
    },
    "Say how questions are asked": {REST: [rule_by_rest]},
}
