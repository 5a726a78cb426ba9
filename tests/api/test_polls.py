"""REST: writing polls, and their states."""

from datetime import timedelta

import pytest
from django.utils import timezone

from polls.models import Poll
from tests.factories import make_attendee, make_moderator, make_organiser, make_poll, make_session, options_of
from tests.factories.polls import record, vote_for
from tests.support.people import Answer

POLL = {
    "id", "session", "question", "kind", "min", "max", "anonymous", "may_change", "visibility", "state", "number",
    "round", "version", "launched_at", "closes_at", "ballots", "options", "mine",
}  # fmt: skip
DRAFT = {"question": "Where do you run it?", "options": [{"text": "Metal"}, {"text": "Cloud"}]}


@pytest.fixture
def session(inner):
    return make_session()


@pytest.fixture
def moderator(person, session):
    return person(user=make_moderator(session))


def texts(poll):
    return [option["text"] for option in poll["options"]]


def test_poll_is_made_of_a_question_and_options_with_the_documented_defaults(person, session, moderator):
    path = f"sessions/{session.pk}/polls/"
    assert person(attendee=make_attendee(session)).rest("POST", path, DRAFT) == Answer(401, "not_signed_in")
    elsewhere = person(user=make_moderator(make_session(session.event)))
    assert elsewhere.rest("POST", path, DRAFT) == Answer(403, "not_moderator")
    assert not Poll.objects.filter(session=session).exists()
    poll = moderator.rest("POST", path, DRAFT).body
    assert poll.keys() == POLL | {"undo_until"}
    assert texts(poll) == ["Metal", "Cloud"]
    assert all(option.keys() == {"id", "text", "count"} for option in poll["options"])
    assert {field: poll[field] for field in ("kind", "min", "max", "anonymous", "may_change", "visibility")} == {
        "kind": "single", "min": 1, "max": 1, "anonymous": True, "may_change": True, "visibility": "after_voting",
    }  # fmt: skip
    assert (poll["state"], poll["number"], poll["round"], poll["ballots"]) == ("draft", None, 1, 0)
    assert poll["session"] == str(session.pk)
    assert poll["mine"] == {"voted": False, "options": None, "seq": 0}
    assert isinstance(poll["id"], str)
    assert all(isinstance(option["id"], str) for option in poll["options"])


def test_poll_is_made_with_201_and_every_rule_given(session, moderator):
    rules = {
        "kind": "multiple", "min": 1, "max": 2, "anonymous": False, "may_change": False, "visibility": "after_close",
    }  # fmt: skip
    response = moderator.program.post(
        f"sessions/{session.pk}/polls/",
        json={**DRAFT, **rules},
        headers={"Authorization": f"Bearer {moderator.token}"},
    )
    assert response.status_code == 201
    assert {field: response.json()[field] for field in rules} == rules


def test_polls_list_shows_drafts_to_moderators_alone(person, session, moderator):
    draft, live = make_poll(session, state="draft"), make_poll(session)
    path = f"sessions/{session.pk}/polls/"
    seen = moderator.rest("GET", path).body
    assert seen.keys() == {"results", "next"}
    assert [poll["id"] for poll in seen["results"]] == [str(draft.pk), str(live.pk)]
    for other in (person(), person(attendee=make_attendee(session))):
        listed = other.rest("GET", path).body["results"]
        assert [poll["id"] for poll in listed] == [str(live.pk)]
        assert listed[0].keys() == POLL
        assert other.rest("GET", f"polls/{live.pk}/").body == listed[0]
        assert other.rest("GET", f"polls/{draft.pk}/") == Answer(404, "not_found")


def test_poll_goes_through_its_states_and_back_while_it_may(session, moderator):
    poll = make_poll(session, state="draft", visibility="after_publishing", now=timezone.now())
    path = f"polls/{poll.pk}/state/"
    for state in (
        "live",
        "draft",
        "live",
        "closed",
        "live",
        "closed",
        "published",
        "closed",
        "archived",
        "closed",
    ):
        answer = moderator.rest("PUT", path, {"state": state})
        assert answer.body["state"] == state, answer
        again = moderator.rest("PUT", path, {"state": state})
        assert again.body["version"] == answer.body["version"]
    assert moderator.rest("PUT", path, {"state": "draft"}) == Answer(409, "illegal_move")


def test_poll_state_is_refused_to_others_and_when_unknown(person, session, moderator):
    poll = make_poll(session)
    path = f"polls/{poll.pk}/state/"
    assert person().rest("PUT", path, {"state": "closed"}) == Answer(401, "not_signed_in")
    elsewhere = person(user=make_moderator(make_session(session.event)))
    assert elsewhere.rest("PUT", path, {"state": "closed"}) == Answer(403, "not_moderator")
    for wrong in ({"state": "gone"}, {"state": None}, {"state": ["closed"]}, {"state": {}}, {"state": 1}, {}):
        assert moderator.rest("PUT", path, wrong) == Answer(400, "malformed", frozenset({"state"}))
    assert Poll.objects.get(pk=poll.pk).state == "live"
    assert moderator.rest("PUT", path, {"state": "closed"}).body["state"] == "closed"


def test_draft_is_changed_in_parts_and_the_rest_stays(session, moderator):
    poll = make_poll(session, state="draft")
    path = f"polls/{poll.pk}/"
    assert moderator.rest("PATCH", path, {"question": "How many?"}).body["question"] == "How many?"
    ids = {text: str(identity) for text, identity in options_of(poll).items()}
    wanted = [{"id": ids["c"], "text": "C"}, {"text": "d"}, {"id": ids["a"], "text": "a"}]
    changed = moderator.rest("PATCH", path, {"options": wanted, "kind": "multiple", "max": 2}).body
    assert texts(changed) == ["C", "d", "a"]
    assert (changed["options"][0]["id"], changed["max"], changed["question"]) == (ids["c"], 2, "How many?")
    assert moderator.rest("PATCH", path, {}).body["version"] == changed["version"]


def test_launched_poll_keeps_its_rules_and_options_with_votes(person, session, moderator):
    poll, attendee = make_poll(session), make_attendee(session)
    record(vote_for(poll, attendee, "b"))
    path = f"polls/{poll.pk}/"
    ids = {text: str(identity) for text, identity in options_of(poll).items()}
    assert moderator.rest("PATCH", path, {"anonymous": False}).code == "rules_are_frozen"
    without_b = [{"id": ids["a"], "text": "a"}, {"id": ids["c"], "text": "c"}]
    assert moderator.rest("PATCH", path, {"options": without_b}).code == "option_has_votes"
    assert moderator.rest("PATCH", path, {"visibility": "moderators"}).code == "visibility_only_widens"
    strangers = [{"id": "999999", "text": "x"}, *without_b, {"id": ids["b"], "text": "b"}]
    assert moderator.rest("PATCH", path, {"options": strangers}).code == "malformed"
    assert person(attendee=attendee).rest("PATCH", path, {"question": "Mine?"}).code == "not_signed_in"
    before = moderator.rest("GET", path).body
    assert texts(before) == ["a", "b", "c"]
    mended = [{"id": ids["b"], "text": "B!"}, {"id": ids["a"], "text": "a"}]
    after = moderator.rest("PATCH", path, {"options": mended, "visibility": "always"}).body
    assert [(o["text"], o["count"]) for o in after["options"]] == [("B!", 1), ("a", 0)]


def test_countdown_is_started_prolonged_and_taken_away(session, moderator):
    poll = make_poll(session)
    path = f"polls/{poll.pk}/"
    soon = timezone.now() + timedelta(seconds=60)
    for moment in (soon, soon + timedelta(seconds=30)):
        said = moderator.rest("PATCH", path, {"closes_at": moment.isoformat()}).body["closes_at"]
        assert said == moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert moderator.rest("PATCH", path, {"closes_at": None}).body["closes_at"] is None


@pytest.mark.parametrize(
    "moment",
    [
        "soon", "", 5, [], {}, True, "\x00", "\ud800", "2020-08-10T14:35:00", "2020-08-10T14:35:00Z",
        "2020-13-45T00:00:00Z",        "9999-12-31T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
    ],
)  # fmt: skip
def test_countdown_that_is_no_moment_to_come_is_refused_and_nothing_else_is_written(
    session, moderator, moment
):
    poll = make_poll(session)
    path = f"polls/{poll.pk}/"
    answer = moderator.rest("PATCH", path, {"question": "Changed?", "closes_at": moment})
    assert answer == Answer(400, "malformed", frozenset({"closes_at"}))
    assert moderator.rest("GET", path).body["question"] == "Which?"


def test_countdown_of_a_poll_that_is_not_live_is_refused(session, moderator):
    soon = (timezone.now() + timedelta(seconds=60)).isoformat()
    for state in ("draft", "closed", "published", "archived"):
        poll = make_poll(session, state=state)
        assert moderator.rest("PATCH", f"polls/{poll.pk}/", {"closes_at": soon}) == Answer(
            409, "illegal_move"
        )


def test_another_round_is_a_new_draft_and_the_first_stays(person, session, moderator):
    poll = make_poll(session, state="closed")
    path = f"polls/{poll.pk}/rounds/"
    assert person().rest("POST", path) == Answer(401, "not_signed_in")
    elsewhere = person(user=make_moderator(make_session(session.event)))
    assert elsewhere.rest("POST", path) == Answer(403, "not_moderator")
    before = moderator.rest("GET", f"polls/{poll.pk}/").body
    again = moderator.rest("POST", path)
    assert again.status == 200
    assert (again.body["state"], again.body["round"], again.body["ballots"]) == ("draft", 2, 0)
    assert again.body["id"] != before["id"]
    assert texts(again.body) == texts(before)
    assert moderator.rest("GET", f"polls/{poll.pk}/").body["state"] == "closed"


def test_organiser_does_all_that_a_moderator_does(person, session):
    organiser = person(user=make_organiser(session.event))
    poll = organiser.rest("POST", f"sessions/{session.pk}/polls/", DRAFT).body
    assert organiser.rest("PUT", f"polls/{poll['id']}/state/", {"state": "live"}).body["state"] == "live"
    foreign = person(user=make_organiser(make_session().event))
    assert foreign.rest("PUT", f"polls/{poll['id']}/state/", {"state": "closed"}).code == "not_moderator"
