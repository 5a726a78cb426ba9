"""Who chose what: there for the moderators of a named poll, and for nobody in an anonymous one."""

import pytest
from django.test import Client

from sessions.attendees.models import Attendee
from tests.factories import make_attendee, make_moderator, make_poll, make_session, record, vote_for


@pytest.fixture
def session(db):
    return make_session()


def voted(session, *, anonymous):
    poll = make_poll(session, anonymous=anonymous)
    ada, bob, eve = (make_attendee(session) for _ in range(3))
    Attendee.objects.filter(pk=ada.attendee_id).update(name="Ada Byron", company="Analytical")
    record(vote_for(poll, ada, "b"), vote_for(poll, bob, "a"), vote_for(poll, eve, "c"))
    record(vote_for(poll, eve))
    return poll, ada, bob


def test_moderator_reads_who_chose_what_in_a_named_poll(session, client):
    poll, ada, bob = voted(session, anonymous=False)
    client.force_login(make_moderator(session))
    listed = client.get(f"/api/v1/polls/{poll.pk}/ballots/").json()["results"]
    assert [row["attendee"] for row in listed] == [str(ada.attendee_id), str(bob.attendee_id)]
    assert listed[0]["name"] == "Ada Byron"
    page = client.get(session.address("control-poll-answers", poll=poll.pk)).text
    assert "Ada Byron" in page
    assert "No name given" in page


def test_nobody_reads_it_in_an_anonymous_poll(session, client):
    poll, _ada, _bob = voted(session, anonymous=True)
    client.force_login(make_moderator(session))
    answer = client.get(f"/api/v1/polls/{poll.pk}/ballots/")
    assert (answer.status_code, answer.json()["code"]) == (403, "poll_is_anonymous")
    page = client.get(session.address("control-poll-answers", poll=poll.pk))
    assert page.status_code == 403
    assert "Ada Byron" not in page.text


def test_attendees_and_other_moderators_do_not_read_it(session):
    poll, _ada, _bob = voted(session, anonymous=False)
    other = Client()
    other.force_login(make_moderator(make_session(session.event)))
    for reader, status in ((other, 403), (Client(), 401)):
        assert reader.get(f"/api/v1/polls/{poll.pk}/ballots/").status_code == status
        assert reader.get(session.address("control-poll-answers", poll=poll.pk)).status_code == status
