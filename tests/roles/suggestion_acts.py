"""The acts with suggested follow-ups of docs/roles.md: how each is tried by each door."""

from functools import partial
from typing import TYPE_CHECKING

from sessions.programme.models import Session
from sessions.suggestions.models import Suggestion
from tests.factories import make_suggestion
from tests.roles.question_acts import Try, agree, command, command_in_the_room, snapshot_of
from tests.support.doors import PAGE, REST, SOCKET
from tests.support.people import Answer, Person

if TYPE_CHECKING:
    from tests.roles.cast import Cast

SHOWN, HIDDEN = ("open", "opened"), ("waiting", "dismissed")


def see_by_rest(states: tuple[str, ...], cast: "Cast", who: Person) -> Answer:
    answers = []
    for state in states:
        pk = str(make_suggestion(cast.session, state=state).pk)
        listed = who.rest("GET", f"sessions/{cast.session.pk}/suggestions/").body["results"]
        answers.append(who.rest("GET", f"suggestions/{pk}/"))
        assert (pk in [each["id"] for each in listed]) == (answers[-1].code == "")
    return agree(*answers)


def see_by_socket(states: tuple[str, ...], cast: "Cast", who: Person) -> Answer:
    pks = {str(make_suggestion(cast.session, state=state).pk) for state in states}
    shown = {each["id"] for each in snapshot_of(cast, who)["suggestions"]}
    assert pks & shown in (pks, set())
    return Answer(200, "" if pks <= shown else "not_found")


def see_by_page(states: tuple[str, ...], cast: "Cast", who: Person) -> Answer:
    """In the room, and in the control room for those who are let in there."""
    answers = []
    for state in states:
        title = f"This is {state}, {make_suggestion(cast.session).pk}"
        make_suggestion(cast.session, title, state=state)
        pages = [cast.session.get_absolute_url(), cast.session.address("control")]
        is_shown = any(title in who.get(page).text for page in pages)
        answers.append(Answer(200, "" if is_shown else "not_shown"))
    return agree(*answers)


def newest_of(session: Session, title: str) -> int:
    suggestion = Suggestion.objects.filter(session=session, title=title).first()
    return (suggestion or make_suggestion(session)).pk


def suggest_by_rest(cast: "Cast", who: Person) -> Answer:
    path, title = f"sessions/{cast.session.pk}/suggestions/", f"By REST, {id(who)}"
    made = who.rest("POST", path, {"title": title}, token=who.pass_token)
    own = f"suggestions/{newest_of(cast.session, title)}/"
    changed = who.rest("PATCH", own, {"title": "Better"}, token=who.pass_token)
    return agree(made, changed, who.rest("DELETE", own, token=who.pass_token))


def suggest_by_socket(cast: "Cast", who: Person) -> Answer:
    title = f"By socket, {id(who)}"
    made = command_in_the_room(cast, who, "suggestion.suggest", title=title)
    pk = str(newest_of(cast.session, title))
    changed = command_in_the_room(cast, who, "suggestion.edit", suggestion=pk, title="Better")
    return agree(made, changed, command_in_the_room(cast, who, "suggestion.withdraw", suggestion=pk))


def suggest_by_page(cast: "Cast", who: Person) -> Answer:
    title = f"By page, {id(who)}"
    made = who.post(cast.session.address("suggestion-make"), title=title)
    pk = newest_of(cast.session, title)
    changed = who.post(cast.session.address("suggestion-edit", suggestion=pk), title="Better")
    return agree(made, changed, who.post(cast.session.address("suggestion-withdraw", suggestion=pk)))


def support_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"suggestions/{make_suggestion(cast.session).pk}/support/"
    return agree(*(who.rest(method, path, token=who.pass_token) for method in ("PUT", "DELETE")))


def support_by_socket(cast: "Cast", who: Person) -> Answer:
    pk = str(make_suggestion(cast.session).pk)
    names = ("suggestion.support", "suggestion.take_back")
    return agree(*(command_in_the_room(cast, who, name, suggestion=pk) for name in names))


def support_by_page(cast: "Cast", who: Person) -> Answer:
    address = cast.session.address("suggestion-support", suggestion=make_suggestion(cast.session).pk)
    return agree(who.post(address), who.post(address, take_back="1"))


MOVES = (("open", "opened"), ("open", "dismissed"), ("dismissed", "open"), ("waiting", "open"))


def move_by_rest(cast: "Cast", who: Person) -> Answer:
    answers = []
    for state, to in MOVES:
        path = f"suggestions/{make_suggestion(cast.session, state=state).pk}"
        answers.append(who.rest("PUT", f"{path}/state/", {"state": to}))
        answers.append(who.rest("POST", f"{path}/undo/"))
    return agree(*answers)


def move_by_socket(cast: "Cast", who: Person) -> Answer:
    answers = []
    for state, to in MOVES:
        pk = str(make_suggestion(cast.session, state=state).pk)
        answers.append(command(cast, who, "suggestion.state", suggestion=pk, state=to))
        answers.append(command(cast, who, "suggestion.undo", suggestion=pk))
    return agree(*answers)


def move_by_page(cast: "Cast", who: Person) -> Answer:
    answers = []
    for state, to in MOVES:
        pk = make_suggestion(cast.session, state=state).pk
        address = cast.session.address("control-suggestion-state", suggestion=pk)
        answers.append(who.post(address, state=to, seen=state))
        answers.append(who.post(cast.session.address("control-suggestion-undo", suggestion=pk)))
    return agree(*answers)


def rule_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"sessions/{cast.session.pk}/suggestions/rules/"
    return agree(*(who.rest("PATCH", path, {"taken": taken}) for taken in (False, True)))


def rule_by_page(cast: "Cast", who: Person) -> Answer:
    address = cast.session.address("control-suggestion-rules")
    return agree(who.post(address), who.post(address, taken="on"))


ACTS: dict[str, dict[str, list[Try]]] = {
    "See suggested follow-ups": {
        PAGE: [partial(see_by_page, SHOWN)],
        REST: [partial(see_by_rest, SHOWN)],
        SOCKET: [partial(see_by_socket, SHOWN)],
    },
    "Suggest a follow-up, change and withdraw it": {
        PAGE: [suggest_by_page],
        REST: [suggest_by_rest],
        SOCKET: [suggest_by_socket],
    },
    "Support a suggestion, and withdraw the support": {
        PAGE: [support_by_page],
        REST: [support_by_rest],
        SOCKET: [support_by_socket],
    },
    "See suggestions that wait or were dismissed": {
        PAGE: [partial(see_by_page, HIDDEN)],
        REST: [partial(see_by_rest, HIDDEN)],
        SOCKET: [partial(see_by_socket, HIDDEN)],
    },
    "Approve, open or dismiss a suggestion, and undo that": {
        PAGE: [move_by_page],
        REST: [move_by_rest],
        SOCKET: [move_by_socket],
    },
    "Set whether follow-ups may be suggested": {PAGE: [rule_by_page], REST: [rule_by_rest]},
}
