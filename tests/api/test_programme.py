"""REST for editing the programme, by the same services and with the same codes as the organisers' pages; and stars."""

import pytest

from sessions.programme.models import Session
from tests.factories import make_event, make_organiser, make_poll, make_session
from tests.support.people import Answer

TALK = {"title": "A talk", "day": 1, "time": "09:30", "minutes": 40}


@pytest.fixture
def event():
    return make_event(time_zone="Europe/Berlin")


@pytest.fixture
def organiser(person, event):
    """Somebody's program: `organiser(method, path, body)`, which is not refused unless a code is expected."""
    who = person(user=make_organiser(event))

    def say(method, path, body=None, *, code=""):
        answer = who.rest(method, path, body)
        assert answer.code == code, answer
        return answer if code else answer.body

    return say


def test_event_is_made_edited_given_days_and_cloned(organiser):
    made = organiser("POST", "events/", {"name": "Cloud Days", "time_zone": "Europe/Berlin"})
    path = f"events/{made['slug']}/"
    assert organiser("POST", "events/", {"name": "Other", "slug": made["slug"]}, code="address_taken").fields
    assert organiser("PATCH", path, {"series": "OpenDev"})["series"] == "OpenDev"
    second = organiser("POST", f"{path}days/", {"date": "2027-04-02"})
    assert organiser("POST", f"{path}days/", {"date": "2027-04-01"})["number"] == 1
    organiser("POST", f"{path}days/", {"date": second["date"]}, code="day_is_there")
    organiser("POST", f"{path}sessions/", TALK)
    assert organiser("PUT", f"{path}days/1/", {"date": "2027-05-01"}) == {"number": 2, "date": "2027-05-01"}
    organiser("DELETE", f"{path}days/2/", code="day_has_sessions")
    organiser("DELETE", f"{path}days/1/")
    assert organiser("PUT", f"{path}committee/", {"committee": "Ada Lovelace, Engines"}) == {
        "committee": [{"name": "Ada Lovelace", "company": "Engines"}]
    }
    make_poll(Session.objects.get(event__slug=made["slug"]), state="closed")
    cloned = organiser("POST", f"{path}editions/", {"name": "Next", "first_date": "2028-05-01"})
    assert (cloned["session_count"], cloned["days"]) == (1, [{"number": 1, "date": "2028-05-01"}])
    (session,) = organiser("GET", f"events/{cloned['slug']}/sessions/")["results"]
    (poll,) = organiser("GET", f"sessions/{session['id']}/polls/")["results"]
    assert poll["state"] == "draft"


def test_session_is_made_edited_moved_split_ordered_and_cancelled(organiser, event):
    path = f"events/{event.slug}/"
    made = organiser("POST", f"{path}sessions/", {**TALK, "place": "Hall", "runs_by_clock": True})
    here = f"sessions/{made['id']}/"
    wrong = organiser("PATCH", here, {"minutes": 0, "day": 9, "call_url": "no address"}, code="malformed")
    assert wrong.fields == {"minutes", "day", "call_url"}
    edited = organiser("PATCH", here, {"title": "Who runs it?", "time": "10:00", "kind": "Discussion"})
    assert edited["starts_at"] == "2020-04-28T08:00:00.000Z"  # in Berlin's summer
    assert (edited["title"], edited["kind"], edited["place"]) == ("Who runs it?", "Discussion", "Hall")
    first, second = organiser("POST", f"{here}parts/", {"minutes": 15})["results"]
    assert [part["minutes"] for part in (first, second)] == [15, 25]
    wanted = {"order": [second["id"], first["id"]]}
    assert organiser("PUT", f"{path}days/1/order/", wanted) == wanted
    assert organiser("PUT", f"{path}days/1/order/", {"order": "1"}, code="malformed").fields == {"order"}
    for cancelled in (True, False, True):
        answer = organiser("PUT", f"{here}cancellation/", {"cancelled": cancelled})
        assert answer["cancelled"] is cancelled
    live = make_session(event)
    organiser("PUT", f"sessions/{live.pk}/cancellation/", {"cancelled": True}, code="session_has_begun")


def test_stage_and_resources_are_kept(organiser, event):
    here = f"sessions/{make_session(event).pk}/"
    host = {"role": "host", "name": "Hedy Lamarr", "company": "Spread Spectrum", "job": "Inventor"}
    (on_stage,) = organiser("POST", f"{here}stage/", host)["results"]
    assert (on_stage["role"], on_stage["title"]) == ("host", "Inventor")
    assert organiser("POST", f"{here}stage/", {**host, "role": "moderator"}, code="malformed").fields == {
        "role"
    }
    organiser("DELETE", f"{here}stage/{on_stage['id']}/")
    assert organiser("GET", f"{here}stage/")["results"] == []
    chart = organiser("POST", f"{here}resources/", {"kind": "chart", "title": "On call", "rows": "Ops: 58"})
    assert chart["rows"] == [{"label": "Ops", "value": 58}]
    organiser("POST", f"{here}resources/", {"kind": "link", "title": "Nowhere"}, code="malformed")
    assert organiser("GET", f"{here}resources/")["results"] == [chart]
    organiser("DELETE", f"{here}resources/{chart['id']}/")
    organiser("DELETE", f"{here}resources/{chart['id']}/", code="not_found")


def test_next_steps_are_named_listed_and_taken_away(organiser, event):
    path = f"events/{event.slug}/next-steps/"
    said = {"kind": "upcoming", "title": "Summit", "starts_on": "2020-10-19", "ends_on": "2020-10-23"}
    assert organiser("POST", path, {**said, "ends_on": "2020-10-18"}, code="malformed").fields == {"ends_on"}
    step = organiser("POST", path, said)
    assert organiser("GET", path)["results"] == [step]
    organiser("DELETE", f"{path}{step['id']}/")
    assert organiser("GET", path)["results"] == []


def test_stars_are_kept_behind_a_secret_without_a_sign_in(person, event):
    who, sessions = person(), [make_session(event) for _ in range(2)]
    token = ""
    for session in sessions:
        body = who.rest("PUT", f"sessions/{session.pk}/star/", {"starred": True, "list": token}).body
        assert token in {"", body["list"]}
        token = body["list"]
    assert body["calendar"].endswith(f"/{event.slug}/my/{token}.ics")
    who.rest("PUT", f"sessions/{sessions[0].pk}/star/", {"starred": False, "list": token})
    listed = who.rest("GET", f"events/{event.slug}/my/{token}/").body["results"]
    assert [one["id"] for one in listed] == [str(sessions[1].pk)]
    assert who.rest("GET", f"events/{event.slug}/my/{token}x/") == Answer(404, "not_found")
    assert who.rest("PUT", f"sessions/{sessions[0].pk}/star/", {"starred": "yes"}).fields == {"starred"}


@pytest.mark.parametrize(
    ("said", "kept"),
    [("de", "de"), ("pt-PT", "pt-br"), ("zh_Hans_CN", "zh-hans"), ("AR", "ar"), ("en", "en-gb")],
)
def test_event_takes_a_language_that_is_offered_by_any_tag_of_it(organiser, event, said, kept):
    assert organiser("GET", f"events/{event.slug}/")["language"] == "en-gb"
    assert organiser("PATCH", f"events/{event.slug}/", {"language": said})["language"] == kept
    made = organiser("POST", "events/", {"name": "Cloud Days", "language": said})
    assert made["language"] == kept
    clone = {"name": "Next", "first_date": "2028-05-01"}
    organiser("POST", f"events/{made['slug']}/days/", {"date": "2027-04-02"})
    assert organiser("POST", f"events/{made['slug']}/editions/", clone)["language"] == kept


@pytest.mark.parametrize("wrong", ["nl", "", "German/English", "xx", 5, None, "d" * 30, "<b>"])
def test_event_takes_no_other_language(organiser, event, wrong):
    refused = organiser("PATCH", f"events/{event.slug}/", {"language": wrong}, code="malformed")
    assert refused.fields == {"language"}
    assert organiser("GET", f"events/{event.slug}/")["language"] == "en-gb"


@pytest.mark.parametrize(
    ("said", "kept"),
    [("de-AT", "de-at"), ("Deutsch", "de"), ("Dutch", "nl"), ("", ""), ("German/English", "German/English")],
)
def test_session_takes_any_language_and_keeps_its_tag_where_it_is_known(organiser, event, person, said, kept):
    made = organiser("POST", f"events/{event.slug}/sessions/", {**TALK, "language": said})
    assert made["language"] == kept
    assert person().rest("GET", f"sessions/{made['id']}/").body["language"] == kept
    assert organiser("PATCH", f"sessions/{made['id']}/", {"language": "fr"})["language"] == "fr"
    refused = organiser("PATCH", f"sessions/{made['id']}/", {"language": "x" * 21}, code="malformed")
    assert refused.fields == {"language"}
