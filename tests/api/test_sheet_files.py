"""REST: run sheets as files."""

import pytest

from polls.models import Poll
from sessions.run_sheet.selectors import items_of
from tests.api.test_poll_files import ask
from tests.factories import make_moderator, make_session
from tests.support.people import Answer

PLAN = "Prompt: Why? (5)\nPoll: Which? [final] / a / b (4)\nQuestions\nBreathe\n"


@pytest.fixture
def session(inner):
    return make_session()


@pytest.fixture
def moderator(person, session):
    return person(user=make_moderator(session))


def path(session, form=""):
    return f"sessions/{session.pk}/run-sheet/files/{form}"


def test_trial_says_what_would_be_added_and_adds_nothing(session, moderator):
    body = moderator.rest("POST", path(session), {"content": f"{PLAN}Poll: Which?\n", "trial": True}).body
    assert (body["form"], body["added"]) == ("text", [])
    assert [(row["row"], row["code"], list(row["fields"])) for row in body["rows"]][3:] == [
        (4, "", []),
        (5, "bad_line", ["line"]),
    ]
    assert body["rows"][0]["item"] == {"kind": "prompt", "minutes": 5, "text": "Why?"}
    assert body["rows"][1]["item"]["poll"]["may_change"] is False
    assert items_of(session.pk) == []


def test_file_is_added_whole_or_not_at_all(session, moderator):
    refused = moderator.rest("POST", path(session), {"content": f"{PLAN}Poll: Which?\n"})
    assert (refused.status, refused.code, list(refused.body["fields"])) == (400, "items_refused", ["5.line"])
    assert (items_of(session.pk), Poll.objects.filter(session=session).exists()) == ([], False)
    moderator.rest("POST", f"sessions/{session.pk}/run-sheet/items/", {"lines": "Before"})
    added = ask(moderator, "POST", path(session), {"content": PLAN})
    assert added.status_code == 201
    assert added.json()["added"] == [str(item.pk) for item in items_of(session.pk)[1:]]


def test_run_sheet_comes_back_by_rest_as_it_was(session, moderator):
    assert ask(moderator, "POST", path(session), {"content": PLAN}).status_code == 201
    written = {form: ask(moderator, "GET", path(session, f"{form}/")) for form in ("text", "csv", "json")}
    assert written["csv"].headers["content-type"].startswith("text/csv")
    other = make_session(session.event)
    bodies = [*({"content": written[form].text} for form in written), written["json"].json()]
    for body in bodies:
        for item in items_of(session.pk):
            item.delete()
        assert ask(moderator, "POST", path(session), body).status_code == 201
        assert moderator.rest("GET", path(session, "json/")).body == written["json"].json()
    assert moderator.rest("POST", path(other), bodies[0]) == Answer(403, "not_moderator")
    assert moderator.rest("GET", path(other, "json/")) == Answer(403, "not_moderator")


def test_what_is_no_run_sheet_is_refused(session, moderator):
    for body in ({}, {"content": 7}, {"content": ""}, {"items": "x"}, {"items": []}):
        refused = moderator.rest("POST", path(session), body)
        assert (refused.status, refused.code, list(refused.body["fields"])) == (
            *(400, "wrong_run_sheet_file"),
            ["file"],
        )
    assert moderator.rest("POST", path(session), {"content": "x", "trial": "yes"}).code == "malformed"
    assert moderator.rest("GET", path(session, "pdf/")) == Answer(404, "not_found")
    headers = {"Authorization": f"Bearer {moderator.token}", "Content-Type": "application/json"}
    half = moderator.program.request(
        "POST", path(session), content=r'{"items": [{"kind": "note", "text": "\ud800"}]}', headers=headers
    )
    assert (half.status_code, half.json()["code"]) == (400, "items_refused")
