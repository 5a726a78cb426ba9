"""A server that can take nothing more: whoever joins is let in by itself as soon as it can, and once."""

import re
import threading

import pytest

from opendev.core import batching, outages
from opendev.door import waiting
from sessions.attendees.box import join_desk
from sessions.attendees.models import Attendee
from tests.factories import make_session
from tests.support.inner_server import inner

__all__ = ["inner"]


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(waiting, "RESTS_S", 0.02)


@pytest.fixture
def session(inner):
    return make_session(state="live")


def names_of(session):
    return sorted(session.event.attendees.values_list("name", flat=True))


def place_of(answer):
    """The address at which the page that waits goes on."""
    assert answer.status_code == 202, answer.text
    assert "You are in line" in answer.text
    return re.search(r"url=(.+)$", answer.headers["refresh"])[1]


def let_in(inner, phone, place):
    """What the phone is answered once it waits no more."""
    answers = []

    def is_in():
        answers.append(phone.get(place))
        return answers[-1].status_code != 202

    inner.until(is_in)
    assert {answer.status_code for answer in answers[:-1]} <= {202}
    return answers[-1]


@pytest.mark.parametrize("way", ["code", "room"])
def test_join_that_finds_no_room_is_kept_and_let_in_once_there_is(inner, session, monkeypatch, way):
    address = f"/j/{session.code}/" if way == "code" else session.address("room-join")
    monkeypatch.setattr(join_desk, "limit", 0)
    with inner.http() as phone:
        place = place_of(phone.post(address, data={"name": "Ada"}, headers={"Origin": inner.url}))
        for _look in range(3):
            assert phone.get(place).status_code == 202
        assert names_of(session) == []
        monkeypatch.undo()
        answer = let_in(inner, phone, place)
        assert answer.headers["location"] == session.get_absolute_url()
        assert phone.get(answer.headers["location"]).status_code == 200
        assert phone.cookies
    assert names_of(session) == (["Ada"] if way == "code" else [""])


def test_crowd_that_finds_no_room_comes_in_in_order(inner, session, monkeypatch):
    monkeypatch.setattr(join_desk, "limit", 0)
    monkeypatch.setattr(waiting, "MOST_AT_ONCE", 1)
    phones = [inner.http() for _ in range(5)]
    places = [
        place_of(phone.post(f"/j/{session.code}/", data={"name": f"{number}"}, headers={"Origin": inner.url}))
        for number, phone in enumerate(phones)
    ]
    monkeypatch.setattr(join_desk, "limit", 100)
    for phone, place in zip(phones, places, strict=True):
        assert let_in(inner, phone, place).status_code == 302
        phone.close()
    names = session.event.attendees.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["0", "1", "2", "3", "4"]


def test_join_that_may_have_been_recorded_is_recorded_once(inner, session, monkeypatch):
    """The database takes longer than the form's thread waits, and then commits."""
    goes_on, usual = threading.Event(), join_desk.work

    def commit_late(wishes):
        goes_on.wait(20)
        return usual(wishes)

    monkeypatch.setattr(join_desk, "work", commit_late)
    monkeypatch.setattr(batching, "ANSWER_WITHIN_S", 0.02)
    with inner.http() as phone:
        place = place_of(
            phone.post(f"/j/{session.code}/", data={"name": "Ada"}, headers={"Origin": inner.url})
        )
        for _look in range(3):
            assert phone.get(place).status_code == 202
        goes_on.set()
        assert let_in(inner, phone, place).status_code == 302
        assert let_in(inner, phone, place).status_code == 302  # an answer that is lost on the way
    assert names_of(session) == ["Ada"]


def test_refusal_that_is_none_of_a_full_server_is_told_at_once(inner, session):
    with inner.http() as phone:
        origin = {"Origin": inner.url}
        wrong = phone.post(f"/j/{session.code}/", data={"name": "x" * 500}, headers=origin)
        assert wrong.status_code == 400
        outages.storage.is_on = True
        try:
            away = phone.post(f"/j/{session.code}/", data={"name": "Ada"}, headers=origin)
        finally:
            outages.storage.is_on = False
        assert away.status_code == 503
        assert 'value="Ada"' in away.text
    assert Attendee.objects.filter(event=session.event).count() == 0


def test_who_waits_in_line_while_the_database_is_away_is_let_in_when_it_is_back(inner, session, monkeypatch):
    monkeypatch.setattr(join_desk, "limit", 0)
    with inner.http() as phone:
        place = place_of(
            phone.post(f"/j/{session.code}/", data={"name": "Ada"}, headers={"Origin": inner.url})
        )
        monkeypatch.setattr(join_desk, "limit", 100)
        outages.storage.is_on = True
        try:
            for _look in range(5):
                assert phone.get(place).status_code == 202
        finally:
            outages.storage.is_on = False
        assert let_in(inner, phone, place).status_code == 302
    assert names_of(session) == ["Ada"]
