"""REST: a session's run sheet, for moderators; and what runs now, for everybody."""

import pytest

from tests.factories import make_attendee, make_moderator, make_poll, make_session
from tests.support.people import Answer

ITEM = {"id", "kind", "text", "minutes", "subject", "started_at", "used_s"}


@pytest.fixture
def session(inner):
    return make_session()


@pytest.fixture
def moderator(person, session):
    return person(user=make_moderator(session, "Gergely Csatari"))


def test_plan_is_added_edited_run_and_taken_back(person, session, moderator):
    path = f"sessions/{session.pk}/run-sheet/"
    assert moderator.rest("GET", path).body["items"] == []
    lines = "Prompt: Why? (5)\nPoll: Which one? / a / b (4)\nHand over"
    added = moderator.program.post(
        f"{path}items/", json={"lines": lines}, headers={"Authorization": f"Bearer {moderator.token}"}
    )
    assert added.status_code == 201
    prompt, poll, note = added.json()["items"]
    assert prompt.keys() == ITEM
    assert moderator.rest("GET", f"polls/{poll['subject']}/").body["state"] == "draft"
    moved = moderator.rest("PATCH", f"{path}items/{note['id']}/", {"position": 1, "minutes": 2}).body["items"]
    assert [item["id"] for item in moved] == [note["id"], prompt["id"], poll["id"]]
    assert len(moderator.rest("DELETE", f"{path}items/{note['id']}/").body["items"]) == 2
    assert moderator.rest("POST", f"{path}next/", {"seen": ""}).body["running"] == prompt["id"]
    assert moderator.rest("POST", f"{path}next/", {"seen": ""}) == Answer(409, "changed_meanwhile")
    told = person(attendee=make_attendee(session)).rest("GET", f"{path}running/").body
    assert (told["item"]["kind"], told["item"]["text"]) == ("prompt", "Why?")
    moderator.rest("PUT", f"{path}running/", {"item": poll["id"], "seen": prompt["id"]})
    assert moderator.rest("GET", f"polls/{poll['subject']}/").body["state"] == "live"
    undone = moderator.rest("POST", f"{path}undo/").body
    assert (undone["running"], undone["moved_by"]) == (prompt["id"], "Gergely Csatari")
    assert moderator.rest("GET", f"polls/{poll['subject']}/").body["state"] == "draft"


def test_step_closes_the_poll_that_it_names(person, session, moderator):
    live = make_poll(session, state="live")
    path = f"sessions/{session.pk}/run-sheet/"
    moderator.rest("POST", f"{path}items/", {"lines": "Prompt: Why? (5)"})
    assert moderator.rest("POST", f"{path}next/", {"seen": "", "close": "999999"}) == Answer(
        400, "malformed", frozenset({"close"})
    )
    assert moderator.rest("GET", path).body["running"] is None
    assert moderator.rest("POST", f"{path}next/", {"seen": "", "close": str(live.pk)}).status == 200
    assert moderator.rest("GET", f"polls/{live.pk}/").body["state"] == "closed"


@pytest.mark.parametrize(
    ("method", "tail", "body", "code", "fields"),
    [
        ("POST", "items/", {}, "malformed", {"items"}),
        ("POST", "items/", {"items": "x"}, "malformed", {"items"}),
        ("POST", "items/", {"items": [5]}, "malformed", {"items"}),
        ("POST", "items/", {"items": [{"kind": "prompt", "text": "a\x00b"}]}, "malformed", {"text"}),
        ("POST", "items/", {"items": [{"kind": "poll", "line": "No options"}]}, "bad_line", {"line"}),
        ("POST", "items/", {"lines": " "}, "malformed", {"lines"}),
        ("POST", "items/", {"lines": ["x"]}, "malformed", {"lines"}),
        ("PUT", "running/", {}, "malformed", {"item"}),
        ("PUT", "running/", {"item": 5}, "malformed", {"item"}),
        ("PUT", "running/", {"item": "999999"}, "not_found", set()),
        ("POST", "next/", {"seen": {}}, "changed_meanwhile", set()),
        ("PATCH", "items/x/", {}, "not_found", set()),
        ("DELETE", "items/999999/", None, "not_found", set()),
    ],
)
def test_what_breaks_a_rule_is_refused_by_its_code_and_names_the_field(
    session, moderator, method, tail, body, code, fields
):
    answer = moderator.rest(method, f"sessions/{session.pk}/run-sheet/{tail}", body)
    assert (answer.code, set(answer.fields)) == (code, fields)
