"""REST: one's own ballot."""

import pytest

from polls.models import Poll
from tests.factories import make_attendee, make_poll, make_session, options_of
from tests.support.people import Answer

MINE = {"voted", "options", "seq"}
SECRET = "my-own-ballot-secret-0001"


class Booth:
    """A poll, and somebody who may vote in it."""

    def __init__(self, person, **rules):
        self.session = make_session()
        self.poll = make_poll(self.session, **rules)
        self.ids = {text: str(identity) for text, identity in options_of(self.poll).items()}
        self.path = f"polls/{self.poll.pk}/ballot/"
        self.attendee = person(attendee=make_attendee(self.session))

    def put(self, *texts, **more):
        return self.attendee.rest("PUT", self.path, {"options": [self.ids[text] for text in texts], **more})

    def count(self):
        poll = Poll.objects.get(pk=self.poll.pk)
        counts = dict(poll.options.exclude(count=0).values_list("text", "count"))
        return {**counts, "": poll.ballots}


def test_ballot_is_cast_read_changed_and_withdrawn(person):
    booth = Booth(person)
    nothing = {"voted": False, "options": None, "seq": 0}
    assert booth.attendee.rest("GET", booth.path).body == nothing
    cast = booth.put("a")
    assert cast.body.keys() == MINE
    assert cast.body == {"voted": True, "options": [booth.ids["a"]], "seq": 1}
    assert booth.put("b").body == {"voted": True, "options": [booth.ids["b"]], "seq": 2}
    assert booth.attendee.rest("GET", booth.path).body == {
        "voted": True,
        "options": [booth.ids["b"]],
        "seq": 2,
    }
    assert booth.count() == {"b": 1, "": 1}
    assert booth.attendee.rest("DELETE", booth.path).body == {"voted": False, "options": None, "seq": 3}
    assert booth.count() == {"": 0}


def test_ballot_late_retry_changes_nothing_and_is_answered_with_what_stands(person):
    booth = Booth(person)
    assert booth.put("a", seq=10).body["seq"] == 10
    assert booth.put("b", seq=20).body["seq"] == 20
    for late in (10, 20, 0):
        assert booth.put("c", seq=late).body == {"voted": True, "options": [booth.ids["b"]], "seq": 20}
    assert booth.count() == {"b": 1, "": 1}


def test_ballot_under_the_clients_own_secret_is_found_by_the_header(person):
    booth = Booth(person)
    assert booth.put("a", ballot=SECRET).body["options"] == [booth.ids["a"]]
    header = {"Ballot": SECRET}
    assert booth.attendee.rest("GET", booth.path, headers=header).body["options"] == [booth.ids["a"]]
    elsewhere = booth.attendee.rest("GET", booth.path).body
    assert elsewhere == {"voted": True, "options": None, "seq": 0}
    assert booth.put("b") == Answer(409, "already_voted")
    assert booth.attendee.rest("DELETE", booth.path) == Answer(409, "already_voted")
    assert booth.attendee.rest("DELETE", booth.path, headers=header).body["voted"] is False
    assert booth.count() == {"": 0}


@pytest.mark.parametrize("secret", ["short", "x" * 65, "with blank 0123456", "ümlaut-0123456789", "x" * 15])
def test_ballot_secret_of_the_wrong_shape_is_refused(person, secret):
    booth = Booth(person)
    refusal = Answer(400, "malformed", frozenset({"ballot"}))
    assert booth.put("a", ballot=secret) == refusal
    if secret.isascii():
        for method in ("GET", "DELETE"):
            assert booth.attendee.rest(method, booth.path, headers={"Ballot": secret}) == refusal
    assert booth.count() == {"": 0}


def test_ballot_refusals_have_their_codes(person):
    booth, final = Booth(person, kind="multiple", max=2), Booth(person, may_change=False)
    options = frozenset({"options"})
    other = str(next(iter(options_of(make_poll(booth.session)).values())))
    assert booth.attendee.rest("DELETE", booth.path) == Answer(409, "no_ballot")
    assert booth.put() == Answer(400, "wrong_number_of_options", options)
    assert booth.put("a", "b", "c") == Answer(400, "wrong_number_of_options", options)
    assert booth.put("a", "a") == Answer(400, "duplicate_option", options)
    assert booth.attendee.rest("PUT", booth.path, {"options": [other]}) == Answer(
        400, "unknown_option", options
    )
    assert booth.count() == {"": 0}
    assert booth.put("a", "b").status == 200
    assert final.put("a").status == 200
    assert final.put("b") == Answer(409, "vote_is_final")
    assert final.attendee.rest("DELETE", final.path) == Answer(409, "vote_is_final")
    assert final.put("a").status == 200


@pytest.mark.parametrize("state", ["draft", "closed", "published", "archived"])
def test_ballot_is_cast_in_live_polls_alone(person, state):
    booth = Booth(person, state=state)
    refusal = Answer(404, "not_found") if state in {"draft", "archived"} else Answer(409, "poll_not_live")
    assert booth.put("a") == refusal
    assert booth.attendee.rest("DELETE", booth.path) == refusal
    assert booth.count() == {"": 0}


def test_ballot_needs_an_attendee_of_the_polls_event(person):
    booth = Booth(person)
    body = {"options": [booth.ids["a"]]}
    strangers = ((401, person()), (403, person(attendee=make_attendee(make_session()))))
    for status, stranger in strangers:
        for method, sent in (("GET", None), ("PUT", body), ("DELETE", None)):
            assert stranger.rest(method, booth.path, sent) == Answer(status, "not_joined")
    neighbour = person(attendee=make_attendee(make_session(booth.session.event)))
    assert neighbour.rest("PUT", booth.path, body).status == 200
