"""Organisers answer requests: they find somebody, see what would go, hand out a file, and erase."""

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client

from opendev.core.errors import DomainError
from opendev.erasure.people import Chosen, erase_people, search_people
from opendev.erasure.services import find_person
from sessions.attendees.models import Attendee
from sessions.audit.models import AuditEntry
from sessions.follow_ups.models import SignUp
from sessions.registrations.models import Registration, RegistrationImport, RegistrationRow
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_line,
    make_moderator,
    make_poll,
    make_session,
    make_suggestion,
    put_name,
    record,
    support,
    vote_for,
)
from tests.factories.polls import votes_counted
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.usefixtures("database")

ADDRESS = "ada@example.org"


class Event:
    """Ada joined and signed up with her address; another Ada is registered, and a third stands in the notes."""

    def __init__(self):
        self.event = make_event()
        self.session = make_session(self.event)
        self.caller = organiser_of(self.event)
        self.ada = make_attendee(self.session, name="Ada Lovelace").attendee_id
        self.line = make_line(self.session)
        put_name(
            self.line,
            make_attendee(self.session),
            name="A. L.",
            email=ADDRESS,
            consent=True,
            shown=False,
        )
        self.registration = Registration.objects.create(
            event=self.event, email=f"not.{ADDRESS}", name="Ada King", registered_at=NOW
        )
        self.typed = SignUp.objects.create(line=self.line, name="Ada B.", source="pad", signed_up_at=NOW)
        make_moderator(self.session, "Ada Moderator")
        elsewhere = make_session(make_event())
        self.elsewhere = make_attendee(elsewhere, name="Ada Elsewhere").attendee_id
        self.client = Client()
        self.client.force_login(User.objects.get(pk=self.caller.user_id))

    def path(self, end=""):
        return f"/{self.event.slug}/organise/people/{end}"


@pytest.fixture
def event(database):
    return Event()


def test_search_finds_who_may_be_meant_in_this_event_alone_and_changes_nothing(event):
    search = search_people(event_id=event.event.pk, caller=event.caller, who="ada")
    assert [(match.kind, match.name) for match in search.matches] == [
        ("attendees", "Ada Lovelace"),
        ("attendees", "A. L."),
        ("registrations", "Ada King"),
        ("sign_ups", "Ada B."),
    ]
    assert search.team == ["Ada Moderator"]
    assert search.matches[1].emails == (ADDRESS,)
    assert search.matches[1].goes["sign_ups"] == 1
    entry = AuditEntry.objects.get(kind="people.addresses_read")
    assert (entry.subject, entry.details) == ("people", {"addresses": 2})
    assert Attendee.objects.count() == 3


def test_search_and_command_count_the_same_of_what_goes(event):
    ada = make_attendee(event.session, name="Adaline")
    support(make_suggestion(event.session, "Theirs", attendee=make_attendee(event.session)), ada)
    [match] = search_people(event_id=event.event.pk, caller=event.caller, who="adaline").matches
    assert {name: number for name, number in match.goes.items() if number} == {
        "supports_of_suggestions": 1,
        "attendances": 1,
    }
    assert {"attendees": 1, **match.goes} == find_person(attendee_id=ada.attendee_id).counts()
    page = event.client.get(event.path(), {"who": "adaline"}).content.decode()
    assert "follow-ups supported: 1" in page


@pytest.mark.parametrize("who", ["", " ", "a", "a\x00da", "x" * 300, None, 7])
def test_search_needs_something_to_look_for(event, who):
    with pytest.raises(DomainError) as refusal:
        search_people(event_id=event.event.pk, caller=event.caller, who=who)
    assert refusal.value.code == "malformed"


def test_page_finds_erases_and_says_so(event):
    page = event.client.get(event.path(), {"who": "ada"}).content.decode()
    for words in ("Ada Lovelace", ADDRESS, "Ada King", "Ada B.", "Ada Moderator"):
        assert words in page
    assert "Ada Elsewhere" not in page
    people = [
        f"attendees:{event.ada}",
        f"registrations:{event.registration.pk}",
        f"sign_ups:{event.typed.pk}",
    ]
    refused = event.client.post(event.path("erase/"), {"who": "ada", "person": people})
    assert refused.status_code == 400
    assert refused.content.decode().count("checked") == 3  # nothing that was chosen is lost
    done = event.client.post(event.path("erase/"), {"who": "ada", "person": people, "sure": "yes"})
    assert done.status_code == 302
    assert not Attendee.objects.filter(pk=event.ada).exists()
    assert not Registration.objects.exists()
    assert list(SignUp.objects.values_list("name", flat=True)) == ["A. L."]
    kinds = AuditEntry.objects.filter(kind="people.erased").order_by("pk").values_list("subject", "actor")
    user = event.caller.user_id
    assert list(kinds) == [
        (f"attendee {event.ada}", user),
        (f"registration {event.registration.pk}", user),
        (f"sign-up {event.typed.pk}", user),
    ]


@pytest.mark.parametrize(
    "person", [[], ["attendees:x"], ["attendees:99999999999999999999"], ["users:1"], ["x"]]
)
def test_page_refuses_what_names_nobody(event, person):
    answer = event.client.post(event.path("erase/"), {"who": "ada", "person": person, "sure": "yes"})
    assert answer.status_code == 400
    assert 'data-code="malformed"' in answer.content.decode()


def test_nobody_of_another_event_is_erased_and_then_nobody_at_all(event):
    chosen = Chosen(attendees=(event.ada, event.elsewhere))
    with pytest.raises(DomainError) as refusal:
        erase_people(event_id=event.event.pk, caller=event.caller, chosen=chosen, now=NOW)
    assert refusal.value.code == "not_found"
    assert Attendee.objects.count() == 3


def test_file_for_somebody_who_asked_has_no_secret_vote(event):
    secret, named = make_poll(event.session), make_poll(event.session, anonymous=False)
    ada = make_attendee(event.session, name="Ada Voter")
    record(vote_for(secret, ada, "a"), vote_for(named, ada, "b"))
    held = json.loads(event.client.get(event.path(f"{ada.attendee_id}.json")).content)
    assert [(vote["poll"], vote["answer"]) for vote in held["votes"]] == [(str(named.pk), ["b"])]
    assert "only the device that voted" in held["not_found"][0]
    assert AuditEntry.objects.get(kind="people.exported").subject == f"attendee {ada.attendee_id}"
    erase_people(
        event_id=event.event.pk, caller=event.caller, chosen=Chosen(attendees=(ada.attendee_id,)), now=NOW
    )
    assert [votes_counted(poll) for poll in (secret, named)] == [{"a": 1, "": 1}, {"b": 1, "": 1}]


def test_rows_of_imports_go_with_the_registration(event):
    brought = RegistrationImport.objects.create(event=event.event, name="list.csv", began_at=NOW)
    RegistrationRow.objects.create(
        brought=brought, number=1, email="", value=f"x {event.registration.email}", reason="wrong"
    )
    chosen = Chosen(registrations=(event.registration.pk,))
    erase_people(event_id=event.event.pk, caller=event.caller, chosen=chosen, now=NOW)
    assert not RegistrationRow.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"attendees": "1"}, {"attendees": [1]}, {"attendees": []}, {"sign_ups": ["x"]}]
)
def test_rest_refuses_a_body_that_names_nobody(event, body):
    answer = event.client.post(
        f"/api/v1/events/{event.event.slug}/people/erasures/", body, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
