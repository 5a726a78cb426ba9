"""REST: one's own bank of polls."""

import pytest

from opendev.room.models import BankedPoll
from polls.models import Poll
from tests.factories import make_event, make_moderator, make_poll, make_session
from tests.support.people import Answer


@pytest.fixture
def session(inner):
    return make_session()


@pytest.fixture
def user(session):
    return make_moderator(session)


@pytest.fixture
def moderator(person, user):
    return person(user=user)


def test_polls_are_saved_listed_added_elsewhere_and_removed(session, user, moderator):
    poll = make_poll(session, kind="scale", options=None, rules={"to": 4})
    wanted = {"session": str(session.pk), "polls": [str(poll.pk)]}
    [saved] = moderator.rest("POST", "bank/", wanted).body["results"]
    assert (saved["poll"]["kind"], saved["poll"]["rules"]["to"]) == ("scale", 4)
    assert moderator.rest("GET", "bank/").body == {"results": [saved], "next": None}
    there = make_session(make_event())
    there.event.organisers.add(user)
    added = moderator.rest("POST", f"sessions/{there.pk}/bank/", {"polls": [saved["id"]]})
    [copy] = Poll.objects.filter(session=there)
    assert added.body == {"polls": [str(copy.pk)]}
    assert moderator.rest("DELETE", f"bank/{saved['id']}/").status == 200
    assert moderator.rest("DELETE", f"bank/{saved['id']}/") == Answer(404, "not_found")
    assert moderator.rest("GET", "bank/").body["results"] == []


def test_refusals_have_codes(session, moderator, person):
    poll = make_poll(session)
    here = {"session": str(session.pk), "polls": [str(poll.pk)]}
    assert moderator.rest("POST", "bank/", {**here, "polls": []}) == Answer(
        400, "nothing_chosen", frozenset(["polls"])
    )
    for field, wrong in (("polls", "x"), ("polls", [7]), ("session", None), ("session", 7)):
        refused = moderator.rest("POST", "bank/", {**here, field: wrong})
        assert refused == Answer(400, "malformed", frozenset([field]))
    assert moderator.rest("POST", "bank/", {**here, "session": "987654"}) == Answer(404, "not_found")
    path = f"sessions/{session.pk}/bank/"
    for wrong in ({}, {"polls": "x"}, {"polls": ["987654"]}):
        assert moderator.rest("POST", path, wrong) == Answer(400, "malformed", frozenset(["polls"]))
    elsewhere = person(user=make_moderator(make_session(session.event)))
    assert elsewhere.rest("POST", "bank/", here) == Answer(403, "not_moderator")
    assert elsewhere.rest("POST", path, {"polls": ["1"]}) == Answer(403, "not_moderator")
    assert elsewhere.rest("GET", "bank/").body["results"] == []
    stranger = person()
    for method, address in (("GET", "bank/"), ("POST", path), ("DELETE", "bank/1/")):
        assert stranger.rest(method, address, {"polls": ["1"]} if method == "POST" else None).status == 401
    assert not BankedPoll.objects.exists()
