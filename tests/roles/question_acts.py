"""The acts with questions of docs/roles.md: how each is tried by each door."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from websockets.exceptions import InvalidStatus

from opendev.core.attendance import Caller
from sessions.programme.models import Session
from sessions.questions.models import Question
from sessions.questions.services.dismissals import dismiss_questions
from tests.factories import NOW, make_moderator, make_question
from tests.support.doors import PAGE, REST, SOCKET
from tests.support.people import Answer, Person, of_page, open_socket

if TYPE_CHECKING:
    from tests.roles.cast import Cast

Try = Callable[["Cast", Person], Answer]


def agree(*answers: Answer) -> Answer:
    """The answer, where all ways of trying it came to the same."""
    assert len({answer.code == "" for answer in answers}) == 1, answers
    return answers[0]


def command(cast: "Cast", who: Person, kind: str, **fields: Any) -> Answer:
    """One command by the socket that their page opens: the control room's where they are signed in."""
    view = "control" if who.user else ""
    try:
        with open_socket(cast.server, cast.session.pk, cookies=who.cookies, view=view) as socket:
            frame = socket.ask(kind, **fields)
    except InvalidStatus:
        return command_in_the_room(cast, who, kind, **fields)
    return Answer(200) if frame["type"] == "ok" else Answer(0, frame["code"], body=frame)


def command_in_the_room(cast: "Cast", who: Person, kind: str, **fields: Any) -> Answer:
    with open_socket(cast.server, cast.session.pk, cookies=who.cookies) as socket:
        frame = socket.ask(kind, **fields)
    return Answer(200) if frame["type"] == "ok" else Answer(0, frame["code"], body=frame)


def snapshot_of(cast: "Cast", who: Person) -> Any:
    """What their page's socket shows: the control room's where they are let in there."""
    try:
        view = "control" if who.user else ""
        with open_socket(cast.server, cast.session.pk, cookies=who.cookies, view=view) as socket:
            return socket.snapshot
    except InvalidStatus:
        with open_socket(cast.server, cast.session.pk, cookies=who.cookies) as socket:
            return socket.snapshot


def say(cast: "Cast", who: Person, name: str, **fields: Any) -> Answer:
    return command(cast, who, f"question.{name}", **fields)


def say_in_the_room(cast: "Cast", who: Person, name: str, **fields: Any) -> Answer:
    return command_in_the_room(cast, who, f"question.{name}", **fields)


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
    shown = {question["id"] for question in snapshot_of(cast, who)["questions"]}
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


def dismissed_in(session: Session) -> int:
    """An act of a moderator that dismissed several questions of the session."""
    questions = [str(make_question(session).pk), str(make_question(session).pk)]
    caller = Caller(user_id=make_moderator(session, "Dana Dismisser").pk)
    act = dismiss_questions(session_id=session.pk, caller=caller, questions=questions, now=NOW)
    return act.pk


def keep_by_rest(cast: "Cast", who: Person) -> Answer:
    pk, other = make_question(cast.session).pk, make_question(cast.session).pk
    other_open = make_question(cast.session).pk
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
        ("POST", f"sessions/{cast.session.pk}/questions/dismissals/", {"questions": [str(other_open)]}),
        ("POST", f"question-dismissals/{dismissed_in(cast.session)}/undo/", None),
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


def see_by_page(states: tuple[str, ...], cast: "Cast", who: Person) -> Answer:
    """On the room's page, and on the queue's for those who are let in there."""
    said = []
    for state in states:
        text = f"Is this {state} {make_question(cast.session, state=state).pk}?"
        question = make_question(cast.session, text, state=state)
        pages = [cast.session.get_absolute_url(), cast.session.address("control-questions")]
        texts = [who.get(page).text for page in pages]
        said.append(Answer(200, "" if any(question.text in text for text in texts) else "not_shown"))
    return agree(*said)


def ask_by_page(cast: "Cast", who: Person) -> Answer:
    text = f"By {id(who)}?"
    asked = who.post(cast.session.address("question-ask"), text=text)
    mine = Question.objects.filter(session=cast.session, text=text).first()
    assert (mine is not None) == (asked.code == "")
    pk = (mine or make_question(cast.session)).pk
    changed = who.post(cast.session.address("question-edit", question=pk), text="Why not?")
    return agree(asked, changed, who.post(cast.session.address("question-withdraw", question=pk)))


def vote_by_page(cast: "Cast", who: Person) -> Answer:
    address = cast.session.address("question-upvote", question=make_question(cast.session).pk)
    return agree(who.post(address), who.post(address, take_back="1"))


def keep_by_page(cast: "Cast", who: Person) -> Answer:
    pk, other = make_question(cast.session).pk, make_question(cast.session).pk
    waiting = make_question(cast.session, state="waiting").pk

    def post(name: str, question: int, **fields: str) -> Answer:
        return who.post(cast.session.address(f"control-question-{name}", question=question), **fields)

    return agree(
        post("state", pk, state="on_air", seen="open"),
        post("undo", pk),
        post("pin", pk, pinned="1"),
        post("edit", pk, do="answer", answer="So."),
        post("edit", other, do="merge", merged_into=str(pk)),
        post("edit", other, do="merge", merged_into=""),
        post("edit", pk, do="answered", answer="Thus."),
        post("state", waiting, state="open"),
        who.post(
            cast.session.address("control-questions-dismiss"), question=str(make_question(cast.session).pk)
        ),
        who.post(
            cast.session.address("control-questions-restore"), dismissal=str(dismissed_in(cast.session))
        ),
    )


def rule_by_page(cast: "Cast", who: Person) -> Answer:
    address = cast.session.address("control-question-rules")
    return agree(who.post(address), who.post(address, named="on"))


def queue_by_page(cast: "Cast", who: Person) -> Answer:
    response = who.get(cast.session.address("control-questions"))
    is_sign_in = response.status_code == 302 and "/sign-in/" in response.headers["location"]
    return Answer(302, "sign_in_first") if is_sign_in else of_page(response)


OPEN, HIDDEN = ("open", "answered"), ("waiting", "dismissed")


def revoke_by_rest(cast: "Cast", who: Person) -> Answer:
    pk = make_question(cast.session).pk
    return who.rest("PUT", f"questions/{pk}/asker/pass/", {"revoked": True})


def revoke_by_page(cast: "Cast", who: Person) -> Answer:
    pk = make_question(cast.session).pk
    return who.post(cast.session.address("control-question-edit", question=pk), do="revoke")


ACTS: dict[str, dict[str, list[Try]]] = {
    "Open the queue of questions": {PAGE: [queue_by_page]},
    "See open and answered questions": {
        PAGE: [partial(see_by_page, OPEN)],
        REST: [partial(see_by_rest, OPEN)],
        SOCKET: [partial(see_by_socket, OPEN)],
    },
    "Ask a question, change and withdraw it": {
        PAGE: [ask_by_page],
        REST: [ask_by_rest],
        SOCKET: [ask_by_socket],
    },
    "Upvote a question, and withdraw the upvote": {
        PAGE: [vote_by_page],
        REST: [vote_by_rest],
        SOCKET: [vote_by_socket],
    },
    "See questions that wait or were dismissed": {
        PAGE: [partial(see_by_page, HIDDEN)],
        REST: [partial(see_by_rest, HIDDEN)],
        SOCKET: [partial(see_by_socket, HIDDEN)],
    },
    "Approve, put on air, answer, dismiss, pin or merge a question, and undo that": {
        PAGE: [keep_by_page],
        REST: [keep_by_rest],
        SOCKET: [keep_by_socket],
    },
    "Revoke the pass of a question's author": {PAGE: [revoke_by_page], REST: [revoke_by_rest]},
    "Set how questions are asked": {PAGE: [rule_by_page], REST: [rule_by_rest]},
}
