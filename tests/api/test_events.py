"""REST: events and sessions."""

from urllib.parse import urlsplit

import pytest

from sessions.programme.models import Session
from tests.factories import make_attendee, make_event, make_moderator, make_organiser, make_poll, make_session
from tests.support.people import Answer

EVENT = {
    "id", "slug", "name", "series", "summary", "time_zone", "language", "visibility", "is_live", "session_count",
    "days", "url",
}  # fmt: skip
SESSION = {
    "questions", "reactions", "screen", "suggestions",
    "id", "state", "event", "day", "slug", "title", "short_title", "part", "topic", "starts_at", "minutes", "code",
    "present", "people", "url", "place", "cancelled", "runs_by_clock", "language",
}  # fmt: skip


def test_events_list_has_live_ones_first_and_empty_ones_last(person):
    empty, waiting = make_event(name="A"), make_session(make_event(name="B"), state="upcoming").event
    live = make_session(make_event(name="C")).event
    answer = person().rest("GET", "events/")
    assert answer.body.keys() == {"results", "next"}
    assert answer.body["next"] is None
    own = [
        event
        for event in answer.body["results"]
        if event["id"] in {str(e.pk) for e in (live, waiting, empty)}
    ]
    assert [event["id"] for event in own] == [str(e.pk) for e in (live, waiting, empty)]
    assert [event["is_live"] for event in own] == [True, False, False]
    assert all(event.keys() == EVENT for event in answer.body["results"])


def test_event_is_found_by_its_slug_and_another_is_not(person):
    event = make_session(make_event(slug="kubernetes-day")).event
    visitor = person()
    found = visitor.rest("GET", "events/kubernetes-day/").body
    assert (found["id"], found["session_count"]) == (str(event.pk), 1)
    assert found["url"] == "/kubernetes-day/"
    assert visitor.rest("GET", "events/kubernetes-night/") == Answer(404, "not_found")


def test_sessions_of_an_event_come_in_the_order_of_the_programme(person):
    event = make_event()
    first, second = make_session(event), make_session(event, state="upcoming")
    make_session()
    visitor = person()
    answer = visitor.rest("GET", f"events/{event.slug}/sessions/")
    assert answer.body.keys() == {"results", "next"}
    assert [(found["id"], found["state"]) for found in answer.body["results"]] == [
        (str(first.pk), "live"),
        (str(second.pk), "upcoming"),
    ]
    assert all(found.keys() == SESSION for found in answer.body["results"])
    assert visitor.rest("GET", "events/nothing/sessions/") == Answer(404, "not_found")


def test_session_is_found_by_its_id_with_its_code_and_people(person):
    session = make_session(code="482615")
    make_moderator(session, "Ada Lovelace")
    found = person().rest("GET", f"sessions/{session.pk}/").body
    assert found.keys() == SESSION
    assert (found["id"], found["code"], found["state"]) == (str(session.pk), "482615", "live")
    assert [(one["name"], one["role"]) for one in found["people"]] == [("Ada Lovelace", "moderator")]


@pytest.mark.parametrize(
    "address",
    ["0", "-1", "1.0", "x", "9223372036854775807", "9223372036854775808", "9" * 5000, "%D9%A1", "%00", " 1"],
)
def test_session_of_an_impossible_id_is_not_there(person, address):
    visitor = person()
    assert visitor.rest("GET", f"sessions/{make_session().pk}/").status == 200
    assert visitor.rest("GET", f"sessions/{address}/") == Answer(404, "not_found")


def test_session_is_started_and_ended_by_its_moderator_and_nobody_else(person):
    session = make_session(state="upcoming")
    moderator = person(user=make_moderator(session))
    others = {
        "not_signed_in": person(attendee=make_attendee(session)),
        "not_moderator": person(user=make_moderator(make_session(session.event))),
    }
    poll = make_poll(session)
    path = f"sessions/{session.pk}/state/"
    for state in ("live", "over"):
        for code, other in others.items():
            assert other.rest("PUT", path, {"state": state}).code == code
        assert Session.objects.get(pk=session.pk).state != state
        answer = moderator.rest("PUT", path, {"state": state})
        assert answer.body.keys() == SESSION
        assert answer.body["state"] == state
    assert moderator.rest("GET", f"polls/{poll.pk}/").body["state"] == "closed"


def test_session_cannot_be_over_before_it_was_live(person):
    session = make_session(state="upcoming")
    organiser = person(user=make_organiser(session.event))
    path = f"sessions/{session.pk}/state/"
    assert organiser.rest("PUT", path, {"state": "over"}) == Answer(409, "illegal_move")
    assert organiser.rest("PUT", path, {"state": "upcoming"}).body["state"] == "upcoming"
    assert organiser.rest("PUT", path, {"state": "live"}).body["state"] == "live"


def test_event_that_is_made_is_a_draft_until_its_organiser_says_who_can_see_it(person):
    organiser, visitor = person(user=make_organiser(make_event())), person()
    made = organiser.rest("POST", "events/", {"name": "Quiet Days"}).body
    assert (made["slug"], made["visibility"]) == ("quiet-days", "draft")
    here = f"events/{made['slug']}/"
    assert visitor.rest("GET", here) == Answer(404, "not_found")
    assert visitor.rest("PATCH", here, {"visibility": "public"}) == Answer(404, "not_found")
    for wrong in ("secret", "", None, 1, ["public"]):
        refused = organiser.rest("PATCH", here, {"visibility": wrong})
        assert refused == Answer(400, "malformed", frozenset({"visibility"}))
    for visibility in ("unlisted", "public", "draft"):
        assert organiser.rest("PATCH", here, {"visibility": visibility}).body["visibility"] == visibility
        assert visitor.rest("GET", here).status == (404 if visibility == "draft" else 200)
        listed = [event["slug"] for event in visitor.rest("GET", "events/").body["results"]]
        assert ("quiet-days" in listed) == (visibility == "public")
    shown = organiser.rest("POST", "events/", {"name": "Loud Days", "visibility": "public"}).body
    assert visitor.rest("GET", f"events/{shown['slug']}/").body["visibility"] == "public"


def test_sites_that_may_embed_are_told_to_organisers_alone(person):
    event = make_event()
    organiser, path = person(user=make_organiser(event)), f"events/{event.slug}/"
    changed = organiser.rest("PATCH", path, {"embed_sites": ["https://a.example", "https://b.example/"]}).body
    assert changed.keys() == EVENT | {"embed_sites"}
    assert changed["embed_sites"] == ["https://a.example", "https://b.example"]
    assert organiser.rest("PATCH", path, {}).body["embed_sites"] == changed["embed_sites"]
    refused = organiser.rest("PATCH", path, {"embed_sites": ["http://a.example"]})
    assert (refused.status, refused.code, refused.fields) == (400, "malformed", {"embed_sites"})
    for reader in (organiser, person()):
        assert reader.rest("GET", path).body.keys() == EVENT


def test_display_link_is_told_as_an_embed_too(person):
    session = make_session()
    moderator = person(user=make_moderator(session))
    made = moderator.rest("POST", f"sessions/{session.pk}/display-links/", {}).body
    assert made["embed_url"] == made["url"].replace("/screen/", "/embed/")
    assert person().get(urlsplit(made["embed_url"]).path).status_code == 200
