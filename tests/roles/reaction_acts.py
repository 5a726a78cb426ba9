"""The acts with reactions and pace of docs/roles.md: how each is tried by each door."""

from typing import TYPE_CHECKING

from sessions.reactions.services import set_reaction_rules
from tests.roles.question_acts import Try, agree, command_in_the_room, snapshot_of
from tests.support.doors import PAGE, REST, SOCKET
from tests.support.people import Answer, Person

if TYPE_CHECKING:
    from tests.roles.cast import Cast


def take(cast: "Cast") -> None:
    """Have the session take reactions."""
    right = cast.by_right()
    set_reaction_rules(session_id=right["session_id"], caller=right["caller"], taken=True)


def react_by_rest(cast: "Cast", who: Person) -> Answer:
    take(cast)
    path = f"sessions/{cast.session.pk}"
    reacted = who.rest("POST", f"{path}/reactions/", {"reaction": "applause"}, token=who.pass_token)
    said = who.rest("PUT", f"{path}/pace/", {"pace": "lost"}, token=who.pass_token)
    return agree(reacted, said, who.rest("DELETE", f"{path}/pace/", token=who.pass_token))


def react_by_socket(cast: "Cast", who: Person) -> Answer:
    take(cast)
    reacted = command_in_the_room(cast, who, "reaction.send", reaction="applause")
    return agree(reacted, *(command_in_the_room(cast, who, "pace.set", pace=pace) for pace in ("lost", None)))


def react_by_page(cast: "Cast", who: Person) -> Answer:
    take(cast)
    address = cast.session.address("reaction-tap")
    return agree(who.post(address, reaction="applause"), who.post(address, pace="lost"))


def see_by_rest(cast: "Cast", who: Person) -> Answer:
    return who.rest("GET", f"sessions/{cast.session.pk}/pace/")


def see_by_socket(cast: "Cast", who: Person) -> Answer:
    return Answer(200, "" if "pace" in snapshot_of(cast, who) else "not_found")


def see_by_page(cast: "Cast", who: Person) -> Answer:
    pages = [cast.session.get_absolute_url(), cast.session.address("control")]
    is_shown = any("data-signal" in who.get(page).text for page in pages)
    return Answer(200, "" if is_shown else "not_shown")


def rule_by_rest(cast: "Cast", who: Person) -> Answer:
    path = f"sessions/{cast.session.pk}/reactions/rules/"
    return agree(*(who.rest("PATCH", path, {"taken": taken}) for taken in (False, True)))


def rule_by_page(cast: "Cast", who: Person) -> Answer:
    address = cast.session.address("control-reaction-rules")
    return agree(who.post(address), who.post(address, taken="on"))


ACTS: dict[str, dict[str, list[Try]]] = {
    "React, and say that it goes too fast": {
        PAGE: [react_by_page],
        REST: [react_by_rest],
        SOCKET: [react_by_socket],
    },
    "See how many ask for slower, and how many are lost": {
        PAGE: [see_by_page],
        REST: [see_by_rest],
        SOCKET: [see_by_socket],
    },
    "Set whether people can react": {PAGE: [rule_by_page], REST: [rule_by_rest]},
}
