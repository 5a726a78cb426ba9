"""REST: what is live now, and schedules in and out."""

import json
from pathlib import Path

import pytest

from sessions.programme.models import Session
from tests.factories import make_event, make_moderator, make_organiser, make_session
from tests.sessions.schedules.published_format import check_json, check_xml
from tests.support.people import Answer, of_rest

FILES = Path(__file__).parent.parent / "sessions" / "schedules" / "files"


@pytest.fixture
def event():
    return make_event(time_zone="Europe/Berlin")


def send(who, event, name="schedule.json", content=None, **query):
    media_type = f"application/{name.rpartition('.')[2]}"
    headers = {"Content-Type": media_type} | ({"Authorization": f"Bearer {who.token}"} if who.token else {})
    body = (FILES / name).read_bytes() if content is None else content
    path = f"events/{event.slug}/schedules/"
    return of_rest(who.program.post(path, params=query, content=body, headers=headers))


def verbs(answer):
    return [change["verb"] for change in answer.body["changes"]]


def test_now_is_said_as_documented(person, event):
    live = make_session(event)
    ahead = make_session(event, state="upcoming")
    body = person().rest("GET", f"events/{event.slug}/now/").body
    assert [each["id"] for each in body["live"]] == [str(live.pk)]
    assert [each["id"] for each in body["next"]] == [str(ahead.pk)]
    assert person().rest("GET", "events/nothing/now/") == Answer(404, "not_found")


@pytest.mark.parametrize("name", ["schedule.json", "schedule.xml"])
def test_schedule_is_tried_then_taken_then_the_same(person, event, name):
    organiser = person(user=make_organiser(event))
    tried = send(organiser, event, name)
    assert (tried.body["applied"], set(verbs(tried))) == (False, {"added"})
    assert not event.sessions.exists()
    taken = send(organiser, event, name, apply="yes")
    assert taken.body["applied"]
    assert event.sessions.count() == len(verbs(taken))
    assert set(verbs(send(organiser, event, name, apply="yes"))) == {"same"}


def test_zone_in_which_times_were_read_is_said(person, event):
    organiser = person(user=make_organiser(event))
    body = send(organiser, event, "no-time-zone.xml").body
    assert body["read_in"] == event.time_zone
    assert any("names no time zone" in note for note in body["notes"])


def test_difference_is_told_by_field(person, event):
    organiser = person(user=make_organiser(event))
    send(organiser, event, apply="yes")
    content = (FILES / "schedule.json").read_bytes().replace(b'"Night watch"', b'"Night shift"')
    changes = send(organiser, event, content=content).body["changes"]
    (changed,) = [change for change in changes if change["verb"] == "changed"]
    assert changed["differences"] == [{"field": "title", "before": "Night watch", "after": "Night shift"}]
    assert changed["session"] == str(Session.objects.get(event=event, title="Night watch").pk)


def test_bad_schedule_is_refused_with_line_and_field(person, event):
    organiser = person(user=make_organiser(event))
    content = (FILES / "schedule.json").read_bytes().replace(b'"00:45"', b'"soon"', 1)
    refused = send(organiser, event, content=content, apply="yes")
    assert (refused.status, refused.code) == (400, "bad_schedule")
    assert refused.fields == {'line 38, days[0].rooms["Main Hall"][0].duration'}
    assert send(organiser, event, content=b"").code == "bad_schedule"
    assert send(organiser, event, content=b'{"a": [1,}').fields == {"line 1"}
    assert not event.sessions.exists()


def test_schedule_is_taken_from_organisers_alone(person, event):
    session = make_session(event)
    assert send(person(), event).code == "not_signed_in"
    assert send(person(user=make_moderator(session)), event).code == "not_organiser"
    assert send(person(user=make_organiser(make_event())), event, apply="yes").code == "not_organiser"


def test_large_schedule_is_taken_and_a_huge_one_is_not(person, event):
    whole = json.loads((FILES / "schedule.json").read_bytes())
    whole["schedule"]["conference"]["days"][0]["rooms"]["Main Hall"][0]["description"] = "long " * 100_000
    organiser = person(user=make_organiser(event))
    assert send(organiser, event, content=json.dumps(whole).encode()).status == 200
    assert send(organiser, event, content=b" " * 9_000_000).code == "too_large"


def test_export_is_read_by_everybody_whatever_they_accept(person, event):
    make_session(event)
    visitor = person()
    assert visitor.rest("GET", f"events/{event.slug}/schedules/csv/") == Answer(404, "not_found")
    path = f"/api/v1/events/{event.slug}/schedules/"
    for name, check in (("json", check_json), ("xml", check_xml)):
        answer = visitor.browser.get(f"{path}{name}/", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, f"application/{name}")
        check(answer.content)
