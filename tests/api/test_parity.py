"""The same refusal has the same code by page, REST and socket, and the same deed the same effect."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from polls.models import Ballot, Option, Poll, Selection
from sessions.attendees.models import Attendee
from sessions.programme.models import Session
from sessions.questions.models import Question
from tests.factories import make_attendee, make_moderator, make_poll, make_question, make_session
from tests.factories.polls import record, vote_for
from tests.support.doors import DEEDS, PAGE, REST, SOCKET, At, do, doors_of

ANY = "which is none"


@dataclass
class Case:
    """A deed that is refused: by whom, where, and as what. `rules` make the poll, `at` changes its row afterwards."""

    deed: str
    why: str
    code: str
    status: int
    given: tuple[Any, ...] = ()
    who: str = "attendee"
    state: str = "live"
    session: str = "live"
    rules: dict[str, Any] = field(default_factory=dict)
    row: dict[str, Any] = field(default_factory=dict)
    votes: tuple[str, ...] = ()
    secret: bytes | None = None
    poll_id: str = ""
    said: dict[str, str] = field(default_factory=dict)
    question: str = "open"
    mine: bool = False
    question_id: str = ""
    otherwise: dict[str, tuple[str, int]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.deed}: {self.why}"


def ago(seconds: float) -> Any:
    return lambda: timezone.now() - timedelta(seconds=seconds)


A, B = (["a"],), (["b"],)
STRANGER = {REST: ("not_joined", 401)}  # asked for a token first
MULTIPLE = {"kind": "multiple", "max": 2}
FINAL = {"may_change": False}
QUIZ = {"right_answer": {"options": [2]}}
BY_SECRET = {"votes": ("a",), "secret": b"another-device-0001"}
TOO_LATE = {"launched_at": ago(10), "closed_at": ago(10), "published_at": ago(10)}
NOW = {"launched_at": ago(0), "closed_at": ago(0), "published_at": ago(0)}
MODERATORS_DEEDS: list[tuple[str, tuple[Any, ...]]] = [
    ("set state", ("closed",)),
    ("reveal", ("always",)),
    ("edit", ("Which one?", ["a", "b", "c"])),
    ("run again", ()),
    ("reveal the right answer", ()),
    ("count down", (60,)),
    ("set session", ("over",)),
    ("add", ("More?", ["y", "n"])),
]
KEEPERS_DEEDS: list[tuple[str, tuple[Any, ...]]] = [
    ("set question", ("on_air",)),
    ("undo question", ()),
    ("pin", ()),
    ("answer question", ("So.",)),
    ("merge", ("999999",)),
]
MALFORMED_ID = {SOCKET: ("malformed", 400)}
QUESTION_CASES = [
    Case("ask", "not joined", "not_joined", 403, ("Why?",), "visitor", otherwise=STRANGER),
    Case("ask", "nothing", "malformed", 400, (" ",)),
    Case("ask", "301 letters", "malformed", 400, ("x" * 301,)),
    Case("ask", "the session is over", "session_is_over", 409, ("Why?",), session="over"),
    Case("change question", "somebody else's", "not_your_question", 403, ("Why?",)),
    Case("change question", "taken up", "question_is_taken", 409, ("Why?",), question="answered", mine=True),
    Case("change question", "to nothing", "malformed", 400, ("",), mine=True),
    Case("change question", "no such question", "not_found", 404, ("Why?",), question_id="999999"),
    Case("withdraw question", "somebody else's", "not_your_question", 403),
    Case("withdraw question", "on air", "question_is_taken", 409, question="on_air", mine=True),
    Case("upvote", "not joined", "not_joined", 403, who="visitor", otherwise=STRANGER),
    Case("upvote", "one's own", "own_question", 409, mine=True),
    Case("upvote", "answered", "question_not_open", 409, question="answered"),
    Case("upvote", "one that waits", "not_found", 404, question="waiting"),
    Case("upvote", "no such question", "not_found", 404, question_id="999999"),
    Case("upvote", "an id that is none", "not_found", 404, question_id="x", otherwise=MALFORMED_ID),
    Case("take back", "not joined", "not_joined", 403, who="visitor", otherwise=STRANGER),
    Case("take back", "dismissed", "not_found", 404, question="dismissed"),
    Case("set question", "no such state", "malformed", 400, ("asked",), "moderator"),
    Case("set question", "back to waiting", "illegal_move", 409, ("waiting",), "moderator"),
    Case("set question", "seen as it was", "changed_meanwhile", 409, ("on_air", "waiting"), "moderator"),
    Case("set question", "on air after the end", "session_is_over", 409, ("on_air",), "moderator", session="over"),
    Case("set question", "no such question", "not_found", 404, ("on_air",), "moderator", question_id="999999"),
    Case("undo question", "nothing to undo", "illegal_move", 409, (), "moderator"),
    Case("pin", "no such question", "not_found", 404, (), "moderator", question_id="999999"),
    Case("answer question", "with NUL", "malformed", 400, ("a\x00",), "moderator"),
    Case("merge", "with none", "malformed", 400, ("999999",), "moderator"),
    *[Case(deed, "not signed in", "not_signed_in", 401, given, "visitor") for deed, given in KEEPERS_DEEDS],
    *[Case(deed, "an attendee", "not_signed_in", 401, given) for deed, given in KEEPERS_DEEDS],
    *[Case(deed, "a neighbour", "not_helper", 403, given, "neighbour",
           otherwise={SOCKET: ("not_signed_in", 401)}) for deed, given in KEEPERS_DEEDS],
]  # fmt: skip
CASES = [
    Case("join", "the session is over", "session_is_over", 409, who="visitor", session="over"),
    Case("join", "a name of 121 letters", "malformed", 400, who="visitor", said={"name": "x" * 121}),
    Case("join", "a country that is none", "malformed", 400, who="visitor", said={"country": "XX"}),
    Case("vote", "not joined", "not_joined", 403, A, who="visitor", otherwise=STRANGER),
    Case("vote", "attendee of another event", "not_joined", 403, A, who="foreigner"),
    Case("vote", "a moderator who did not join", "not_joined", 403, A, who="moderator"),
    Case("vote", "a draft", "not_found", 404, A, state="draft"),
    Case("vote", "archived", "not_found", 404, A, state="archived"),
    Case("vote", "no such poll", "not_found", 404, A, poll_id="999999"),
    Case("vote", "an id that is none", "not_found", 404, A, poll_id="x", otherwise={SOCKET: ("malformed", 400)}),
    Case("vote", "closed", "poll_not_live", 409, A, state="closed"),
    Case("vote", "published", "poll_not_live", 409, A, state="published"),
    Case("vote", "its time is up", "poll_not_live", 409, A, row={"closes_at": ago(0)}),
    Case("vote", "an option of another poll", "unknown_option", 400, (["999999"],)),
    Case("vote", "an option that is no id", "malformed", 400, ([ANY],)),
    Case("vote", "nothing chosen", "wrong_number_of_options", 400, ([],)),
    Case("vote", "two in a single choice", "wrong_number_of_options", 400, (["a", "b"],)),
    Case("vote", "three of at most two", "wrong_number_of_options", 400, (["a", "b", "c"],), rules=MULTIPLE),
    Case("vote", "the same twice", "duplicate_option", 400, (["a", "a"],), rules=MULTIPLE),
    Case("vote", "twenty-one options", "malformed", 400, ([str(n) for n in range(21)],), rules=MULTIPLE),
    Case("vote", "changed though final", "vote_is_final", 409, B, rules=FINAL, votes=("a",)),
    Case("vote", "voted on another device", "already_voted", 409, B, votes=("a",), secret=b"another-device-0001"),
    Case("vote", "changed after the close", "poll_not_live", 409, B, votes=("a",), row={"state": "closed", **NOW}),
    Case("withdraw", "not joined", "not_joined", 403, who="visitor", otherwise=STRANGER),
    Case("withdraw", "no vote", "no_ballot", 409),
    Case("withdraw", "final", "vote_is_final", 409, rules=FINAL, votes=("a",)),
    Case("withdraw", "voted on another device", "already_voted", 409, votes=("a",), secret=b"another-device-0001"),
    Case("withdraw", "closed", "poll_not_live", 409, state="closed"),
    Case("withdraw", "a draft", "not_found", 404, state="draft"),
    Case("withdraw", "no such poll", "not_found", 404, poll_id="999999"),
    Case("set state", "launch, the session is over", "session_is_over", 409, ("live",), "moderator", "draft", "over"),
    Case("set state", "launch a published poll", "illegal_move", 409, ("live",), "moderator", "published"),
    Case("set state", "launch an archived poll", "illegal_move", 409, ("live",), "moderator", "archived"),
    Case("set state", "close a draft", "illegal_move", 409, ("closed",), "moderator", "draft"),
    Case("set state", "publish while live", "illegal_move", 409, ("published",), "moderator"),
    Case("set state", "publish a draft", "illegal_move", 409, ("published",), "moderator", "draft"),
    Case("set state", "archive while live", "illegal_move", 409, ("archived",), "moderator"),
    Case("set state", "no such state", "malformed", 400, ("open",), "moderator"),
    Case("set state", "no such poll", "not_found", 404, ("live",), "moderator", poll_id="999999"),
    Case("set state", "an id that is none", "not_found", 404, ("live",), "moderator", poll_id="x"),
    Case("set state", "undo a launch too late", "illegal_move", 409, ("draft",), "moderator", row=TOO_LATE),
    Case("set state", "undo a launch after a vote", "illegal_move", 409, ("draft",), "moderator", row=NOW,
         votes=("a",)),
    Case("set state", "undo a close too late", "illegal_move", 409, ("live",), "moderator", "closed", row=TOO_LATE,
         rules={"visibility": "moderators"}),
    Case("set state", "undo a close that showed the tally", "illegal_move", 409, ("live",), "moderator", "closed",
         row=NOW, rules={"visibility": "after_close"}),
    Case("set state", "undo publishing too late", "illegal_move", 409, ("closed",), "moderator", "published",
         row=TOO_LATE),
    Case("reveal", "to fewer", "visibility_only_widens", 409, ("moderators",), "moderator"),
    Case("reveal", "no such visibility", "malformed", 400, ("all",), "moderator"),
    Case("reveal", "no such poll", "not_found", 404, ("always",), "moderator", poll_id="999999"),
    Case("edit", "an option with votes left out", "option_has_votes", 409, ("Q?", ["b", "c"]), "moderator",
         votes=("a",)),
    Case("edit", "no question", "malformed", 400, (" ", ["a", "b"]), "moderator"),
    Case("edit", "a question of 301 letters", "malformed", 400, ("x" * 301, ["a", "b"]), "moderator", "draft"),
    Case("edit", "one option", "malformed", 400, ("Q?", ["a"]), "moderator", "draft"),
    Case("edit", "two options alike", "malformed", 400, ("Q?", ["a", "A "]), "moderator", "draft"),
    Case("edit", "an option with NUL", "malformed", 400, ("Q?", ["a\x00", "b"]), "moderator", "draft"),
    Case("edit", "no such poll", "not_found", 404, ("Q?", ["a", "b"]), "moderator", poll_id="999999"),
    Case("reveal the right answer", "no such poll", "not_found", 404, (), "moderator", poll_id="999999"),
    Case("reveal the right answer", "before the close", "poll_not_closed", 409, (), "moderator", rules=QUIZ),
    Case("reveal the right answer", "where there is none", "no_right_answer", 409, (), "moderator", "closed"),
    Case("run again", "no such poll", "not_found", 404, (), "moderator", poll_id="999999"),
    Case("count down", "a draft", "illegal_move", 409, (60,), "moderator", "draft"),
    Case("count down", "closed", "illegal_move", 409, (60,), "moderator", "closed"),
    Case("count down", "its time is up", "illegal_move", 409, (60,), "moderator", row={"closes_at": ago(0.2)}),
    Case("count down", "more than a day", "malformed", 400, (90_000,), "moderator"),
    Case("set session", "over before it was live", "illegal_move", 409, ("over",), "moderator", session="upcoming"),
    Case("set session", "no such state", "malformed", 400, ("ended",), "moderator"),
    Case("add", "a question of 301 letters", "malformed", 400, ("x" * 301, ["a", "b"]), "moderator"),
    Case("add", "an option of 121 letters", "malformed", 400, ("Q?", ["a", "x" * 121]), "moderator"),
    Case("add", "two options alike", "malformed", 400, ("Q?", ["a", "a"]), "moderator"),
    Case("add", "twenty-one options", "malformed", 400, ("Q?", [str(n) for n in range(21)]), "moderator"),
    *QUESTION_CASES,
    *[Case(deed, "not signed in", "not_signed_in", 401, given, "visitor") for deed, given in MODERATORS_DEEDS],
    *[Case(deed, "an attendee", "not_signed_in", 401, given) for deed, given in MODERATORS_DEEDS],
    *[Case(deed, "a neighbour", "not_moderator", 403, given, "neighbour") for deed, given in MODERATORS_DEEDS],
]  # fmt: skip


class Scene:
    """A session with a poll as the case wants it, and whoever tries."""

    def __init__(self, person: Any, case: Case) -> None:
        self.session = make_session()
        self.poll = make_poll(self.session, state=case.state if not case.votes else "live", **case.rules)
        attendee = make_attendee(self.session)
        for text in case.votes:
            assert record(vote_for(self.poll, attendee, text, secret=case.secret)) == [text]
        if moments := {field: at() if callable(at) else at for field, at in case.row.items()}:
            Poll.objects.filter(pk=self.poll.pk).update(**moments)
        asker = attendee if case.mine else None
        question = make_question(self.session, "Which one?", state=case.question, attendee=asker)
        if case.session != "live":
            Session.objects.filter(pk=self.session.pk).update(state=case.session)
        self.who = {
            "visitor": person,
            "attendee": lambda: person(attendee=attendee),
            "foreigner": lambda: person(attendee=make_attendee(make_session())),
            "moderator": lambda: person(user=make_moderator(self.session)),
            "neighbour": lambda: person(user=make_moderator(make_session(self.session.event))),
        }[case.who]()
        self.at = At(self.session, self.poll, case.poll_id, case.question_id or str(question.pk))

    def rows(self) -> Any:
        """All that a refused deed must leave alone; the closer may close and finalise meanwhile."""
        moving = (
            {"closed_at", "finalised_at", "version", "state"}
            if self.poll.closes_at
            else {"finalised_at", "version"}
        )
        polls = [
            {key: value for key, value in row.items() if key not in moving}
            for row in Poll.objects.filter(session=self.session).order_by("pk").values()
        ]
        counts = [model.objects.count() for model in (Ballot, Selection, Attendee, Option)]
        session = Session.objects.filter(pk=self.session.pk).values_list("state", flat=True)
        questions = list(Question.objects.filter(session=self.session).order_by("pk").values())
        return (
            polls,
            counts,
            questions,
            list(session),
            list(Option.objects.filter(poll=self.poll).values_list("text", "count")),
        )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_refusal_has_the_same_code_by_every_door_and_changes_nothing(person, case):
    scene = Scene(person, case)
    scene.poll.refresh_from_db()
    before = scene.rows()
    for door in doors_of(case.deed):
        answer = do(case.deed, scene.who, scene.at, door, *case.given, **case.said)
        code, status = case.otherwise.get(door, (case.code, case.status))
        assert (answer.code, answer.status) == (code, 0 if door == SOCKET else status), (door, answer)
    assert scene.rows() == before


def test_every_deed_has_cases():
    assert {case.deed for case in CASES} == DEEDS.keys()
    assert len({str(case) for case in CASES}) == len(CASES)


ALLOWED = [
    Case("join", "", "", 0, who="visitor", said={"name": "Ada"}),
    Case("vote", "for the first time", "", 0, A),
    Case("vote", "changing it", "", 0, B, votes=("a",)),
    Case("withdraw", "", "", 0, votes=("a",)),
    Case("set state", "launch", "", 0, ("live",), "moderator", "draft"),
    Case("set state", "close", "", 0, ("closed",), "moderator"),
    Case("set state", "publish", "", 0, ("published",), "moderator", "closed"),
    Case("set state", "archive", "", 0, ("archived",), "moderator", "closed"),
    Case("set state", "undo a launch", "", 0, ("draft",), "moderator", row=NOW),
    Case("set state", "undo publishing", "", 0, ("closed",), "moderator", "published", row=NOW),
    Case("set state", "take out of the archive", "", 0, ("closed",), "moderator", "archived"),
    Case("reveal", "", "", 0, ("always",), "moderator"),
    Case("edit", "a draft", "", 0, ("Q?", ["c", "b!"]), "moderator", "draft"),
    Case("edit", "mend", "", 0, ("Q?", ["a!", "b", "c"]), "moderator", votes=("a",)),
    Case("run again", "", "", 0, (), "moderator", "closed"),
    Case("reveal the right answer", "", "", 0, (), "moderator", "closed", rules=QUIZ),
    Case("count down", "", "", 0, (60,), "moderator"),
    Case("set session", "end", "", 0, ("over",), "moderator"),
    Case("set session", "start", "", 0, ("live",), "moderator", session="upcoming"),
    Case("add", "", "", 0, ("Q?", ["y", "n"]), "moderator"),
    Case("ask", "", "", 0, ("Why?",)),
    Case("change question", "", "", 0, ("Why?",), mine=True),
    Case("withdraw question", "", "", 0, mine=True),
    Case("upvote", "", "", 0),
    Case("set question", "put it on air", "", 0, ("on_air",), "moderator"),
    Case("set question", "approve", "", 0, ("open",), "moderator", question="waiting"),
    Case("set question", "dismiss", "", 0, ("dismissed", "open"), "moderator"),
    Case("pin", "", "", 0, (), "moderator"),
    Case("answer question", "", "", 0, ("So.",), "moderator"),
]


@pytest.mark.parametrize("case", ALLOWED, ids=str)
def test_deed_has_the_same_effect_by_every_door(person, case):
    effects = []
    for door in doors_of(case.deed):
        scene = Scene(person, case)
        before = effect(scene)
        answer = do(case.deed, scene.who, scene.at, door, *case.given, **case.said)
        assert answer.code == "", (door, answer)
        effects.append(effect(scene))
        assert effects[-1] != before, door
    assert effects == [effects[0]] * len(effects)


def effect(scene: Scene) -> Any:
    """What stands in the database of the scene, but for ids and moments."""
    shown = (
        "question",
        "kind",
        "min",
        "max",
        "anonymous",
        "may_change",
        "visibility",
        "state",
        "round",
        "number",
        "ballots",
        "right_count",
    )
    polls = [
        ({field: getattr(poll, field) for field in shown}, list(poll.options.values_list("position", "text", "count")),
         poll.closes_at is not None, poll.launched_at is not None)
        for poll in Poll.objects.filter(session=scene.session).order_by("pk")
    ]  # fmt: skip
    people = list(
        Attendee.objects.filter(event=scene.session.event).order_by("pk").values_list("name", flat=True)
    )
    shown_of_questions = ("text", "state", "pinned", "votes", "answer")
    return (
        polls,
        people,
        sorted(Question.objects.filter(session=scene.session).values_list(*shown_of_questions)),
        Session.objects.get(pk=scene.session.pk).state,
        Ballot.objects.filter(poll__session=scene.session).count(),
    )


COMMANDS = [
    "poll.launch", "poll.close", "poll.state", "poll.reveal", "poll.publish", "poll.edit", "poll.add", "poll.round",
    "poll.clock", "session.state", "session.join", "join", "snapshot", "ok", "", "poll.vote ", "POLL.VOTE", "__class__",
]  # fmt: skip


def test_socket_knows_no_other_deeds_not_even_for_moderators(person):
    session = make_session()
    poll = make_poll(session, state="draft")
    moderator = person(user=make_moderator(session))
    with moderator.socket(session.pk, view="control") as socket:
        for command in COMMANDS:
            answer = socket.ask(command, poll=str(poll.pk), state="live", session=str(session.pk))
            assert answer["code"] == "unknown_command", command
        assert socket.ask("poll.vote", poll=str(poll.pk), options=[])["code"] == "not_joined"


def test_page_says_the_code_where_the_form_is_shown_again(person):
    """A refusal that keeps what was typed says its code beside it, and so does the banner of the room."""
    session = make_session()
    draft = make_poll(session, state="draft")
    moderator = person(user=make_moderator(session))
    at = At(session, draft)
    refused = [
        (do("add", moderator, at, PAGE, "Only a question", []), "bad_line", "Only a question"),
        (do("edit", moderator, at, PAGE, "Kept?", ["one", "ONE"]), "malformed", "ONE"),
        (do("join", person(), at, PAGE, name="Ada", country="XX"), "malformed", "Ada"),
        (do("vote", person(), at, PAGE, []), "not_joined", ""),
    ]
    for answer, code, kept in refused:
        assert answer.code == code
        assert kept in answer.text
