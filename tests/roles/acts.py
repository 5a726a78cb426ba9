"""The acts of docs/roles.md: how each is tried by each door."""

from collections.abc import Callable
from functools import partial
from typing import Any

from websockets.exceptions import InvalidStatus

from sessions.programme.models import Session
from tests.roles import (
    display_acts,
    follow_up_acts,
    pad_acts,
    poll_file_acts,
    privacy_acts,
    programme_acts,
    question_acts,
    recap_acts,
    rehearsal_acts,
    run_sheet_acts,
    webhook_acts,
)
from tests.roles.cast import Cast, Try
from tests.support.doors import PAGE, REST, SOCKET, At, do
from tests.support.people import Answer, Person, of_page, of_rest, open_socket

# The codes by which a right is refused; any other refusal would say that the try itself was wrong.
NO_RIGHT = {
    "not_signed_in", "not_moderator", "not_helper", "not_owner", "not_organiser", "not_joined", "not_found",
    "not_allowed", "poll_is_anonymous", "sign_in_first", "handshake_refused", "not_shown", "screen_is_closed",
}  # fmt: skip


def see(path: Callable[[Session], str], *words: str) -> Try:
    """A page opens, and shows these words."""

    def look(cast: Cast, who: Person) -> Answer:
        response = who.get(path(cast.session))
        if response.status_code == 302 and "/sign-in/" in response.headers["location"]:
            return Answer(302, "sign_in_first")
        answer = of_page(response)
        return (
            answer if answer.code or all(word in answer.text for word in words) else Answer(200, "not_shown")
        )

    return look


def rest(method: str, path: str, **rules: Any) -> Try:
    """A call of REST about a poll made for it."""

    def call(cast: Cast, who: Person) -> Answer:
        at = cast.poll(**rules)
        return who.rest(method, path.format(poll=at.poll_id, session=cast.session.pk, event=cast.event.slug))

    return call


def deed(name: str, *given: Any, **rules: Any) -> dict[str, list[Try]]:
    """A deed by all of its doors."""

    def by(door: str, cast: Cast, who: Person) -> Answer:
        return do(name, who, cast.poll(**rules), door, *given)

    return {door: [partial(by, door)] for door in (PAGE, REST)}


def vote_by(door: str, cast: Cast, who: Person) -> Answer:
    at = cast.poll()
    first, second = (do("vote", who, at, door, [text]) for text in ("a", "b"))
    third = do("withdraw", who, at, door)
    assert first.code == second.code == third.code, (first, second, third)
    return first


def tally_of(body: dict[str, Any]) -> Answer:
    return Answer(200, "" if all("count" in option for option in body["options"]) else "not_shown")


def tally_by_rest(visibility: str, cast: Cast, who: Person) -> Answer:
    at = cast.poll(visibility=visibility, votes=True)
    answer = who.rest("GET", f"polls/{at.poll_id}/")
    return answer if answer.code else tally_of(answer.body)


def polls_by_socket(cast: Cast, who: Person, at: At, *, view: str = "") -> Answer:
    """The poll in the snapshot, by cookie as the page opens it, or by token."""
    for options in ({"cookies": who.cookies, "view": view}, {"token": who.token}):
        if options.get("token", "given") is None:
            continue
        try:
            with open_socket(cast.server, cast.session.pk, **options) as socket:
                found = [poll for poll in socket.snapshot["polls"] if poll["id"] == at.poll_id]
        except InvalidStatus:
            return Answer(403, "handshake_refused")
        if not found:
            return Answer(200, "not_found")
        answer = tally_of(found[0])
    return answer


def tally_by_socket(visibility: str, view: str, cast: Cast, who: Person) -> Answer:
    return polls_by_socket(cast, who, cast.poll(visibility=visibility, votes=True), view=view)


QUIZ = {"state": "closed", "right_answer": {"options": [2]}}


def right_in(poll: dict[str, Any]) -> Answer:
    return Answer(200, "" if "right_answer" in poll else "not_shown")


def right_by_rest(cast: Cast, who: Person) -> Answer:
    answer = who.rest("GET", f"polls/{cast.poll(**QUIZ).poll_id}/")
    return answer if answer.code else right_in(answer.body)


def right_by_socket(cast: Cast, who: Person) -> Answer:
    at = cast.poll(**QUIZ)
    try:
        with open_socket(cast.server, cast.session.pk, cookies=who.cookies, view="control") as socket:
            [poll] = [poll for poll in socket.snapshot["polls"] if poll["id"] == at.poll_id]
    except InvalidStatus:
        return Answer(403, "handshake_refused")
    return right_in(poll)


def tally_by_page(visibility: str, page: str, cast: Cast, who: Person) -> Answer:
    at = cast.poll(visibility=visibility, votes=True)
    query = f"?poll={at.poll_id}" if page == "control" else "?view=results"
    answer = see(lambda session: session.address(page) + query)(cast, who)
    if answer.code:
        return answer
    rows = answer.text.partition(f'data-poll="{at.poll_id}"')[2].partition("</section>")[0]
    return Answer(200, "" if "data-count>1<" in rows else "not_shown")


def drafts_by_rest(cast: Cast, who: Person) -> Answer:
    answers = {}
    for state in ("draft", "archived"):
        at = cast.poll(state=state)
        listed = who.rest("GET", f"sessions/{cast.session.pk}/polls/").body["results"]
        answers[state] = who.rest("GET", f"polls/{at.poll_id}/")
        assert (at.poll_id in [poll["id"] for poll in listed]) == (answers[state].code == "")
    assert answers["draft"] == answers["archived"]
    return answers["draft"]


def drafts_by_socket(cast: Cast, who: Person) -> Answer:
    answers = [
        polls_by_socket(cast, who, cast.poll(state=state), view="control" if who.user else "")
        for state in ("draft", "archived")
    ]
    assert answers[0] == answers[1]
    return answers[0]


def drafts_by_page(cast: Cast, who: Person) -> Answer:
    at = cast.poll(state="draft", question="A draft?")
    return see(lambda _session: at.address("control-poll-edit"), "A draft?")(cast, who)


def own_ballot_by_socket(cast: Cast, who: Person) -> Answer:
    at = cast.poll()
    voted = do("vote", who, at, SOCKET, ["a"])
    with who.socket(cast.session.pk) as socket:
        mine = next(poll["mine"] for poll in socket.snapshot["polls"] if poll["id"] == at.poll_id)
    assert (mine["options"] == [at.ids["a"]]) == (voted.code == "")
    return voted


def own_ballot_by_page(cast: Cast, who: Person) -> Answer:
    at = cast.poll()
    voted = do("vote", who, at, PAGE, ["a"])
    shown = who.get(cast.session.get_absolute_url() + "?view=results").text
    rows = shown.partition(f'data-poll="{at.poll_id}"')[2].partition("</section>")[0]
    assert ("data-mine" in rows) == (voted.code == "")
    return voted


def own_ballot_by_rest(cast: Cast, who: Person) -> Answer:
    return who.rest("GET", f"polls/{cast.poll().poll_id}/ballot/", token=who.pass_token)


def control_by_socket(cast: Cast, who: Person) -> Answer:
    """Asked for by cookie, and by every token that they have."""
    said = []
    for options in ({"cookies": who.cookies}, {"token": who.token, "origin": None}):
        if options.get("token", "given") is None:
            continue
        try:
            with open_socket(cast.server, cast.session.pk, view="control", **options) as socket:
                said.append(Answer(200, "" if socket.snapshot["me"]["moderator"] else "not_shown"))
        except InvalidStatus:
            said.append(Answer(403, "handshake_refused"))
    assert len(set(said)) == 1, said
    return said[0]


def token_by_page(cast: Cast, who: Person) -> Answer:
    made = who.post(cast.session.address("control-token-make"), token_name="mine")
    if made.code:
        return made
    token = made.text.partition("odc_")[2].partition("<")[0].strip()
    assert of_rest(who.program.get("events/", headers={"Authorization": f"Bearer odc_{token}"})).status == 200
    assert who.user is not None
    newest = who.user.api_tokens.latest("pk")
    return who.post(cast.session.address("control-token-revoke"), token=str(newest.pk))


def screen_by_page(cast: Cast, who: Person, *, is_open: bool) -> Answer:
    """The presenter screen by the way that they have: a display by its link, everybody else by its address."""
    Session.objects.filter(pk=cast.session.pk).update(screen_is_open=is_open)
    try:
        return see(lambda session: who.screen or session.address("screen"))(cast, who)
    finally:
        Session.objects.filter(pk=cast.session.pk).update(screen_is_open=True)


def invite_by_page(cast: Cast, who: Person) -> Answer:
    name = f"Invited by {id(who)}"
    invited = who.post(cast.session.address("control-team-invite"), name=name)
    person = cast.event.people.filter(name=name).first()
    assert (person is not None) == (invited.code == "")
    somebody = person or cast.event.people.get(name="John Garbutt", roles__session=cast.session)
    removed = who.post(cast.session.address("control-team-remove"), person=str(somebody.pk))
    helping = who.post(cast.session.address("control-team-invite"), name=f"{name}, too", role="helper")
    assert invited.code == removed.code == helping.code, (invited, removed, helping)
    return invited


READ_ALL = [
    rest("GET", path)
    for path in ("events/", "events/{event}/", "events/{event}/sessions/", "sessions/{session}/")
]
CONTROL = {PAGE: [see(lambda session: session.address("control")), see(lambda s: s.address("control-team"))]}
NAMED, ANONYMOUS = {"anonymous": False, "votes": True}, {"anonymous": True, "votes": True}


def answers_by_page(rules: dict[str, Any], cast: Cast, who: Person) -> Answer:
    return see(lambda _session: cast.poll(**rules).address("control-poll-answers"))(cast, who)


ACTS: dict[str, dict[str, list[Try]]] = {
    **question_acts.ACTS,
    **follow_up_acts.ACTS,
    **pad_acts.ACTS,
    **run_sheet_acts.ACTS,
    **programme_acts.ACTS,
    **recap_acts.ACTS,
    "See the programme and the room": {
        PAGE: [
            see(lambda session: f"/{session.event.slug}/"),
            see(lambda session: session.get_absolute_url()),
        ],
        REST: READ_ALL,
        SOCKET: [lambda cast, who: polls_by_socket(cast, who, cast.poll(visibility="always"))],
    },
    "See the presenter screen": {PAGE: [partial(screen_by_page, is_open=True)]},
    "See a presenter screen that is restricted to displays": {
        PAGE: [partial(screen_by_page, is_open=False)],
    },
    "See launched polls, and tallies that are open to all": {
        PAGE: [partial(tally_by_page, "always", "room")],
        REST: [partial(tally_by_rest, "always")],
        SOCKET: [partial(tally_by_socket, "always", "")],
    },
    "Join a session": {
        PAGE: [lambda cast, who: do("join", who, At(cast.session), PAGE, name="Ada")],
        REST: [lambda cast, who: do("join", who, At(cast.session), REST)],
    },
    "Vote, change or withdraw the vote": {door: [partial(vote_by, door)] for door in (PAGE, REST, SOCKET)},
    "See your own ballot": {
        PAGE: [own_ballot_by_page],
        REST: [own_ballot_by_rest],
        SOCKET: [own_ballot_by_socket],
    },
    "See drafts and archived polls": {
        PAGE: [drafts_by_page],
        REST: [drafts_by_rest],
        SOCKET: [drafts_by_socket],
    },
    "See tallies that are not shown yet": {
        PAGE: [partial(tally_by_page, "after_publishing", "control")],
        REST: [partial(tally_by_rest, "after_publishing"), partial(tally_by_rest, "moderators")],
        SOCKET: [partial(tally_by_socket, "after_publishing", "control")],
    },
    "See who chose what in a named poll": {
        PAGE: [partial(answers_by_page, NAMED)],
        REST: [rest("GET", "polls/{poll}/ballots/", **NAMED)],
    },
    "See who chose what in an anonymous poll": {
        PAGE: [partial(answers_by_page, ANONYMOUS)],
        REST: [rest("GET", "polls/{poll}/ballots/", **ANONYMOUS)],
    },
    "Open the control room": {**CONTROL, SOCKET: [control_by_socket]},
    "Add a poll": deed("add", "More?", ["y", "n"]),
    "Edit a poll, correct its texts": {
        door: [
            *deed("edit", "Q?", ["a", "b"], state="draft")[door],
            *deed("edit", "Q?", ["a!", "b", "c"])[door],
        ]
        for door in (PAGE, REST)
    },
    "Launch, close, publish or archive a poll, and undo that": {
        door: [
            deed("set state", to, state=state, **rules)[door][0]
            for state, to, rules in (
                ("draft", "live", {}),
                ("live", "closed", {}),
                ("closed", "published", {}),
                ("closed", "archived", {}),
                ("archived", "closed", {}),
                ("draft", "archived", {}),
            )
        ]
        for door in (PAGE, REST)
    },
    "Reveal the tally": deed("reveal", "always"),
    "See a right answer that is not revealed yet": {REST: [right_by_rest], SOCKET: [right_by_socket]},
    "Reveal the right answer": {
        **deed("reveal the right answer", **QUIZ),
        SOCKET: [lambda cast, who: do("reveal the right answer", who, cast.poll(**QUIZ), SOCKET)],
    },
    "Start and prolong a countdown": deed("count down", 60),
    "Run a poll again": deed("run again", state="closed"),
    "See the timeline of the session": {
        PAGE: [see(lambda session: session.address("control-timeline"))],
        REST: [rest("GET", "sessions/{session}/timeline/")],
    },
    "Start and end the session": deed("set session", "live"),
    **(rehearsal_acts.ACTS | poll_file_acts.ACTS | privacy_acts.ACTS | webhook_acts.ACTS | display_acts.ACTS),
    "Create and revoke your own API tokens": {PAGE: [token_by_page]},
    "Read and download the audit log": {
        PAGE: [
            see(lambda session: f"/{session.event.slug}/organise/audit/"),
            see(lambda session: f"/{session.event.slug}/organise/audit/entries.jsonl"),
        ],
        REST: [rest("GET", "events/{event}/audit/")],
    },
    "Invite moderators and helpers, and remove them": {PAGE: [invite_by_page]},
}
