"""Every deed through every door: the form of a page, REST, and the socket.

`do("vote", somebody, At(session, poll), REST, ["a"])` votes. Sockets carry votes and questions: `doors_of` says where a
deed is done.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from websockets.exceptions import InvalidStatus

from opendev.core.text import time_text
from polls.models import Poll
from sessions.programme.models import Session
from tests.support.people import Answer, Person

PAGE, REST, SOCKET = "page", "REST", "socket"
Door = Callable[..., Answer]


@dataclass
class At:
    """Where a deed is done: the session, and the poll (or an id that need not be one)."""

    session: Session
    poll: Poll | None = None
    poll_id: str = ""
    question: str = ""
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.poll is not None:
            self.poll_id = self.poll_id or str(self.poll.pk)
            self.ids = {text: str(pk) for text, pk in self.poll.options.values_list("text", "pk")}

    def address(self, name: str) -> str:
        return self.session.address(name, **({"poll": self.poll_id} if self.poll_id else {}))

    def options(self, chosen: list[str]) -> list[str]:
        """The ids of options named by their texts; anything else as it is."""
        return [self.ids.get(text, text) for text in chosen]


def join(who: Person, at: At, door: str, **said: str) -> Answer:
    if door == PAGE:
        path = f"/j/{at.session.code}/" if said else at.session.address("room-join")
        return who.post(path, **said)
    return who.rest("POST", f"sessions/{at.session.pk}/attendees/", said, token=who.pass_token)


def vote(who: Person, at: At, door: str, chosen: list[str]) -> Answer:
    options = at.options(chosen)
    if door == PAGE:
        return who.post(at.address("vote"), option=options)
    if door == SOCKET:
        return who.say(at.session.pk, "poll.vote", poll=at.poll_id, options=options)
    return who.rest("PUT", f"polls/{at.poll_id}/ballot/", {"options": options}, token=who.pass_token)


def withdraw(who: Person, at: At, door: str) -> Answer:
    if door == PAGE:
        return who.post(at.address("withdraw"))
    if door == SOCKET:
        return who.say(at.session.pk, "poll.withdraw", poll=at.poll_id)
    return who.rest("DELETE", f"polls/{at.poll_id}/ballot/", token=who.pass_token)


def set_state(who: Person, at: At, door: str, state: str) -> Answer:
    if door == PAGE:
        return who.post(at.address("control-poll-state"), state=state)
    return who.rest("PUT", f"polls/{at.poll_id}/state/", {"state": state})


def reveal(who: Person, at: At, door: str, visibility: str) -> Answer:
    if door == PAGE:
        return who.post(at.address("control-poll-visibility"), visibility=visibility)
    return who.rest("PATCH", f"polls/{at.poll_id}/", {"visibility": visibility})


def edit(who: Person, at: At, door: str, question: str, texts: list[str]) -> Answer:
    """Each text keeps the option that has it now, or that begins like it."""
    kept = [next((pk for text, pk in at.ids.items() if new.startswith(text)), "") for new in texts]
    if door == PAGE:
        frozen = at.poll is not None and at.poll.launched_at is not None
        rules = {} if frozen else {"anonymous": "on", "may_change": "on"}
        address = at.address("control-poll-edit")
        return who.post(address, question=question, option_id=kept, option_text=texts, **rules)
    pairs = zip(kept, texts, strict=True)
    options = [{"id": pk, "text": text} if pk else {"text": text} for pk, text in pairs]
    return who.rest("PATCH", f"polls/{at.poll_id}/", {"question": question, "options": options})


def run_again(who: Person, at: At, door: str) -> Answer:
    if door == PAGE:
        return who.post(at.address("control-poll-round"))
    return who.rest("POST", f"polls/{at.poll_id}/rounds/")


def reveal_right(who: Person, at: At, door: str) -> Answer:
    if door == PAGE:
        return who.post(at.address("control-poll-right-answer"))
    if door == SOCKET:
        return _tell(who, at, "poll.reveal_answer", poll=at.poll_id)
    return who.rest("POST", f"polls/{at.poll_id}/right-answer/")


def count_down(who: Person, at: At, door: str, seconds: int) -> Answer:
    if door == PAGE:
        return who.post(at.address("control-poll-clock"), seconds=str(seconds))
    known = Poll.objects.filter(pk=at.poll.pk).first() if at.poll else None
    begin = known.closes_at if known and known.closes_at else timezone.now()
    moment = time_text(begin + timedelta(seconds=seconds))
    return who.rest("PATCH", f"polls/{at.poll_id}/", {"closes_at": moment})


def set_session(who: Person, at: At, door: str, state: str) -> Answer:
    if door == PAGE:
        return who.post(at.session.address("control-session-state"), state=state)
    return who.rest("PUT", f"sessions/{at.session.pk}/state/", {"state": state})


def add(who: Person, at: At, door: str, question: str, texts: list[str]) -> Answer:
    if door == PAGE:
        line = " / ".join([question, *texts])
        address = at.session.address("control-poll-add")
        return who.post(address, line=line, anonymous="on", may_change="on")
    body = {"question": question, "options": [{"text": text} for text in texts]}
    return who.rest("POST", f"sessions/{at.session.pk}/polls/", body)


def _say(who: Person, at: At, deed: str, **fields: Any) -> Answer:
    """One command about the question."""
    about = {"question": at.question} if deed != "ask" else {}
    return _tell(who, at, f"question.{deed}", **about, **fields)


def _tell(who: Person, at: At, command: str, **fields: Any) -> Answer:
    """One command by the socket of the page that they may open."""
    for view in ("control", "") if who.user else ("",):
        try:
            with who.socket(at.session.pk, view=view) as socket:
                frame = socket.ask(command, **fields)
        except InvalidStatus:
            continue
        return Answer(0, "" if frame["type"] == "ok" else frame["code"], body=frame)
    raise AssertionError("no socket opens")


def _by_page(who: Person, at: At, name: str, **fields: str) -> Answer:
    return who.post(at.session.address(name, question=at.question), **fields)


def ask(who: Person, at: At, door: str, text: str) -> Answer:
    if door == PAGE:
        return who.post(at.session.address("question-ask"), text=text)
    if door == SOCKET:
        return _say(who, at, "ask", text=text)
    return who.rest("POST", f"sessions/{at.session.pk}/questions/", {"text": text}, token=who.pass_token)


def change_question(who: Person, at: At, door: str, text: str) -> Answer:
    if door == PAGE:
        return _by_page(who, at, "question-edit", text=text)
    if door == SOCKET:
        return _say(who, at, "edit", text=text)
    return who.rest("PATCH", f"questions/{at.question}/", {"text": text}, token=who.pass_token)


def withdraw_question(who: Person, at: At, door: str) -> Answer:
    if door == PAGE:
        return _by_page(who, at, "question-withdraw")
    if door == SOCKET:
        return _say(who, at, "withdraw")
    return who.rest("DELETE", f"questions/{at.question}/", token=who.pass_token)


def upvote(who: Person, at: At, door: str) -> Answer:
    if door == PAGE:
        return _by_page(who, at, "question-upvote")
    if door == SOCKET:
        return _say(who, at, "upvote")
    return who.rest("PUT", f"questions/{at.question}/upvote/", token=who.pass_token)


def take_back(who: Person, at: At, door: str) -> Answer:
    if door == PAGE:
        return _by_page(who, at, "question-upvote", take_back="1")
    if door == SOCKET:
        return _say(who, at, "take_back")
    return who.rest("DELETE", f"questions/{at.question}/upvote/", token=who.pass_token)


def set_question(who: Person, at: At, door: str, state: str, seen: str = "") -> Answer:
    given = {"state": state, **({"seen": seen} if seen else {})}
    if door == PAGE:
        return _by_page(who, at, "control-question-state", **given)
    if door == SOCKET:
        return _say(who, at, "state", **given)
    return who.rest("PUT", f"questions/{at.question}/state/", given)


def undo_question(who: Person, at: At, door: str) -> Answer:
    if door == PAGE:
        return _by_page(who, at, "control-question-undo")
    if door == SOCKET:
        return _say(who, at, "undo")
    return who.rest("POST", f"questions/{at.question}/undo/")


def pin(who: Person, at: At, door: str) -> Answer:
    if door == PAGE:
        return _by_page(who, at, "control-question-pin", pinned="1")
    if door == SOCKET:
        return _say(who, at, "pin", pinned=True)
    return who.rest("PATCH", f"questions/{at.question}/", {"pinned": True})


def answer_question(who: Person, at: At, door: str, text: str) -> Answer:
    if door == PAGE:
        return _by_page(who, at, "control-question-edit", do="answer", answer=text)
    if door == SOCKET:
        return _say(who, at, "answer", answer=text)
    return who.rest("PATCH", f"questions/{at.question}/", {"answer": text})


def merge(who: Person, at: At, door: str, into: str) -> Answer:
    if door == PAGE:
        return _by_page(who, at, "control-question-edit", do="merge", merged_into=into)
    if door == SOCKET:
        return _say(who, at, "merge", merged_into=into)
    return who.rest("PATCH", f"questions/{at.question}/", {"merged_into": into})


DEEDS: dict[str, Door] = {
    "join": join,
    "vote": vote,
    "withdraw": withdraw,
    "set state": set_state,
    "reveal": reveal,
    "edit": edit,
    "run again": run_again,
    "reveal the right answer": reveal_right,
    "count down": count_down,
    "set session": set_session,
    "add": add,
    "ask": ask,
    "change question": change_question,
    "withdraw question": withdraw_question,
    "upvote": upvote,
    "take back": take_back,
    "set question": set_question,
    "undo question": undo_question,
    "pin": pin,
    "answer question": answer_question,
    "merge": merge,
}
BY_SOCKET = {
    "vote", "withdraw", "ask", "change question", "withdraw question", "upvote", "take back", "set question",
    "undo question", "pin", "answer question", "merge",
}  # fmt: skip


def doors_of(deed: str) -> list[str]:
    return [PAGE, REST, SOCKET] if deed in BY_SOCKET else [PAGE, REST]


def do(deed: str, who: Person, at: At, door: str, *given: Any, **said: Any) -> Answer:
    return DEEDS[deed](who, at, door, *given, **said)
