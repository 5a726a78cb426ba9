"""REST: polls as files."""

import pytest

from polls.models import Poll
from tests.factories import make_moderator, make_poll, make_session
from tests.support.people import Answer


@pytest.fixture
def session(inner):
    return make_session()


@pytest.fixture
def moderator(person, session):
    return person(user=make_moderator(session))


def path(session, form=""):
    return f"sessions/{session.pk}/poll-files/{form}"


def ask(person, method, address, body=None, **query):
    headers = {"Authorization": f"Bearer {person.token}"}
    return person.program.request(method, address, json=body, headers=headers, params=query)


def test_trial_says_what_would_be_added_and_adds_nothing(session, moderator):
    content = "Which? / a / b\nOnly a question\n"
    body = moderator.rest("POST", path(session), {"content": content, "trial": True}).body
    assert (body["form"], body["added"]) == ("text", [])
    assert [(row["row"], row["code"], list(row["fields"])) for row in body["rows"]] == [
        (1, "", []),
        (2, "bad_line", ["line"]),
    ]
    assert body["rows"][0]["poll"]["options"] == [{"text": "a"}, {"text": "b"}]
    assert not Poll.objects.filter(session=session).exists()


def test_file_is_added_whole_or_not_at_all(session, moderator):
    refused = moderator.rest("POST", path(session), {"content": "Which? / a / b\nOnly a question\n"})
    assert (refused.status, refused.code, list(refused.body["fields"])) == (400, "polls_refused", ["2.line"])
    assert not Poll.objects.filter(session=session).exists()
    added = ask(moderator, "POST", path(session), {"content": "Which? / a / b\nOne word? [words 1]\n"})
    assert added.status_code == 201
    polls = Poll.objects.filter(session=session).order_by("position")
    assert added.json()["added"] == [str(poll.pk) for poll in polls]


def test_polls_come_back_by_rest_as_they_were(session, moderator):
    make_poll(session, kind="scale", state="draft", options=None, rules={"to": 4, "labels": ["low", "high"]})
    make_poll(session, right_answer={"options": [2]}, visibility="always")
    written = {form: ask(moderator, "GET", path(session, f"{form}/")) for form in ("text", "csv", "json")}
    assert written["csv"].headers["content-type"].startswith("text/csv")
    other = make_session(session.event)
    Poll.objects.filter(session=session).delete()
    bodies = [
        {"content": written["text"].text},
        {"content": written["csv"].text},
        {"content": written["json"].text},
        written["json"].json(),
    ]
    for body in bodies:
        assert ask(moderator, "POST", path(session), body).status_code == 201
        assert moderator.rest("GET", path(session, "json/")).body == written["json"].json()
        Poll.objects.filter(session=session).delete()
    assert moderator.rest("POST", path(other), bodies[0]) == Answer(403, "not_moderator")
    assert moderator.rest("GET", path(other, "json/")) == Answer(403, "not_moderator")


def test_what_is_no_file_is_refused(session, moderator):
    for body in ({}, {"content": 7}, {"content": ""}, {"polls": "x"}, {"polls": []}):
        refused = moderator.rest("POST", path(session), body)
        assert (refused.status, refused.code, list(refused.body["fields"])) == (
            400,
            "wrong_poll_file",
            ["file"],
        )
    assert moderator.rest("POST", path(session), {"content": "x", "trial": "yes"}).code == "malformed"
    assert moderator.rest("GET", path(session, "pdf/")) == Answer(404, "not_found")
    assert ask(moderator, "GET", path(session, "csv/"), polls="some").status_code == 400


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (r'{"content": "question,kind\n\ud800,"}', "wrong_poll_file"),
        (r'{"content": "Which\ud800? / a / b"}', "polls_refused"),
        (r'{"content": "Which\ud800? / a / b", "trial": true}', None),
        (r'{"content": "\ud800", "trial": true}', None),
        (r'{"polls": [{"question": "\ud800"}], "trial": true}', None),
        (r'{"polls": [{"\ud800": 1}], "trial": true}', None),
        (r'{"polls": [{"\ud800": 1}]}', "polls_refused"),
    ],
)
def test_half_a_sign_is_refused_with_a_code(session, moderator, body, code):
    headers = {"Authorization": f"Bearer {moderator.token}", "Content-Type": "application/json"}
    answer = moderator.program.request("POST", path(session), content=body, headers=headers)
    if code:
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    else:
        assert answer.status_code == 200
        assert [row["poll"] for row in answer.json()["rows"]] == [None]
    assert not Poll.objects.filter(session=session).exists()
