"""REST: joining."""

import pytest

from sessions.attendees.models import Attendance, Attendee
from tests.factories import make_attendee, make_poll, make_session, options_of
from tests.support.people import Answer, open_socket

ATTENDEE = {"id", "event", "name", "company", "country"}


def test_joining_needs_nothing_and_gives_a_token_for_rest_and_socket(person, inner):
    session = make_session()
    poll, visitor = make_poll(session), person()
    option = str(options_of(poll)["a"])
    answer = visitor.rest("POST", f"sessions/{session.pk}/attendees/", {})
    assert answer.body.keys() == {"attendee", "token"}
    made = answer.body["attendee"]
    assert made.keys() == ATTENDEE
    assert made == {
        "id": made["id"],
        "event": str(session.event_id),
        "name": "",
        "company": "",
        "country": "",
    }
    assert Attendance.objects.filter(session=session, attendee=int(made["id"])).exists()
    token = answer.body["token"]
    voted = visitor.rest("PUT", f"polls/{poll.pk}/ballot/", {"options": [option]}, token=token)
    assert voted.body["options"] == [option]
    with open_socket(inner, session.pk, token=token, origin=None) as socket:
        assert socket.snapshot["me"] == {"attendee": made["id"], "moderator": False, "helper": False}
        assert socket.snapshot["polls"][0]["mine"]["options"] == [option]


def test_joining_answers_201_also_without_a_body(person):
    session = make_session()
    for content in (b"", b"{}"):
        response = person().program.post(
            f"sessions/{session.pk}/attendees/", content=content, headers={"Content-Type": "application/json"}
        )
        assert response.status_code == 201


def test_joining_keeps_what_one_says_and_names_the_field_that_is_wrong(person):
    session, visitor = make_session(), person()
    path = f"sessions/{session.pk}/attendees/"
    said = {"name": "  Ada   Lovelace ", "company": "Analytical", "country": "gb"}
    made = visitor.rest("POST", path, said).body["attendee"]
    assert (made["name"], made["company"], made["country"]) == ("Ada Lovelace", "Analytical", "GB")
    before = Attendee.objects.count()
    for field, value in (
        ("name", "x" * 121),
        ("company", "\x00"),
        ("country", "XX"),
        ("country", "Atlantis"),
    ):
        assert visitor.rest("POST", path, {**said, field: value}) == Answer(
            400, "malformed", frozenset({field})
        )
    assert Attendee.objects.count() == before


def test_joining_again_with_ones_token_is_the_same_attendee_and_ballots(person):
    session = make_session()
    other = make_session(session.event)
    attendee = person(attendee=make_attendee(session))
    again = attendee.rest("POST", f"sessions/{other.pk}/attendees/", {"name": "Ada"}).body
    assert again["attendee"]["id"] == str(attendee.attendee.attendee_id)
    assert again["attendee"]["name"] == "Ada"
    assert again["token"].split(".")[:2] == attendee.token.split(".")[:2]
    assert again["token"].split(".")[3] == attendee.token.split(".")[3]


def test_joining_with_another_events_token_makes_a_new_attendee(person):
    session = make_session()
    stranger = person(attendee=make_attendee(make_session()))
    made = stranger.rest("POST", f"sessions/{session.pk}/attendees/", {}).body["attendee"]
    assert made["event"] == str(session.event_id)
    assert made["id"] != str(stranger.attendee.attendee_id)


@pytest.mark.parametrize(
    ("state", "refusal"), [("upcoming", None), ("live", None), ("over", Answer(409, "session_is_over"))]
)
def test_joining_is_possible_until_the_session_is_over(person, state, refusal):
    session = make_session(state=state)
    answer = person().rest("POST", f"sessions/{session.pk}/attendees/", {})
    assert answer == (refusal or Answer(200))


def test_joining_a_session_that_is_not_there_is_not_found(person):
    assert person().rest("POST", "sessions/999999/attendees/", {}) == Answer(404, "not_found")


@pytest.mark.parametrize("empty", ["", None, " "])
def test_attendee_takes_back_what_they_said_of_themselves_and_keeps_what_they_leave_out(person, empty):
    session = make_session()
    ada = person(attendee=make_attendee(session, name="Ada", company="Engines", country="GB"))
    address = f"sessions/{session.pk}/attendees/"
    made = ada.rest("POST", address, {"name": empty}).body["attendee"]
    assert (made["name"], made["company"], made["country"]) == ("", "Engines", "GB")
    made = ada.rest("POST", address, {"company": empty, "country": empty}).body["attendee"]
    assert (made["name"], made["company"], made["country"]) == ("", "", "")
    assert ada.rest("POST", address, {}).body["attendee"] == made
