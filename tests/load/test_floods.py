"""One address that fills a session with questions and names is slowed by every door, and the moderators hear of it."""

import httpx
import pytest
from django.urls import reverse

from opendev.core import attendance, limits
from opendev.core.newcomers import newcomers
from sessions.follow_ups.models import SignUp
from sessions.questions.models import Question
from tests.factories import make_attendee, make_line, make_moderator, make_session
from tests.support.inner_server import inner
from tests.support.people import person, watch_rest

__all__ = ["inner", "person", "watch_rest"]

SCRIPT, OFFICE = "203.0.113.8", "203.0.113.7"
NEWCOMERS_ASK, NEWCOMERS_SIGN_UP = 12, 40  # a minute: limits.py


@pytest.fixture(autouse=True)
def _counts_begin_anew():
    limits.forget_all()


def rest(inner, address):
    """A program's REST client behind an address that is not trusted."""
    return httpx.Client(
        base_url=f"{inner.url}/api/v1/",
        headers={"X-Forwarded-For": address},
        trust_env=False,
        verify=False,
        timeout=30,
    )


def join(client, session) -> dict[str, str]:
    answer = client.post(f"sessions/{session.pk}/attendees/", json={"name": "Ada Example"})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def test_questions_of_newcomers_from_one_network_are_slowed_and_told_to_moderators(inner, person):
    session = make_session()
    moderator = person(user=make_moderator(session))
    control = session.address("control")
    assert 'data-unusual="questions" hidden' in moderator.get(control).text
    with rest(inner, SCRIPT) as script, rest(inner, OFFICE) as office:
        with moderator.socket(session.pk, view="control") as watching:
            asked = [
                script.post(
                    f"sessions/{session.pk}/questions/", json={"text": f"Buy {n}{m}?"}, headers=headers
                )
                for n in range(10)
                for headers in [join(script, session)]
                for m in range(4)
            ]
            assert watching.next("presence", unusual=["questions"])["joins"] == "usual"
            assert 'data-unusual="questions" hidden' not in moderator.get(control).text
        assert [answer.status_code for answer in asked].count(201) == NEWCOMERS_ASK
        refused = [answer for answer in asked if answer.status_code != 201]
        assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(429, "too_often")}
        assert 1 <= int(refused[-1].headers["Retry-After"]) <= 60
        # Somebody elsewhere asks as before.
        other = office.post(
            f"sessions/{session.pk}/questions/", json={"text": "When?"}, headers=join(office, session)
        )
        assert other.status_code == 201
    assert Question.objects.filter(session=session).count() == NEWCOMERS_ASK + 1


def test_sign_ups_of_newcomers_from_one_network_are_slowed_and_told_to_moderators(inner, person):
    session = make_session()
    line = make_line(session)
    with rest(inner, SCRIPT) as script:
        path = f"sign-up-lines/{line.pk}/sign-ups/"
        statuses = [
            script.post(path, json={"shown": True}, headers=join(script, session)).status_code
            for _ in range(NEWCOMERS_SIGN_UP + 5)
        ]
    assert (statuses.count(201), statuses.count(429)) == (NEWCOMERS_SIGN_UP, 5)
    assert newcomers.unusual_sessions() == {session.pk: {"sign_ups"}}
    assert SignUp.objects.filter(line=line).count() == NEWCOMERS_SIGN_UP


def test_people_who_joined_before_have_the_wide_limit(inner, monkeypatch):
    session = make_session()
    monkeypatch.setattr(attendance, "PASS_LIFETIME_S", attendance.PASS_LIFETIME_S - 600)
    with rest(inner, OFFICE) as office:
        people = [join(office, session) for _ in range(5)]
        monkeypatch.undo()  # their passes end ten minutes earlier: they were made ten minutes ago
        statuses = [
            office.post(
                f"sessions/{session.pk}/questions/", json={"text": f"Why {n}?"}, headers=headers
            ).status_code
            for headers in people
            for n in range(4)
        ]
    assert statuses == [201] * 20
    assert newcomers.unusual_sessions() == {}


def test_socket_and_page_count_against_the_same_network(inner, person):
    session = make_session()
    for number in range(NEWCOMERS_ASK // 4):
        with person(attendee=make_attendee(session), address=SCRIPT).socket(session.pk) as socket:
            for again in range(4):
                assert socket.ask("question.ask", text=f"Buy {number}{again}?")["type"] == "ok"
    last = person(attendee=make_attendee(session), address=SCRIPT)
    assert last.say(session.pk, "question.ask", text="Buy?").code == "too_often"
    by_page = last.post(reverse("question-ask", args=[session.event.slug, session.slug]), text="Buy?")
    assert (by_page.status, by_page.code) == (429, "too_often")
    assert last.say(session.pk, "question.ask", text="").code == "too_often"
