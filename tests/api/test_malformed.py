"""REST: whatever comes in is answered with a coded refusal that names the field, and nothing is half-written."""

from typing import Any

import pytest

from opendev.core.attendance import sign_pass
from polls.models import Ballot, Option, Poll
from sessions.attendees.models import Attendee
from sessions.programme.models import Session
from tests.factories import make_attendee, make_moderator, make_poll, make_session, options_of
from tests.support.people import Answer

NUL, SURROGATE, RIGHT_TO_LEFT = "a\x00b", "a\ud800b", "\x1b[2J"
HUGE = int("9" * 400)
NO_TEXT: list[Any] = [None, 0, 1.5, True, [], ["a"], {}, {"text": "a"}, HUGE]
NO_LINE: list[Any] = [*NO_TEXT, "", " \t\n", NUL, SURROGATE, RIGHT_TO_LEFT]
NO_WORD: list[Any] = [*NO_TEXT, "", "x", NUL, SURROGATE, "LIVE", "single "]
NO_FLAG: list[Any] = [None, 0, 1, "true", "", [], {}, HUGE]
NO_NUMBER: list[Any] = [None, "1", "", 0, -1, 21, 1.0, 1.5, True, [], {}, HUGE, -HUGE]
NO_OPTIONS: list[Any] = [
    None, 1, "ab", {}, [], [{"text": "a"}], [{"text": "a"}] * 2, [{"text": "a"}, {"text": "A "}], ["a", "b"],
    [["a"], ["b"]], [{"text": "a"}, {}], [{"text": "a"}, None], [{"text": str(n)} for n in range(21)],
    *[[{"text": "a"}, {"text": wrong}] for wrong in ("x" * 121, *NO_LINE)],
    *[[{"text": "a"}, {"text": "b", "id": wrong}] for wrong in (0, 1, "x", "", "-1", "9" * 19, "9" * 5000, [], True)],
]  # fmt: skip
DRAFT = {
    "question": [*NO_LINE, "x" * 301, "🦀" * 301],
    "options": NO_OPTIONS,
    "kind": NO_WORD,
    "visibility": NO_WORD,
    "anonymous": NO_FLAG,
    "may_change": NO_FLAG,
    "min": NO_NUMBER,
    "max": NO_NUMBER,
}
BALLOT = {
    "options": [
        None, 1, "1", "abc", {}, {"1": "1"}, True, [1], [None], [True], [[]], [{}], ["x"], [""], ["-1"], ["1.0"],
        [" 1"],        [NUL], [SURROGATE], ["٣"], ["9" * 20], ["9" * 5000], ["1"] * 21, [HUGE],
    ],
    "seq": ["1", "", -1, 1.5, 1.0, True, [], {}, 2**53, HUGE, -HUGE],
    "ballot": [0, True, [], {}, "", "short", "x" * 65, "x" * 16 + "\n", "x" * 16 + "\x00", "ä" * 16, HUGE],
}  # fmt: skip
ATTENDEE = {
    "name": [0, 1.5, True, [], ["a"], {}, NUL, SURROGATE, RIGHT_TO_LEFT, "x" * 121, HUGE],
    "company": [0, False, [], {}, NUL, SURROGATE, "x" * 121, HUGE],
    "country": [0, True, [], {}, NUL, SURROGATE, "XX", "GBR", "England", "x" * 5000, "🇬🇧", HUGE],
}
STATE = [*NO_WORD, "closed "]


class World:
    """One session with a live poll and a draft, its moderator, an attendee and a visitor."""

    def __init__(self, person):
        self.session = make_session()
        self.live, self.draft = make_poll(self.session), make_poll(self.session, state="draft")
        self.moderator = person(user=make_moderator(self.session))
        self.attendee, self.visitor = person(attendee=make_attendee(self.session)), person()

    def newcomer(self):
        """The token of another attendee: one who sends all these cases would be too quick."""
        return sign_pass(make_attendee(self.session))

    def rows(self):
        """All that must not change. The server may be finalising what other tests closed, so only this session's."""
        here = {
            Session: {"pk": self.session.pk},
            Poll: {"session": self.session},
            Option: {"poll__session": self.session},
            Ballot: {"poll__session": self.session},
        }
        found = {
            model: list(model.objects.filter(**only).order_by("pk").values()) for model, only in here.items()
        }
        named = Attendee.objects.exclude(name="", company="", country="")
        return {**found, Attendee: list(named.values()), "polls in all": Poll.objects.count()}


@pytest.fixture
def world(person):
    return World(person)


# --- each field of each body. One test a body: hundreds of cases share one world, and each has to leave it untouched.


def test_new_poll_with_a_field_of_the_wrong_shape_names_it(world):
    path = f"sessions/{world.session.pk}/polls/"
    good = {
        "question": "Which?",
        "options": [{"text": "a"}, {"text": "b"}, {"text": "c"}],
        "kind": "multiple",
    }
    for field, values in DRAFT.items():
        for wrong in values:
            body = {**good, field: wrong}
            answer = world.moderator.rest("POST", path, body)
            assert answer == Answer(400, "malformed", frozenset({field})), body
    assert Poll.objects.filter(session=world.session).count() == 2
    assert world.moderator.rest("POST", path, good).body["max"] == 3


def test_changed_draft_with_a_field_of_the_wrong_shape_names_it(world):
    before = world.rows()
    for field, values in DRAFT.items():
        for wrong in values:
            answer = world.moderator.rest("PATCH", f"polls/{world.draft.pk}/", {field: wrong})
            assert answer == Answer(400, "malformed", frozenset({field})), (field, wrong)
    assert world.rows() == before


def test_ballot_with_a_field_of_the_wrong_shape_names_it(world):
    before, path = world.rows(), f"polls/{world.live.pk}/ballot/"
    good = {"options": [str(options_of(world.live)["a"])]}
    for field, values in BALLOT.items():
        for wrong in values:
            answer = world.attendee.rest("PUT", path, {**good, field: wrong}, token=world.newcomer())
            assert answer == Answer(400, "malformed", frozenset({field})), (field, wrong)
    assert world.rows() == before
    assert world.attendee.rest("PUT", path, good).status == 200


def test_joining_with_a_field_of_the_wrong_shape_names_it(world):
    before, path = world.rows(), f"sessions/{world.session.pk}/attendees/"
    for field, values in ATTENDEE.items():
        for wrong in values:
            answer = world.visitor.rest("POST", path, {field: wrong})
            assert answer == Answer(400, "malformed", frozenset({field})), (field, wrong)
    assert world.rows() == before
    assert world.visitor.rest("POST", path, dict.fromkeys(ATTENDEE)).status == 200


def test_state_of_the_wrong_shape_is_named(world):
    before = world.rows()
    for path in (f"sessions/{world.session.pk}/state/", f"polls/{world.live.pk}/state/"):
        for wrong in STATE:
            answer = world.moderator.rest("PUT", path, {"state": wrong})
            assert answer == Answer(400, "malformed", frozenset({"state"})), (path, wrong)
    assert world.rows() == before


def test_display_of_the_wrong_shape_is_named(world):
    before, session = world.rows(), f"sessions/{world.session.pk}"
    for wrong in ATTENDEE["name"]:
        answer = world.moderator.rest("POST", f"{session}/display-links/", {"name": wrong})
        assert answer == Answer(400, "malformed", frozenset({"name"})), wrong
    for wrong in NO_FLAG:
        answer = world.moderator.rest("PUT", f"{session}/screen/", {"open": wrong})
        assert answer == Answer(400, "malformed", frozenset({"open"})), wrong
    for unknown in ("0", "x", "9" * 30):
        assert world.moderator.rest("DELETE", f"{session}/display-links/{unknown}/").code == "not_found"
    assert world.rows() == before
    assert not world.session.display_links.exists()


# --- the body as a whole


WRITES = [
    ("POST", "sessions/{session}/attendees/"),
    ("POST", "sessions/{session}/polls/"),
    ("PUT", "sessions/{session}/state/"),
    ("POST", "sessions/{session}/display-links/"),
    ("PUT", "sessions/{session}/screen/"),
    ("PATCH", "polls/{draft}/"),
    ("PUT", "polls/{draft}/state/"),
    ("PUT", "polls/{live}/ballot/"),
]
NO_OBJECTS = [
    b"[]", b'[{"state": "over"}]', b'"state"', b"0", b"1", b"true", b"false", b"null", b'""',
]  # fmt: skip
NO_JSON = [
    b"{", b"state=over", b"{'state': 'over'}", b'{"state": "over"', b'{"state": NaN}', b'{"state": Infinity}', b"\x00",
    b" ", b'\xef\xbb\xbf{"state": "over"}', b'{"state": "\xff"}', '{"state": "over"}'.encode("utf-16"),
    b'{"n": ' + b"9" * 5000 + b"}", b"[" * 100_000, b'{"a":' * 40_000,
]  # fmt: skip


def send(world, method, path, content, content_type="application/json"):
    ids = {"session": world.session.pk, "live": world.live.pk, "draft": world.draft.pk}
    headers = {"Content-Type": content_type}
    if "attendees" not in path:
        token = world.newcomer() if "ballot" in path else world.moderator.token
        headers["Authorization"] = f"Bearer {token}"
    return world.visitor.program.request(method, path.format(**ids), content=content, headers=headers)


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_body_that_is_no_json_object_is_refused(world, method, path):
    before = world.rows()
    for content in (*NO_OBJECTS, *NO_JSON):
        response = send(world, method, path, content)
        assert (response.status_code, response.json()["code"]) == (400, "malformed"), content[:40]
    assert world.rows() == before


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_body_over_256_kib_is_refused_and_one_just_under_is_read(world, method, path):
    before = world.rows()
    for size, expected in ((256 * 1024 + 1, (413, "too_large")), (256 * 1024, (400, "malformed"))):
        response = send(
            world, method, path, b'{"name": 0, "question": 0, "state": "' + b"x" * (size - 39) + b'"}'
        )
        assert len(response.request.content) == size
        assert (response.status_code, response.json()["code"]) == expected
    assert world.rows() == before


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_body_of_another_content_type_is_refused(world, method, path):
    before = world.rows()
    for content_type in (
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "",
    ):  # fmt: skip
        response = send(world, method, path, b'{"state": "over"}', content_type)
        assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type"), (
            content_type
        )
    assert world.rows() == before


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_body_without_a_length_is_refused_instead_of_dropped(world, method, path):
    before = world.rows()
    response = send(world, method, path, iter([b'{"name": "Ada", ', b'"state": "over"}']))
    assert response.request.headers["Transfer-Encoding"] == "chunked"
    assert (response.status_code, response.json()["code"]) == (411, "length_required")
    assert world.rows() == before


def test_unknown_fields_are_passed_over(world):
    body = {"state": "closed", "votes": 5, "\x00": NUL, SURROGATE: HUGE, "__proto__": {}}
    assert world.moderator.rest("PUT", f"polls/{world.live.pk}/state/", body).body["state"] == "closed"
