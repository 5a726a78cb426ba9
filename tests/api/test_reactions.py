"""REST: reactions and pace."""

import pytest

from opendev.core import limits
from sessions.programme.models import Session
from sessions.reactions import broadcasts
from tests.factories import make_attendee, make_helper, make_moderator, make_session
from tests.support.people import Answer


@pytest.fixture(autouse=True)
def uncounted():
    limits.forget_all()


@pytest.fixture
def session():
    return make_session(reactions_open=True)


def joined(person, session):
    who = person(attendee=make_attendee(session))
    return lambda method, path, body=None: who.rest(
        method, f"sessions/{session.pk}/{path}/", body, token=who.pass_token
    )


def test_attendee_reacts_and_says_that_it_goes_too_fast(person, session):
    rest = joined(person, session)
    assert rest("POST", "reactions", {"reaction": "applause"}).body == {"reaction": "applause"}
    assert rest("POST", "reactions", {"reaction": "applause"}) == Answer(429, "too_often")
    assert rest("PUT", "pace", {"pace": "slower"}).body == {"pace": "slower"}
    assert rest("DELETE", "pace").body == {"pace": None}


@pytest.mark.parametrize("body", [{}, {"reaction": None}, {"reaction": "boo"}, {"reaction": ["applause"]}])
def test_reaction_that_there_is_not_is_malformed(person, session, body):
    answer = joined(person, session)("POST", "reactions", body)
    assert answer == Answer(400, "malformed", frozenset({"reaction"}))


@pytest.mark.parametrize("body", [{}, {"pace": None}, {"pace": ""}, {"pace": "faster"}, {"pace": 0}])
def test_pace_that_there_is_not_is_malformed(person, session, body):
    answer = joined(person, session)("PUT", "pace", body)
    assert answer == Answer(400, "malformed", frozenset({"pace"}))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"state": "over"}, "session_is_over"),
        ({"state": "upcoming"}, "reactions_are_off"),
        ({"reactions_open": False}, "reactions_are_off"),
    ],
)
def test_session_that_takes_none_says_why(person, session, fields, code):
    rest = joined(person, session)
    Session.objects.filter(pk=session.pk).update(**fields)
    assert rest("POST", "reactions", {"reaction": "applause"}) == Answer(409, code)
    assert rest("PUT", "pace", {"pace": "lost"}) == Answer(409, code)


def test_strangers_have_to_join_first(person, session):
    stranger = person()
    path = f"sessions/{session.pk}"
    assert stranger.rest("POST", f"{path}/reactions/", {"reaction": "applause"}) == Answer(401, "not_joined")
    assert stranger.rest("DELETE", f"{path}/pace/") == Answer(401, "not_joined")


def test_pace_is_read_by_moderators_alone(person, session, monkeypatch):
    monkeypatch.setitem(broadcasts.board.told, session.pk, {"slower": None, "lost": 5})
    path = f"sessions/{session.pk}/pace/"
    assert person(user=make_moderator(session)).rest("GET", path).body == {"slower": None, "lost": 5}
    for who, answer in (
        (person(), Answer(401, "not_signed_in")),
        (person(attendee=make_attendee(session)), Answer(401, "not_signed_in")),
        (person(user=make_helper(session)), Answer(403, "not_moderator")),
    ):
        assert who.rest("GET", path) == answer


def test_moderator_says_whether_it_is_taken_and_shown(person, session):
    moderator = person(user=make_moderator(session))
    path = f"sessions/{session.pk}/reactions/rules/"
    assert moderator.rest("PATCH", path, {"taken": False}).body == {"taken": False, "on_screen": True}
    assert moderator.rest("PATCH", path, {"on_screen": False}).body == {"taken": False, "on_screen": False}
    assert moderator.rest("GET", f"sessions/{session.pk}/").body["reactions"] == {
        "taken": False,
        "on_screen": False,
    }
    refused = moderator.rest("PATCH", path, {"taken": "yes"})
    assert refused == Answer(400, "malformed", frozenset({"taken"}))
    helper = person(user=make_helper(session))
    assert helper.rest("PATCH", path, {"taken": True}) == Answer(403, "not_moderator")
